"""Everything that stands in the configuration folder, read and checked against itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Self

from pydantic import model_validator

from medarbetare.browser import PortalSettings
from medarbetare.browser.settings import RetrySettings
from medarbetare.cases.retention import RetentionSettings
from medarbetare.config import Installation, Strict, load
from medarbetare.engine.patience import Patience
from medarbetare.engine.registry import WorkflowEntry
from medarbetare.errors import ConfigurationError
from medarbetare.inbox import InboxSettings, PortalInboxSettings
from medarbetare.schedule.plan import check_names
from medarbetare.schedule.settings import ScheduleSettings
from medarbetare.services import ServiceSettings


class PortalsFile(Strict):
    """config/portals.yaml."""

    portals: tuple[PortalSettings, ...]
    services: tuple[ServiceSettings, ...] = ()

    @model_validator(mode="after")
    def _one_of_each_name(self) -> Self:
        names = [portal.name for portal in self.portals] + [service.name for service in self.services]
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
    services: Mapping[str, ServiceSettings]
    inboxes: Mapping[str, InboxSettings]
    schedule: ScheduleSettings
    workflows: Mapping[str, WorkflowEntry]
    retention: RetentionSettings

    def _retries(self) -> Iterator[tuple[str, RetrySettings]]:
        yield from ((name, portal.retry) for name, portal in self.portals.items())
        yield from ((name, service.retry) for name, service in self.services.items())

    @property
    def patience(self) -> Patience:
        """How long trouble is waited out."""
        settings = self.installation.patience
        return Patience(
            of_portal={name: terms.as_retry() for name, terms in self._retries()},
            attempts_per_case=settings.attempts_per_case,
            wait_between_attempts=timedelta(seconds=settings.wait_between_attempts),
            longest_wait=timedelta(seconds=settings.longest_wait),
            # A worker is dead that long before its lease ends, so a submit begun before then is made under the lease.
            submit_margin=timedelta(seconds=self.installation.lease.margin),
        )


def read_configuration(folder: Path) -> Configuration:
    """Read the configuration folder. Raises ConfigurationError."""
    retention = folder / "retention.yaml"
    others = load(folder / "portals.yaml", PortalsFile)
    configuration = Configuration(
        folder=folder,
        installation=load(folder / "medarbetare.yaml", Installation),
        portals={portal.name: portal for portal in others.portals},
        services={service.name: service for service in others.services},
        inboxes=load(folder / "inbox.yaml", InboxesFile).inboxes,
        schedule=load(folder / "schedule.yaml", ScheduleSettings),
        workflows=load(folder / "workflows.yaml", WorkflowsFile).workflows,
        # Without the file nothing is ever removed, which is what an installation from before it means.
        retention=load(retention, RetentionSettings) if retention.exists() else RetentionSettings(),
    )
    _check_names(configuration)
    _check_retention(configuration)
    _check_outside(configuration)
    return configuration


def _check_outside(configuration: Configuration) -> None:
    """What shows that the database was restored must not be restored with it."""
    installation, folder = configuration.installation, configuration.folder
    if installation.outside is None or installation.database.embedded is None:
        return
    chosen, database = ((folder / one).resolve() for one in (installation.outside, installation.database.embedded))
    if chosen.is_relative_to(database):
        raise ConfigurationError(
            f"{folder / 'medarbetare.yaml'}: outside: {chosen} ligger i den inbyggda databasens mapp ({database}) och "
            "skulle följa med när den återställs: då märks inte återställningen. Ange en mapp utanför den, helst på en "
            "annan disk."
        )


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
    check_names(
        configuration.schedule,
        file=configuration.folder / "schedule.yaml",
        portals={**configuration.portals, **configuration.services},
        inboxes=configuration.inboxes,
        workflows=configuration.workflows,
    )


def _check_retention(configuration: Configuration) -> None:
    file = configuration.folder / "retention.yaml"
    compared = configuration.schedule.reconciliation_days
    keys = configuration.installation.journal.department_keys
    for name, rule in configuration.retention.departments.items():
        if name not in keys:
            raise ConfigurationError(
                f"{file}: avdelningens nyckel «{name}» finns inte. Det som finns: {', '.join(keys) or 'inget'}."
            )
        if rule.days is not None and rule.days <= compared:
            raise ConfigurationError(
                f"{file}: departments.{name}.days: ange mer än {compared}, så många dagar som avstämningen jämför "
                "kvitton (reconciliation_days i schedule.yaml)."
            )
