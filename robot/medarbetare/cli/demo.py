"""`demo`: the whole way on this machine, against the practice municipality."""

import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from medarbetare.bootstrap import (
    Configuration,
    build_journal,
    build_supervisor,
    load_workflows,
    open_database,
    read_configuration,
)
from medarbetare.browser import find_browser
from medarbetare.cases.models import Case
from medarbetare.cases.opening import outcome_of
from medarbetare.cases.status import RUNNABLE, CaseStatus
from medarbetare.cli.audit import print_report
from medarbetare.cli.opening import worked
from medarbetare.cli.practice import PracticeMunicipality, new_demo_folder, write_practice_configuration
from medarbetare.cli.practice_web import add_practice_user, serve_practice_web
from medarbetare.cli.progress import Progress
from medarbetare.cli.service import serve
from medarbetare.engine.tasks import defer_pull
from medarbetare.journal.writing import Journal
from medarbetare.log import configure_log
from medarbetare.readable import amounts

INTERRUPTED = 130


def demo(
    once: Annotated[
        bool, typer.Option("--once", help="Avsluta när inkorgen är genomarbetad, utan webb för handläggare.")
    ] = False,
    world: Annotated[str, typer.Option(help="Övningsvärld: namnet på en medföljande eller en YAML-fil.")] = "demo",
    workers: Annotated[int, typer.Option(min=1, max=8, help="Antal arbetare.")] = 2,
    port: Annotated[
        int | None, typer.Option(help="Första porten, ett system på varje; annars lediga.", show_default=False)
    ] = None,
    faults: Annotated[
        str | None, typer.Option(help="Låt systemen krångla: ett frö eller en fil med en plan.", show_default=False)
    ] = None,
    web_port: Annotated[int, typer.Option(help="Webbens port; annars en ledig.", show_default=False)] = 0,
) -> None:
    """Låt roboten arbeta igenom en inkorg i övningskommunen Sandkommun, med allt på den här datorn.

    Sedan svarar webben för handläggare, med roboten i arbete, tills du trycker Ctrl-C.
    """
    console = Console()
    began = time.monotonic()
    find_browser()
    folder = new_demo_folder()
    with open(folder / "logg.jsonl", "a", encoding="utf-8") as log:
        configure_log(log)
        console.print("Startar övningskommunen Sandkommun …")
        with PracticeMunicipality(world, folder / "sandkommun", port, faults) as municipality:
            _tell_addresses(municipality, console)
            config = write_practice_configuration(folder, municipality, workers)
            configuration = read_configuration(config)
            load_workflows(configuration)  # what the world says of local guidelines must be right before work begins
            console.print("Startar robotens databas …")
            with open_database(configuration):
                password = add_practice_user(configuration, folder / "secrets")
                exit_code = _work(configuration, log.fileno(), console)
                console.print(f"Hela demonstrationen tog {time.monotonic() - began:.0f} s.")
                if not once and exit_code != INTERRUPTED:
                    serve_practice_web(configuration, password, web_port, log.fileno(), console)
    raise typer.Exit(exit_code)


def _work(configuration: Configuration, log_to: int, console: Console) -> int:
    for inbox in configuration.inboxes:
        defer_pull(inbox)
    console.print("Roboten arbetar igenom inkorgen.\n")
    with Progress(console) as progress:
        supervisor = build_supervisor(
            configuration, log_to=log_to, on_passed=progress.passed, on_settled=progress.settled
        )
        stopped = serve(supervisor, until_idle=True)
    journal = build_journal(configuration)
    journal.checkpoint()
    unfinished = _print_summary(journal, console)
    report = journal.verify()
    print_report(report, console)
    decided = Case.objects.filter(status=CaseStatus.DECIDED).first()
    example = decided.handle if decided else "ÄRENDE"
    _tell_where(configuration.folder, example, console)
    if stopped:
        console.print("[yellow]Demonstrationen avbröts; det som var påbörjat är avslutat efter sitt steg.[/]")
        return INTERRUPTED
    if unfinished or not report.ok:
        console.print(f"[bold red]Demonstrationen lyckades inte:[/] {unfinished or 'journalen stämmer inte'}.")
        return 1
    return 0


def _print_summary(journal: Journal, console: Console) -> str:
    """The table of what became of each application; returns what went wrong, if anything."""
    table = Table("Ärende", "Ansökan", "Utfall", "Vad", "Sekunder", title="Utfall per ansökan", title_justify="left")
    cases = list(Case.objects.order_by("created_at", "handle"))
    for case in cases:
        entries = journal.entries(case.handle)
        outcome = outcome_of(entries)
        told = [] if outcome is None else [outcome.payload["summary"], *outcome.payload["reasons"]]
        seconds = worked(entries) / timedelta(seconds=1)
        story = escape(amounts("\n".join(dict.fromkeys(told))))
        table.add_row(case.handle, escape(case.reference), case.status, story, f"{seconds:.1f}")
    console.print(table)
    counts = {status: sum(case.status == status for case in cases) for status in CaseStatus}
    console.print(", ".join(f"{count} {status.value}" for status, count in counts.items() if count) + ".")
    if not cases:
        return "inkorgen hade inga ansökningar att hämta (status Inkommen); annars säger loggen varför"
    if waiting := sum(case.status in RUNNABLE for case in cases):
        return f"{waiting} ärende blev inte klart" if waiting == 1 else f"{waiting} ärenden blev inte klara"
    return ""


def _tell_addresses(municipality: PracticeMunicipality, console: Console) -> None:
    for name, address in municipality.addresses.items():
        console.print(f"  {name}: {address}", highlight=False)


def _tell_where(config: Path, case: str, console: Console) -> None:
    program = Path(sys.argv[0])
    if program.name == "__main__.py":
        program = Path("medarbetare")
    elif program.is_relative_to(Path.cwd()):
        program = program.relative_to(Path.cwd())
    command = f"{program} --config {config}"
    for line in (
        f"\nStegloggen för ett ärende:   {command} cases show {case}",
        f"Alla ärenden:                {command} cases list",
        f"Granskning av journalen:     {command} audit verify",
        f"Tjänstens logg:              {config.parent / 'logg.jsonl'}",
    ):
        console.print(line, highlight=False, soft_wrap=True)
