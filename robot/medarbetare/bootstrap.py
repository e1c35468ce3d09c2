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
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

import structlog
from django.db import connections, transaction
from pydantic import model_validator

from medarbetare import __version__
from medarbetare.browser import Browser, PortalSettings, find_browser, load_selectors
from medarbetare.cases.register import CaseRegister
from medarbetare.config import Installation, Strict, load, selectors_folder
from medarbetare.config.folders import CONFIG_VARIABLE
from medarbetare.config.secret import unreadable
from medarbetare.database.connection import configure
from medarbetare.database.dsn import Dsn
from medarbetare.database.embedded import EmbeddedServer
from medarbetare.database.migrating import migrate
from medarbetare.engine.child import LeaseTerms
from medarbetare.engine.messages import Passed, Told
from medarbetare.engine.patience import Patience
from medarbetare.engine.progress import Stamps
from medarbetare.engine.reconciling import Reconciliation
from medarbetare.engine.registry import Workflow, WorkflowEntry, load_workflow
from medarbetare.engine.run import ROBOT, Boundary, StopSignal, Surroundings
from medarbetare.engine.runner import CaseRunner
from medarbetare.engine.supervisor import Crew, Supervisor
from medarbetare.engine.worker import Worker, tell_passed
from medarbetare.errors import ConfigurationError
from medarbetare.inbox import FolderInbox, Inbox, InboxSettings, Intake, PortalInbox, PortalInboxSettings
from medarbetare.journal.keys import JournalKeys
from medarbetare.journal.writing import Journal
from medarbetare.schedule import ScheduleSettings

if TYPE_CHECKING:
    from medarbetare.web.serving import WebServer

log = structlog.get_logger()

PROGRESS_VARIABLE = "MEDARBETARE_PROGRESS_FD"


class PortalsFile(Strict):
    """config/portals.yaml."""

    portals: tuple[PortalSettings, ...]

    @model_validator(mode="after")
    def _one_of_each_name(self) -> Self:
        names = [portal.name for portal in self.portals]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"samma namn på flera portaler: {', '.join(twice)}")
        return self


class InboxesFile(Strict):
    """config/inbox.yaml."""

    inboxes: dict[str, InboxSettings]


class WorkflowsFile(Strict):
    """config/workflows.yaml."""

    workflows: dict[str, WorkflowEntry]


@dataclass(frozen=True)
class Configuration:
    """Everything that stands in the configuration folder, read and checked against itself."""

    folder: Path
    installation: Installation
    portals: Mapping[str, PortalSettings]
    inboxes: Mapping[str, InboxSettings]
    schedule: ScheduleSettings
    workflows: Mapping[str, WorkflowEntry]


def read_configuration(folder: Path) -> Configuration:
    """Read the configuration folder. Raises ConfigurationError."""
    configuration = Configuration(
        folder=folder,
        installation=load(folder / "medarbetare.yaml", Installation),
        portals={portal.name: portal for portal in load(folder / "portals.yaml", PortalsFile).portals},
        inboxes=load(folder / "inbox.yaml", InboxesFile).inboxes,
        schedule=load(folder / "schedule.yaml", ScheduleSettings),
        workflows=load(folder / "workflows.yaml", WorkflowsFile).workflows,
    )
    _check_names(configuration)
    return configuration


def _check_names(configuration: Configuration) -> None:
    for name, inbox in configuration.inboxes.items():
        portal = inbox.portal if isinstance(inbox, PortalInboxSettings) else None
        for what, wanted, known in (
            *([("portalen", portal, configuration.portals)] if portal is not None else []),
            ("arbetsflödet", inbox.workflow, configuration.workflows),
            ("avdelningens nyckel", inbox.department, configuration.installation.journal.department_keys),
        ):
            if wanted not in known:
                raise ConfigurationError(
                    f"{configuration.folder / 'inbox.yaml'}: inkorgen {name}: {what} «{wanted}» finns inte. "
                    f"Det som finns: {', '.join(known) or 'inget'}."
                )
    for name in configuration.schedule.inboxes:
        if name not in configuration.inboxes:
            raise ConfigurationError(
                f"{configuration.folder / 'schedule.yaml'}: inkorgen «{name}» finns inte i inbox.yaml "
                f"({', '.join(configuration.inboxes)})."
            )


@contextmanager
def open_database(configuration: Configuration, *, beside_browser: bool = False) -> Iterator[Dsn]:
    """Use the robot's database, starting the embedded server if that is configured and nobody else has.

    Gives how to connect beside the models.

    Raises DatabaseUnavailable, ConfigurationError.
    """
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


