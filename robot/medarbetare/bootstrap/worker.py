"""A worker process, and the reconciliations that are run in one or by a command."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from medarbetare import __version__
from medarbetare.bootstrap.common import build_journal, code_in_use, load_workflows, read_keys, today_of
from medarbetare.bootstrap.portals import build_inboxes, build_portals
from medarbetare.bootstrap.restoring import build_restore_reconciliation, build_watch
from medarbetare.bootstrap.rules import keep_rules_in_force
from medarbetare.browser import Browser, BrowserEvidence
from medarbetare.cases.register import CaseRegister
from medarbetare.clock import utc_now
from medarbetare.configuration import Configuration
from medarbetare.engine.follow_up import FollowUps
from medarbetare.engine.guarding import PortalGuard
from medarbetare.engine.messages import Told
from medarbetare.engine.progress import PROGRESS_VARIABLE, Stamps
from medarbetare.engine.reconciling import Reconciliation
from medarbetare.engine.reconciling_restore import RestoreReconciliation
from medarbetare.engine.registry import Workflow
from medarbetare.engine.run import ROBOT, Boundary, StopSignal, Surroundings
from medarbetare.engine.runner import CaseRunner
from medarbetare.engine.worker import Worker, tell_passed
from medarbetare.inbox import Inbox, Intake
from medarbetare.journal.writing import Journal


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
    keep_rules_in_force(configuration, journal, workflows)
    portals = build_portals(configuration, journal, stamps.stamp)
    inboxes = build_inboxes(configuration, portals.guard, workflows, stamps.stamp)
    stop, patience, watch = StopSignal(), configuration.patience, build_watch(configuration, journal)

    def passed(boundary: Boundary) -> None:
        stamps.stamp()
        tell_passed(tell)(boundary)
        observe(boundary)

    surroundings = Surroundings(
        journal=journal,
        portals=portals.guard.portal,
        services=portals.guard.service,
        pseudonym=keys.pseudonym,
        clock=utc_now,
        today=today_of(configuration),
        versions={"medarbetare": __version__} | {name: flow.version for name, flow in workflows.items()},
        codes=code_in_use(configuration),
        originals=lambda inbox, reference: inboxes[inbox].original(reference),
        inbox_portals={name: inbox.portal for name, inbox in inboxes.items() if inbox.portal is not None},
        patience=patience,
        stop=stop,
        passed=passed,
        check_hold=portals.holds.check_workflow,
        highest_mode=watch.highest_mode,
        evidence=BrowserEvidence(portals.browser) if configuration.installation.evidence.keep else None,
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
        FollowUps(journal, workflows),
    )
    worker = Worker(runner, pull, reconcile, stop, tell, ready=stamps.stamp, rest=portals.browser.rest)
    return WorkerProcess(worker, portals.browser)


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
