"""`schedule list` and `schedule run`: what comes next and what holds it back, and doing it now."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Annotated

import typer
from django.db.models.functions import Now
from procrastinate.contrib.django.models import ProcrastinateWorker
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from medarbetare.bootstrap import Configuration, build_plan, open_database
from medarbetare.cli.folder import configured
from medarbetare.cli.pausing import print_obstacles
from medarbetare.clock import utc_now
from medarbetare.errors import BusinessError, ConfigurationError
from medarbetare.schedule.models import Tick
from medarbetare.schedule.obstacles import Obstacle, Obstacles
from medarbetare.schedule.plan import Errand, Plan
from medarbetare.schedule.queueing import Queued, queue_errand
from medarbetare.schedule.settings import Overlap
from medarbetare.schedule.standby import active_scheduler
from medarbetare.schedule.swedish import told
from medarbetare.schedule.ticking import owe

schedule_app = typer.Typer(help="Schemat: vad roboten gör av sig själv, och när.", no_args_is_help=True)


@dataclass(frozen=True)
class Row:
    """One line of the list. `obstacle` is what holds it back."""

    due: datetime
    errand: Errand
    obstacle: Obstacle | None

    def __lt__(self, other: "Row") -> bool:
        return (self.due, self.errand.name) < (other.due, other.errand.name)


@schedule_app.command("list")
def list_schedule(
    count: Annotated[int, typer.Option("--antal", min=1, help="Så många körningar framåt.")] = 10,
) -> None:
    """Vad som körs härnäst, efter schemats klocka, och varför något hålls tillbaka och till när."""
    configuration = configured()
    plan, now, console = build_plan(configuration), utc_now(), Console(highlight=False)
    with open_database(configuration):
        obstacles = Obstacles.read()
        if active_scheduler() is None:
            console.print("[yellow]Ingen sköter schemat nu: inget görs förrän medarbetare run är igång.[/]")
        print_obstacles(obstacles, console, now, plan.zone)
        rows = list(islice(upcoming_rows(plan, obstacles, now), count))
    if rows:
        table = Table("När", "Körning", "Vad", "Läge", title="Schemat", title_justify="left")
        for row in rows:
            style = None if row.obstacle is None else "yellow"
            standing = escape(_standing(row.obstacle, plan, now))
            table.add_row(_local(row.due, plan, now), row.errand.run, escape(str(row.errand)), standing, style=style)
        console.print(table)
    else:
        console.print("Inget är schemalagt.")
    if plan.unread:
        console.print(f"[yellow]Inkorgar som ingen körning läser:[/] {escape(', '.join(plan.unread))}")


@schedule_app.command("run")
def run_now(
    name: Annotated[str, typer.Argument(metavar="KÖRNING", help="Körningens namn, som i schedule list.")],
    later: Annotated[
        bool, typer.Option("--senare", help="Det som hålls tillbaka nu körs så snart det går, i stället för inte alls.")
    ] = False,
) -> None:
    """Kör något ur schemat nu. Avslutar med 1 när inget av det kan köras nu och --senare inte är valt."""
    configuration = configured()
    plan, now, console = build_plan(configuration), utc_now(), Console(highlight=False, soft_wrap=True)
    errands = [errand for errand in plan.errands if errand.run == name]
    if not errands:
        raise ConfigurationError(
            f"Schemat har ingen körning «{name}». De som finns: {', '.join(configuration.schedule.runs) or 'ingen'}."
        )
    with open_database(configuration):
        obstacles = Obstacles.read()
        in_the_way = {errand: _now_in_the_way(errand, plan, obstacles, now) for errand in errands}
        for errand, obstacle in in_the_way.items():
            told_so = _standing(obstacle, plan, now) if obstacle else _TOLD[queue_errand(errand, Overlap.QUEUE)]
            console.print(escape(f"{_capital(str(errand))}: {told_so}."), style="yellow" if obstacle else None)
        held_back = [errand for errand, obstacle in in_the_way.items() if obstacle is not None]
        if held_back and later:
            for errand in held_back:
                owe(errand, now)
            console.print("Det som hålls tillbaka körs så snart det går.")
        elif len(held_back) == len(errands):
            raise BusinessError(f"Inget av {name} körs nu. Med --senare körs det så snart det går.")
        if active_scheduler() is None if later else not _someone_serves(configuration):
            console.print("Ingen tjänst är igång: det körs när medarbetare run startas.", style="yellow")
        else:
            console.print("Tjänsten är igång och tar det. Utfallet står i dess logg.")


_TOLD = {
    Queued.NOW: "köad",
    Queued.BEHIND: "köad, efter den som pågår",
    Queued.WAITED: "låg redan i kö",
}


def upcoming_rows(plan: Plan, obstacles: Obstacles, now: datetime) -> Iterator[Row]:
    """What is due from now on, earliest first, with what was due before and is still held back."""
    owed = _owed()
    return heapq.merge(*(_rows(errand, plan, obstacles, now, owed.get(errand.name)) for errand in plan.errands))


def _rows(errand: Errand, plan: Plan, obstacles: Obstacles, now: datetime, owed: datetime | None) -> Iterator[Row]:
    """An errand's rows. After one that waits for a person nothing more can be told."""
    resting = now
    if owed is not None and (obstacle := _now_in_the_way(errand, plan, obstacles, now)):
        yield Row(owed, errand, obstacle)
        if obstacle.until is None:
            return
        resting = obstacle.until
    for planned in plan.upcoming(errand, now):
        if planned.made <= resting:
            continue
        obstacle = obstacles.of(errand, planned.made, plan.zone)
        if obstacle is None and planned.held_back is not None:
            obstacle = Obstacle(planned.held_back, until=planned.made)
        yield Row(planned.due, errand, obstacle)
        if obstacle is not None and obstacle.until is None:
            return
        resting = max(resting, obstacle.until) if obstacle is not None and obstacle.until is not None else resting


