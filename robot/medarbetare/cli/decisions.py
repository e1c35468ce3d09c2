"""`decisions`: the decisions of a period, for the report to the board."""

import json
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from medarbetare.bootstrap import build_decision_list, build_journal, open_database, today_of
from medarbetare.cli.folder import chosen_department, configured
from medarbetare.cli.opening import operator
from medarbetare.engine.delegated import Listed


def decisions(
    first: Annotated[
        datetime, typer.Option("--from", formats=["%Y-%m-%d"], metavar="ÅÅÅÅ-MM-DD", help="Första beslutsdagen.")
    ],
    last: Annotated[
        datetime | None,
        typer.Option(
            "--to",
            formats=["%Y-%m-%d"],
            metavar="ÅÅÅÅ-MM-DD",
            help="Sista beslutsdagen; annars i dag.",
            show_default=False,
        ),
    ] = None,
    department: Annotated[
        str | None,
        typer.Option("--department", metavar="AVDELNING", help="Behövs bara när det finns flera.", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Skriv som JSON.")] = False,
) -> None:
    """Beslut på delegation, för anmälan till nämnden (6 kap. 40 § kommunallagen). Visar inget om sökandena.

    Både robotens egna och dem som en handläggare har godkänt, inte dem som har fattats i verksamhetssystemet. Att
    listan gjordes antecknas i journalen.
    """
    configuration = configured()
    chosen = chosen_department(configuration, department)
    until = last.date() if last is not None else today_of(configuration)()
    with open_database(configuration):
        listing = build_decision_list(configuration, build_journal(configuration), chosen)
        listed = listing.between(first.date(), until, asked_by=operator())
    if as_json:
        rows = [
            {"dag": str(one.day), "ärende": case, "beslut": one.what, "delegation": one.point, "av": one.decided_by}
            for case, one in listed.decisions
        ]
        told = {"avdelning": chosen, "från": str(first.date()), "till": str(until), "beslut": rows}
        typer.echo(json.dumps({**told, "ej_lästa": list(listed.unread)}, ensure_ascii=False, indent=2))
        return
    _print(listed, f"Beslut på delegation, {chosen}, {first.date()} till {until}")


def _print(listed: Listed, title: str) -> None:
    console = Console(highlight=False, markup=False)
    table = Table("Beslutsdag", "Ärende", "Beslut", "Delegation", "Beslutsfattare", title=title, title_justify="left")
    for case, one in listed.decisions:
        table.add_row(str(one.day), case, one.what, one.point or "–", one.decided_by)
    console.print(table)
    console.print(f"{len(listed.decisions)} beslut.")
    if listed.unread:
        console.print(
            "Kan inte läsas av den här utgåvan, se efter i verksamhetssystemet: " + ", ".join(listed.unread),
            style="yellow",
        )
