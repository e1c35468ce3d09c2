"""`audit`: what an auditor asks for."""

import base64
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from medarbetare.bootstrap import build_journal, open_database
from medarbetare.cli import redeciding
from medarbetare.cli.folder import configured
from medarbetare.engine.recovery import restores_on_record
from medarbetare.errors import BusinessError
from medarbetare.journal.models import Checkpoint, Leaf
from medarbetare.journal.verifying import Report

audit_app = typer.Typer(help="Journalen: kontroll och innehåll.", no_args_is_help=True)
audit_app.command("redecide")(redeciding.redecide)


@audit_app.command("verify")
def verify() -> None:
    """Räkna om hela journalen och jämför med dess underskrifter. Avslutar med 1 om något inte stämmer."""
    configuration = configured()
    with open_database(configuration):
        journal = build_journal(configuration)
        report, restores = journal.verify(), restores_on_record(journal)
    console = Console(highlight=False, soft_wrap=True)
    print_report(report, console)
    if restores:
        console.print(f"Databasen har återställts från en äldre säkerhetskopia, enligt journalen ({len(restores)} st):")
    for restore in restores:
        console.print(f"  • {restore}")
    if not report.ok:
        raise typer.Exit(1)


def print_report(report: Report, console: Console) -> None:
    """The outcome of a verification, for people."""
    if report.ok:
        root = base64.b64encode(report.root).decode()
        console.print(
            f"Journalen stämmer: {report.size} poster, {report.checkpoints} underskrivna kontrollpunkter, rot {root}",
            soft_wrap=True,
            highlight=False,
        )
        if report.erased:
            console.print(f"Gallrade ärenden: {report.erased}, vart och ett enligt en post i journalen.")
        return
    console.print(f"[bold red]Journalen stämmer inte.[/] {len(report.problems)} fel:")
    for problem in report.problems:
        console.print(f"  • {problem}", markup=False, highlight=False, soft_wrap=True)


@audit_app.command("show")
def show(
    case: Annotated[str | None, typer.Argument(help="Ett ärendes handtag; annars hela journalen.")] = None,
    limit: Annotated[int, typer.Option("--antal", help="Så många poster, de senaste.")] = 100,
) -> None:
    """Journalens poster och senaste kontrollpunkt, utan personuppgifter."""
    configuration = configured()
    console = Console()
    with open_database(configuration):
        leaves = Leaf.objects.order_by("-index")
        if case is not None:
            leaves = leaves.filter(case=case)
            if not leaves.exists():
                raise BusinessError(f"Journalen har inga poster om ärende {case}.")
        table = Table("Post", "Tid (UTC)", "Ärende", "Slag", "Namn", "Vem", "Löv")
        for leaf in reversed(leaves[:limit]):
            time = leaf.time.strftime("%Y-%m-%d %H:%M:%S")
            digest = bytes(leaf.leaf_hash).hex()[:16]
            table.add_row(str(leaf.index), time, leaf.case or "", leaf.kind, escape(leaf.name), leaf.actor, digest)
        console.print(table)
        checkpoint = Checkpoint.objects.order_by("-size").first()
        if checkpoint is not None:
            console.print(checkpoint.note, markup=False, highlight=False)
