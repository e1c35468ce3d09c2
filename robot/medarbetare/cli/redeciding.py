"""`audit redecide`: the journal's proposals made again from the same facts and the same rules."""

import time
from collections.abc import Iterator
from datetime import date, datetime, tzinfo
from datetime import time as time_of_day
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from medarbetare.bootstrap import build_journal, build_redecision, open_database
from medarbetare.cli.folder import configured
from medarbetare.cli.opening import operator
from medarbetare.engine.redecision import Different, Hindrance, Redecided
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
    blir ett annat, eller inte går att räkna om. Gallrade ärenden är inget fel: där finns inget kvar att räkna om. Säger
    också till när koden är en annan än den som gjorde förslaget.
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
    by = " och ".join(filter(None, (one.release and f"version {one.release}", one.code and f"annan kod, {one.code}")))
    made = f" (gjort av {by})" if by else ""
    console.print(f"Olika: ärende {one.case}, {one.step}{made}: {fields}", style="red", markup=False)


def _print(console: Console, redecided: Redecided, took: float) -> None:
    columns = ("Ärenden", "Förslag", "Samma", "Olika", "Går inte", "Gallrade ärenden")
    table = Table(*columns, title="Omräknade förslag", title_justify="left")
    remade = (redecided.rounds + redecided.not_made, redecided.same, redecided.different, redecided.not_made)
    table.add_row(*map(str, (redecided.cases, *remade, redecided.erased)))
    console.print(table)
    for why, number in redecided.hindered.most_common():
        if why is not Hindrance.ERASED:
            told = f"Går inte: {why.value}: {number}, till exempel ärende {redecided.examples[why]}."
            console.print(told, style="red" if why.is_fault else "yellow", markup=False)
    for code, number in redecided.other_code.most_common():
        console.print(_other_code(code, number), style="yellow", markup=False)
    for told in _summary(redecided):
        console.print(told, markup=False)
    speed = f", {redecided.cases / took:.0f} ärenden i sekunden" if took > 0 and redecided.cases else ""
    console.print(f"{redecided.cases} ärenden på {took:.1f} s{speed}.")


def _other_code(code: str, number: int) -> str:
    if not code:
        return f"Kod: journalen säger inte vilken kod som gjorde {number} förslag."
    return f"Kod: {number} förslag gjordes av en annan kod, {code}, än den som räknade om dem."


def _summary(redecided: Redecided) -> Iterator[str]:
    if redecided.is_sound and redecided.same:
        yield f"Alla omräknade förslag blev desamma: {redecided.same}."
    if redecided.different:
        yield f"Förslag som blev andra än de som står i journalen: {redecided.different}."
    if redecided.not_made:
        yield f"Förslag som inte gick att räkna om: {redecided.not_made}. Om de hade blivit desamma är inte känt."
    if redecided.erased:
        yield f"Gallrade ärenden, där inget finns kvar att räkna om: {redecided.erased}."
