"""`pause` and `resume`: the robot, one portal or one workflow stands still from its next step on."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console

from medarbetare.bootstrap import Configuration, build_holds, open_database
from medarbetare.cases.models import Case
from medarbetare.cases.status import CaseStatus
from medarbetare.cli.folder import configured
from medarbetare.cli.opening import operator
from medarbetare.engine.holds import EVERYTHING, of_portal, of_workflow
from medarbetare.engine.models import Hold, PortalStanding, Recovery
from medarbetare.errors import BusinessError


class What(StrEnum):
    """What can be paused by itself."""

    PORTAL = "portal"
    WORKFLOW = "workflow"


_What = Annotated[What | None, typer.Argument(help="portal eller workflow (arbetsflöde). Utelämnat: hela roboten.")]
_Name = Annotated[str | None, typer.Argument(help="Dess namn i portals.yaml eller workflows.yaml.")]


def pause(what: _What = None, name: _Name = None) -> None:
    """Pausa roboten, en portal eller ett arbetsflöde. Pågående ärenden stannar efter sitt steg och väntar.

    En skrivning som har påbörjats läses alltid tillbaka först när pausen är över; inget trycks två gånger.
    """
    configuration = configured()
    held = _hold(configuration, what, name)
    with open_database(configuration):
        is_new = build_holds(configuration).pause(held, operator())
        working = Case.objects.filter(status=CaseStatus.RUNNING).exclude(lease_until=None).count()
    told = "är pausat" if is_new else "var redan pausat"
    still = f" {working} ärenden pågår och stannar efter sitt steg." if working and is_new else ""
    Console(highlight=False, soft_wrap=True).print(f"«{held}» {told}.{still} Upphäv: {_back(held)}", markup=False)


def resume(what: _What = None, name: _Name = None) -> None:
    """Upphäv en paus. För en portal glöms också nekad inloggning och tidigare fel. Ärenden som väntat tas genast."""
    configuration = configured()
    held = _hold(configuration, what, name)
    with open_database(configuration):
        build_holds(configuration).resume(held, operator())
    Console(highlight=False).print(f"«{held}» går vidare.", markup=False)


def print_holds(console: Console) -> None:
    """What stands still and why, a line each; nothing when nothing does. The database must be open."""
    for hold in Hold.objects.order_by("since"):
        told = f"Pausat: {hold.what}, sedan {_local(hold.since)}, av {hold.by}. Upphäv: {_back(hold.what)}"
        console.print(told, style="yellow", markup=False, soft_wrap=True)
    for one in PortalStanding.objects.order_by("portal"):
        if one.login_refused_at is not None:
            console.print(
                f"Portalen {one.portal} nekade robotens inloggning {_local(one.login_refused_at)}. Rätta användare och "
                f"lösenord, sedan: medarbetare resume portal {one.portal}",
                style="red",
                markup=False,
            )
        elif one.open_until is not None:
            console.print(
                f"Portalen {one.portal} svarar inte ({one.failures} sidor i rad). Prövas igen "
                f"{_local(one.open_until)}. Senast: {one.last_failure}",
                style="yellow",
                markup=False,
            )
    for restore in Recovery.objects.filter(passed_at=None):
        console.print(
            f"Återställning märkt {_local(restore.noticed_at)}: inget beslutas eller betalas förrän medarbetare "
            f"reconcile har gått igenom. {restore.why}",
            style="red",
            markup=False,
        )


def _hold(configuration: Configuration, what: What | None, name: str | None) -> str:
    if what is None:
        return EVERYTHING
    known = sorted(configuration.portals if what is What.PORTAL else configuration.workflows)
    if name not in known:
        swedish = "portal" if what is What.PORTAL else "arbetsflöde"
        missing = f"«{name}» finns inte. " if name else ""
        raise BusinessError(f"{missing}Ange vilken {swedish}: {', '.join(known)}.")
    return of_portal(name) if what is What.PORTAL else of_workflow(name)


def _back(held: str) -> str:
    """The command that ends a hold."""
    kind, _, name = held.partition(":")
    word = {"portal": What.PORTAL, "arbetsflöde": What.WORKFLOW}.get(kind)
    return f"medarbetare resume {word.value} {name}" if word is not None else "medarbetare resume"


def _local(moment: datetime) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")
