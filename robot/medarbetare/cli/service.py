"""`run`, `worker`, `status` and `config check`: what the IT unit runs and looks at."""

import asyncio
import os
import signal
import sys
from collections import Counter
from typing import Annotated

import structlog
import typer
from procrastinate.contrib.django.models import ProcrastinateJob
from rich.console import Console
from rich.table import Table

from medarbetare.bootstrap import (
    Configuration,
    build_browser,
    build_journal,
    build_supervisor,
    build_worker,
    load_workflows,
    open_database,
    read_keys,
)
from medarbetare.cases.models import Case, Handoff
from medarbetare.cases.status import CaseStatus
from medarbetare.cli.folder import configured
from medarbetare.engine.supervisor import Supervisor, defer_pull
from medarbetare.engine.worker import teller
from medarbetare.errors import BrowserMissing
from medarbetare.journal.models import Checkpoint, Leaf
from medarbetare.log import configure_log
from medarbetare.schedule import Ticker

config_app = typer.Typer(help="Konfigurationen.", no_args_is_help=True)
log = structlog.get_logger()


def run(
    once: Annotated[bool, typer.Option("--once", help="Läs inkorgarna en gång, arbeta undan och avsluta.")] = False,
) -> None:
    """Tjänsten: läser inkorgarna efter schemat och arbetar tills den får SIGTERM. Loggar JSON-rader på stdout."""
    configure_log(sys.stdout)
    configuration = configured()
    with open_database(configuration):
        if once:
            for inbox in configuration.inboxes:
                defer_pull(inbox)
            serve(build_supervisor(configuration, log_to=sys.stdout.fileno()), until_idle=True)
            return
        ticker = Ticker(configuration.schedule, defer_pull)
        ticker.start()
        try:
            serve(build_supervisor(configuration, log_to=sys.stdout.fileno()))
        finally:
            ticker.stop()


def worker() -> None:
    """Arbetare utan schema, för en maskin till mot samma databas. Arbetar tills den får SIGTERM."""
    configure_log(sys.stdout)
    configuration = configured()
    with open_database(configuration):
        serve(build_supervisor(configuration, log_to=sys.stdout.fileno()))


def worker_process() -> None:
    """One worker process; started by a supervisor, which speaks to it through its pipes."""
    orders = sys.stdin.buffer
    told = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # Whatever a library prints must not reach the supervisor's pipe.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    configure_log(sys.stderr)
    configuration = configured()
    with open_database(configuration, beside_browser=True):
        process = build_worker(configuration, teller(told))
        try:
            process.worker.serve(orders)
        finally:
            process.browser.close()


def serve(supervisor: Supervisor, *, until_idle: bool = False) -> bool:
    """Run a supervisor until it is done or the operator stops it; whether it was stopped."""
    stopped = False

    async def work() -> None:
        def stop() -> None:
            nonlocal stopped
            stopped = True
            log.info("stop requested")
            supervisor.stop()

        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop)
        await supervisor.serve(until_idle=until_idle)

    asyncio.run(work())
    return stopped


def status() -> None:
    """Hur det står till: ärenden per status, överlämningar, kö och journal."""
    configuration = configured()
    console = Console()
    with open_database(configuration):
        table = Table("Status", "Antal", title=f"Ärenden i {configuration.installation.municipality}")
        counts = Counter(Case.objects.values_list("status", flat=True))
        for one in CaseStatus:
            table.add_row(one.value, str(counts[one.value]))
        console.print(table)
        console.print(f"Öppna överlämningar: {Handoff.objects.filter(closed_at=None).count()}")
        console.print(f"Jobb i kö: {ProcrastinateJob.objects.filter(status='todo').count()}")
        last = Checkpoint.objects.order_by("-size").first()
        signed = f"underskriven till och med post {last.size}" if last else "inte underskriven än"
        console.print(f"Journal: {Leaf.objects.count()} poster, {signed}")


@config_app.command("check")
def check() -> None:
    """Läs all konfiguration och alla selektorfiler och säg vad som är fel."""
    configuration = configured()
    console = Console()
    workflows = load_workflows(configuration)
    _check_selectors(configuration, console)
    console.print(f"Konfigurationen i {configuration.folder} är rätt.", soft_wrap=True)
    for name, workflow in workflows.items():
        console.print(f"Arbetsflöde {name}, regler och texter version {workflow.version[:12]}.")


def _check_selectors(configuration: Configuration, console: Console) -> None:
    try:
        build_browser(configuration, build_journal(configuration, read_keys(configuration)))
    except BrowserMissing as missing:
        console.print(f"[yellow]{missing.message}[/]")
