"""The only place that builds and wires objects. Everything else is given what it needs.

Imported after `medarbetare.database.connection.load_models`, because models are wired here.
"""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from django.db import connections, transaction

from medarbetare import __version__
from medarbetare.browser import Browser, BrowserEvidence, find_browser, load_selectors
from medarbetare.cases.register import CaseRegister
from medarbetare.cases.retention import Retention
from medarbetare.config import load, selectors_folder
from medarbetare.config.folders import CONFIG_VARIABLE
from medarbetare.config.secret import unreadable
from medarbetare.configuration import Configuration as Configuration
from medarbetare.configuration import WorkflowsFile
from medarbetare.configuration import read_configuration as read_configuration
from medarbetare.database.connection import configure
from medarbetare.database.dsn import Dsn
from medarbetare.database.embedded import EmbeddedServer
from medarbetare.database.migrating import migrate
from medarbetare.engine.breaker import Breaker, BreakerTerms
from medarbetare.engine.child import LeaseTerms
from medarbetare.engine.crew import Crew
from medarbetare.engine.guarding import PortalGuard
from medarbetare.engine.holds import Holds, HoldWatch
from medarbetare.engine.messages import Passed, Told
from medarbetare.engine.progress import Stamps
from medarbetare.engine.reconciling import Reconciliation
from medarbetare.engine.reconciling_restore import RestoreReconciliation
from medarbetare.engine.registry import Workflow, load_workflow
from medarbetare.engine.run import ROBOT, Boundary, StopSignal, Surroundings
from medarbetare.engine.runner import CaseRunner
from medarbetare.engine.supervisor import Supervisor
from medarbetare.engine.worker import Worker, tell_passed
from medarbetare.errors import ConfigurationError
from medarbetare.inbox import FolderInbox, Inbox, InboxSettings, Intake, PortalInbox, PortalInboxSettings
from medarbetare.journal.keys import JournalKeys
from medarbetare.journal.writing import Journal
from medarbetare.readable import use_zone
from medarbetare.restoring import Sweep, build_restore_reconciliation, mark_keeper, remember_erasure
from medarbetare.restoring import build_watch as build_watch
from medarbetare.schedule.plan import Plan

if TYPE_CHECKING:
    from medarbetare.web.serving import WebServer

log = structlog.get_logger()

PROGRESS_VARIABLE = "MEDARBETARE_PROGRESS_FD"


@contextmanager
def open_database(configuration: Configuration, *, beside_browser: bool = False) -> Iterator[Dsn]:
    """Use the robot's database, starting the embedded server if that is configured and nobody else has.

    Gives how to connect beside the models. From here on times are told by the schedule's clock.

    Raises DatabaseUnavailable, ConfigurationError.
    """
    use_zone(configuration.schedule.zone)
    settings = configuration.installation.database
    if settings.url is not None:
        with _connected(Dsn.of_url(settings.url.resolve()), beside_browser) as dsn:
            yield dsn
        return
    assert settings.embedded is not None
    server = EmbeddedServer(configuration.folder / settings.embedded)
    with server.use() as running, _connected(running.dsn, beside_browser) as dsn:
        yield dsn


@contextmanager
def _connected(dsn: Dsn, beside_browser: bool) -> Iterator[Dsn]:
    configure(dsn, beside_browser=beside_browser)
    try:
        migrate()
        yield dsn
    finally:
        connections.close_all()


def build_plan(configuration: Configuration) -> Plan:
    """The schedule: what is done when, and the portals' opening hours (`Plan.hours`)."""
    return Plan(configuration.schedule, configuration.inboxes)


def utc_now() -> datetime:
    """The time now."""
    return datetime.now(UTC)


def today_of(configuration: Configuration) -> Callable[[], date]:
    """Today's date in Sweden, or the practice date."""
    practice = configuration.installation.practice_date
    zone = configuration.schedule.zone
    return lambda: practice or utc_now().astimezone(zone).date()


def read_keys(configuration: Configuration) -> JournalKeys:
    """The journal's keys. Raises ConfigurationError."""
    settings = configuration.installation.journal
    return JournalKeys.read(settings.department_keys, settings.signing_key)


def build_journal(configuration: Configuration, keys: JournalKeys | None = None) -> Journal:
    """The journal. Its checkpoints are marked outside the database too."""
    origin, signed = configuration.installation.journal.origin, mark_keeper(configuration).signed
    return Journal(keys or read_keys(configuration), origin=origin, on_signed=signed)


def build_holds(configuration: Configuration) -> Holds:
    """What pauses and resumes."""
    departments = list(configuration.installation.journal.department_keys)
    return Holds(build_journal(configuration), departments[0], utc_now)


def load_workflows(configuration: Configuration) -> dict[str, Workflow]:
    """Every registered workflow with its own configuration. Raises ConfigurationError."""
    return {name: load_workflow(name, entry, configuration.folder) for name, entry in configuration.workflows.items()}


