"""A grant that is paid to two: the rent to the landlord, as last month, and the rest to the applicant."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from liten_varld import EXEMPEL, REFERENS, LitenVarld

from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.register.underlag import TidigareUtbetalning
from medarbetare.cases.status import CaseStatus
from medarbetare.engine import Mode, Original

VARD, GIRO = "Sandköpingsbostäder AB", "5050-1055"
HYRA, INKOMST = 5800, 1000
BEVILJAT = 5220 + HYRA + 350 + 120 - INKOMST
BADA = ["nytt_beslut", "ny_utbetalning", "ny_utbetalning", "ny_anteckning"]


@pytest.fixture
def varld(database: Any, regelverk: Regelverk, monkeypatch: pytest.MonkeyPatch) -> LitenVarld:
    """Last month's rent went to the landlord, whom the application names too; the income is small enough."""
    world = LitenVarld(regelverk, monkeypatch)
    world.bench.originals[REFERENS] = Original.of(ansokan(VARD))
    arende, (fk,) = world.underlag.arende, world.underlag.fk
    assert arende is not None
    (paid,), (before,) = fk.utbetalningar, arende.berakningar
    (row,), (decided,) = before.inkomster, arende.beslut
    amount = Decimal(INKOMST)
    rent = TidigareUtbetalning(manad=before.manad, mottagare=VARD, konto=GIRO, belopp=Decimal(HYRA))
    changed = arende.model_copy(
        update={
            "beslut": (decided.model_copy(update={"belopp": decided.belopp + rent.belopp}),),
            "utbetalningar": (*arende.utbetalningar, rent),
            "berakningar": (before.model_copy(update={"inkomster": (row.model_copy(update={"belopp": amount}),)}),),
        }
    )
    small = paid.model_copy(update={"brutto": amount, "netto": amount})
    told = fk.model_copy(update={"utbetalningar": (small,)})
    world.underlag = world.underlag.model_copy(update={"arende": changed, "fk": (told,)})
    return world


def ansokan(hyresvard: str) -> bytes:
    """The example's application with the smaller income, its rent to a landlord."""
    text = (EXEMPEL / "ansokan.xml").read_bytes().decode("latin-1")
    rent, income = f"<amount>{HYRA}</amount>", "<amount>7900</amount>"
    assert text.count(rent) == text.count(income) == 1
    text = text.replace(rent, f"{rent}\n\t\t\t<payee><![CDATA[{hyresvard}]]></payee>")
    return text.replace(income, f"<amount>{INKOMST}</amount>").encode("latin-1")


def utbetalat(varld: LitenVarld) -> list[tuple[str, str, int]]:
    return [(row["mottagare"], row["konto"], int(row["belopp"])) for row in varld.system.rader["utbetalningar"]]


TILL_BADA = [(VARD, GIRO, HYRA), ("Aron Testsson", "9999-1000002", BEVILJAT - HYRA)]


def test_the_decision_is_the_sum_of_the_rent_to_the_landlord_and_the_rest_to_the_applicant(varld: LitenVarld) -> None:
    assert varld.arbeta() is CaseStatus.DECIDED, varld.utfall
    assert utbetalat(varld) == TILL_BADA
    (beslut,) = varld.system.rader["beslut"]
    assert int(beslut["belopp"]) == sum(amount for *_, amount in utbetalat(varld)) == BEVILJAT
    told = f"den 1 december 2026: 5 800 kr till {VARD} för hyran, och 4 690 kr till kontot i ditt ärende."
    assert f"Pengarna betalas ut {told}" in beslut["motivering"]
    assert GIRO not in beslut["motivering"]
    assert "9999-1000002" not in beslut["motivering"]
    assert varld.beslutat == BADA
    assert {(row["manad"], row["datum"]) for row in varld.system.rader["utbetalningar"]} == {("2026-12", "2026-12-01")}


@pytest.mark.parametrize("point", ["intended", "submit answered", "receipt"])
@pytest.mark.parametrize("write", ["beslut", "utbetalning", "utbetalning 2"])
def test_a_robot_that_stops_before_or_between_the_two_payments_makes_each_of_them_once(
    varld: LitenVarld, write: str, point: str
) -> None:
    varld.stannar_vid(write, point)
    assert varld.arbeta() is CaseStatus.DECIDED, varld.utfall
    assert utbetalat(varld) == TILL_BADA
    assert varld.beslutat == BADA


def test_a_robot_that_stops_between_the_payments_until_another_day_dates_both_as_the_decision(
    varld: LitenVarld,
) -> None:
    varld.stannar_vid("utbetalning", "receipt")
    assert utbetalat(varld) == TILL_BADA[:1]
    varld.lage(Mode.SKUGGA)
    varld.bench.today = date(2026, 12, 9)
    assert varld.arbeta() is CaseStatus.DECIDED, varld.utfall
    assert utbetalat(varld) == TILL_BADA
    assert {row["datum"] for row in varld.system.rader["utbetalningar"]} == {"2026-12-01"}


def test_a_payment_to_the_landlord_that_somebody_made_meanwhile_is_not_made_again_and_a_person_looks(
    varld: LitenVarld,
) -> None:
    varld.stannar_vid("beslut", "receipt")
    made = {"mottagare": VARD, "konto": GIRO, "manad": "2026-12", "datum": "2026-12-01", "belopp": str(HYRA)}
    varld.system.rader["utbetalningar"].append(made)
    assert varld.arbeta() is CaseStatus.HANDED_OVER
    assert utbetalat(varld) == TILL_BADA[:1]
    assert varld.utfall["reasons"][0].startswith("«utbetalning» finns redan i verksamhet")


def test_a_grant_that_goes_to_a_landlord_whom_the_application_does_not_name_waits_for_a_person(
    varld: LitenVarld,
) -> None:
    varld.bench.originals[REFERENS] = Original.of(ansokan("Annan hyresvärd"))
    assert varld.arbeta() is CaseStatus.HANDED_OVER
    assert varld.beslutat == []


def test_a_person_s_approval_pays_both_too(varld: LitenVarld) -> None:
    varld.lage(Mode.FORBERED)
    assert varld.arbeta() is CaseStatus.HANDED_OVER
    varld.godkann()
    assert varld.arbeta() is CaseStatus.DECIDED, varld.utfall
    assert utbetalat(varld) == TILL_BADA
    assert varld.system.rader["beslut"][0]["beslutsfattare"] == "Tova Testsson"