def utc_now() -> datetime:
    """The time now."""
    return datetime.now(UTC)


def today_of(configuration: Configuration) -> Callable[[], date]:
    """Today's date in Sweden, or the practice date."""
    practice = configuration.installation.practice_date
    zone = ZoneInfo(configuration.schedule.timezone)
    return lambda: practice or utc_now().astimezone(zone).date()


def read_keys(configuration: Configuration) -> JournalKeys:
    """The journal's keys. Raises ConfigurationError."""
    settings = configuration.installation.journal
    return JournalKeys.read(settings.department_keys, settings.signing_key)


def build_journal(configuration: Configuration, keys: JournalKeys | None = None) -> Journal:
    """The journal."""
    return Journal(keys or read_keys(configuration), origin=configuration.installation.journal.origin)


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


def build_browser(
    configuration: Configuration, journal: Journal, on_progress: Callable[[], None] = lambda: None
) -> Browser:
    """Every portal in one browser, not yet started.

    Raises BrowserMissing, and ConfigurationError when a selector file is wrong.
    """

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
    )


def build_inboxes(
    configuration: Configuration, browser: Browser, workflows: Mapping[str, Workflow], on_progress: Callable[[], None]
) -> dict[str, Inbox]:
    """Every inbox by its name."""

    def build(name: str, settings: InboxSettings) -> Inbox:
        if isinstance(settings, PortalInboxSettings):
            return PortalInbox(name, settings, browser.portal)
        household = workflows[settings.workflow].household
        return FolderInbox(name, configuration.folder / settings.folder, household, on_progress)

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
    browser = build_browser(configuration, journal, stamps.stamp)
    inboxes = build_inboxes(configuration, browser, workflows, stamps.stamp)
    stop = StopSignal()
    told = tell_passed(tell)

    def passed(boundary: Boundary) -> None:
        stamps.stamp()
        told(boundary)
        observe(boundary)

    surroundings = Surroundings(
        journal=journal,
        portals=browser.portal,
        pseudonym=keys.pseudonym,
        clock=utc_now,
        today=today_of(configuration),
        versions={"medarbetare": __version__, **{name: flow.version for name, flow in workflows.items()}},
        originals=lambda inbox, reference: inboxes[inbox].original(reference),
        inbox_portals={name: inbox.portal for name, inbox in inboxes.items() if inbox.portal is not None},
        patience=_patience(configuration),
        stop=stop,
        passed=passed,
    )
    register = CaseRegister(journal)

    def pull(inbox: str) -> int:
        return Intake(inbox, configuration.inboxes[inbox], register, keys.pseudonym, utc_now).pull(inboxes[inbox])

    def reconcile() -> dict[str, int]:
        reconciliation = build_reconciliation(configuration, journal, workflows, browser, check_stop=stop.check)
        return reconciliation.run(asked_by=ROBOT).counts()

    runner = CaseRunner({name: flow.flow for name, flow in workflows.items()}, surroundings)
    return WorkerProcess(Worker(runner, pull, reconcile, stop, tell, ready=stamps.stamp, rest=browser.rest), browser)


def build_reconciliation(
    configuration: Configuration,
    journal: Journal,
    workflows: Mapping[str, Workflow],
    browser: Browser,
    *,
    check_stop: Callable[[], None] = lambda: None,
) -> Reconciliation:
    """What compares receipts and open hand-offs with what the portals hold."""
    return Reconciliation(
        journal,
        workflows,
        browser.portal,
        departments=list(configuration.installation.journal.department_keys),
        period=timedelta(days=configuration.schedule.reconciliation_days),
        clock=utc_now,
        pseudonym=read_keys(configuration).pseudonym,
        patience=_patience(configuration),
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
        utc_now,
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
        sign_when_due=journal.due_checkpoint,
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
    site = Site(
        municipality=installation.municipality,
        journal=build_journal(configuration, keys),
        workflows=load_workflows(configuration),
        clock=utc_now,
        zone=ZoneInfo(configuration.schedule.timezone),
        practice=installation.practice_date is not None,
    )
    address = installation.web.address
    prepare(site, secret=keys.session_secret(), address=address)
    return WebServer(host, port, encrypted=address is not None and address.startswith("https:"))


def _patience(configuration: Configuration) -> Patience:
    settings = configuration.installation.patience
    return Patience(
        attempts_per_case=settings.attempts_per_case,
        wait_between_attempts=timedelta(seconds=settings.wait_between_attempts),
        # A worker is dead that long before its lease ends, so a submit begun before then is made under the lease.
        submit_margin=timedelta(seconds=configuration.installation.lease.margin),
    )