def load_one_workflow(folder: Path, name: str | None) -> Workflow:
    """One registered workflow by its name, or the only one; nothing else of the configuration is read.

    Raises ConfigurationError.
    """
    file = folder / "workflows.yaml"
    entries = load(file, WorkflowsFile).workflows
    chosen = name or (next(iter(entries)) if len(entries) == 1 else "")
    if chosen not in entries:
        raise ConfigurationError(f"{file}: ange arbetsflödet, ett av: {', '.join(entries) or 'inget'}.")
    return load_workflow(chosen, entries[chosen], folder)


def check_selectors(configuration: Configuration) -> None:
    """Read the selector file of every portal. Raises ConfigurationError."""
    for portal in configuration.portals.values():
        load_selectors(selectors_folder() / f"{portal.selectors_name}.yaml")


def missing_secrets(configuration: Configuration) -> list[str]:
    """A sentence for each secret that the configuration refers to and that this process cannot read."""
    return unreadable([configuration.installation, *configuration.portals.values()])


@dataclass
class Portals:
    """Every portal in one browser, and the guard through which all work reaches them."""

    browser: Browser
    guard: PortalGuard
    holds: HoldWatch


def build_portals(
    configuration: Configuration, journal: Journal, on_progress: Callable[[], None] = lambda: None
) -> Portals:
    """Every portal, none opened yet. Raises BrowserMissing, and ConfigurationError when a selector file is wrong."""
    settings = configuration.installation.breaker
    terms = BreakerTerms(
        settings.failures, timedelta(seconds=settings.first_pause), timedelta(seconds=settings.longest_pause)
    )
    breaker, holds, hours = Breaker(terms, on_progress), HoldWatch(), build_plan(configuration).hours
    browser = _build_browser(configuration, journal, breaker, on_progress)
    guard = PortalGuard(browser.portal, breaker, holds, lambda portal: hours.opens_at(portal, utc_now()))
    return Portals(browser, guard, holds)


def _build_browser(
    configuration: Configuration, journal: Journal, breaker: Breaker, on_progress: Callable[[], None]
) -> Browser:

    def healed(portal: str, page: str, element: str, candidate: str) -> None:
        log.warning("selector healed", portal=portal, page=page, element=element, candidate=candidate)
        with transaction.atomic():
            journal.append(
                case=None,
                kind="selector.healed",
                name=f"{portal}.{page}.{element}",
                actor=ROBOT,
                department=next(iter(configuration.installation.journal.department_keys)),
                payload={"candidate": candidate},
            )

    return Browser(
        find_browser(configuration.installation.browser),
        list(configuration.portals.values()),
        selectors_folder(),
        on_progress=on_progress,
        on_heal=healed,
        log_in_turn=breaker.log_in_turn,
    )


def build_inboxes(
    configuration: Configuration,
    portals: PortalGuard,
    workflows: Mapping[str, Workflow],
    on_progress: Callable[[], None],
) -> dict[str, Inbox]:
    """Every inbox by its name."""

    def build(name: str, settings: InboxSettings) -> Inbox:
        if isinstance(settings, PortalInboxSettings):
            return PortalInbox(name, settings, portals.portal)
        household = workflows[settings.workflow].household
        folder = configuration.folder / settings.folder
        return FolderInbox(name, folder, household, on_progress, configuration.schedule.zone)

    return {name: build(name, settings) for name, settings in configuration.inboxes.items()}


@dataclass
class WorkerProcess:
    """A worker and what must be closed after it."""

    worker: Worker
    browser: Browser


def build_worker(
    configuration: Configuration,
    tell: Callable[[Told], None],
    *,
    observe: Callable[[Boundary], None] = lambda boundary: None,
) -> WorkerProcess:
    """What a worker process runs. `observe` is called at each durable point, after the supervisor has been told."""
    stamps = Stamps(int(os.environ[PROGRESS_VARIABLE]))
    keys = read_keys(configuration)
    journal = build_journal(configuration, keys)
    workflows = load_workflows(configuration)
    portals = build_portals(configuration, journal, stamps.stamp)
    browser = portals.browser
    inboxes = build_inboxes(configuration, portals.guard, workflows, stamps.stamp)
    stop, patience, watch = StopSignal(), configuration.patience, build_watch(configuration, journal)
    told = tell_passed(tell)

    def passed(boundary: Boundary) -> None:
        stamps.stamp()
        told(boundary)
        observe(boundary)

    surroundings = Surroundings(
        journal=journal,
        portals=portals.guard.portal,
        pseudonym=keys.pseudonym,
        clock=utc_now,
        today=today_of(configuration),
        versions={"medarbetare": __version__, **{name: flow.version for name, flow in workflows.items()}},
        originals=lambda inbox, reference: inboxes[inbox].original(reference),
        inbox_portals={name: inbox.portal for name, inbox in inboxes.items() if inbox.portal is not None},
        patience=patience,
        stop=stop,
        passed=passed,
        check_hold=portals.holds.check_workflow,
        highest_mode=watch.highest_mode,
        evidence=BrowserEvidence(browser) if configuration.installation.evidence.keep else None,
    )
    register = CaseRegister(journal)

    def pull(inbox: str) -> int:
        return Intake(inbox, configuration.inboxes[inbox], register, keys.pseudonym, utc_now).pull(inboxes[inbox])

    def reconcile() -> dict[str, int]:
        if watch.look():
            restoring = build_restore(configuration, journal, workflows, portals.guard, inboxes, check_stop=stop.check)
            restored = restoring.run(asked_by=ROBOT)
            if not restored.passed:
                return restored.counts()
        reconciliation = build_reconciliation(configuration, journal, workflows, portals.guard, check_stop=stop.check)
        return reconciliation.run(asked_by=ROBOT).counts()

    runner = CaseRunner(
        {name: flow.flow for name, flow in workflows.items()},
        surroundings,
        {name: flow.edition for name, flow in workflows.items()},
    )
    return WorkerProcess(Worker(runner, pull, reconcile, stop, tell, ready=stamps.stamp, rest=browser.rest), browser)


