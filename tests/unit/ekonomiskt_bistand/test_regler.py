"""More cases of the rules. The one that triggers each, and the one just beside it, stand in test_varje_regel."""

import dataclasses
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from andringar import (
    Andring,
    akassa,
    ans,
    arende,
    barn,
    belopp,
    betalning,
    bil,
    hyra,
    inkomst,
    kapital,
    kostnad,
    pension,
    rad,
    stimulans,
    studerat,
    studiemedel,
    svar,
    tidigare,
    tillstand,
)

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Svarsstatus
from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.beslut.beslut import Forslagsslag, foresla
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Bilaga, Boende, Medsokande
from arbetsfloden.ekonomiskt_bistand.regelverk.anslutning import Anslutning, Ersattning
from arbetsfloden.ekonomiskt_bistand.regelverk.kommun import Fritext, Stickprov
from arbetsfloden.ekonomiskt_bistand.regelverk.regelbok import ANTAL
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.register.registersvar import (
    Avdrag,
    Avstangning,
    Register,
    VantandeArende,
)
from arbetsfloden.ekonomiskt_bistand.register.underlag import Aktualisering, Bankkonto
from arbetsfloden.ekonomiskt_bistand.regler import ALLA, granska_arende, granska_folkbokforing
from arbetsfloden.ekonomiskt_bistand.regler.inledning import SARSKILD_HANDLAGGNING
from arbetsfloden.ekonomiskt_bistand.regler.lage import Lage
from sandkommun.testpersoner import personnummer

SCENARIOS = Path(__file__).parents[2] / "scenarios"
ANDRE = Personnummer("197910169809")


