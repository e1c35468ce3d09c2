"""`pause` and `resume`: the robot, one portal or one workflow stands still from its next step on."""

from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console

from medarbetare.bootstrap import Configuration, build_holds, build_plan, open_database
from medarbetare.cases.models import Case
from medarbetare.cases.status import CaseStatus
from medarbetare.cli.folder import configured
from medarbetare.cli.opening import operator
from medarbetare.clock import utc_now
from medarbetare.engine.holds import EVERYTHING, of_portal, of_workflow
from medarbetare.errors import BusinessError
from medarbetare.schedule.obstacles import Obstacles, command_that_ends, named, paused


class What(StrEnum):
    """What can be paused by itself."""

    PORTAL = "portal"
    WORKFLOW = "workflow"


_What = Annotated[
    What | None, typer.Argument(metavar="[VAD]", help="portal eller workflow (arbetsflöde). Utelämnat: hela roboten.")
]
_Name = Annotated[str | None, typer.Argument(metavar="[NAMN]", help="Dess namn i portals.yaml eller workflows.yaml.")]


def pause(what: _What = None, name: _Name = None) -> None:
    """Pausa roboten, en portal eller ett arbetsflöde. Pågående ärenden stannar efter sitt steg och väntar.

    En skrivning som har påbörjats läses alltid tillbaka först när pausen är över; inget trycks två gånger.
    """
    configuration = configured()
    held = _hold(configuration, what, name)
    with open_database(configuration):
        is_new = build_holds(configuration).pause(held, operator())
        working = Case.objects.filter(status=CaseStatus.RUNNING).exclude(lease_until=None).count()
    told = paused(held) if is_new else f"{paused(held)} redan"
    still = f" Ärenden som pågår och stannar efter sitt steg: {working}." if working and is_new else ""
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"{_capital(told)}.{still} Upphäv: {command_that_ends(held)}", markup=False)


def resume(what: _What = None, name: _Name = None) -> None:
    """Upphäv en paus. För en portal glöms också nekad inloggning och tidigare fel. Ärenden som väntat tas genast."""
    configuration = configured()
    held = _hold(configuration, what, name)
    console, plan = Console(highlight=False, soft_wrap=True), build_plan(configuration)
    with open_database(configuration):
        build_holds(configuration).resume(held, operator())
        console.print(f"{_capital(named(held))} går vidare.", markup=False)
        # What else stands still: nothing may go on all the same.
        print_obstacles(Obstacles.read(), console, utc_now(), plan.zone)


def print_obstacles(obstacles: Obstacles, console: Console, now: datetime, zone: tzinfo) -> None:
    """What stands still, why and what ends it, a line each; nothing when nothing does."""
    for one in obstacles.everything(now, zone):
        sentences = filter(None, (_capital(one.told(now, zone)), one.detail))
        style = "yellow" if one.until else "red"
        console.print(". ".join(sentences), style=style, markup=False, highlight=False, soft_wrap=True)


def _hold(configuration: Configuration, what: What | None, name: str | None) -> str:
    if what is None:
        return EVERYTHING
    known = sorted(
        {*configuration.portals, *configuration.services} if what is What.PORTAL else configuration.workflows
    )
    if name not in known:
        swedish = "portal" if what is What.PORTAL else "arbetsflöde"
        missing = f"«{name}» finns inte. " if name else ""
        raise BusinessError(f"{missing}Ange vilken {swedish}: {', '.join(known)}.")
    return of_portal(name) if what is What.PORTAL else of_workflow(name)


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