def next_of_each_run(plan: Plan, now: datetime) -> dict[str, str]:
    """When each run is made next as far as its portals are open, local time."""
    found: dict[str, datetime] = {}
    for errand in plan.errands:
        for planned in islice(plan.upcoming(errand, now), 1):
            found[errand.run] = min(planned.made, found.get(errand.run, planned.made))
    return {run: _local(made, plan, now) for run, made in found.items()}


def waiting_runs(plan: Plan, now: datetime) -> list[str]:
    """A sentence for each errand that is made as soon as it can be: held back when due, or ordered with --senare."""
    owed, obstacles = _owed(), Obstacles.read()
    found = []
    for errand in plan.errands:
        if errand.name in owed:
            since, obstacle = _local(owed[errand.name], plan, now), _now_in_the_way(errand, plan, obstacles, now)
            standing = "körs så snart medarbetare run är igång" if obstacle is None else _standing(obstacle, plan, now)
            found.append(f"Väntar på att köras sedan {since}: {errand.run}, {errand}; {standing}")
    return found


def _owed() -> dict[str, datetime]:
    return {tick.errand: tick.seen_to for tick in Tick.objects.filter(owed=True)}


def _now_in_the_way(errand: Errand, plan: Plan, obstacles: Obstacles, now: datetime) -> Obstacle | None:
    closed = plan.hours.closed(errand.portals, now)
    return Obstacle(closed.why, until=closed.opens) if closed is not None else obstacles.of(errand, now, plan.zone)


def _standing(obstacle: Obstacle | None, plan: Plan, now: datetime) -> str:
    if obstacle is None:
        return "körs"
    until = f" till {_local(obstacle.until, plan, now)}" if obstacle.until is not None else ""
    return f"hålls tillbaka{until}: {obstacle.why}"


def _someone_serves(configuration: Configuration) -> bool:
    silence = timedelta(seconds=configuration.installation.lease.duration)
    return ProcrastinateWorker.objects.filter(last_heartbeat__gt=Now() - silence).exists()


def _local(moment: datetime, plan: Plan, now: datetime) -> str:
    return told(moment.astimezone(plan.zone), now.astimezone(plan.zone))


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