OBRUTET = "utesluten"
CASES: Iterable[tuple[int, int, str, Andring]] = [
    # rule, scenario, outcome, change
    (1, 2, "X", svar("folkbokforing", skydd="sekretessmarkering")),
    (1, 2, "X", svar("csn", skyddad=True)),
    (1, 2, "W", lambda fall: (fall[0], fall[1].model_copy(update={"folkbokforing": ()}))),
    (2, 2, "H", svar("folkbokforing", status=Svarsstatus.INGET)),
    (3, 2, "H", arende(aktivt=False, avslutat=date(2026, 11, 1))),
    (3, 2, "H", arende(status=Svarsstatus.INGET)),
    (3, 2, "H", ans(inkommen=datetime(2027, 1, 1, 8, 0))),  # noqa: DTZ001
    (4, 2, "H", ans(hushallet_andrat=True)),
    (4, 2, "H", arende(hushall=(ANDRE,))),
    (4, 2, "H", svar("folkbokforing", hushall=None)),
    (5, 2, OBRUTET, arende(aktualiseringar=(Aktualisering(manad=None, referens="260102", datum=date(2026, 12, 1)),))),
    (5, 2, "H", arende(aktualiseringar=(Aktualisering(manad=None, referens="260099", datum=date(2026, 11, 30)),))),
    (6, 6, "W", ans(medsokande=Medsokande(fornamn="P", efternamn="T", personnummer=ANDRE, har_undertecknat=False))),
    (8, 2, "H", ans(bilagor=(Bilaga(filnamn="kvitto.pdf", fil_id="1"),))),
    (9, 2, "H", tidigare(manad=Manad(2026, 10))),
    (9, 2, "H", tidigare(slutlig=False)),
    (11, 2, "W", svar("fk", status=Svarsstatus.EJ_KONTROLLERBART, kallstatus="OTILLGANGLIG", utbetalningar=())),
    (11, 2, "W", svar("fk", avvikelser=("INTERNT_FEL",))),
    (11, 2, "W", svar("af", kallstatus="NYTT_VARDE")),
    (11, 1, OBRUTET, lambda fall: fall),
    (12, 2, "H", svar("fk", avvikelser=("OBEHORIG",))),
    (12, 2, OBRUTET, lambda fall: fall),
    (13, 2, "H", ans(inkomster=())),
    (13, 2, "H", rad(0, belopp=Decimal(7000))),
    (13, 1, "H", pension(1500)),
    (13, 1, OBRUTET, lambda fall: inkomst("Pension", 1500)(pension(1500)(fall))),
    (13, 1, "H", studiemedel(3950)),
    (13, 1, "H", akassa(4000)),
    (13, 2, OBRUTET, rad(0, belopp=Decimal("7900.50"))),
    (14, 1, "H", inkomst("Studiestöd", 3950)),
    (14, 2, OBRUTET, lambda fall: fall),
    (15, 2, "H", belopp(6951)),
    (15, 2, OBRUTET, belopp(6952)),
    (16, 2, "H", inkomst("Swish/insättning", 100)),
    (16, 2, "H", betalning(forman="Vårdbidrag")),
    (16, 1, "H", lambda fall: inkomst("A-kassa", 4000)(akassa(4000)(fall))),
    (16, 2, OBRUTET, lambda fall: fall),
    (17, 2, "H", betalning(netto=Decimal(7000))),
    (18, 2, "H", betalning(typ=3)),
    (18, 2, OBRUTET, betalning(typ=2)),
    (19, 2, "H", betalning(avdrag=(Avdrag(kod="INF", belopp=Decimal(500)),))),
    (20, 2, "H", ans(vantar_pa_ersattning=True)),
    (20, 2, OBRUTET, lambda fall: fall),
    (20, 2, "H", svar("pm", vantande=(VantandeArende(forman="Ålderspension"),))),
    (20, 2, "H", svar("so", ansokt=date(2026, 11, 9))),
    (20, 2, "H", svar("fk", vantande=(VantandeArende(forman="Sjukpenning"),))),
    (21, 2, "H", ans(akassa=True)),
    (21, 1, OBRUTET, lambda fall: ans(akassa=True)(akassa(4000)(fall))),
    (21, 2, "H", svar("so", avstangningar=(Avstangning(fran=date(2026, 11, 9)),))),
    (22, 16, OBRUTET, svar("af", arbetssokande=False)),
    (22, 16, "H", lambda fall: tidigare(inkomster=())(svar("af", arbetssokande=False)(fall))),
    (22, 16, "H", svar("af", arbetssokande=False, avaktualiserad=date(2026, 11, 12))),
    (22, 2, "H", svar("af", avaktualiserad=date(2026, 11, 12), registrerad=date(2026, 11, 12))),
    (22, 2, OBRUTET, svar("af", avaktualiserad=date(2026, 11, 12), registrerad=date(2026, 11, 13))),
    (22, 2, "H", svar("af", arbetssokande=None)),
    (23, 2, "H", svar("af", beslut=("2026-10-01 Varning",))),
    (23, 2, OBRUTET, svar("af", beslut=("2026-09-30 Varning",))),
    (23, 2, OBRUTET, svar("af", beslut=("2026-10-01 Aktivitetsstöd",))),
    (23, 2, "H", svar("af", beslut=("Varning",))),
    (23, 2, "H", svar("af", arbetssokande=False, avaktualiserad=date(2026, 11, 12), aktivitetsrapport="500")),
    (23, 2, OBRUTET, svar("af", arbetssokande=False, avaktualiserad=date(2026, 11, 12), aktivitetsrapport=None)),
    (23, 2, "H", svar("af", aktivitetsrapport=None)),
    (23, 2, OBRUTET, lambda fall: fall),
    (24, 2, "H", arende(planering=None)),
    (24, 2, OBRUTET, lambda fall: fall),
    (25, 2, OBRUTET, lambda fall: arende(narvaro=())(fall)),
    (25, 2, "H", arende(narvaro=None)),
    (26, 2, "H", lambda fall: tidigare(
        inkomster=(fall[1].arende.berakningar[0].inkomster[0].model_copy(update={"slag": "Sjukpenning"}),))(fall)),
    (26, 16, OBRUTET, lambda fall: fall),
    (27, 2, "H", ans(studier=True)),
    (27, 1, "H", lambda fall: inkomst("Studiestöd", 3950)(studiemedel(3950)(fall))),
    (27, 1, "D", lambda fall: studerat(inkomst("Studiestöd", 3950)(studiemedel(3950)(fall)))),
    (28, 7, "D", lambda fall: fall),
    (28, 7, OBRUTET, stimulans(manader=5, fran=None)),
    (28, 7, "D", stimulans(fran=date(2024, 12, 1))),
    (29, 7, "H", stimulans(manader=6, fran=None)),
    (29, 7, "H", stimulans(manader=None)),
    (29, 7, OBRUTET, rad(3, belopp=Decimal(8000))),
    (29, 7, "H", rad(3, belopp=Decimal(8001))),
    (31, 7, "H", barn(0, boende=Boende.VAXELVIS)),
    (31, 7, "H", svar("folkbokforing", hushall=())),
    (33, 2, "G", lambda fall: fall),
    (34, 2, "H", hyra(5801)),
    (34, 2, "H", lambda fall: tidigare(kostnader=())(fall)),
    (35, 2, "H", kostnad("Fackavgift", 100)),
    (35, 2, "G", lambda fall: fall),
    (31, 7, OBRUTET, lambda fall: fall),
    (36, 2, OBRUTET, lambda fall: fall),
    (37, 2, "H", ans(fordon=True)),
    (37, 2, "H", bil(2015)),
    (37, 2, "H", lambda fall: ans(fordon=True)(bil(2015)(fall))),
    (37, 2, OBRUTET, lambda fall: fall),
    (38, 2, "H", ans(tillgangar=True)),
    (38, 2, "H", kapital(2025, 400)),
    (38, 2, OBRUTET, kapital(2023, 400)),
    (38, 2, OBRUTET, kapital(2025, 0)),
    (39, 2, "H", arende(konto=Bankkonto(clearing="9999", konto="2"))),
    (39, 2, "H", arende(konto=None)),
    (40, 2, OBRUTET, lambda fall: fall),
    (41, 2, OBRUTET, lambda fall: tillstand()(svar("folkbokforing", medborgarskap="Norge")(fall))),
    (41, 2, "H", lambda fall: tillstand()(svar("folkbokforing", medborgarskap="Syrien")(fall))),
    (41, 2, OBRUTET, lambda fall: tillstand(None)(svar("folkbokforing", medborgarskap="Syrien")(fall))),
    (41, 2, "W", svar("folkbokforing", medborgarskap="Syrien")),
    (41, 2, "W", svar("folkbokforing", medborgarskap=None)),
    (43, 2, "G", lambda fall: fall),
    (46, 2, "X", ans(manad=Manad(2027, 1))),
]  # fmt: skip


