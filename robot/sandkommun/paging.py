"""Numbers that stand in addresses, and lists that are shown a page at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
_LONGEST = 9
"""So many digits at most: no list is longer, and Python refuses to read numbers of thousands of digits."""


def whole(text: str, otherwise: int) -> int:
    """The whole number, zero or more, that stands in a text of plain digits; `otherwise` for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST else otherwise


@dataclass(frozen=True)
class Part(Generic[T]):
    """One page of a list. `number` counts from 1 to `pages`, `first` and `last` count the list's lines from 1 (`first`
    is 0 in an empty list)."""

    lines: Sequence[T]
    number: int
    pages: int
    first: int
    last: int
    total: int


def part_of(everything: Sequence[T], query: Mapping[str, str], size: int) -> Part[T]:
    """The page that `sida` asks for, of so many lines; the nearest one when there is no such page."""
    pages = max(1, -(-len(everything) // size))
    number = min(max(1, whole(query.get("sida", ""), 1)), pages)
    start = (number - 1) * size
    lines = everything[start : start + size]
    return Part(lines, number, pages, start + 1 if lines else 0, start + len(lines), len(everything))
