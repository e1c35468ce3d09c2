"""What a person may approve, and what goes back to them when it has changed."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from scenarier import FILES, Fall, fall, las

from arbetsfloden.ekonomiskt_bistand.berakning.sidorader import Bradska, sidorad
from arbetsfloden.ekonomiskt_bistand.beslut.beslut import Forslag, foresla
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Kostnad
from arbetsfloden.ekonomiskt_bistand.handlaggning.avslut import overlamning
from arbetsfloden.ekonomiskt_bistand.handlaggning.beslutande import andringar
from arbetsfloden.ekonomiskt_bistand.handlaggning.lasning import aldsta_uppgift
from arbetsfloden.ekonomiskt_bistand.handlaggning.poster import (
    Handling,
    Verkstallighet,
    beslutspost,
    bradskande,
    utbetalningsposter,
)
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.register.registersvar import Register
from arbetsfloden.ekonomiskt_bistand.register.underlag import Bankkonto
from medarbetare.errors import BusinessError

TODAY = date(2026, 12, 1)
ANDRA = Callable[[Fall], Fall]


def scenario(number: int) -> Fall:
    return fall(las(next(path for path in FILES if path.name.startswith(f"{number:02}-"))))


def propose(one: Fall, regelverk: Regelverk) -> Forslag:
    return foresla(one.ansokan, one.underlag, regelverk, one.idag)


def med(one: Fall, ansokan: dict[str, Any] | None = None, **underlag: Any) -> Fall:
    return Fall(
        one.ansokan.model_copy(update=ansokan or {}), one.underlag.model_copy(update=underlag), one.idag, one.vantat
    )


def med_arende(one: Fall, **values: Any) -> Fall:
    assert one.underlag.arende is not None
    return med(one, arende=one.underlag.arende.model_copy(update=values))


def med_betalning(one: Fall, netto: int) -> Fall:
    (answer,) = one.underlag.fk
    (payment,) = answer.utbetalningar
    paid = payment.model_copy(update={"netto": Decimal(netto), "brutto": Decimal(netto)})
    return med(one, fk=(answer.model_copy(update={"utbetalningar": (paid,)}),))


@pytest.mark.parametrize(
    ("number", "can"),
    [
        (2, True),
        (10, False),  # above the ceiling: stop
        (11, False),  # no calculation
        (14, True),  # a cut row: a partial grant, when the applicant has been heard
        (15, True),  # notice on the rent, all of it counted
        (16, True),  # a rejection, when the applicant has been heard
        (20, False),  # a register has not answered
        (21, True),
        (22, False),  # protected
        (23, True),  # but see the account
        (28, False),
        (90, True),  # the rows that are decided apart do not hinder the rest
    ],
)
def test_a_person_may_approve_a_certain_calculation_and_nothing_else(
    number: int, can: bool, regelverk: Regelverk
) -> None:
    assert propose(scenario(number), regelverk).kan_godkannas is can


@pytest.mark.parametrize(
    "change",
    [
        lambda one: med_arende(one, aktivt=False, avslutat=date(2026, 11, 20)),
        lambda one: med_arende(one, nummer=None),
        lambda one: med(one, {"utbetalning": one.ansokan.utbetalning.model_copy(update={"metod": "Kontantkort"})}),
        lambda one: med(one, {"manad": one.ansokan.manad.minus(-1)}),
    ],
)
def test_what_has_nowhere_to_be_written_or_paid_is_taken_over_by_hand(change: ANDRA, regelverk: Regelverk) -> None:
    assert not propose(change(scenario(2)), regelverk).kan_godkannas


def test_the_account_agrees_only_when_it_is_on_file(regelverk: Regelverk) -> None:
    assert propose(scenario(2), regelverk).kontot_stammer
    assert not propose(scenario(23), regelverk).kontot_stammer
    assert not propose(med_arende(scenario(2), konto=None), regelverk).kontot_stammer


def test_nothing_has_changed_when_the_same_is_read_again_later(regelverk: Regelverk) -> None:
    one = scenario(7)
    later = [
        answer.model_copy(update={"lasning": answer.lasning.model_copy(update={"tidpunkt": datetime.now(UTC)})})
        for answer in one.underlag.fk
    ]
    again = foresla(one.ansokan, med(one, fk=tuple(later)).underlag, regelverk, date(2026, 12, 8))
    assert list(andringar(propose(one, regelverk), again)) == []


def test_another_amount_is_told_with_its_rows(regelverk: Regelverk) -> None:
    one = scenario(2)
    assert list(andringar(propose(one, regelverk), propose(med_betalning(one, 8000), regelverk))) == [
        "Beloppet är nu 3 490 kr. När förslaget godkändes var det 3 590 kr.",
        "Ny eller ändrad rad i beräkningen: Aktivitetsstöd, november 2026 8 000 kr.",
        "Raden finns inte längre i beräkningen: Aktivitetsstöd, november 2026 7 900 kr.",
        "Nytt sedan förslaget godkändes: Aktivitetsstöd är 8 000 kr enligt Försäkringskassan men 7 900 kr i ansökan. "
        "Kommunicera innan beslut.",
    ]


def test_a_new_reason_is_told_though_the_amount_is_the_same_and_a_reason_that_is_gone_is_not(
    regelverk: Regelverk,
) -> None:
    green, without_plan = scenario(2), med_arende(scenario(2), planering=None)
    assert list(andringar(propose(green, regelverk), propose(without_plan, regelverk))) == [
        "Nytt sedan förslaget godkändes: Det finns ingen aktiv planering hos arbetsmarknadsenheten."
    ]
    assert list(andringar(propose(without_plan, regelverk), propose(green, regelverk))) == []


def test_the_account_is_asked_for_until_it_is_on_file(regelverk: Regelverk) -> None:
    asked = scenario(23)
    fore = propose(asked, regelverk)
    (told,) = andringar(fore, fore)
    assert told.startswith("Kontot i ärendet är ett annat än i ansökan.")
    on_file = Bankkonto(clearing="9999", konto=asked.ansokan.utbetalning.konto)
    assert list(andringar(fore, propose(med_arende(asked, konto=on_file), regelverk))) == []


def test_a_month_that_staff_decided_meanwhile_is_told(regelverk: Regelverk) -> None:
    one = scenario(2)
    assert one.underlag.arende is not None
    decided = one.underlag.arende.beslut[0].model_copy(update={"manad": one.ansokan.manad})
    nu = propose(med_arende(med(one, **{register.value: () for register in Register}), beslut=(decided,)), regelverk)
    assert not nu.kan_godkannas
    told = list(andringar(propose(one, regelverk), nu))
    assert told[0] == "Beloppet är nu okänt. När förslaget godkändes var det 3 590 kr."
    assert told[-1].startswith("Nytt sedan förslaget godkändes: Tillägg: december 2026 är redan beslutad.")


def test_the_oldest_fact_counts() -> None:
    one = scenario(2)
    assert one.underlag.arende is not None
    old = one.underlag.arende.lasning.model_copy(update={"tidpunkt": datetime(2026, 11, 27, tzinfo=UTC)})
    assert aldsta_uppgift(med_arende(one, lasning=old).underlag) == datetime(2026, 11, 27, tzinfo=UTC)


def test_a_persons_decision_carries_the_persons_name_and_the_day_of_the_approval(regelverk: Regelverk) -> None:
    one = scenario(21)
    forslag = propose(one, regelverk)
    assert one.underlag.arende is not None
    handling = Handling.av(
        Verkstallighet(forslag, one.underlag.arende, date(2026, 12, 4), "Tova Testsson"), one.ansokan, regelverk
    )
    assert beslutspost(handling).beslutsfattare == "Tova Testsson"
    assert "Beslutsfattare: Tova Testsson." in handling.motivering
    assert "Automatiserat beslut" not in handling.motivering + handling.anteckning
    assert "avaktualiserad" in handling.anteckning
    assert [one.datum for one in utbetalningsposter(handling)] == [date(2026, 12, 4)]


def test_a_name_that_the_case_system_cannot_store_is_told_before_anything_is_decided(regelverk: Regelverk) -> None:
    one = scenario(21)
    assert one.underlag.arende is not None
    approved = Verkstallighet(propose(one, regelverk), one.underlag.arende, TODAY, "Łucja Testsson")
    with pytest.raises(BusinessError, match=r"Beslutsfattaren har ett tecken .* Inget är beslutat"):
        Handling.av(approved, one.ansokan, regelverk)


@pytest.mark.parametrize(("number", "told"), [(1, "bifall 11 490 kr för"), (16, "avslag för")])
def test_the_hand_off_tells_the_amount_as_it_is_told_everywhere(number: int, told: str, regelverk: Regelverk) -> None:
    assert overlamning(propose(scenario(number), regelverk)).summary.startswith(f"Förslag: {told} december 2026.")


def test_what_is_decided_apart_is_told_to_the_applicant_and_to_the_person(regelverk: Regelverk) -> None:
    one = scenario(90)
    forslag = propose(one, regelverk)
    assert one.underlag.arende is not None
    handling = Handling.av(Verkstallighet(forslag, one.underlag.arende, TODAY), one.ansokan, regelverk)
    assert "medicin 240 kr, annan kostnad 300 kr. Det prövas för sig" in handling.motivering
    assert [row.overlamning.about for row in forslag.sidorader] == ["Medicin", "Annan kostnad"]
    assert "barnbarnet" not in forslag.model_dump_json(exclude={"sidorader"}) + handling.motivering
    assert overlamning(forslag).reasons == (
        "Medicin 240 kr prövas för sig (12 kap. 1-2 §§ SoL) och ingår inte i beräkningen.",
        "Annan kostnad 300 kr prövas för sig (12 kap. 1-2 §§ SoL) och ingår inte i beräkningen.",
    )


@pytest.mark.parametrize(
    ("slag", "mottagare", "urgent"),
    [
        ("Hyresskuld", None, Bradska.HYRA),
        ("Skuld hyra oktober", None, Bradska.HYRA),
        ("Hotas av avhysning", None, Bradska.HYRA),
        ("Skuld", "Husvärden AB", Bradska.HYRA),  # whom the rent is paid to
        ("Skuld", "Kommunens hyresbostäder", Bradska.HYRA),
        ("Elskuld", None, Bradska.EL),
        ("Obetald elräkning", None, Bradska.EL),
        ("Skuld", "Stadens el AB", Bradska.EL),
        ("Skuld", None, None),
        ("Skuld", "Möbelhuset", None),
        ("Skuld för telefon", "Elins möbler", None),
        ("Hyra av förråd", None, None),
        ("Elsparkcykel", None, None),
    ],
)
def test_a_debt_for_rent_or_electricity_is_known_by_the_applicants_words(
    slag: str, mottagare: str | None, urgent: Bradska | None
) -> None:
    rent = Kostnad(slag="Hyra", belopp=Decimal(5800), mottagare="Husvärden  ab")
    debt = Kostnad(slag=slag, belopp=Decimal(9000), mottagare=mottagare)
    assert sidorad(debt, (rent, debt)).bradska is urgent


def test_an_urgent_debt_is_handed_over_apart_and_named_first_with_its_law(regelverk: Regelverk) -> None:
    one = scenario(90)
    debt = Kostnad(slag="Obetald hyra till farbror Testsson", belopp=Decimal(9000))
    owing = med(one, {"kostnader": (*one.ansokan.kostnader, debt)})
    forslag = propose(owing, regelverk)
    (apart,) = bradskande(forslag.sidorader)
    assert (apart.about, apart.urgent) == ("Hyresskuld", True)
    assert "12 kap. 44 § jordabalken" in apart.reasons[0]
    assert overlamning(forslag, ("Något har ändrats.",)).reasons[:2] == (*apart.reasons, "Något har ändrats.")
    assert "Testsson" not in apart.reasons[0]
    assert bradskande(propose(one, regelverk).sidorader) == ()
