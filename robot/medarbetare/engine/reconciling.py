"""Reconciliation: staff also work in the case system, so what the robot wrote there is looked at again.

Every receipt is compared with what stands under its key now, and every open hand-off whose household has been decided
by staff meanwhile is closed. Nothing is written in anybody else's system.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from pydantic import BaseModel

from medarbetare.cases.access import is_shielded
from medarbetare.cases.handoffs import Handoffs
from medarbetare.cases.models import Case, Handoff
from medarbetare.cases.opening import outcome_of
from medarbetare.cases.status import CaseStatus
from medarbetare.engine.adopting import ADOPTED
from medarbetare.engine.difference import Difference, difference_of
from medarbetare.engine.effect import NaturalKey
from medarbetare.engine.models import Write, WriteState
from medarbetare.engine.patience import Patience, patiently
from medarbetare.engine.portal import Portal
from medarbetare.engine.presentation import finished_steps
from medarbetare.engine.registry import Workflow
from medarbetare.engine.rereading import Receipt, Rereader
from medarbetare.engine.run import ROBOT
from medarbetare.errors import BusinessError, ConfigurationError, MedarbetareError, PortalError
from medarbetare.journal.writing import Entry, Journal

log = structlog.get_logger()

RECONCILED = "reconciliation"
DIFFERENCE = "reconciliation.difference"
AGREES = "reconciliation.agrees"
"""Kinds of journal entries: a whole reconciliation; a write that differs; one that differed and agrees again."""

ABOUT = "avstämning"
_ROLE = "handläggare"
_FAILURES_IN_A_ROW = 3
_LARGEST = 4_000_000
"""Bytes of a sealed payload. No result that is looked at is nearly as large; an application's file may be."""


class Found(BaseModel):
    """One difference as it is reported. `settled`: a person has closed its hand-off."""

    case: str
    department: str
    difference: Difference
    is_new: bool
    settled: bool


class Report(BaseModel):
    """What a reconciliation found; cases by their handles, no personal data.

    `busy`: being worked on. `shielded`: concerns people whom the robot may not look up.
    """

    compared: int = 0
    found: list[Found] = []
    closed: list[str] = []
    busy: list[str] = []
    shielded: list[str] = []
    unread: list[str] = []

    @property
    def unsettled(self) -> list[Found]:
        """Differences that no person has dealt with."""
        return [one for one in self.found if not one.settled]

    def counts(self) -> dict[str, int]:
        """The figures, as they stand in journal and log."""
        return {
            "compared": self.compared,
            "differences": len(self.found),
            "new_differences": sum(one.is_new for one in self.found),
            "unsettled": len(self.unsettled),
            "closed_handoffs": len(self.closed),
            "busy": len(self.busy),
            "shielded": len(self.shielded),
            "unread": len(self.unread),
        }


@dataclass(frozen=True)
class _Story:
    """A case and what the journal tells of it."""

    case: Case
    entries: Sequence[Entry]

    @property
    def steps(self) -> dict[str, Any]:
        return finished_steps(self.entries)

    def receipts(self, since: datetime | None = None) -> list[Receipt]:
        return [
            Receipt(
                name=entry.name,
                portal=entry.payload["portal"],
                key=NaturalKey(**entry.payload["key"]),
                record=entry.payload["read_back"][0],
            )
            for entry in self.entries
            if entry.kind in ("write.receipt", ADOPTED) and (since is None or entry.time >= since)
        ]


