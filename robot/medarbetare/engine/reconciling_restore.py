"""After a restore: finds every decision and payment that the backup has forgotten, and takes them up again.

Each application that the robot may have decided since the backup is read again in the portals: those of unfinished
cases, and those in the inboxes that the restored database does not know. What the robot's own user has registered is
adopted, so that it can never be written again. Nothing is written in anybody else's system.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import structlog
from django.db import transaction
from django.db.models.functions import Now
from pydantic import BaseModel

from medarbetare.cases.access import is_shielded
from medarbetare.cases.models import Case, Handoff
from medarbetare.cases.register import Arrival, CaseRegister
from medarbetare.cases.status import RUNNABLE, CaseStatus
from medarbetare.engine.adopting import ABOUT, Adopting, Adoption
from medarbetare.engine.holds import RESTORE
from medarbetare.engine.models import Recovery, Write, WriteState
from medarbetare.engine.original import Original
from medarbetare.engine.patience import Patience, patiently
from medarbetare.engine.portal import Portal
from medarbetare.engine.presentation import finished_steps
from medarbetare.engine.recovery import PASSED, TO_DO, open_recoveries
from medarbetare.engine.registry import Workflow
from medarbetare.engine.rereading import Application, Traces
from medarbetare.errors import BusinessError, ConfigurationError, MedarbetareError, PortalError
from medarbetare.journal.writing import Journal

log = structlog.get_logger()

MARGIN = timedelta(days=60)
"""How long before the backup's newest entry an application may have come in and still be sought."""

_FAILURES_IN_A_ROW = 3
_TRIED = 5


@dataclass(frozen=True)
class Lying:
    """One application that lies in an inbox, whatever its status; `household` is a pseudonym."""

    reference: str
    household: Callable[[], str] = field(repr=False)
    received: Callable[[], date | None] = field(repr=False)
    is_new: bool


@dataclass(frozen=True)
class InboxView:
    """An inbox as the restore needs it. `everything` leaves out what the restored database knows."""

    name: str
    department: str
    workflow: str
    portal: str | None
    everything: Callable[[], Iterable[Lying]]
    original: Callable[[str], Original]


class Restored(BaseModel):
    """What was found after a restore; cases by their handles, applications by inbox and reference. No personal data.

    `adopted`: decided by the robot, whole. `unfinished`: begun by the robot, handed over. `prepared`: registered but
    not decided. `reopened`: hand-offs that are open again though somebody may have answered them. `unreadable`: no
    workflow can have decided them. What is in `unread` or `busy` hinders.
    """

    read: int = 0
    adopted: list[str] = []
    unfinished: list[str] = []
    prepared: list[str] = []
    reopened: list[str] = []
    shielded: list[str] = []
    unreadable: list[str] = []
    busy: list[str] = []
    unread: list[str] = []
    passed: bool = False

    def counts(self) -> dict[str, int]:
        """The figures, as they stand in journal and log."""
        return {name: len(value) for name, value in self if isinstance(value, list)} | {"read": self.read}


@dataclass(frozen=True)
class _Sought:
    """An application whose traces are sought: of a case, or one that lies in an inbox and has none."""

    view: InboxView
    reference: str
    case: Case | None = None
    lying: Lying | None = None

    @property
    def name(self) -> str:
        return self.case.handle if self.case is not None else f"{self.view.name}/{self.reference}"


