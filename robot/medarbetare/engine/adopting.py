"""Taking up again what the robot has registered and its own database has forgotten."""

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum

from medarbetare.cases.handoffs import Handoffs
from medarbetare.cases.models import Case, Closing, Handoff
from medarbetare.cases.register import change_status
from medarbetare.cases.status import CaseStatus
from medarbetare.engine.effect import plain
from medarbetare.engine.models import Write, WriteState
from medarbetare.engine.outcome import Outcome, decided, handed_over
from medarbetare.engine.rereading import Trace, Traces
from medarbetare.engine.run import ROBOT
from medarbetare.journal.writing import Journal

ADOPTED = "recovery.adopted"
PREPARED = "recovery.prepared"
"""Kinds of journal entries, named by the write: a record taken up as a receipt; one that will be compared when the
workflow comes to it."""

ABOUT = "återställning"
_ROLE = "handläggare"
_DECIDED = "Beslutat före återställningen av databasen: beslutet står i verksamhetssystemet, registrerat av roboten."
_LOOK = (
    "Robotens egen journal om ärendet gick förlorad när databasen återställdes. Beslut och utbetalning är registrerade "
    "och görs inte om. Kontrollera om någon del av ansökan skulle prövas för sig, och om något var överlämnat."
)


class Adoption(StrEnum):
    """What came of an application's traces."""

    #: nothing of it was forgotten
    NOTHING = "inget"
    #: decided, whole
    DECIDED = "beslutad"
    #: registered in part; a person takes over
    UNFINISHED = "ofullständig"
    #: prepared only; the workflow goes on by itself
    PREPARED = "förberedd"


class Adopting:
    """Adopts the traces of one case at a time, in the caller's transaction; the case is locked."""

    def __init__(self, journal: Journal, clock: Callable[[], datetime], pseudonym: Callable[[str, str], str]) -> None:
        self._journal = journal
        self._clock = clock
        self._pseudonym = pseudonym

    def adopt(self, case: Case, traces: Traces) -> Adoption:
        """Take up what was forgotten, and settle the case if that decides it.

        A decision of the month that belongs to another case of the household is left to that case.
        """
        forgotten = [trace for trace in traces.found if self._is_forgotten(case, trace)]
        if any(self._is_anothers(case, trace) for trace in traces.found if trace.decides):
            forgotten = [trace for trace in forgotten if not trace.decides]
        forgotten = [trace for trace in forgotten if not self._is_anothers(case, trace)]
        for trace in forgotten:
            self._take_up(case, trace)
        if not any(trace.decides for trace in forgotten):
            return Adoption.PREPARED if forgotten else Adoption.NOTHING
        deciding = [trace for trace in traces.found if trace.decides]
        several = [trace.name for trace in deciding if len(trace.records) > 1]
        if traces.missing or several:
            self._settle(case, _incomplete(deciding, traces.missing, several))
            return Adoption.UNFINISHED
        self._settle(case, decided(_DECIDED))
        self._ask_for_a_look(case)
        return Adoption.DECIDED

    def _is_forgotten(self, case: Case, trace: Trace) -> bool:
        write = Write.objects.filter(case=case, name=trace.name).first()
        if write is None:
            return True
        # What may have been sent before the backup was made is now known to have been saved.
        open_ended = write.state in (WriteState.SUBMITTING, WriteState.UNKNOWN)
        return (trace.decides and open_ended) or (
            write.state == WriteState.INTENDED and (trace.decides or write.submits == 0)
        )

    def _is_anothers(self, case: Case, trace: Trace) -> bool:
        same = Write.objects.filter(
            department=case.department, portal=trace.portal, natural_key=self._key(case, trace)
        ).exclude(case=case)
        return same.exclude(state=WriteState.INTENDED, submits=0).exists()

    def _take_up(self, case: Case, trace: Trace) -> None:
        now = self._clock()
        # Another case may have meant to write the same; it has not, and now it never shall.
        Write.objects.filter(
            department=case.department, portal=trace.portal, natural_key=self._key(case, trace)
        ).exclude(case=case).delete()
        kept = {
            "portal": trace.portal,
            "department": case.department,
            "natural_key": self._key(case, trace),
            "state": WriteState.RECEIPT if trace.decides else WriteState.INTENDED,
            # As after a submit that was taken for lost: what the pre-read then finds is told as the robot's own.
            "submits": 1,
            "settled_at": now if trace.decides else None,
        }
        Write.objects.update_or_create(
            case=case, name=trace.name, defaults=kept, create_defaults={**kept, "intended_at": now}
        )
        self._journal.append(
            case=case.handle,
            kind=ADOPTED if trace.decides else PREPARED,
            name=trace.name,
            actor=ROBOT,
            department=case.department,
            payload={
                "portal": trace.portal,
                "key": {
                    "household": trace.key.household,
                    "month": trace.key.month,
                    "kind": trace.key.kind,
                    "payee": trace.key.payee,
                },
                "read_back": [plain(record) for record in trace.records],
            },
        )

    def _settle(self, case: Case, outcome: Outcome) -> None:
        now = self._clock()
        entry = self._journal.append(
            case=case.handle,
            kind="case.outcome",
            actor=ROBOT,
            department=case.department,
            payload=outcome.model_dump(mode="json"),
        )
        for handoff in Handoff.objects.filter(case=case, about="", closed_at=None):
            Handoffs(self._journal).close(handoff, case, Closing.SETTLED, ROBOT, now, {"restore": outcome.summary})
        if case.status in (CaseStatus.HANDED_OVER, CaseStatus.UNKNOWN_OUTCOME):
            change_status(case, CaseStatus.WAITING)
        if case.status in (CaseStatus.NEW, CaseStatus.WAITING):
            change_status(case, CaseStatus.RUNNING)
        change_status(case, outcome.status)
        case.finished_at, case.lease_until, case.lease_owner, case.waits_for = now, None, "", ""
        case.save()
        if outcome.status is CaseStatus.HANDED_OVER:
            Handoffs(self._journal).open(case, entry, outcome.role, now)

    def _ask_for_a_look(self, case: Case) -> None:
        """What the robot had handed over apart is forgotten with the rest; only a person can tell."""
        entry = self._journal.append(
            case=case.handle,
            kind="handoff.opened",
            name=ABOUT,
            actor=ROBOT,
            department=case.department,
            payload={"about": ABOUT, "summary": _LOOK, "reasons": [_LOOK], "role": _ROLE},
        )
        Handoffs(self._journal).open(case, entry, _ROLE, self._clock(), about=ABOUT)

    def _key(self, case: Case, trace: Trace) -> str:
        return self._pseudonym(case.department, trace.key.canonical())


def _incomplete(deciding: Sequence[Trace], missing: Sequence[str], several: Sequence[str]) -> Outcome:
    """The hand-off of a case of which some is registered. Only the names of writes: no personal data."""
    reasons = [f"Registrerat av roboten: {', '.join(trace.name for trace in deciding)}."]
    if missing:
        reasons.append(f"Inte registrerat: {', '.join(missing)}.")
    if several:
        reasons.append(f"Registrerat mer än en gång: {', '.join(several)}.")
    reasons.append("Roboten gör inget mer i ärendet. Se efter i verksamhetssystemet och avsluta det för hand.")
    summary = "Databasen är återställd från en äldre säkerhetskopia. Ärendet är beslutat i delar som roboten har glömt."
    return handed_over(summary, tuple(reasons))