class Reconciliation:
    """Compares all receipts not older than `period`, and all open hand-offs, with what the portals hold.

    `check_stop` is called between households and may raise StopRequested.
    """

    def __init__(
        self,
        journal: Journal,
        workflows: Mapping[str, Workflow],
        portals: Callable[[str], Portal],
        *,
        departments: Sequence[str],
        period: timedelta,
        clock: Callable[[], datetime],
        pseudonym: Callable[[str, str], str],
        patience: Patience,
        check_stop: Callable[[], None] = lambda: None,
    ) -> None:
        self._journal = journal
        self._workflows = workflows
        self._portals = portals
        self._departments = departments
        self._period = period
        self._clock = clock
        self._pseudonym = pseudonym
        self._patience = patience
        self._check_stop = check_stop

    def run(self, asked_by: str) -> Report:
        """Reconcile everything and tell what was found. A household that cannot be read does not stop the others.

        When portals have failed a few times in a row, the workflow's others are not tried: one of them is down. Raises
        JournalError when the summary cannot be written.
        """
        since = self._clock() - self._period
        reports = {department: Report() for department in self._departments}
        silent: Counter[str] = Counter()
        for cases in _by_household(self._concerned(since)):
            self._check_stop()
            report = reports.setdefault(cases[0].department, Report())
            if silent[cases[0].workflow] >= _FAILURES_IN_A_ROW:
                report.unread += [case.handle for case in cases]
                continue
            self._household(cases, since, report, silent)
        for department, report in reports.items():
            with transaction.atomic():
                self._journal.append(
                    case=None,
                    kind=RECONCILED,
                    actor=asked_by,
                    department=department,
                    payload=dict(report.counts()),
                )
        self._journal.checkpoint()
        whole = _together(reports.values())
        log.info("reconciled", **whole.counts())
        return whole

    def _concerned(self, since: datetime) -> list[Case]:
        written = Write.objects.filter(state=WriteState.RECEIPT, settled_at__gte=since).values("case_id")
        waiting = _open_handoffs().values("case_id")
        return list(Case.objects.filter(Q(handle__in=written) | Q(handle__in=waiting)).order_by("created_at", "handle"))

    def _household(self, cases: Sequence[Case], since: datetime, report: Report, silent: Counter[str]) -> None:
        """Reconcile one household. `silent` counts, by workflow, how many in a row no portal answered for."""
        name = cases[0].workflow
        workflow = self._workflows.get(name)
        try:
            if workflow is None:
                raise ConfigurationError(f"Arbetsflödet {name} finns inte längre i workflows.yaml.")
            if is_shielded(cases[0], workflow.shielded_roles):
                report.shielded += [case.handle for case in cases]
                return
            reader = workflow.rereader(self._portals)
            for case in cases:
                self._case(case, reader, since, report)
        except PortalError as error:
            silent[name] += 1
            log.warning("household not reconciled", error=type(error).__name__, message=error.message)
        except MedarbetareError as error:
            log.warning("household not reconciled", error=type(error).__name__, message=error.message)
        except Exception as error:  # noqa: BLE001 - a fault with one household must not hide the others
            log.error("household not reconciled", error=type(error).__name__)
        else:
            silent[name] = 0
            return
        report.unread += [case.handle for case in cases]

    def _case(self, case: Case, reader: Rereader, since: datetime, report: Report) -> None:
        if _is_worked_on(case.handle):
            report.busy.append(case.handle)
            return
        story = _Story(case, self._journal.entries(case.handle, largest=_LARGEST))
        steps = story.steps
        for receipt in story.receipts(since):
            records = patiently(self._patience, partial(reader.records, receipt, steps))
            if records is None:
                continue
            report.compared += 1
            difference = difference_of(receipt, records)
            if difference is None:
                self._agrees(story, receipt.name, report)
            else:
                self._differs(case, difference, report)
        for handoff in _open_handoffs().filter(case=case):
            self._handoff(handoff, reader, steps, report)

    # -- receipts --------------------------------------------------------------------------------------------------

    def _differs(self, case: Case, difference: Difference, report: Report) -> None:
        """Report a difference; journal it and hand it over unless that was done when it was last seen."""
        with transaction.atomic():
            if not _held_still(case.handle):
                # Taken up since its receipts were read: what was found may be the robot's own doing.
                report.busy = sorted({*report.busy, case.handle})
                return
            entries = self._journal.entries(case.handle, largest=_LARGEST)
            told = _last_told(entries, difference.write)
            is_new = told is None or Difference.model_validate(told.payload["difference"]) != difference
            if told is None or is_new:
                told = self._tell(case, difference, _worker_of(entries))
            is_open = Handoff.objects.filter(case=case, entry=told.index, closed_at=None).exists()
        report.found.append(
            Found(
                case=case.handle,
                department=case.department,
                difference=difference,
                is_new=is_new,
                settled=not is_open,
            )
        )
        log.warning(
            "reconciliation difference",
            case=case.handle,
            department=case.department,
            write=difference.write,
            what=difference.what.value,
            fields=difference.fields,
            new=is_new,
        )

    def _tell(self, case: Case, difference: Difference, worker: str) -> Entry:
        entry = self._journal.append(
            case=case.handle,
            kind=DIFFERENCE,
            name=difference.write,
            actor=ROBOT,
            department=case.department,
            payload={
                "about": ABOUT,
                "summary": difference.text,
                "reasons": [difference.text],
                "role": _ROLE,
                "difference": difference.model_dump(mode="json"),
            },
        )
        Handoffs(self._journal).open(case, entry, _ROLE, self._clock(), about=ABOUT, worker=worker)
        return entry

    def _agrees(self, story: _Story, write: str, report: Report) -> None:
        """When a difference told of is gone, say so, and close what was handed over because of it."""
        told = _last_told(story.entries, write)
        if told is None:
            return
        case, now = story.case, self._clock()
        with transaction.atomic():
            if not _held_still(case.handle):
                report.busy = sorted({*report.busy, case.handle})
                return
            self._journal.append(
                case=case.handle, kind=AGREES, name=write, actor=ROBOT, department=case.department, payload={}
            )
            numbers = [entry.index for entry in story.entries if entry.kind == DIFFERENCE and entry.name == write]
            for handoff in Handoff.objects.filter(case=case, entry__in=numbers, closed_at=None):
                Handoffs(self._journal).finished_elsewhere(handoff.pk, now, {"agrees": write})

    # -- hand-offs -------------------------------------------------------------------------------------------------

    def _handoff(self, handoff: Handoff, reader: Rereader, steps: Mapping[str, Any], report: Report) -> None:
        """Close the hand-off if staff have decided the case in the case system."""
        finished = patiently(self._patience, partial(reader.finished, steps))
        if finished is None:
            return
        handle, department = handoff.case_id, handoff.case.department
        with transaction.atomic():
            if not _held_still(handle):
                report.busy = sorted({*report.busy, handle})
                return
            # Asked after the list was read: a decision of the robot's that stands in it was noted before it was sent.
            if self._may_be_own(department, finished.key):
                return
            try:
                Handoffs(self._journal).finished_elsewhere(handoff.pk, self._clock(), finished.found)
            except BusinessError:
                # A person has answered it since the list was made.
                return
        report.closed.append(handle)
        log.info("case finished by staff", case=handle, department=department)

    def _may_be_own(self, department: str, key: NaturalKey) -> bool:
        """Whether the robot has, or may have, made such a decision itself, in whichever case."""
        return Write.objects.filter(
            department=department,
            natural_key=self._pseudonym(department, key.canonical()),
            state__in=(WriteState.SUBMITTING, WriteState.UNKNOWN, WriteState.RECEIPT),
        ).exists()


