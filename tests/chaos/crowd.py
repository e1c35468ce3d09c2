"""Many households of which the right answer is known: the scenarios', again and again with other people."""

from decimal import Decimal
from typing import Any, NamedTuple

from scenarier import FILES, las, referens
from scenariovarld import varld

from sandkommun import worlds
from sandkommun.worlds import World

DAY = "2026-12-01"
GRANTED_OF_TEN = 8
"""So many of ten applications may be granted by the robot alone."""


class Expected(NamedTuple):
    """What the robot should decide by itself: an amount, or None when a person should."""

    amount: Decimal | None


def crowd(applications: int) -> tuple[World, dict[str, Expected]]:
    """A municipality with so many applications, and what each should come to, by its reference."""
    texts = [text for text in map(las, FILES) if str(text["idag"]) == DAY and text["väntat"]["förslag"] != "vanta"]
    base = varld(texts)
    granted = [text for text in texts if text["väntat"]["förslag"] == "bifall"]
    others = [text for text in texts if text["väntat"]["förslag"] != "bifall"]
    first = -(-applications * GRANTED_OF_TEN // 10)
    counts = [*_shares(granted, first), *_shares(others, applications - first)]
    content = base.model_dump(mode="json", exclude_defaults=True)
    parts: dict[str, dict[str, Any]] = {name: {} for name in ("personer", "hushall", "arenden", "inkorg")}
    expected: dict[str, Expected] = {}
    for number, (text, count) in enumerate(counts):
        known = World.model_validate({**content, **{name: {**content[name], **parts[name]} for name in parts}})
        made = worlds.copies(known, referens(text), count).model_dump(mode="json", exclude_defaults=True)
        for name, one in parts.items():
            one |= {_renumbered(name, key, number): value for key, value in made[name].items()}
        is_granted = text["väntat"]["förslag"] == "bifall"
        answer = Expected(Decimal(text["väntat"]["belopp"]) if is_granted else None)
        expected |= {_renumbered("inkorg", key, number): answer for key in made["inkorg"]}
    return World.model_validate({**content, **parts}), expected


def _shares(texts: list[Any], total: int) -> list[tuple[Any, int]]:
    """The texts with how often each is copied, so that they are `total` together."""
    return [
        (text, count)
        for place, text in enumerate(texts)
        if (count := total // len(texts) + (place < total % len(texts)))
    ]


def _renumbered(part: str, key: str, template: int) -> str:
    """Copies of each template begin with the same case number and reference."""
    return str(int(key) + 1000 * template) if part in ("arenden", "inkorg") else key
