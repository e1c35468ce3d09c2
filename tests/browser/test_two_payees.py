"""A grant that is paid to two, in the browser and on both skins, judged by what the case system has registered."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from sandkommun import worlds

HYRESVARD, GIRO, HYRA = "Sandköpingsbostäder AB", "5050-1055", Decimal(5800)
CASE, REFERENCE, GRANTED = "4701", "260101", Decimal(11490)


def rent_to_the_landlord(world: worlds.World) -> worlds.World:
    """The one application, whose rent went straight to the landlord last month; the application names them too."""
    world = worlds.only(world, REFERENCE)
    case = world.arenden[CASE]
    (paid,) = case.utbetalningar
    rent = paid.model_copy(update={"mottagare": HYRESVARD, "konto": GIRO, "belopp": HYRA})
    rest = paid.model_copy(update={"belopp": paid.belopp - HYRA, "registrerad": datetime(2026, 11, 3, 9, 26)})  # noqa: DTZ001
    divided = case.model_copy(update={"utbetalningar": (rent, rest)})
    return world.model_copy(update={"arenden": {**world.arenden, CASE: divided}})


@pytest.mark.parametrize("world", ["demo", "demo-grid"])
def test_the_rent_goes_to_the_landlord_and_the_rest_to_the_applicant_once_each(practise: Any, world: str) -> None:
    practice = practise(rent_to_the_landlord(worlds.load(world)))
    for _ in range(2):
        done = practice.medarbetare("run", "--once")
        assert done.returncode == 0, done.stdout + done.stderr
    outcome = practice.outcomes()[REFERENCE]
    assert outcome["status"] == "beslutad", outcome
    registered = practice.facit()["registered"]
    (beslut,) = registered["beslut"]
    paid = {one["mottagare"]: (one["konto"], Decimal(one["belopp"])) for one in registered["utbetalningar"]}
    assert paid == {HYRESVARD: (GIRO, HYRA), "Tova Testsson": ("9999-1000001", GRANTED - HYRA)}
    assert len(registered["utbetalningar"]) == 2
    assert sum(amount for _, amount in paid.values()) == Decimal(beslut["belopp"]) == GRANTED
    assert {(one["manad"], one["arende"]) for one in registered["utbetalningar"]} == {("2026-12", CASE)}
    assert {date.fromisoformat(one["datum"]) for one in registered["utbetalningar"]} == {date(2026, 12, 1)}
