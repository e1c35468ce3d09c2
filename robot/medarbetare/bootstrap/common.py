"""What every command and process starts from: the database, the time, the keys, the journal, the workflows."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from django.db import connections

from medarbetare.bootstrap.restoring import mark_keeper, remember_erasure
from medarbetare.browser import load_selectors
from medarbetare.cases.retention import Retention
from medarbetare.clock import utc_now
from medarbetare.config import load, selectors_folder
from medarbetare.config.secret import unreadable
from medarbetare.configuration import Configuration, WorkflowsFile
from medarbetare.database.connection import configure
from medarbetare.database.dsn import Dsn
from medarbetare.database.embedded import EmbeddedServer
from medarbetare.database.migrating import migrate
from medarbetare.engine.conflicts import Conflicts
from medarbetare.engine.holds import Holds
from medarbetare.engine.registry import Workflow, load_workflow
from medarbetare.engine.running_code import code_versions
from medarbetare.errors import ConfigurationError
from medarbetare.journal.keys import JournalKeys
from medarbetare.journal.writing import Journal
from medarbetare.readable import use_zone
from medarbetare.schedule.plan import Plan


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


def build_conflicts(configuration: Configuration, department: str) -> Conflicts:
    """A department's conflict-of-interest list."""
    keys = read_keys(configuration)
    return Conflicts(build_journal(configuration, keys), department, keys.pseudonym, utc_now)


def build_retention(configuration: Configuration, journal: Journal) -> Retention:
    """What removes finished cases that are over age."""
    return Retention(journal, configuration.retention, utc_now, remember_erasure(configuration, journal))


def load_workflows(configuration: Configuration) -> dict[str, Workflow]:
    """Every registered workflow with its own configuration. Raises ConfigurationError."""
    return {name: load_workflow(name, entry, configuration.folder) for name, entry in configuration.workflows.items()}


def code_in_use(configuration: Configuration) -> dict[str, str]:
    """Which code runs each registered workflow, the robot's own included, by the workflow's name."""
    return code_versions({name: entry.module for name, entry in configuration.workflows.items()})


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


def check_needs(configuration: Configuration, workflows: Mapping[str, Workflow]) -> None:
    """Every portal and service that the workflows go to must be configured. Raises ConfigurationError."""
    there = (("portalen", configuration.portals), ("tjänsten", configuration.services))
    missing = [
        f"arbetsflödet {name} behöver {what} «{wanted}»"
        for name, workflow in workflows.items()
        for (what, known), needed in zip(there, (workflow.needs().portals, workflow.needs().services), strict=True)
        for wanted in sorted(needed - known.keys())
    ]
    if missing:
        raise ConfigurationError(
            f"{configuration.folder / 'portals.yaml'}: {'; '.join(missing)}, som saknas där. Lägg till det som saknas, "
            "eller välj en annan väg i arbetsflödets egen konfiguration."
        )


def missing_secrets(configuration: Configuration) -> list[str]:
    """A sentence for each secret that the configuration refers to and that this process cannot read."""
    return unreadable([configuration.installation, *configuration.portals.values(), *configuration.services.values()])
