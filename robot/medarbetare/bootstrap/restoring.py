"""What notices and makes good a restore of the database, wired from the configuration."""

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from hashlib import sha256

import structlog

from medarbetare.cases.register import CaseRegister
from medarbetare.cases.retention import Retention
from medarbetare.clock import utc_now
from medarbetare.config.folders import state_folder
from medarbetare.configuration import Configuration
from medarbetare.database.mark import OutsideDatabase
from medarbetare.engine.patience import Patience
from medarbetare.engine.portal import Portal
from medarbetare.engine.reconciling_restore import InboxView, Lying, RestoreReconciliation
from medarbetare.engine.recovery import MarkKeeper, RestoreWatch
from medarbetare.engine.registry import Workflow
from medarbetare.engine.run import ROBOT
from medarbetare.engine.tasks import defer_reconciliation
from medarbetare.errors import ConfigurationError, TechnicalError, reason_of
from medarbetare.inbox import Inbox, Intake
from medarbetare.inbox.contract import usable
from medarbetare.journal.erasing import Erasure, to_list
from medarbetare.journal.keys import JournalKeys
from medarbetare.journal.writing import Journal

log = structlog.get_logger()

_ASKS_EVERY = timedelta(minutes=10)
"""How often a reconciliation is queued while a restore has not been made good."""


def outside(configuration: Configuration) -> OutsideDatabase:
    """The folder beside the database: as configured, else beside the embedded one or in the robot's state folder."""
    installation = configuration.installation
    if installation.outside is not None:
        return OutsideDatabase(configuration.folder / installation.outside)
    if installation.database.embedded is not None:
        embedded = configuration.folder / installation.database.embedded
        return OutsideDatabase(embedded.with_name(f"{embedded.name}-outside"))
    # By the journal's name and not the database's: a restore often has a database of another name.
    name = sha256(installation.journal.origin.encode()).hexdigest()[:12]
    return OutsideDatabase(state_folder() / f"outside-{name}")


def mark_keeper(configuration: Configuration) -> MarkKeeper:
    """Keeps this machine's mark."""
    return MarkKeeper(outside(configuration), configuration.installation.journal.origin)


def remember_erasure(configuration: Configuration, journal: Journal) -> Callable[[Erasure], None]:
    """Lists an erasure outside the database. Raises TechnicalError when that cannot be done: then nothing is erased."""
    folder = outside(configuration)

    def remember(erasure: Erasure) -> None:
        try:
            folder.list_erasures([to_list(journal, erasure)])
        except OSError as error:
            raise TechnicalError(
                f"Gallringen kan inte antecknas i {folder.folder} ({reason_of(error)}). Inget gallras förrän det går: "
                "en återställd databas skulle annars ha kvar det som är gallrat."
            ) from None

    return remember


def build_watch(configuration: Configuration, journal: Journal, actor: str = ROBOT) -> RestoreWatch:
    """What notices that the database was restored, and holds decisions back until that is made good."""
    retention = Retention(journal, configuration.retention, utc_now)
    return RestoreWatch(
        journal,
        mark_keeper(configuration),
        department=_department(configuration),
        actor=actor,
        erase_again=lambda erasures: retention.erase_again(erasures, actor),
    )


class Sweep:
    """What a supervisor does before it begins and now and then: notices a restore, sees to it that it is made good, and
    signs the journal when due.
    """

    def __init__(self, journal: Journal, watch: RestoreWatch) -> None:
        self._journal = journal
        self._watch = watch
        self._asked_at = float("-inf")

    def __call__(self) -> None:
        """Called from the supervisor's thread for the database, outside a transaction."""
        try:
            held = self._watch.look()
        except ConfigurationError as error:
            # Decisions are held back by it in the workers too; the service goes on with the rest.
            log.error("mark not read", message=error.message)
            held = False
        self._journal.due_checkpoint()
        if held and time.monotonic() - self._asked_at > _ASKS_EVERY.total_seconds():
            self._asked_at = time.monotonic()
            defer_reconciliation()


def build_restore_reconciliation(
    configuration: Configuration,
    journal: Journal,
    workflows: Mapping[str, Workflow],
    portals: Callable[[str], Portal],
    inboxes: Mapping[str, Inbox],
    keys: JournalKeys,
    patience: Patience,
    *,
    check_stop: Callable[[], None] = lambda: None,
) -> RestoreReconciliation:
    """What finds the decisions and payments that a backup has forgotten."""
    register = CaseRegister(journal)
    views = [_view(name, configuration, inboxes[name], register, keys) for name in configuration.inboxes]
    return RestoreReconciliation(
        journal,
        workflows,
        portals,
        views,
        robot=lambda portal: configuration.portals[portal].robot,
        department=_department(configuration),
        clock=utc_now,
        pseudonym=keys.pseudonym,
        patience=patience,
        check_stop=check_stop,
    )


def _view(
    name: str, configuration: Configuration, inbox: Inbox, register: CaseRegister, keys: JournalKeys
) -> InboxView:
    settings = configuration.inboxes[name]
    intake = Intake(name, settings, register, keys.pseudonym, utc_now)

    def everything() -> Iterator[Lying]:
        for batch in inbox.everything():
            seen = {usable(one.reference): one for one in batch}
            for reference in register.never_seen(name, list(seen)):
                one = seen[reference]
                yield Lying(reference, partial(intake.household, reference, one), one.received, one.is_new)

    return InboxView(
        name=name,
        department=settings.department,
        workflow=settings.workflow,
        portal=inbox.portal,
        everything=everything,
        original=inbox.original,
    )


def _department(configuration: Configuration) -> str:
    """Where entries that concern no case are filed."""
    return next(iter(configuration.installation.journal.department_keys))
