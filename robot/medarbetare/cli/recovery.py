"""`recovery`: a restore of the database from an older backup, and what is left to make it good."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from medarbetare.bootstrap import build_journal, build_watch, open_database
from medarbetare.cli.folder import configured
from medarbetare.cli.opening import operator
from medarbetare.engine.models import Recovery
from medarbetare.engine.reconciling_restore import Restored, pass_recovery
from medarbetare.engine.recovery import TO_DO, open_recoveries
from medarbetare.errors import BusinessError
from medarbetare.readable import day_and_time

recovery_app = typer.Typer(help="Efter en återställning från en äldre säkerhetskopia.", no_args_is_help=True)

NOT_PASSED = 1


@recovery_app.command("status")
def status() -> None:
    """Är databasen återställd, och vad återstår? Avslutar med 1 så länge roboten inte får besluta."""
    configuration = configured()
    console = Console(highlight=False, soft_wrap=True)
    with open_database(configuration):
        held = build_watch(configuration, build_journal(configuration), operator()).look()
        for one in Recovery.objects.order_by("noticed_at"):
            until = f"till {day_and_time(one.backup_of)}" if one.backup_of else "en tom databas"
            console.print(f"{day_and_time(one.noticed_at)}: {one.why} Kopian når {until}.")
            if one.passed_at is not None:
                console.print(f"  Klar {day_and_time(one.passed_at)}, {one.passed_by}.")
        if held:
            console.print(f"[bold]{TO_DO}[/]")
            console.print("Kör avstämningen nu: medarbetare reconcile")
            raise typer.Exit(NOT_PASSED)
        console.print("Inget hindrar roboten från att besluta.")


@recovery_app.command("begin")
def begin(
    why: Annotated[str, typer.Option("--orsak", help="Varför, utan personuppgifter.")] = "",
) -> None:
    """Säg att databasen är återställd, när roboten inte själv kan märka det: maskinen eller dess märke är nytt."""
    configuration = configured()
    with open_database(configuration):
        watch = build_watch(configuration, build_journal(configuration), operator())
        if not watch.look():
            watch.begin(f"{operator()}: {why or 'databasen är återställd från en säkerhetskopia.'}", operator())
    Console(highlight=False, soft_wrap=True).print(TO_DO)


@recovery_app.command("pass")
def force(
    despite: Annotated[str, typer.Option("--trots-allt", help="Namnet på den som ansvarar för beslutet.")],
    why: Annotated[str, typer.Option("--orsak", help="Vad som är kontrollerat för hand, utan personuppgifter.")],
) -> None:
    """Låt roboten besluta igen fast avstämningen inte har kunnat läsa allt. Noteras i journalen med namn och orsak.

    Bara när ett hushåll som aldrig går att läsa är kontrollerat för hand.
    """
    if not despite.strip() or not why.strip():
        raise BusinessError("Ange vem som ansvarar (--trots-allt NAMN) och vad som är kontrollerat (--orsak).")
    configuration = configured()
    with open_database(configuration):
        journal = build_journal(configuration)
        if not open_recoveries():
            raise BusinessError("Ingen återställning väntar på avstämning.")
        department = next(iter(configuration.installation.journal.department_keys))
        pass_recovery(journal, department, operator(), {"forced_by": despite.strip(), "why": why.strip()})
    Console(highlight=False, soft_wrap=True).print(
        f"Roboten får besluta igen, på ansvar av {despite.strip()}. Det står i journalen."
    )


def print_restored(report: Restored, console: Console) -> None:
    """What was found after a restore, for people."""
    console.print(f"Databasen är återställd från en säkerhetskopia. {report.read} ansökningar lästa i systemen:")
    table = Table("Vad", "Antal", "Ärenden")
    for told, handles in (
        ("Beslutade av roboten, glömda av kopian", report.adopted),
        ("Beslutade i delar, lämnas över", report.unfinished),
        ("Förberedda av roboten, går vidare", report.prepared),
        ("Öppna överlämningar som kan vara besvarade", report.reopened),
        ("Särskild handläggning, inte lästa", report.shielded),
        ("Ansökningar som inte går att läsa", report.unreadable),
        ("Hindrar: arbetas med just nu", report.busy),
        ("Hindrar: kunde inte läsas (varför: medarbetare reconcile 2> logg.jsonl)", report.unread),
    ):
        if handles:
            table.add_row(told, str(len(handles)), ", ".join(handles))
    if table.row_count:
        console.print(table)
    if report.passed:
        console.print("Allt är läst. Roboten får besluta igen.")
    else:
        console.print("[bold]Roboten beslutar inget än:[/] kör medarbetare reconcile igen när det som hindrar är löst.")