@pytest.mark.parametrize(
    ("regel", "scenario", "utfall", "andra"), CASES, ids=[f"{n}-{c[0]}-{c[2]}" for n, c in enumerate(CASES)]
)
def test_a_rule_answers_what_the_table_says(
    regel: int, scenario: int, utfall: str, andra: Andring, fall: Any, regelverk: Regelverk
) -> None:
    forslag = foresla(*andra(fall(scenario)), regelverk, date(2026, 12, 1))
    answers = {one.nummer: one.utfall.value for one in forslag.regler}
    assert answers[regel] == utfall, forslag.skal
    assert (forslag.slag is Forslagsslag.BIFALL) == (not any(one.hindrar for one in forslag.regler))


@pytest.mark.parametrize(
    ("andra", "sagt"),
    [
        (svar("af", arbetssokande=None), "Arbetsförmedlingen lämnar ingen uppgift om sökanden är inskriven"),
        (svar("af", arbetssokande=None, status=Svarsstatus.INGET), "Sökanden är inte inskriven"),
        (
            svar("af", beslut=("2026-11-16 Avstängd",)),
            "Arbetsförmedlingen har fattat ett beslut om sökanden 2026-11-16",
        ),
        (svar("fk", vantande=(VantandeArende(forman="Sjukpenning"),)), "ärende om Sjukpenning för sökanden."),
        (ans(bilagor=(Bilaga(filnamn="a.pdf", fil_id="1"),)), "Ansökan har 1 bilaga."),
        (ans(bilagor=(Bilaga(filnamn="a.pdf", fil_id="1"), Bilaga(filnamn="b.pdf", fil_id="2"))), "har 2 bilagor."),
        (tidigare(antal_personer=3), "Förra månadens beräkning gällde 3 personer, nu 1."),
    ],
)
def test_a_sentence_says_who_and_how_many(andra: Andring, sagt: str, fall: Any, regelverk: Regelverk) -> None:
    assert sagt in " ".join(foresla(*andra(fall(2)), regelverk, date(2026, 12, 1)).skal)


