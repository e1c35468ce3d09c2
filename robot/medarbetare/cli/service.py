"""`run`, `worker`, `status` and `config check`: what the IT unit runs and looks at."""

import asyncio
import os
import signal
import sys
from collections import Counter
from dataclasses import replace
from typing import Annotated

import structlog
import typer
from procrastinate.contrib.django.models import ProcrastinateJob
from rich.console import Console
from rich.table import Table

from medarbetare.bootstrap import (
    Configuration,
    build_plan,
    build_supervisor,
    check_needs,
    check_selectors,
    load_workflows,
    missing_secrets,
    open_database,
    read_keys,
)
from medarbetare.bootstrap.restoring import outside
from medarbetare.browser import find_browser
from medarbetare.cases.access import group_of
from medarbetare.cases.models import Case, Handoff
from medarbetare.cases.staff import Staff
from medarbetare.cases.status import CaseStatus
from medarbetare.cli.ceilings import print_ceilings
from medarbetare.cli.folder import configured
from medarbetare.cli.pausing import print_obstacles
from medarbetare.cli.schedule import next_of_each_run, waiting_runs
from medarbetare.clock import utc_now
from medarbetare.engine.supervisor import Supervisor
from medarbetare.engine.tasks import defer_pull
from medarbetare.errors import BrowserMissing, ConfigurationError
from medarbetare.journal.models import Checkpoint, Leaf
from medarbetare.log import configure_log
from medarbetare.readable import local
from medarbetare.schedule.obstacles import Obstacles
from medarbetare.schedule.standby import SchedulerLock, active_scheduler
from medarbetare.schedule.ticking import Ticker

config_app = typer.Typer(help="Konfigurationen.", no_args_is_help=True)
log = structlog.get_logger()


_Workers = Annotated[
    int | None,
    typer.Option(min=1, max=64, metavar="ANTAL", help="Antal arbetarprocesser, i stället för konfigurationens."),
]


def run(
    once: Annotated[bool, typer.Option("--once", help="Läs inkorgarna en gång, arbeta undan och avsluta.")] = False,
    workers: _Workers = None,
) -> None:
    """Tjänsten: läser inkorgarna efter schemat och arbetar tills den får SIGTERM. Loggar JSON-rader på stdout."""
    configure_log(sys.stdout)
    configuration = _with_workers(configured(), workers)
    refuse_root(configuration)
    with open_database(configuration) as dsn:
        if once:
            for inbox in configuration.inboxes:
                defer_pull(inbox)
            supervisor = build_supervisor(configuration, log_to=sys.stdout.fileno())
            serve(supervisor, until_idle=True)
            if supervisor.unread_inboxes:
                raise typer.Exit(1)
            return
        lock = SchedulerLock(dsn, f"{os.uname().nodename}:{os.getpid()}")
        ticker = Ticker(build_plan(configuration), lock)
        ticker.start()
        try:
            serve(build_supervisor(configuration, log_to=sys.stdout.fileno()))
        finally:
            ticker.stop()


def worker(workers: _Workers = None) -> None:
    """Arbetare utan schema, för en maskin till mot samma databas. Arbetar tills den får SIGTERM."""
    configure_log(sys.stdout)
    configuration = _with_workers(configured(), workers)
    refuse_root(configuration)
    with open_database(configuration):
        serve(build_supervisor(configuration, log_to=sys.stdout.fileno()))


def _with_workers(configuration: Configuration, workers: int | None) -> Configuration:
    if workers is None:
        return configuration
    return replace(configuration, installation=configuration.installation.model_copy(update={"workers": workers}))


