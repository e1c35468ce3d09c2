"""Hand-offs: opened by the robot, closed by a person, or by the robot when staff have finished the case elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models.functions import Now

from medarbetare.cases.access import group_of
from medarbetare.cases.models import Case, Closing, Handoff
from medarbetare.cases.questions import Question, read_answers
from medarbetare.cases.register import change_status, defer
from medarbetare.cases.staff import Staff
from medarbetare.cases.status import CaseStatus
from medarbetare.errors import BusinessError
from medarbetare.journal.writing import Entry, Journal
from medarbetare.readable import local

OPENED = "handoff.opened"
APPROVED = "handoff.approved"
TAKEN_OVER = "handoff.taken over"
FINISHED_ELSEWHERE = "handoff.finished elsewhere"
SETTLED = "handoff.settled"
RETRIED = "handoff.retried"
ASSIGNED = "handoff.assigned"
"""Kinds of journal entries. Their name is the step that waited, or the part that was handed over."""


@dataclass(frozen=True)
class Person:
    """Who acts. `user` is the log-in, `name` what stands as decision maker."""

    user: str
    name: str

    @property
    def actor(self) -> str:
        """The person as an actor in the journal."""
        return f"person:{self.user}"


class Handoffs:
    """Opens, assigns and closes hand-offs. Each closing is one transaction with its journal entry, and is done once."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def open(
        self,
        case: Case,
        entry: Entry,
        role: str,
        now: datetime,
        *,
        about: str = "",
        waits_at: str = "",
        worker: str = "",
        gave_up: bool = False,
        urgent: bool = False,
    ) -> Handoff:
        """Open a hand-off whose reasons stand at `entry`. Joins the transaction at hand.

        `worker` is a person as the case system names them. It goes to the user of the role who is called so, else to
        the group's list; in the journal both names stand. `gave_up`: the robot's attempts ran out, see `retry`.
        `urgent`: it stands first in the lists.
        """
        handoff = Handoff(
            case=case,
            entry=entry.index,
            role=role,
            about=about,
            waits_at=waits_at,
            gave_up=gave_up,
            urgent=urgent,
            created_at=now,
        )
        if worker:
            found = Staff.read(local(now).date()).named(worker, group_of(case.department, role))
            if found:
                self._assign(handoff, case, found, "robot", {"worker": worker})
        handoff.save()
        return handoff

    def assign(self, number: int, person: Person) -> Case:
        """A person puts a hand-off on their own list. Raises BusinessError when it is closed."""
        with transaction.atomic():
            handoff, case = lock_open(number)
            if handoff.assigned_to != person.user:
                self._assign(handoff, case, person.user, person.actor, {"from": handoff.assigned_to})
                handoff.save(update_fields=["assigned_to"])
        return case

    def _assign(self, handoff: Handoff, case: Case, user: str, actor: str, told: Mapping[str, str]) -> None:
        self._journal.append(
            case=case.handle,
            kind=ASSIGNED,
            name=handoff.waits_at or handoff.about,
            actor=actor,
            department=case.department,
            payload={"handoff": handoff.entry, "to": user, **told},
        )
        handoff.assigned_to = user

    def approve(
        self,
        number: int,
        person: Person,
        now: datetime,
        note: str = "",
        answers: Mapping[str, str] | None = None,
        today: date | None = None,
    ) -> Case:
        """A person approves the proposal: the robot goes on at the step that waits, with the person as decision maker.

        `answers` is what was typed for each question of the hand-off, by its name. `today` is the robot's day, by which
        days that must have been are judged; None: the day of `now`.
        Raises BusinessError when the hand-off is closed already, nothing in it can be approved, or an answer is
        missing or wrong.
        """
        with transaction.atomic():
            handoff, case = lock_open(number)
            if not handoff.waits_at:
                raise BusinessError("Den här överlämningen går inte att godkänna. Ta över den i stället.")
            given = read_answers(self.questions(handoff), answers or {}, today or local(now).date())
            answer = {"by": person.name, "at": now.isoformat(), "note": note, **given}
            self.close(handoff, case, Closing.APPROVED, person.actor, now, answer)
            go_on(case)
        return case

    def questions(self, handoff: Handoff) -> tuple[Question, ...]:
        """What a person who approves must answer."""
        asked = self._journal.entry(handoff.entry).payload.get("questions", ())
        return tuple(map(Question.model_validate, asked))

    def take_over(self, number: int, person: Person, now: datetime, note: str = "") -> Case:
        """A person does the rest by hand. Raises BusinessError when the hand-off is closed already."""
        with transaction.atomic():
            handoff, case = lock_open(number)
            answer = {"by": person.name, "at": now.isoformat(), "note": note}
            self.close(handoff, case, Closing.TAKEN_OVER, person.actor, now, answer)
            _finish(handoff, case, CaseStatus.TAKEN_OVER, now)
        return case

    def retry(self, number: int, person: Person, now: datetime, note: str = "") -> Case:
        """A person lets the robot try again where its attempts ran out, with all of them anew.

        What stands in the journal is not done again. Raises BusinessError when the hand-off is closed already, or was
        opened for anything else: a person has something to judge there, which no new attempt answers.
        """
        with transaction.atomic():
            handoff, case = lock_open(number)
            if not handoff.gave_up:
                raise BusinessError(
                    "Roboten kan bara försöka igen när dess försök har tagit slut av tekniska skäl. Här ska en "
                    "människa ta ställning."
                )
            answer = {"by": person.name, "at": now.isoformat(), "note": note}
            self.close(handoff, case, Closing.RETRIED, person.actor, now, answer)
            go_on(case)
        return case

    def finished_elsewhere(self, number: int, now: datetime, found: Mapping[str, object]) -> Case:
        """Staff have finished the case in the case system; `found` is what stands there.

        Raises BusinessError when the hand-off is closed already.
        """
        with transaction.atomic():
            handoff, case = lock_open(number)
            self.close(handoff, case, Closing.FINISHED_ELSEWHERE, "robot", now, found)
            _finish(handoff, case, CaseStatus.FINISHED_ELSEWHERE, now)
        return case

    def close(
        self, handoff: Handoff, case: Case, how: Closing, actor: str, now: datetime, payload: Mapping[str, object]
    ) -> None:
        """Close a hand-off and note how. Joins the transaction at hand; the case is the caller's to move on."""
        kinds = {
            Closing.APPROVED: APPROVED,
            Closing.TAKEN_OVER: TAKEN_OVER,
            Closing.FINISHED_ELSEWHERE: FINISHED_ELSEWHERE,
            Closing.SETTLED: SETTLED,
            Closing.RETRIED: RETRIED,
        }
        self._journal.append(
            case=case.handle,
            kind=kinds[how],
            name=handoff.waits_at or handoff.about,
            actor=actor,
            department=case.department,
            payload={**payload, "handoff": handoff.entry},
        )
        handoff.closed_at, handoff.closed_as, handoff.closed_by = now, how, actor
        handoff.save()


def lock_open(number: int) -> tuple[Handoff, Case]:
    """The hand-off and its case, both locked. Raises BusinessError unless it is open."""
    handle = Handoff.objects.filter(pk=number).values_list("case_id", flat=True).first()
    if handle is None:
        raise BusinessError("Överlämningen finns inte.")
    # The case first, as everywhere: two who lock in different orders wait for each other.
    case = Case.objects.select_for_update().get(handle=handle)
    handoff = Handoff.objects.select_for_update().get(pk=number)
    if handoff.closed_at is not None:
        raise BusinessError(f"Överlämningen är redan {handoff.closed_as}.")
    return handoff, case


def go_on(case: Case) -> None:
    """The robot goes on with a case that waited for a person, at once and with all its attempts."""
    change_status(case, CaseStatus.WAITING)
    # The database's clock, as leases have: the person's machine may be ahead of it.
    case.due_at, case.finished_at, case.attempts, case.waits_for = Now(), None, 0, ""
    case.save()
    defer(case)


def _finish(handoff: Handoff, case: Case, status: CaseStatus, now: datetime) -> None:
    """The part that was handed over is finished; the case is too unless it went on without that part."""
    if handoff.about:
        return
    change_status(case, status)
    case.finished_at = now
    case.save()
