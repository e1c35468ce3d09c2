"""`cases retry`: what hindered the robot is mended, and cases that it gave up go on."""

import getpass
from typing import Annotated

import typer
from rich.console import Console

from medarbetare.bootstrap import build_journal, open_database
from medarbetare.cases.handoffs import Handoffs
from medarbetare.cases.models import Case, Handoff
from medarbetare.cli.folder import configured
from medarbetare.cli.settling import Operator
from medarbetare.clock import utc_now
from medarbetare.engine.settling import written
from medarbetare.errors import BusinessError

_IT = "it"


def retry(
    cases: Annotated[
        list[str] | None,
        typer.Argument(metavar="ÄRENDE…", help="Ärendenas handtag, som i cases list.", show_default=False),
    ] = None,
    all_of_it: Annotated[
        bool, typer.Option("--alla-hos-it", help="Alla som har lämnats till it när försöken tog slut.")
    ] = False,
    reason: Annotated[
        str, typer.Option("--orsak", help="Vad som är åtgärdat, sparas i journalen.", show_default=False)
    ] = "",
) -> None:
    """Låt roboten försöka igen med ärenden som den har gett upp av tekniska skäl, till exempel en ändrad webbsida.

    Den går vidare där den slutade och har alla sina försök igen. Det som redan är registrerat görs inte om.
    Avslutar med 1 om något ärende inte kunde lämnas tillbaka. Ditt användarnamn på datorn antecknas i journalen.
    """
    if bool(cases) == all_of_it:
        raise BusinessError("Ange ärendenas handtag eller --alla-hos-it.")
    console, refused, user = Console(highlight=False, soft_wrap=True), 0, getpass.getuser()
    configuration = configured()
    with open_database(configuration):
        handoffs = Handoffs(build_journal(configuration))
        for case in dict.fromkeys(cases or _given_up()):
            try:
                handoffs.retry(_handoff(case).pk, Operator(user, user), utc_now(), reason)
            except BusinessError as error:
                refused += 1
                console.print(f"{case}: ingenting gjordes. {error.message}", style="red", markup=False)
            else:
                console.print(f"{case}: roboten försöker igen.{_standing(case)}", markup=False)
        if not cases and not refused:
            console.print("Inga fler ärenden hos it väntar på ett nytt försök.")
    if refused:
        raise typer.Exit(1)


def _given_up() -> list[str]:
    found = Handoff.objects.filter(gave_up=True, role=_IT, closed_at=None).order_by("created_at", "pk")
    return list(found.values_list("case_id", flat=True))


def _handoff(handle: str) -> Handoff:
    """The case's hand-off: the open one, else the last. Raises BusinessError that tells what is wrong."""
    if not Case.objects.filter(handle=handle).exists():
        raise BusinessError("Ärendet finns inte. Handtaget står i medarbetare cases list.")
    found = Handoff.objects.filter(case=handle, about="")
    handoff = found.filter(closed_at=None).first() or found.order_by("-pk").first()
    if handoff is None:
        raise BusinessError("Roboten har inte lämnat ärendet ifrån sig.")
    return handoff


def _standing(case: str) -> str:
    """What stands already, so that whoever sends the case back knows."""
    found = Case.objects.get(handle=case)
    names = ", ".join(written(found))
    return f" Redan registrerat och görs inte om: {names}." if names else ""
