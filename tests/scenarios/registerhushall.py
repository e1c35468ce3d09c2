"""Households of whom the agencies say different things, as one practice municipality: whichever way the registers are
reached, each is to end alike."""

from typing import Any

from scenarier import FILES, Scenario, las, referens
from scenariovarld import varld

from sandkommun.worlds import World

HUSHALL: dict[str, tuple[str, tuple[int, ...]]] = {
    "260101": ("nothing anywhere", ()),
    "260102": ("one benefit", ()),
    "260103": ("no activity report", (23,)),
    "260107": ("several benefits and a wage", ()),
    "260117": ("study aid that is not stated", (13, 15, 27, 42)),
    "260126": ("a benefit that is not stated", (13, 15)),
    "260128": ("a retroactive payment", (18,)),
    "260190": ("a deduction by Försäkringskassan", (19,)),
}
"""What is said of each, and the rules that stand in the way then."""


def registervarld(*, utan: tuple[str, ...] = ()) -> World:
    """The municipality, `utan` some of the households."""
    texts = [text for text in map(las, FILES) if referens(text) in set(HUSHALL) - set(utan)]
    made = varld(_ej_uppgivet(text) if referens(text) == "260126" else text for text in texts)
    return World.model_validate(_andrad(made.model_dump()))


def _ej_uppgivet(text: Scenario) -> Scenario:
    (name,) = text["personer"]
    row = {"vem": name, "slag": "Bostadsbidrag", "belopp": 1200, "betald": "2026-11-27", "avser": "2026-11"}
    return {**text, "i registret men inte i ansökan": [row]}


def _andrad(world: dict[str, Any]) -> dict[str, Any]:
    """What no scenario file can say: what the agency has taken off, and an activity report that is missing."""
    people = world["personer"]
    (paid,) = people["260190-0"]["fk"]["utbetalningar"]
    paid |= {"brutto": paid["netto"] + 500, "avdrag": 500, "avdragstyp": "KVI"}
    people["260103-0"]["af"]["aktivitetsrapport"]["kod"] = 500
    return world
