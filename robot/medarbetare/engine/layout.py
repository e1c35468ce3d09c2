"""A section laid out as a table, the same on every page that shows one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from medarbetare.engine.presentation import Section
from medarbetare.readable import amount, amounts

TEMPLATES = Path(__file__).parent / "templates"
"""Where the templates lie that pages of different kinds share."""
_SHORT = 23


@dataclass(frozen=True)
class Cell:
    """One text of a table."""

    text: str
    is_amount: bool

    @property
    def style(self) -> str:
        """Its class in the style sheet. What is as short as two dates is kept on one line."""
        return "amount" if self.is_amount else "short" if len(self.text) <= _SHORT else ""


@dataclass(frozen=True)
class Table:
    """A section, laid out: `sums` are the rows that add up the others. Columns without any text are left out."""

    section: Section
    head: tuple[Cell, ...]
    body: tuple[tuple[Cell, ...], ...]
    sums: tuple[tuple[Cell, ...], ...]

    @classmethod
    def of(cls, section: Section) -> "Table":
        """Lay a section out."""
        section = used_columns(section)
        are_amounts = [name in section.amounts for name in section.columns]

        def cells(texts: Sequence[str]) -> tuple[Cell, ...]:
            return tuple(
                Cell((amount if is_amount else amounts)(text), is_amount)
                for text, is_amount in zip(texts, are_amounts, strict=True)
            )

        rows = [cells(row) for row in section.rows]
        end = len(rows) - section.sums
        return cls(section, cells(section.columns), tuple(rows[:end]), tuple(rows[end:]))


def used_columns(section: Section) -> Section:
    """The section without the columns in which no row has any text."""
    used = [n for n in range(len(section.columns)) if any(row[n] for row in section.rows)]
    columns = tuple(section.columns[n] for n in used)
    return replace(
        section,
        columns=columns,
        amounts=section.amounts & set(columns),
        rows=tuple(tuple(row[n] for n in used) for row in section.rows),
    )
