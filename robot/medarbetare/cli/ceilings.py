"""What is left today under the ceilings on what the robot decides by itself, for `status`."""

from collections.abc import Iterator
from decimal import Decimal

from rich.console import Console

from medarbetare.bootstrap import Configuration, load_workflows, today_of
from medarbetare.engine.ceiling import Ceiling
from medarbetare.engine.reserving import DaysTotal, total
from medarbetare.errors import ConfigurationError
from medarbetare.readable import amounts


def print_ceilings(configuration: Configuration, console: Console) -> None:
    """A line for each ceiling and department; in red where it stops the robot from deciding by itself."""
    try:
        for told, holds in _ceilings(configuration):
            style = "red" if holds else ""
            console.print(amounts(told), style=style, markup=False, highlight=False, soft_wrap=True)
    except ConfigurationError as error:
        # The rest of the status is what somebody with a broken configuration needs.
        console.print(error.message, style="red", markup=False, highlight=False, soft_wrap=True)


def _ceilings(configuration: Configuration) -> Iterator[tuple[str, bool]]:
    today, workflows = today_of(configuration)(), load_workflows(configuration)
    for department, name in sorted({(inbox.department, inbox.workflow) for inbox in configuration.inboxes.values()}):
        for kind, ceiling in workflows[name].ceilings().items():
            so_far = total(department, name, kind, today)
            yield f"{name}, {department}: {_told(kind, so_far, ceiling)}", _holds(so_far, ceiling)


def _holds(so_far: DaysTotal, ceiling: Ceiling) -> bool:
    return bool(so_far.refused) or so_far.amount >= ceiling.amount or so_far.count >= ceiling.count


def _told(kind: str, so_far: DaysTotal, ceiling: Ceiling) -> str:
    used = f"{kind} i dag {so_far.count} av högst {ceiling.count}, {_kr(so_far.amount)} av högst {_kr(ceiling.amount)}."
    if not _holds(so_far, ceiling):
        return used
    waiting = f" {so_far.refused} ärenden har lämnats till en handläggare." if so_far.refused else ""
    return f"{used} Betalningsstopp: det som inte ryms godkänner en handläggare.{waiting}"


def _kr(amount: Decimal) -> str:
    return f"{amount:.2f} kr".replace(".00", "").replace(".", ",")