@pytest.mark.parametrize(
    ("ar", "inkomster", "sagt"),
    [
        (1959, True, ""),
        (1959, False, "Sökanden har nått riktåldern för pension men har ingen"),
        (1960, True, "Sökanden är inte inskriven hos Arbetsförmedlingen."),
    ],
)
def test_who_has_reached_the_age_of_pension_need_not_be_registered_but_to_have_one(
    ar: int, inkomster: bool, sagt: str, fall: Any, regelverk: Regelverk
) -> None:
    change = inkomst("Pension", 5000) if inkomster else ans()
    case = aldrad(ar)(change(svar("af", arbetssokande=False)(fall(1))))
    told = next(one for one in foresla(*case, regelverk, date(2026, 12, 1)).regler if one.nummer == 22)
    assert told.text.startswith(sagt) if sagt else (told.text, told.utfall.value) == ("", OBRUTET)


def aldrad(fodelsear: int) -> Andring:
    """The applicant of a household of one is born in another year, in everything that was read."""

    def change(fall: Any) -> Any:
        old = fall[0].sokande.personnummer.digits
        new = personnummer(fodelsear, 1)
        return tuple(type(one).model_validate_json(one.model_dump_json().replace(old, new)) for one in fall)

    return change


def test_a_protected_person_leaves_one_neutral_answer_and_nothing_else(fall: Any, regelverk: Regelverk) -> None:
    ansokan, underlag = fall(22)
    forslag = foresla(ansokan, underlag, regelverk, date(2026, 12, 1))
    assert forslag.sarskild
    assert forslag.handlaggare is None
    assert forslag.berakning is None
    assert [one.nummer for one in forslag.regler] == [1]
    assert not any(word in forslag.model_dump_json().casefold() for word in ("skydd", "sekretess"))
    assert granska_folkbokforing(Lage(ansokan, underlag, regelverk, date(2026, 12, 1))).sarskild


def test_the_early_judgements_hold_only_their_own_rules(fall: Any, regelverk: Regelverk) -> None:
    ansokan, underlag = fall(24)
    tidigt = underlag.model_copy(update={register.value: () for register in Register})
    assert not granska_folkbokforing(Lage(ansokan, tidigt, regelverk, date(2026, 12, 1))).hindrar
    assert granska_arende(Lage(ansokan, tidigt, regelverk, date(2026, 12, 1))).skal == (
        "Tillägg: december 2026 är redan beslutad.",
    )
    forslag = foresla(ansokan, tidigt, regelverk, date(2026, 12, 1))
    assert (forslag.slag, forslag.berakning) == (Forslagsslag.OVERLAMNA, None)


def test_an_unavailable_register_is_a_wait_without_any_amount(fall: Any, regelverk: Regelverk) -> None:
    case = svar("fk", status=Svarsstatus.EJ_KONTROLLERBART, kallstatus="OTILLGANGLIG", utbetalningar=())(fall(2))
    forslag = foresla(*case, regelverk, date(2026, 12, 1))
    assert (forslag.slag, forslag.belopp) == (Forslagsslag.VANTA, None)