class RestoreReconciliation:
    """Finds what a backup has forgotten. `robot` tells under which name a portal shows the robot's own records.

    `check_stop` is called between applications and may raise StopRequested.
    """

    def __init__(
        self,
        journal: Journal,
        workflows: Mapping[str, Workflow],
        portals: Callable[[str], Portal],
        inboxes: Sequence[InboxView],
        *,
        robot: Callable[[str], str],
        department: str,
        clock: Callable[[], datetime],
        pseudonym: Callable[[str, str], str],
        patience: Patience,
        check_stop: Callable[[], None] = lambda: None,
    ) -> None:
        self._journal = journal
        self._workflows = workflows
        self._portals = portals
        self._inboxes = {view.name: view for view in inboxes}
        self._robot = robot
        self._department = department
        self._clock = clock
        self._patience = patience
        self._check_stop = check_stop
        self._register = CaseRegister(journal)
        self._adopting = Adopting(journal, clock, pseudonym)

    def run(self, asked_by: str) -> Restored:
        """Read everything that may have been forgotten, adopt what is found, and let the robot decide again.

        It does not when something could not be read or was being worked on: then that is told, and it is to be run
        again. What has been adopted stands. Raises JournalError, StopRequested.
        """
        report = Restored()
        self._recognise(report)
        silent: Counter[str] = Counter()
        read: list[tuple[_Sought, Traces]] = []
        for sought in self._sought(report):
            self._check_stop()
            traces = self._traces(sought, report, silent)
            if traces is not None:
                read.append((sought, traces))
        # An application's own registration tells which of a household's the decision of the month belongs to.
        for sought, traces in sorted(read, key=lambda one: -len(one[1].found)):
            self._adopt(sought, traces, report)
        opened = Handoff.objects.filter(closed_at=None).exclude(about=ABOUT)
        report.reopened = sorted(set(opened.values_list("case_id", flat=True)) - {*report.unfinished})
        self._conclude(report, asked_by)
        return report

    def _recognise(self, report: Restored) -> None:
        """See that decisions which the backup does know are told as the robot's own: else nothing would be found.

        A few are tried, since staff may have removed one.
        """
        for name in self._workflows:
            known = Write.objects.filter(case__workflow=name, case__status=CaseStatus.DECIDED, state=WriteState.RECEIPT)
            cases = Case.objects.filter(pk__in=known.values("case")).order_by("-finished_at")[:_TRIED]
            sought = [
                _Sought(self._inboxes[case.inbox], case.reference, case)
                for case in cases
                if case.inbox in self._inboxes
            ]
            if sought and not any(map(self._is_recognised, sought)):
                log.error(
                    "robot's own decisions not recognised",
                    message=f"Inget av de senaste besluten som roboten minns i {name} visas som robotens i systemet. "
                    "Kontrollera shown_as i portals.yaml: så som systemets listor skriver vem som har registrerat.",
                )
                report.unread.append(f"{name}: robotens egna beslut känns inte igen")

    def _is_recognised(self, sought: _Sought) -> bool:
        try:
            traces = patiently(self._patience, partial(self._read, sought))
        except MedarbetareError as error:
            log.warning("application not read after the restore", what=sought.name, message=error.message)
            return False
        except Exception as error:  # noqa: BLE001 - a fault with one application must not hide the others
            log.error("application not read after the restore", what=sought.name, error=type(error).__name__)
            return False
        return traces.shielded or any(trace.decides for trace in traces.found)

    # -- what is sought ----------------------------------------------------------------------------------------------

    def _sought(self, report: Restored) -> list[_Sought]:
        # The inboxes first: what is taken in after they were read stands among the cases.
        lying = {(one.view.name, one.reference): one for one in self._lying(report)}
        cases = {(one.view.name, one.reference): one for one in self._unfinished(report)}
        return [*cases.values(), *(one for key, one in lying.items() if key not in cases)]

    def _unfinished(self, report: Restored) -> Iterator[_Sought]:
        may_go_on = (*RUNNABLE, CaseStatus.HANDED_OVER, CaseStatus.UNKNOWN_OUTCOME)
        for case in Case.objects.filter(status__in=may_go_on).order_by("created_at", "handle"):
            view = self._inboxes.get(case.inbox)
            workflow = self._workflows.get(case.workflow)
            if workflow is not None and is_shielded(case, workflow.shielded_roles):
                report.shielded.append(case.handle)
            elif view is None:
                log.warning("inbox not configured any more", inbox=case.inbox, case=case.handle)
                report.unread.append(case.handle)
            else:
                yield _Sought(view, case.reference, case=case)

    def _lying(self, report: Restored) -> Iterator[_Sought]:
        since = min((one.backup_of for one in open_recoveries() if one.backup_of), default=None)
        for view in self._inboxes.values():
            try:
                for lying in view.everything():
                    received = lying.received()
                    if since is None or received is None or received >= (since - MARGIN).date():
                        yield _Sought(view, lying.reference, lying=lying)
            except MedarbetareError as error:
                log.warning("inbox not read after the restore", inbox=view.name, message=error.message)
                report.unread.append(view.name)

    def _traces(self, sought: _Sought, report: Restored, silent: Counter[str]) -> Traces | None:
        """What the robot has left of an application; None when there is nothing to adopt, which is then reported."""
        workflow = sought.view.workflow
        if silent[workflow] >= _FAILURES_IN_A_ROW:
            report.unread.append(sought.name)
            return None
        try:
            found = patiently(self._patience, partial(self._read, sought))
        except BusinessError:
            report.unreadable.append(sought.name)
            return None
        except MedarbetareError as error:
            silent[workflow] += isinstance(error, PortalError)
            log.warning("application not read after the restore", what=sought.name, message=error.message)
        except Exception as error:  # noqa: BLE001 - a fault with one application must not hide the others
            log.error("application not read after the restore", what=sought.name, error=type(error).__name__)
        else:
            silent[workflow] = 0
            report.read += 1
            if found.shielded:
                report.shielded.append(sought.name)
            return found if found.found and not found.shielded else None
        report.unread.append(sought.name)
        return None

    def _read(self, sought: _Sought) -> Traces:
        workflow = self._workflows.get(sought.case.workflow if sought.case else sought.view.workflow)
        if workflow is None:
            raise ConfigurationError(f"Arbetsflödet för {sought.name} finns inte i workflows.yaml.")
        application = Application(sought.reference, partial(self._original, sought), sought.view.portal)
        return workflow.rereader(self._portals).traces(application, self._robot)

    def _original(self, sought: _Sought) -> Original:
        kept = self._kept(sought.case) if sought.case is not None else None
        return kept or sought.view.original(sought.reference)

    def _kept(self, case: Case) -> Original | None:
        """The application as the case has kept it: it may have left its inbox."""
        for result in finished_steps(self._journal.entries(case.handle)).values():
            if isinstance(result, dict) and result.keys() == Original.model_fields.keys():
                return Original.model_validate(result)
        return None

    # -- what is done about it ---------------------------------------------------------------------------------------

    def _adopt(self, sought: _Sought, traces: Traces, report: Restored) -> None:
        if sought.lying is not None and not sought.lying.is_new and not any(one.decides for one in traces.found):
            return  # prepared only, and a person has dealt with it since
        try:
            household = sought.lying.household() if sought.lying is not None else ""
        except MedarbetareError:
            report.unread.append(sought.name)
            return
        with transaction.atomic():
            case = self._case(sought, household)
            if case is None:
                report.busy.append(sought.name)
                return
            came = self._adopting.adopt(case, traces)
        lists = {
            Adoption.DECIDED: report.adopted,
            Adoption.UNFINISHED: report.unfinished,
            Adoption.PREPARED: report.prepared,
        }
        if came in lists:
            lists[came].append(case.handle)
            log.warning("forgotten by the backup", case=case.handle, department=case.department, came=came.value)

    def _case(self, sought: _Sought, household: str) -> Case | None:
        """The application's case, locked, made if there is none; None when it is being worked on."""
        view = sought.view
        if sought.lying is not None:
            self._register.take_in(
                [Arrival(sought.reference, household)],
                inbox=view.name,
                department=view.department,
                workflow=view.workflow,
                now=self._clock(),
            )
        locked = Case.objects.select_for_update().filter(inbox=view.name, reference=sought.reference)
        return locked.exclude(lease_until__gt=Now()).first()

    def _conclude(self, report: Restored, asked_by: str) -> None:
        report.passed = not report.unread and not report.busy
        if report.passed:
            pass_recovery(self._journal, self._department, asked_by, report.model_dump(mode="json"))
            log.info("restore made good", **report.counts())
        else:
            log.error("restore not made good yet", message=TO_DO, **report.counts())


def pass_recovery(journal: Journal, department: str, by: str, payload: Mapping[str, Any]) -> None:
    """Let the robot decide again. `payload` tells why that is right. Raises JournalError."""
    with transaction.atomic():
        Recovery.objects.filter(passed_at=None).update(passed_at=Now(), passed_by=by)
        Case.objects.filter(waits_for=RESTORE).update(waits_for="")
        journal.append(case=None, kind=PASSED, actor=by, department=department, payload=dict(payload))
    journal.checkpoint()
