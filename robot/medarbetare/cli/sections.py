"""Tables that workflows fill, at the command line."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from medarbetare.engine.presentation import Section
from medarbetare.readable import amount, amounts

_WIDE = 160
"""Columns when the output goes to a file."""


def wide_console() -> Console:
    """The terminal as it is, and room enough where there is none."""
    console = Console()
    return console if console.is_terminal else Console(width=_WIDE)


def print_section(console: Console, section: Section) -> None:
    """One table with its title and note, amounts to the right and grouped by thousands."""
    # Above and below the table, not as parts of it: a narrow one would fold them.
    console.print(f"[italic]{escape(section.title)}[/]", highlight=False, soft_wrap=True)
    table = Table()
    for column in section.columns:
        table.add_column(column, justify="right" if column in section.amounts else "left", overflow="fold")
    for row in section.rows:
        shown = (amount if name in section.amounts else amounts for name in section.columns)
        table.add_row(*(escape(write(text)) for write, text in zip(shown, row, strict=True)))
    console.print(table, highlight=False)
    if section.note:
        console.print(f"[dim]{escape(section.note)}[/]", highlight=False, soft_wrap=True)
