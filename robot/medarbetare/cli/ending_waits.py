"""`cases answered`: somebody has given the answer that the robot waits for by word of mouth."""

import getpass
from typing import Annotated

import typer
from rich.console import Console

from medarbetare.bootstrap import build_journal, load_workflows, open_database
from medarbetare.cases.opening import open_case
from medarbetare.cli.folder import configured
from medarbetare.cli.opening import may_be_shown, operator
from medarbetare.cli.settling import Operator
from medarbetare.clock import utc_now
from medarbetare.engine.ending_waits import EndingWaits, open_wait
from medarbetare.errors import BusinessError


def answered(
    case: Annotated[str, typer.Argument(metavar="ÄRENDE", help="Ärendets handtag, som i cases list.")],
    by: Annotated[
        str, typer.Option("--namn", help="Ditt namn, som det ska stå i skälen.", show_default="användarnamnet")
    ] = "",
) -> None:
    """Avbryt väntan på ett svar som har lämnats muntligt. Ärendet går till en människa med det som har sagts.

    Vad som har sagts frågas efter, eller läses från standard in, så att det inte blir kvar på kommandoraden. Ditt
    användarnamn på datorn antecknas i journalen.
    """
    configuration = configured()
    workflows = load_workflows(configuration)
    console, user = Console(highlight=False, soft_wrap=True), getpass.getuser()
    with open_database(configuration):
        journal = build_journal(configuration)
        wait = open_wait(*open_case(journal, case, operator(), may_be_shown(case, workflows)))
        if wait is None:
            raise BusinessError(f"Ärende {case} väntar inte på något svar just nu. Se medarbetare cases list.")
        console.print(wait.why, markup=False)
        said = typer.prompt("Vad har sagts, av vem och när? (tomt: låt roboten vänta)", default="", show_default=False)
        if not said.strip():
            console.print("Ingenting gjordes.")
            return
        EndingWaits(journal).end(case, Operator(user, by or user), utc_now(), said)
        console.print("Väntan är avbruten. Roboten går vidare med svaret.")
