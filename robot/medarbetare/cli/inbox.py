"""`inbox import` and `inbox status`: the cutover from another robot or a manual routine."""

from pathlib import Path
from typing import Annotated

import typer
from django.db.models import Count, Q
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from medarbetare.bootstrap import Configuration, build_journal, open_database
from medarbetare.cases.models import InboxReading, KnownReference
from medarbetare.cli.folder import configured
from medarbetare.cli.opening import operator
from medarbetare.clock import utc_now
from medarbetare.errors import BusinessError
from medarbetare.inbox.cutover import HEADING, import_references, read_list
from medarbetare.readable import day_and_time

inbox_app = typer.Typer(help="Inkorgarna: övertagande från annan robot eller manuell rutin.", no_args_is_help=True)

_MOST_LINES = 20


@inbox_app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FIL", help="Lista med ärendenummer: text, CSV eller .xlsx.")],
    inbox: Annotated[str, typer.Option("--inbox", help="Inkorgens namn i inbox.yaml.")],
    heading: Annotated[str, typer.Option("--kolumn", help="Rubriken över ärendenumren.")] = HEADING,
) -> None:
    """Lär roboten vilka ansökningar som andra redan har handlagt, så att den aldrig tar in dem.

    Kan göras om med samma eller en nyare lista. Ändrar inget ärende som roboten redan har.
    """
    configuration = configured()
    if inbox not in configuration.inboxes:
        known = ", ".join(configuration.inboxes) or "inga"
        raise BusinessError(f"Inkorgen «{inbox}» finns inte i inbox.yaml. De som finns: {known}.")
    found = read_list(file, heading)
    with open_database(configuration):
        imported = import_references(
            build_journal(configuration),
            found,
            inbox=inbox,
            department=configuration.inboxes[inbox].department,
            actor=operator(),
            clock=utc_now,
        )
    console = Console(highlight=False, soft_wrap=True)
    console.print(
        f"{len(found.references)} ärendenummer lästa: {imported.new} nya, "
        f"{imported.imported_before} importerade tidigare, {imported.cases} som roboten redan tagit in (ändras inte)."
    )
    if lines := found.unusable_lines:
        shown = ", ".join(map(str, lines[:_MOST_LINES])) + (" …" if len(lines) > _MOST_LINES else "")
        console.print(
            f"[red]{len(lines)} rader gick inte att använda och är inte importerade:[/] rad {shown}. Ligger de "
            "ansökningarna som nya tar roboten in dem. Rätta raderna (Excel skriver långa nummer som 2,6E+05: gör "
            "kolumnen till text) och kör igen; det som redan är importerat räknas inte två gånger."
        )
        raise typer.Exit(1)


@inbox_app.command("status")
def status(
    others: Annotated[bool, typer.Option("--andras", help="Visa ärendenumren på dem som är den andres.")] = False,
) -> None:
    """Vad som låg i varje inkorg när den senast lästes, vad roboten har tagit in och vad som är den andres."""
    configuration = configured()
    with open_database(configuration):
        _print(configuration, with_others=others)


def _print(configuration: Configuration, *, with_others: bool) -> None:
    console = Console(highlight=False, soft_wrap=True)
    readings = {reading.inbox: reading for reading in InboxReading.objects.all()}
    source = KnownReference.Source
    known = {
        row["inbox"]: row
        for row in KnownReference.objects.values("inbox").annotate(
            cases=Count("pk", filter=Q(source=source.CASE)), imported=Count("pk", filter=Q(source=source.IMPORTED))
        )
    }
    headings = ("Inkorg", "Senast läst", "Nya då", "Den andres", "Utan datum", "Intagna", "Import.")
    table = Table(*(Column(heading, overflow="fold") for heading in headings))
    for name in configuration.inboxes:
        reading, counts = readings.get(name), known.get(name, {"cases": 0, "imported": 0})
        seen = ("aldrig", "", "", "")
        if reading is not None:
            seen = (day_and_time(reading.read_at), str(reading.seen), str(len(reading.others)), str(reading.undated))
        table.add_row(escape(name), *seen, str(counts["cases"]), str(counts["imported"]))
    console.print(table)
    for name, reading in readings.items() if with_others else ():
        for reference in reading.others:
            console.print(f"{name};{reference}", markup=False)