def refuse_root(configuration: Configuration) -> None:
    """The browser's sandbox is off for root, so root may only practise. Raises ConfigurationError."""
    if os.geteuid() == 0 and configuration.installation.practice_date is None:
        raise ConfigurationError(
            "Kör inte roboten som root: webbläsarens skydd (sandbox) är då avstängt. Gör en egen användare för den."
        )


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
        plan, now = build_plan(configuration), utc_now()
        print_obstacles(Obstacles.read(), console, now, plan.zone)
        _print_mark(configuration, console)
        console.print(f"Öppna överlämningar: {Handoff.objects.filter(closed_at=None).count()}")
        _print_untaken(console)
        print_ceilings(configuration, console)
        console.print(f"Jobb i kö: {ProcrastinateJob.objects.filter(status='todo').count()}")
        ticking = active_scheduler() or "ingen, medarbetare run är inte igång"
        console.print(f"Schemat sköts av: {ticking}", highlight=False)
        for line in waiting_runs(plan, now):
            console.print(line, style="yellow", markup=False, highlight=False, soft_wrap=True)
        for run, time in next_of_each_run(plan, now).items():
            console.print(f"Nästa gång för {run}: {time}", highlight=False)
        last = Checkpoint.objects.order_by("-size").first()
        signed = f"underskriven till och med post {last.size}" if last else "inte underskriven än"
        console.print(f"Journal: {Leaf.objects.count()} poster, {signed}")


def _print_untaken(console: Console) -> None:
    """Hand-offs to a role that nobody has: nobody will ever see them."""
    people = Staff.read(local(utc_now()).date())
    opened = Handoff.objects.filter(closed_at=None).values_list("case__department", "role")
    for group, number in Counter(group_of(department, role) for department, role in opened).items():
        if not people.has_members(group):
            console.print(
                f"Till {group}: {number}, och ingen som får logga in tar dem. Se medarbetare users add.",
                style="yellow",
                highlight=False,
                soft_wrap=True,
            )


def _print_mark(configuration: Configuration, console: Console) -> None:
    if fault := outside(configuration).fault():
        console.print(
            f"Märket utanför databasen kan inte skrivas: {fault}. Utan det märks inte att databasen är återställd, och "
            "inget gallras. Se medarbetare config check.",
            style="red",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )


@config_app.command("check")
def check() -> None:
    """Läs all konfiguration och alla selektorfiler, säg vad som är fel och vilka hemligheter som saknas."""
    configuration = configured()
    workflows = load_workflows(configuration)
    check_needs(configuration, workflows)
    check_selectors(configuration)
    _check_outside(configuration)
    missing = missing_secrets(configuration)
    if not missing:
        read_keys(configuration)
    console = Console(markup=False, highlight=False, soft_wrap=True)
    console.print(f"Konfigurationen i {configuration.folder} är rätt.")
    for name, workflow in workflows.items():
        console.print(f"Arbetsflöde {name}, regler och texter version {workflow.version[:12]}.")
    # Not a fault: systemd shows its credentials to the service alone, and a newcomer's example has none.
    if missing:
        console.print("Hemligheter som inte kan läsas härifrån, och som roboten behöver när den körs:", style="yellow")
    for sentence in missing:
        console.print(f"  • {sentence}", style="yellow")
    try:
        console.print(f"Webbläsare: {find_browser(configuration.installation.browser)}")
    except BrowserMissing as no_browser:
        console.print(no_browser.message, style="yellow")


def _check_outside(configuration: Configuration) -> None:
    """Raises ConfigurationError. Only a folder that is chosen must be there: the usual one is made when needed."""
    kept = outside(configuration)
    if configuration.installation.outside is None and not os.path.exists(kept.folder):
        return
    told = f"{configuration.folder / 'medarbetare.yaml'}: outside: "
    if fault := kept.fault():
        raise ConfigurationError(
            f"{told}{fault}. Utan märket där märks inte att databasen är återställd, och inget gallras. Ge mappen till "
            "robotens användare (chown), eller kör kontrollen som den användaren."
        )
    if not os.path.exists(kept.folder):
        raise ConfigurationError(
            f"{told}{kept.folder} finns inte. Gör mappen (mkdir -m 700) och ge den till robotens användare (chown), "
            "eller montera disken som den ligger på."
        )
