"""`followup`: the households that case workers should get in touch with, and why."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from medarbetare.bootstrap import build_journal, load_workflows, open_database, today_of
from medarbetare.cli.folder import configured
from medarbetare.cli.opening import operator
from medarbetare.configuration import Configuration
from medarbetare.engine.followed import Household, followed, show
from medarbetare.engine.models import FollowedHousehold

_AT_A_TIME = 100


def followup(
    worker: Annotated[
        str | None,
        typer.Option("--worker", metavar="NAMN", help="Bara den handläggarens, som i verksamhetssystemet."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Skriv som JSON.")] = False,
) -> None:
    """Hushåll att följa upp, per handläggare, med det som har lästs. Att de visas antecknas i journalen."""
    configuration = configured()
    with open_database(configuration):
        households = list(_households(configuration, worker, today_of(configuration)()))
    if as_json:
        typer.echo(json.dumps([_plain(one) for one in households], ensure_ascii=False, indent=2))
        return
    console = Console()
    if not households:
        console.print("Inget hushåll att följa upp i dag.")
        return
    table = Table("Handläggare", "Sökande", "Kontakt senast", "Uppgifter", "Senaste ärende", show_lines=True)
    for one in households:
        cells = (one.worker or "ingen angiven", one.name, str(one.due), "\n".join(one.facts), one.case)
        table.add_row(*map(escape, cells))
    console.print(table, highlight=False)


def _households(configuration: Configuration, worker: str | None, today: date) -> Iterator[Household]:
    workflows, journal = load_workflows(configuration), build_journal(configuration)
    shielded = frozenset().union(*(workflow.shielded_roles for workflow in workflows.values()))
    found = followed(today, shielded)
    if worker is not None:
        found = found.filter(worker__iexact=" ".join(worker.split()))
    numbers = list(found.values_list("pk", flat=True))
    for first in range(0, len(numbers), _AT_A_TIME):
        batch = FollowedHousehold.objects.in_bulk(numbers[first : first + _AT_A_TIME])
        rows = [batch[number] for number in numbers[first : first + _AT_A_TIME] if number in batch]
        yield from show(journal, rows, operator(), today, workflows)


def _plain(one: Household) -> dict[str, object]:
    return {
        "avdelning": one.department,
        "handläggare": one.worker,
        "ärende": one.case,
        "sökande": one.name,
        "kontakt_senast": str(one.due),
        "uppgifter": list(one.facts),
    }