def _worker_of(entries: Sequence[Entry]) -> str:
    """Whom the case system named as the applicant's own case worker when the robot was last there."""
    ended = outcome_of(entries)
    return str(ended.payload.get("worker", "")) if ended is not None else ""


def _open_handoffs() -> QuerySet[Handoff]:
    """Hand-offs of a whole case that wait for a person."""
    return Handoff.objects.filter(
        closed_at=None, about="", case__status__in=(CaseStatus.HANDED_OVER, CaseStatus.STOPPED)
    ).select_related("case")


def _by_household(cases: Iterable[Case]) -> list[list[Case]]:
    grouped: defaultdict[tuple[str, str, str], list[Case]] = defaultdict(list)
    for case in cases:
        grouped[case.department, case.workflow, case.household].append(case)
    return list(grouped.values())


def _held_still(handle: str) -> bool:
    """Lock the case, first of all that is locked; False when it is being worked on: what was read of it may be old."""
    Case.objects.select_for_update().get(handle=handle)
    return not _is_worked_on(handle)


def _is_worked_on(handle: str) -> bool:
    return Case.objects.filter(handle=handle, lease_until__gt=Now()).exists()


def _last_told(entries: Iterable[Entry], write: str) -> Entry | None:
    """The last difference told of for a write; None when it has agreed since."""
    about = [entry for entry in entries if entry.kind in (DIFFERENCE, AGREES) and entry.name == write]
    return about[-1] if about and about[-1].kind == DIFFERENCE else None


def _together(reports: Iterable[Report]) -> Report:
    whole = Report()
    for report in reports:
        whole.compared += report.compared
        for name in ("found", "closed", "busy", "shielded", "unread"):
            getattr(whole, name).extend(getattr(report, name))
    return whole