def build_retention(configuration: Configuration, journal: Journal) -> Retention:
    """What removes finished cases that are over age."""
    return Retention(journal, configuration.retention, utc_now, remember_erasure(configuration, journal))


def build_reconciliation(
    configuration: Configuration,
    journal: Journal,
    workflows: Mapping[str, Workflow],
    portals: PortalGuard,
    *,
    check_stop: Callable[[], None] = lambda: None,
) -> Reconciliation:
    """What compares receipts and open hand-offs with what the portals hold."""
    return Reconciliation(
        journal,
        workflows,
        portals.portal,
        departments=list(configuration.installation.journal.department_keys),
        period=timedelta(days=configuration.schedule.reconciliation_days),
        clock=utc_now,
        pseudonym=read_keys(configuration).pseudonym,
        patience=configuration.patience,
        check_stop=check_stop,
    )


def build_restore(
    configuration: Configuration,
    journal: Journal,
    workflows: Mapping[str, Workflow],
    portals: PortalGuard,
    inboxes: Mapping[str, Inbox],
    *,
    check_stop: Callable[[], None] = lambda: None,
) -> RestoreReconciliation:
    """What finds the decisions and payments that a backup has forgotten."""
    return build_restore_reconciliation(
        configuration,
        journal,
        workflows,
        portals.portal,
        inboxes,
        read_keys(configuration),
        configuration.patience,
        check_stop=check_stop,
    )


def build_supervisor(
    configuration: Configuration,
    *,
    log_to: int | None = None,
    command: tuple[str, ...] = (),
    on_passed: Callable[[Passed], None] = lambda passed: None,
    on_settled: Callable[[str, str, timedelta], None] = lambda case, status, took: None,
) -> Supervisor:
    """The supervisor of this machine's worker processes."""
    os.environ[CONFIG_VARIABLE] = str(configuration.folder.absolute())
    lease = configuration.installation.lease
    journal = build_journal(configuration)
    return Supervisor(
        CaseRegister(journal),
        Crew(
            command=command or (sys.executable, "-P", "-m", "medarbetare.cli.worker_process"),
            size=configuration.installation.workers,
            log_to=log_to,
        ),
        LeaseTerms(
            duration=timedelta(seconds=lease.duration),
            margin=timedelta(seconds=lease.margin),
            silence=timedelta(seconds=lease.silence),
        ),
        put_off=timedelta(seconds=configuration.installation.patience.wait_between_attempts),
        on_sweep=Sweep(journal, build_watch(configuration, journal)),
        keep_failed_jobs=timedelta(days=configuration.installation.queue.keep_failed_days),
        on_passed=on_passed,
        on_settled=on_settled,
    )


def build_web(configuration: Configuration, host: str, port: int) -> "WebServer":
    """The pages for case workers, not yet served. Port 0 takes a free one.

    Raises ConfigurationError when they would be served to others without encryption, TechnicalError when the port
    cannot be used.
    """
    # Here and not above: a worker process has neither use nor room for them.
    from medarbetare.web.context import Site
    from medarbetare.web.serving import WebServer, prepare

    installation = configuration.installation
    keys = read_keys(configuration)
    journal = build_journal(configuration, keys)
    build_watch(configuration, journal).look()
    site = Site(
        municipality=installation.municipality,
        journal=journal,
        workflows=load_workflows(configuration),
        clock=utc_now,
        zone=configuration.schedule.zone,
        practice=installation.practice_date is not None,
    )
    address = installation.web.address
    prepare(site, secret=keys.session_secret(), address=address)
    return WebServer(host, port, encrypted=address is not None and address.startswith("https:"))
