"""The explanation of a case: every amount with its source and law, and figures that deciding again confirms."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from andringar import Andring, ans, betalning, hyra, kapital, kostnad, narvaro, rad
from scenarier import FILES, fall, las
from varldsfakta import fall as varldsfall

from arbetsfloden.ekonomiskt_bistand.beslut.beslut import Forslagsslag, foresla
from arbetsfloden.ekonomiskt_bistand.forklaring import villkor
from arbetsfloden.ekonomiskt_bistand.forklaring.antaganden import Fall, i_ansokan
from arbetsfloden.ekonomiskt_bistand.forklaring.forklaring import Beslutat, Forklaring, forklara
from arbetsfloden.ekonomiskt_bistand.forklaring.provning import Hypotes, Provning
from arbetsfloden.ekonomiskt_bistand.forklaring.rader import Forklaradslag
from arbetsfloden.ekonomiskt_bistand.forklaring.visad import visa
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.register.underlag import Underlag
from sandkommun.generating import generate
from sandkommun.worlds import World

TODAY = date(2026, 12, 1)
HOUSEHOLDS = 40
Delar = tuple[Ansokan, Underlag]
Scenario = Callable[[int], Delar]


def provad(delar: Delar, regelverk: Regelverk, dag: date = TODAY) -> Provning:
    ansokan, underlag = delar
    return Provning(Fall(ansokan, underlag, dag), regelverk, foresla(ansokan, underlag, regelverk, dag))


def har(forklaring: Forklaring, regel: int) -> str:
    return " ".join(text for one in forklaring.utredning.villkor if one.regel == regel for text in one.har)


def test_every_rule_says_in_one_plain_sentence_what_it_asks_for(regelverk: Regelverk) -> None:
    for number, text in regelverk.regelbok.regler.items():
        assert text.vad_kravs.endswith("."), number
        assert 25 < len(text.vad_kravs) < 130, number
        assert not {"§", "SoL", "OSL", "D,", "H,"} & set(text.vad_kravs.split()), number


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_amount_of_the_calculation_is_told_once_with_source_time_rule_and_law(
    path: Path, regelverk: Regelverk
) -> None:
    one = fall(las(path))
    provning = provad((one.ansokan, one.underlag), regelverk, one.idag)
    told, calculation = forklara(provning), provning.forslag.berakning
    by_kind = {kind: [row for row in told.rader if row.slag is kind] for kind in Forklaradslag}
    counted = (by_kind[Forklaradslag.NORM], by_kind[Forklaradslag.KOSTNAD], by_kind[Forklaradslag.INKOMST])
    if calculation is None:
        assert (told.summor, *counted) == (None, [], [], [])
    else:
        for rows, shown in zip((calculation.norm, calculation.kostnader, calculation.inkomster), counted, strict=True):
            assert [(row.etikett, row.belopp, row.orundat) for row in rows] == [
                (row.vad, row.raknat, row.orundat) for row in shown
            ]
        assert told.summor is not None
        norm, costs, incomes = (sum((row.raknat or Decimal(0) for row in rows), Decimal(0)) for rows in counted)
        assert (norm, costs, incomes) == (told.summor.norm, told.summor.kostnader, told.summor.inkomster)
        assert told.summor.resultat == incomes - norm - costs
    assert all(row.kalla and row.last and row.lagrum and row.regler for row in told.rader)
    assert all(set(row.hindrade) <= set(row.regler) for row in told.rader)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_rule_is_accounted_for_once_and_the_tables_hold_together(path: Path, regelverk: Regelverk) -> None:
    one = fall(las(path))
    told = forklara(provad((one.ansokan, one.underlag), regelverk, one.idag))
    rules = [rule.nummer for rule in (*told.regler_hindrade, *told.regler_provade)]
    assert sorted([*rules, *told.utredning.vantar, *told.regler_ej_provade]) == list(range(1, 47))
    shown = visa(told)
    for section in shown.sections:
        assert all(len(row) == len(section.columns) for row in section.rows)
        assert "None" not in str(section.rows)
        assert section.amounts <= set(section.columns)
    data = json.dumps(shown.data, ensure_ascii=False)
    assert all(row.vad in data and row.kalla in data for row in told.rader)
    personal = [person["personnummer"] for person in las(path)["personer"].values()]
    assert not any(text in data for text in (*personal, "Testsson"))


def test_a_rejection_tells_by_how_much_the_incomes_would_have_had_to_be_lower(
    fall: Scenario, regelverk: Regelverk
) -> None:
    case = fall(16)
    told = forklara(provad(case, regelverk))
    assert told.utgang == "Roboten föreslår att ansökan för december 2026 avslås, eftersom inkomsterna räcker."
    assert "minst 911 kr lägre, alltså högst 11 489 kr" in har(told, 42)
    # The same by hand: what FK has paid and the applicant has stated.
    for amount, deficit in ((11489, 1), (11490, 0)):
        paid = Decimal(amount)
        lowered = betalning(brutto=paid, netto=paid)(rad(0, belopp=paid)(case))
        assert foresla(*lowered, regelverk, TODAY).belopp == deficit


def test_a_cut_rent_tells_what_would_have_been_accepted_and_what_would_have_become_of_the_case(
    fall: Scenario, regelverk: Regelverk
) -> None:
    told = forklara(provad(fall(14), regelverk))
    assert har(told, 34) == (
        "Hade hyran varit högst 6 400 kr, nu som förra månaden, hade hela den godtagits. Sökt hyra är 7 900 kr."
    )
    assert told.utredning.tillsammans == "Med de belopp som nämns här skulle roboten själv ha beviljat 12 090 kr."
    (rent,) = (row for row in told.rader if row.vad == "Hyra")
    assert (rent.ansokt, rent.raknat, rent.regler, rent.hindrade) == (7900, 6400, (33, 34), (34,))


def test_a_cost_decided_apart_hinders_nothing_and_its_rule_is_told_once_as_no_hindrance(
    fall: Scenario, regelverk: Regelverk
) -> None:
    told = forklara(provad(fall(90), regelverk))
    apart = [row for row in told.rader if row.slag is Forklaradslag.FOR_SIG]
    assert [(row.regler, row.hindrade) for row in apart] == [((36,), ()), ((36,), ())]
    assert 36 in [rule.nummer for rule in told.regler_provade]
    assert 36 not in [rule.nummer for rule in told.regler_hindrade]


def test_of_a_protected_person_nothing_is_told(fall: Scenario, regelverk: Regelverk) -> None:
    told = forklara(provad(fall(22), regelverk))
    assert (told.rader, told.summor) == ((), None)
    assert [rule.nummer for rule in told.regler_hindrade] == [1]
    assert "skydd" not in told.model_dump_json(exclude={"regelkallor"}).lower()


def test_a_grant_tells_its_three_nearest_limits_and_nothing_that_would_have_handed_it_over(
    fall: Scenario, regelverk: Regelverk
) -> None:
    told = forklara(provad(fall(7), regelverk))
    assert [(one.regel, len(one.har)) for one in told.utredning.villkor] == [(34, 1), (15, 2)]
    assert told.utredning.villkor[0].har == ("Hyra 6 800 kr: i det här hushållet godtas högst 6 900 kr.",)
    (wage,) = (row for row in told.rader if row.vad.startswith("Lön"))
    assert (wage.ansokt, wage.raknat, wage.lagrum) == (6000, 4500, "12 kap. 8 § SoL")
    (later,) = (row for row in told.rader if row.slag is Forklaradslag.RAKNAS_INTE)
    assert (later.vad, later.notering) == (
        "Bostadsbidrag, utbetald 2026-11-27",
        "Avser december 2026 och räknas i en senare ansökan.",
    )


@pytest.mark.parametrize(
    ("number", "change", "rule", "told"),
    [
        (2, rad(0, belopp=Decimal(7500)), 13, "Aktivitetsstöd hade behövt vara uppgiven med 7 900 kr."),
        (17, ans(), 13, "Studiestöd 12 000 kr för november 2026 hade behövt stå i ansökan."),
        (4, rad(0, belopp=Decimal(5700)), 15, "mellan 4 400 och 5 600 kr"),
        (4, rad(0, belopp=Decimal(4300)), 15, "mellan 4 400 och 5 600 kr"),
        (17, ans(), 15, "Studiestöd 12 000 kr hade behövt finnas även i förra månadens beräkning."),
        (2, narvaro(58, 2), 25, "Det krävdes minst 64 av de 80 planerade timmarna i november 2026. Det blev 60."),
        (4, rad(0, belopp=Decimal(8100)), 29, "Lön upp till 8 000 kr godtas på ansökan. Lönen är 8 100 kr"),
        (2, hyra(5900), 34, "Hyran hade behövt vara som förra månaden, 5 800 kr. Sökt hyra är 5 900 kr."),
        (3, kostnad("Arbetsresor", 950), 35, "Arbetsresor godtas till hela beloppet upp till 900 kr."),
        (2, kostnad("Fackavgift", 260), 35, "Fackavgift hade behövt finnas i förra månadens beräkning."),
        (2, kapital(2025, 500), 38, "Inkomst av kapital hade fått vara högst 0 kr per år."),
        (10, ans(), 46, "Roboten får bevilja högst 30 000 kr till ett hushåll. Beloppet är 420 kr för högt."),
    ],
)
def test_a_limit_is_told_in_the_cases_own_figures(
    number: int, change: Andring, rule: int, told: str, fall: Scenario, regelverk: Regelverk
) -> None:
    assert told in har(forklara(provad(change(fall(number)), regelverk)), rule)


def test_a_day_that_is_too_early_tells_the_first_that_is_not(fall: Scenario, regelverk: Regelverk) -> None:
    told = forklara(provad(fall(2), regelverk, date(2026, 11, 10)))
    assert "tidigast den 2026-11-26" in har(told, 17)
    assert told.utredning.tillsammans == "Med de belopp som nämns här skulle roboten själv ha beviljat 3 590 kr."


@pytest.mark.parametrize(("number", "amount"), [(21, "11 490"), (23, "3 590"), (28, "3 590")])
def test_where_one_thing_alone_stood_in_the_way_the_outcome_without_it_is_told(
    number: int, amount: str, fall: Scenario, regelverk: Regelverk
) -> None:
    told = forklara(provad(fall(number), regelverk))
    assert told.utredning.tillsammans == f"Hade det varit så skulle roboten själv ha beviljat {amount} kr."


def test_a_claim_that_deciding_again_does_not_confirm_is_not_told(
    fall: Scenario, regelverk: Regelverk, monkeypatch: pytest.MonkeyPatch
) -> None:
    same, other = i_ansokan(), i_ansokan(utbetalning=fall(2)[0].utbetalning)
    claims = {
        "does not help": Hypotes(same, "Det hade räckt att söka igen."),
        "helps beside it too": Hypotes(other, "Det hade räckt.", utanfor=(other,)),
        "another finding": Hypotes(other, "Det hade räckt.", fynd="något annat"),
    }
    for why, claim in claims.items():
        monkeypatch.setitem(villkor.HYPOTESER, 39, lambda lage, claim=claim: iter((claim,)))
        assert har(forklara(provad(fall(23), regelverk)), 39) == "", why


def test_no_figure_is_tried_by_other_rules_than_those_that_held(fall: Scenario, regelverk: Regelverk) -> None:
    then = provad(fall(16), regelverk)
    told = forklara(replace(then, regelverk=replace(regelverk, version="ny")))
    assert har(told, 42) == ""
    assert told.anmarkning.startswith("Reglerna har ändrats sedan förslaget.")
    assert (told.regelkallor, told.regelverk_version) == ((), regelverk.version)


def test_no_figure_is_tried_where_deciding_again_gives_another_proposal(fall: Scenario, regelverk: Regelverk) -> None:
    then = provad(fall(16), regelverk)
    other = forklara(replace(then, forslag=then.forslag.model_copy(update={"belopp": Decimal(7)})))
    assert har(other, 42) == ""
    assert other.anmarkning.startswith("Samma uppgifter ger inte längre exakt samma förslag.")
    assert forklara(then).anmarkning == ""


def test_who_decided_is_told(fall: Scenario, regelverk: Regelverk) -> None:
    provning = provad(fall(2), regelverk)
    robot = provning.forslag.beslutsfattare or ""
    assert forklara(provning).beslutat_av == (
        "Roboten får besluta själv, enligt delegationsordningen punkt 4.2 A (6 kap. 37 § KL)."
    )
    by_robot, by_person = (forklara(provning, Beslutat(who, "2026-12-03")) for who in (robot, "Tova Testsson"))
    assert by_robot.utgang == "Hushållet beviljas 3 590 kr i försörjningsstöd för december 2026."
    assert by_robot.beslutat_av == (
        "Automatiserat beslut den 2026-12-03, enligt delegationsordningen punkt 4.2 A (6 kap. 37 § KL)."
    )
    assert by_person.beslutat_av == "Tova Testsson, som godkände förslaget, den 2026-12-03."


def test_whatever_happens_in_a_household_is_explained(regelverk: Regelverk) -> None:
    world = World.model_validate(generate(HOUSEHOLDS, 20261201, TODAY))
    told = [
        forklara(provad(varldsfall(world, reference), regelverk))
        for reference, entry in world.inkorg.items()
        if hasattr(entry, "namnda")
    ]
    assert len(told) >= HOUSEHOLDS
    for one in told:
        hindered = [rule.nummer for rule in one.regler_hindrade]
        if hindered:
            assert [condition.regel for condition in one.utredning.villkor] == hindered
        else:
            assert sum(len(condition.har) for condition in one.utredning.villkor) == 3
    assert any(one.utredning.tillsammans for one in told)


def test_rules_that_only_wait_for_an_answer_are_told_as_that(fall: Scenario, regelverk: Regelverk) -> None:
    provning = provad(fall(20), regelverk)
    shown = visa(forklara(provning))
    assert provning.forslag.slag is Forslagsslag.VANTA
    assert [one.about for one in shown.otherwise] == ["Regel 11. Registren svarar"]
    assert "Regel 12–20, 26 går inte att pröva förrän registren har svarat." in shown.differs.note
