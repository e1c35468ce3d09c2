"""A plausible municipality of any size: the same seed gives the same one, byte for byte."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from sandkommun.generating.months import Month
from sandkommun.generating.parking import permits
from sandkommun.generating.shapes import Drawing
from sandkommun.generating.situations import ALL, ORDINARY, SHARE_ORDINARY, SITUATIONS, Situation
from sandkommun.generating.writing import write

MOST = 40_000
"""The series of test numbers has no more for the ages that are drawn."""
_SAME_NAME_EVERY = 90
World = dict[str, Any]


def generate(households: int, seed: int, today: date) -> World:
    """A world of so many households that apply for the month of `today`, as plain data in the words of a world file.

    From 200 households on, everything in `situations.ALL` happens in some. Raises ValueError for more than MOST.
    """
    if not 1 <= households <= MOST:
        raise ValueError(f"antalet hushåll ska vara 1 till {MOST}")
    rng, month = Random(seed), Month.of(today)  # noqa: S311 - chance that can be repeated, nothing secret
    drawing = Drawing(rng, month)
    world: World = {"today": today.isoformat(), "kommun": "Sandkommun", "lokalt": _local(rng)}
    sections: dict[str, dict[str, Any]] = {name: {} for name in ("personer", "hushall", "arenden", "inkorg")}
    earlier = None
    for number, situation in enumerate(_happenings(rng, households), 1):
        home = drawing.household(number, situation.wish)
        situation.change(drawing, home)
        if earlier and number % _SAME_NAME_EVERY == 20:
            home.applicant.first, home.applicant.last = earlier
        earlier = (home.applicant.first, home.applicant.last)
        write(rng, home, month, today, sections)
    adults = [home["vuxna"][0] for home in sections["hushall"].values()]
    return {**world, **sections, "parkering": permits(rng, adults, today)}


def _happenings(rng: Random, households: int) -> list[Situation]:
    """What happens in each household: everything once if there are enough, the rest by how usual it is."""
    ordinary = rng.choices(ORDINARY, [one.weight for one in ORDINARY], k=households)
    special = rng.choices(SITUATIONS, [one.weight for one in SITUATIONS], k=households)
    drawn = [one if rng.random() < SHARE_ORDINARY else other for one, other in zip(ordinary, special, strict=True)]
    if households >= len(ALL):
        drawn[: len(ALL)] = ALL
    rng.shuffle(drawn)
    return drawn


def _local(rng: Random) -> dict[str, Any]:
    """What this municipality has decided for itself, in the words of the robot's configuration."""
    own = {
        "inkomstavvikelse_procent": rng.choice((10, 12, 15)),
        "belopp_hogst_per_hushall": rng.choice((28_000, 30_000, 32_000)),
        "radrum_manader": rng.choice((2, 3, 4)),
        "stickprov": {"andel": rng.choice((2, 5)), "nar": rng.choice(("fore", "efter"))},
    }
    # Denials are not among the automated decisions that the board has delegated.
    not_delegated = {"approved_by": None, "decision_reference": None}
    return {"kommun": own, "delegation": {"beslutstyper": {"avslag_forsorjningsstod": not_delegated}}}


def text_of(world: World, *, as_json: bool) -> Iterator[str]:
    """A world's text, piece by piece: JSON, or YAML with one element of JSON a line, which is read much faster than
    other YAML."""
    if as_json:
        yield json.dumps(world, ensure_ascii=False)
        yield "\n"
        return
    one_line = json.JSONEncoder(ensure_ascii=False).encode
    for key, value in world.items():
        if key in ("personer", "hushall", "arenden", "inkorg"):
            yield f"{key}:\n"
            for name, element in value.items():
                yield f'  "{name}": {one_line(element)}\n'
        else:
            yield f"{key}: {one_line(value)}\n"


def write_file(world: World, out: Path) -> None:
    """Write a world to a file: JSON when the name ends in .json, else YAML. Raises OSError."""
    with out.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(text_of(world, as_json=out.suffix == ".json"))
