"""`users absent` and `users back`: who is away, and who takes their hand-offs meanwhile."""

from datetime import date
from typing import Annotated

import typer
from rich.console import Console

from medarbetare.bootstrap import open_database
from medarbetare.cases import staff
from medarbetare.cases.models import Absence
from medarbetare.cases.staff import Staff
from medarbetare.cli.folder import configured
from medarbetare.clock import utc_now
from medarbetare.errors import BusinessError
from medarbetare.readable import local

_User = Annotated[str, typer.Argument(metavar="NAMN", help="Inloggningsnamnet.")]


def absent(
    name: _User,
    last: Annotated[str, typer.Option("--to", metavar="ÅÅÅÅ-MM-DD", help="Sista dagen.", show_default=False)],
    first: Annotated[
        str | None, typer.Option("--from", metavar="ÅÅÅÅ-MM-DD", help="Första dagen.", show_default="i dag")
    ] = None,
    cover: Annotated[
        str, typer.Option("--cover", metavar="NAMN2", help="Den som går in. Utelämnat: gruppen.", show_default=False)
    ] = "",
) -> None:
    """Någon är frånvarande: det som är tilldelat personen ligger så länge hos den som går in, eller hos gruppen.

    Det gäller också det som redan är öppet. Den som går in måste ha samma roll; är också den frånvarande gäller dess
    ersättare.
    """
    console = Console(markup=False, highlight=False, soft_wrap=True)
    with open_database(configured()):
        today = local(utc_now()).date()
        people = Staff.read(today)
        begins, ends = _day(first, "--from") if first else today, _day(last, "--to")
        lacking = _lacking(people, name, cover)
        replaced = staff.set_absent(name, begins, ends, cover, today)
    told = f"{name} är frånvarande {begins}–{ends}. {f'{cover} går in.' if cover else 'Gruppen tar det.'}"
    console.print(told)
    for one in replaced:
        console.print(f"Det ersätter {one.first}–{one.last}.")
    if lacking:
        console.print(f"Obs: {cover} tar inte {', '.join(lacking)}. Det ligger så länge hos gruppen.", style="yellow")


def back(name: _User) -> None:
    """Någon är tillbaka: frånvaron slutar i dag. Är personen inte frånvarande nu tas den planerade frånvaron bort."""
    with open_database(configured()):
        today = local(utc_now()).date()
        _require(Staff.read(today), name)
        ended = staff.end_absence(name, today)
    days = ", ".join(f"{one.first}–{one.last}" for one in ended)
    told = f"Frånvaron {days} är borttagen." if ended else f"{name} har ingen frånvaro."
    Console(markup=False, highlight=False).print(told)


def in_words(absence: Absence) -> str:
    """An absence as the list of users shows it."""
    return f"borta {absence.first}–{absence.last}, {f'{absence.cover} går in' if absence.cover else 'gruppen tar det'}"


def _lacking(people: Staff, name: str, cover: str) -> list[str]:
    """The groups of a user that the one who covers is not in. Raises BusinessError when that is all of them."""
    groups = _require(people, name).groups
    if not cover:
        return []
    lacking = sorted(groups - _require(people, cover).groups)
    if len(lacking) == len(groups):
        raise BusinessError(f"{cover} tar inget av det som {name} tar, och kan därför inte gå in. Se users list.")
    return lacking


def _require(people: Staff, name: str) -> staff.Colleague:
    found = people.colleague(name)
    if found is None:
        raise BusinessError(f"Det finns ingen {name} som får logga in. Se medarbetare users list.")
    return found


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BusinessError(f"{option}: «{text}» är inget datum. Skriv till exempel 2026-12-20.") from None