def test_an_income_that_covers_the_need_is_a_proposed_rejection(fall: Any, regelverk: Regelverk) -> None:
    case = tidigare(inkomster=())(belopp(12400)(fall(2)))
    case = tidigare(
        inkomster=(fall(2)[1].arende.berakningar[0].inkomster[0].model_copy(update={"belopp": Decimal(12400)}),)
    )(case)
    forslag = foresla(*case, regelverk, date(2026, 12, 1))
    assert forslag.slag is Forslagsslag.AVSLAG_FORSLAG
    assert forslag.berakning is not None
    assert forslag.berakning.resultat == 910


@pytest.mark.parametrize(
    ("scenario", "slag", "hindrar"), [(2, Forslagsslag.OVERLAMNA, [17]), (16, Forslagsslag.AVSLAG_FORSLAG, [42])]
)
def test_last_months_surplus_is_for_a_person_unless_nothing_is_granted_anyway(
    scenario: int, slag: Forslagsslag, hindrar: list[int], fall: Any, regelverk: Regelverk
) -> None:
    forslag = foresla(*tidigare(resultat=Decimal(910))(fall(scenario)), regelverk, date(2026, 12, 1))
    assert (forslag.slag, [one.nummer for one in forslag.regler if one.hindrar]) == (slag, hindrar)


def test_every_triggered_rule_is_reported(fall: Any, regelverk: Regelverk) -> None:
    case = ans(fordon=True, tillgangar=True, vistelse_utanfor=True)(fall(2))
    forslag = foresla(*case, regelverk, date(2026, 12, 1))
    assert [one.nummer for one in forslag.regler if one.hindrar] == [37, 38, 40]
    assert len(forslag.skal) == 3


def test_a_changed_account_is_handed_over_with_its_calculation(fall: Any, regelverk: Regelverk) -> None:
    ansokan, underlag = fall(2)
    changed = ansokan.utbetalning.model_copy(update={"andrat": True})
    forslag = foresla(ansokan.model_copy(update={"utbetalning": changed}), underlag, regelverk, date(2026, 12, 1))
    assert (forslag.slag, forslag.belopp) == (Forslagsslag.OVERLAMNA, 3590)
    assert forslag.handlaggare == "Hilda Handläggarsson"


@pytest.mark.parametrize(("fritext", "utfall"), [(Fritext.OVERLAMNA, "H"), (Fritext.FLAGGA, "G")])
def test_a_message_is_handed_over_or_flagged_as_configured(
    fritext: Fritext, utfall: str, fall: Any, regelverk: Regelverk
) -> None:
    changed = _med(regelverk, kommun=regelverk.kommun.model_copy(update={"fritext_och_bilagor": fritext}))
    forslag = foresla(*ans(meddelande="Hej")(fall(2)), changed, date(2026, 12, 1))
    assert forslag.regler[7].utfall.value == utfall


@pytest.mark.parametrize(("nummer", "utfall"), [("201512019850", "D"), ("201511309856", "utesluten")])
def test_a_child_changes_age_band_in_the_month_of_its_birthday(
    nummer: str, utfall: str, bygg: Callable[[dict[str, Any]], Any], regelverk: Regelverk
) -> None:
    text = yaml.safe_load(next(SCENARIOS.glob("07-*.yaml")).read_text("utf-8"))
    text["personer"]["Tolva"]["personnummer"] = nummer
    built = bygg(text)
    forslag = foresla(built.ansokan, built.underlag, regelverk, built.idag)
    assert (forslag.regler[31].utfall.value, forslag.slag) == (utfall, Forslagsslag.BIFALL)
    assert bool(forslag.aviseringar) == (utfall == "D")


@pytest.mark.parametrize(("tak", "slag"), [(11490, "bifall"), (11489, "stopp")])
def test_an_amount_above_the_ceiling_stops(tak: int, slag: str, fall: Any, regelverk: Regelverk) -> None:
    changed = _med(regelverk, kommun=regelverk.kommun.model_copy(update={"belopp_hogst_per_hushall": Decimal(tak)}))
    forslag = foresla(*fall(1), changed, date(2026, 12, 1))
    assert (forslag.slag.value, forslag.belopp) == (slag, 11490)


