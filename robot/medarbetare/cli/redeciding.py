"""`audit redecide`: the journal's proposals made again from the same facts and the same rules."""

import time
from datetime import date, datetime, tzinfo
from datetime import time as time_of_day
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from medarbetare.bootstrap import build_journal, build_redecision, open_database
from medarbetare.cli.folder import configured
from medarbetare.cli.opening import operator
from medarbetare.engine.redecision import Different, Redecided
from medarbetare.errors import BusinessError

_TELLS_EVERY = 1000
_MOST_FIELDS = 8


def redecide(
    case: Annotated[
        str | None, typer.Option("--case", metavar="HANDTAG", help="Bara ett ärende.", show_default=False)
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", help="Bara ärenden med förslag från den dagen, ÅÅÅÅ-MM-DD.")
    ] = None,
) -> None:
    """Räkna om varje förslag i journalen, med de uppgifter och det regelverk som gällde då, och jämför.

    Visar inga personuppgifter och ändrar inget; att det gjordes antecknas i journalen. Avslutar med 1 om något förslag
    blir ett annat, eller om det som behövs för att räkna om är ändrat.
    """
    configuration = configured()
    day = _midnight(since, configuration.schedule.zone) if since else None
    console = Console(highlight=False, soft_wrap=True)
    with open_database(configuration):
        redecision = build_redecision(configuration, build_journal(configuration))
        began = time.monotonic()
        redecided = redecision.run(
            asked_by=operator(),
            case=case,
            since=day,
            on_different=lambda one: _print_different(console, one),
            on_case=_tell_progress,
        )
        took = time.monotonic() - began
    if case is not None and not redecided.cases:
        raise BusinessError(f"Ärende {case} har inget förslag i journalen. Handtaget står i medarbetare cases list.")
    _print(console, redecided, took)
    if not redecided.is_sound:
        raise typer.Exit(1)


def _midnight(text: str, zone: tzinfo) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(text), time_of_day(0), zone)
    except ValueError:
        raise BusinessError("--since: dagen skrivs ÅÅÅÅ-MM-DD, till exempel 2026-12-01.") from None


def _tell_progress(cases: int) -> None:
    if cases % _TELLS_EVERY == 0:
        typer.echo(f"{cases} ärenden omräknade …", err=True)


def _print_different(console: Console, one: Different) -> None:
    fields = ", ".join(one.fields[:_MOST_FIELDS]) + (" …" if len(one.fields) > _MOST_FIELDS else "")
    release = f" (gjort av version {one.release})" if one.release else ""
    console.print(f"Olika: ärende {one.case}, {one.step}{release}: {fields}", style="red", markup=False)


def _print(console: Console, redecided: Redecided, took: float) -> None:
    hindered = sum(redecided.hindered.values())
    table = Table("Ärenden", "Förslag", "Samma", "Olika", "Går inte", title="Omräknade förslag", title_justify="left")
    counted = (redecided.cases, redecided.rounds + hindered, redecided.same, redecided.different, hindered)
    table.add_row(*map(str, counted))
    console.print(table)
    for why, number in redecided.hindered.most_common():
        told = f"Går inte: {why.value}: {number}, till exempel ärende {redecided.examples[why]}."
        console.print(told, style="red" if why.is_fault else "yellow", markup=False)
    speed = f", {redecided.cases / took:.0f} ärenden i sekunden" if took > 0 and redecided.cases else ""
    console.print(f"{redecided.cases} ärenden på {took:.1f} s{speed}.")
