"""`conflicts`: people whose applications neither the robot nor ordinary staff may handle."""

import getpass
import sys
from datetime import date, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from medarbetare.bootstrap import build_conflicts, open_database, today_of
from medarbetare.cli.folder import chosen_department, configured
from medarbetare.cli.opening import operator
from medarbetare.engine.models import Conflict
from medarbetare.errors import BusinessError
from medarbetare.readable import day_and_time

conflicts_app = typer.Typer(
    help="Jävslistan: de vars ansökningar bara utsedd funktion handlägger, till exempel anställda och närstående.",
    no_args_is_help=True,
)

_Department = Annotated[
    str | None,
    typer.Option("--department", metavar="AVDELNING", help="Behövs bara när det finns flera.", show_default=False),
]


@conflicts_app.command("add")
def add(
    why: Annotated[
        str, typer.Option("--orsak", metavar="ORSAK", help="Varför, i ett par ord och utan personuppgifter.")
    ],
    until: Annotated[
        datetime | None,
        typer.Option("--till", formats=["%Y-%m-%d"], metavar="ÅÅÅÅ-MM-DD", help="Sista dag. Utelämnat: tills vidare."),
    ] = None,
    department: _Department = None,
) -> None:
    """Lägg till någon på jävslistan, eller ändra orsak och sista dag för den som redan står där.

    Personnumret frågas här och visas inte, eller läses från standard in, ett per rad. Det sparas aldrig i klartext.
    """
    configuration = configured()
    chosen = chosen_department(configuration, department)
    last = until.date() if until is not None else None
    if last is not None and last < today_of(configuration)():
        raise BusinessError(f"--till {last} har redan varit. Ingenting är ändrat.")
    numbers = _numbers()
    with open_database(configuration):
        added = build_conflicts(configuration, chosen).add(numbers, by=operator(), why=why, until=last)
    console = Console(markup=False, highlight=False, soft_wrap=True)
    console.print(f"Jävslistan för {chosen}: {added.new} tillagda, {added.changed} ändrade.")
    if added.cases:
        console.print(
            f"Hushållen har redan ärenden hos roboten: {', '.join(added.cases)}. De kan ses som förut tills något "
            "ärende har lämnats till rollen jäv. Avsluta öppna överlämningar i särskild ordning.",
            style="yellow",
        )


@conflicts_app.command("remove")
def remove(
    number: Annotated[
        int | None,
        typer.Option(
            "--rad", metavar="RAD", help="Raden i conflicts list, i stället för ett personnummer.", show_default=False
        ),
    ] = None,
    department: _Department = None,
) -> None:
    """Ta bort någon från jävslistan. Personnumret frågas här och visas inte, eller läses från standard in.

    Ärenden som har lämnats till rollen jäv kan även i fortsättningen bara ses av den som har rollen.
    """
    configuration = configured()
    chosen = chosen_department(configuration, department)
    numbers = [] if number is not None else _numbers()
    with open_database(configuration):
        conflicts, by = build_conflicts(configuration, chosen), operator()
        removed = conflicts.remove(numbers, by=by) if number is None else conflicts.remove_row(number, by=by)
    Console(markup=False, highlight=False).print(f"Jävslistan för {chosen}: {removed} borttagna.")


@conflicts_app.command("list")
def list_conflicts() -> None:
    """Jävslistan: när, av vem och varför var och en lades till. Vem det är kan inte läsas ut."""
    configuration = configured()
    with open_database(configuration):
        today = today_of(configuration)()
        table = Table("Rad", "Avdelning", "Tillagd", "Av", "Orsak", "Sista dag")
        for row in Conflict.objects.order_by("department", "pk"):
            added = day_and_time(row.added_at)
            table.add_row(
                str(row.pk), row.department, added, escape(row.added_by), escape(row.why), _until(row.until, today)
            )
        Console().print(table if table.row_count else "Ingen står på jävslistan.")


def _until(last: date | None, today: date) -> str:
    if last is None:
        return "tills vidare"
    return f"{last}, har gått ut" if last < today else str(last)


def _numbers() -> list[str]:
    """From the terminal, unseen, or from standard input; never an argument, which others on the machine can see."""
    if sys.stdin.isatty():
        return [getpass.getpass("Personnummer (visas inte): ")]
    return [line for line in sys.stdin.read().splitlines() if line.strip()]