@pytest.mark.parametrize(("idag", "utfall"), [(date(2026, 11, 25), "H"), (date(2026, 11, 26), "D")])
def test_an_early_application_waits_for_the_incomes_of_the_month(
    idag: date, utfall: str, fall: Any, regelverk: Regelverk
) -> None:
    assert foresla(*fall(2), regelverk, idag).regler[16].utfall.value == utfall


def test_a_full_sample_hands_over_everything(fall: Any, regelverk: Regelverk) -> None:
    sample = Stickprov.model_validate({"andel": 100, "nar": "fore"})
    changed = _med(regelverk, kommun=regelverk.kommun.model_copy(update={"stickprov": sample}))
    forslag = foresla(*fall(2), changed, date(2026, 12, 1))
    assert [one.nummer for one in forslag.regler if one.hindrar] == [44]


def test_a_decision_type_that_is_not_delegated_stops(fall: Any, regelverk: Regelverk) -> None:
    changed = _med(regelverk, delegation=regelverk.delegation.model_copy(update={"beslutstyper": {}}))
    forslag = foresla(*fall(2), changed, date(2026, 12, 1))
    assert forslag.slag is Forslagsslag.STOPP
    assert forslag.mode is None


def test_every_rule_of_the_table_has_its_function_in_order() -> None:
    assert [rule.nummer for rule in ALLA] == list(range(1, ANTAL + 1))


@pytest.mark.parametrize("nummer", range(1, ANTAL + 1))
def test_a_rule_that_the_municipality_always_leaves_to_a_person_hands_over(
    nummer: int, fall: Any, regelverk: Regelverk
) -> None:
    always = regelverk.regelbok.regler[nummer].model_copy(update={"alltid_handlaggare": True})
    book = regelverk.regelbok.model_copy(update={"regler": {**regelverk.regelbok.regler, nummer: always}})
    forslag = foresla(*fall(2), _med(regelverk, regelbok=book), date(2026, 12, 1))
    assert forslag.slag is Forslagsslag.OVERLAMNA
    (told,) = (one for one in forslag.regler if one.hindrar)
    assert told.nummer == nummer
    assert f"«{always.namn}» alltid prövas av en handläggare" in told.text


def test_a_protected_person_is_stopped_as_before_where_rule_1_is_always_left_to_a_person(
    fall: Any, regelverk: Regelverk
) -> None:
    always = regelverk.regelbok.regler[1].model_copy(update={"alltid_handlaggare": True})
    book = regelverk.regelbok.model_copy(update={"regler": {**regelverk.regelbok.regler, 1: always}})
    told = [foresla(*fall(22), rules, date(2026, 12, 1)) for rules in (regelverk, _med(regelverk, regelbok=book))]
    assert [(one.slag, one.sarskild, one.skal) for one in told] == 2 * [
        (Forslagsslag.STOPP, True, (SARSKILD_HANDLAGGNING,))
    ]


@pytest.mark.parametrize(
    ("register", "nummer"), [("csn", 27), ("so", 21), ("pm", 13), ("skv", 38), ("ts", 37), ("narvaro", 25)]
)
def test_a_register_that_nothing_stands_in_for_hands_over(
    register: str, nummer: int, fall: Any, regelverk: Regelverk
) -> None:
    instead = Anslutning(ersatts_av=Ersattning.PLANERING if register == "narvaro" else Ersattning.SOKANDENS_UPPGIFT)
    unapproved = regelverk.anslutningar.model_copy(update={register: instead, "approved_by": None})
    changed = _med(regelverk, anslutningar=unapproved)
    forslag = foresla(*fall(2), changed, date(2026, 12, 1))
    assert nummer in [one.nummer for one in forslag.regler if one.hindrar]


def _med(regelverk: Regelverk, **parts: Any) -> Regelverk:
    return dataclasses.replace(regelverk, **parts)
