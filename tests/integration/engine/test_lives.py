"""Whatever happens to cases, in whatever order, on a real database: crashes, pauses, people, staff, lost answers.

Beside the table of statuses (tests/unit/cases/test_status.py) this drives the real operations and looks at what they
leave: every change of status is in the table, and nobody is paid twice.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from medarbetare.cases.handoffs import Handoffs, Person
from medarbetare.cases.models import Case, Handoff
from medarbetare.cases.status import RUNNABLE, CaseStatus, may_follow
from medarbetare.database.dsn import Dsn
from medarbetare.engine.holds import EVERYTHING, Holds, of_workflow
from medarbetare.engine.mode import Mode
from medarbetare.engine.models import Hold, Write, WriteState
from medarbetare.engine.outcome import Outcome, decided, handed_over, shadowed, stopped
from medarbetare.engine.run import Boundary, Run
from medarbetare.engine.settling import Settling, unknown_writes
from medarbetare.errors import BusinessError, PortalError, SelectorError
from medarbetare.testing import Bench, MemoryPortal, Sheet

PIA = Person("pia", "Pia Provsson")
PEOPLE = ("tova", "olle", "svea")
WAYS = ("pay", "pay", "click", "ask", "wait", "stop", "shadow")
POINTS = ("step", "intended", "pre-read", "submitting", "submit answered", "read-back", "receipt")


class Crash(BaseException):
    """kill -9, as far as the code that runs can tell."""


class Lives(RuleBasedStateMachine):
    """A few households, one month, one portal, and everything that may happen to them. Each life has its database."""

    fresh: Callable[[], AbstractContextManager[Dsn]]
    betala: type[Any]

    def __init__(self) -> None:
        super().__init__()
        self._database = type(self).fresh()
        self._database.__enter__()
        self.rows: list[dict[str, str]] = []
        self.by_robot: Counter[str] = Counter()
        self.seen: dict[str, list[CaseStatus]] = {}
        self.unsure: set[str] = set()
        self.plan: dict[str, str] = {}
        self.crash_at: str | None = None
        self.save_as = "kept"
        self.page_is_changed = False
        self.bench = Bench({"flode": self._flow}, [self._portal()])
        self.bench.passed = self._passed
        self.bench.patience = replace(self.bench.patience, attempts_per_case=2)
        self.holds = Holds(self.bench.journal, self.bench.department, lambda: datetime.now(UTC))

    def teardown(self) -> None:
        self._database.__exit__(None, None, None)

    def _portal(self) -> MemoryPortal:
        pages: dict[str, Any] = {
            "lista": lambda: Sheet(tables={"betalningar": list(self.rows)}),
            "ny": lambda: Sheet(fields={"vem", "belopp"}, commits={"spara": self._save}),
        }
        return MemoryPortal("kassa", pages)

    def _save(self, typed: dict[str, str]) -> None:
        self.by_robot[typed["vem"]] += 1
        if self.save_as != "lost":
            self.rows.append(dict(typed))
        if self.save_as == "damaged":
            self.rows[-1]["belopp"] = "1.00"
        if self.save_as == "silent":
            raise PortalError("kassa svarar inte", portal="kassa")

    def _flow(self, run: Run) -> Outcome:
        vem = run.step("läs", lambda: run.reference.split("-")[0], str)
        way = run.step("väg", lambda: self.plan[run.reference], str)
        if way == "stop":
            return stopped("Får inte.", "skyddad")
        if way == "shadow":
            return shadowed("Räknat.")
        if way == "click" and self.page_is_changed:
            raise SelectorError("Knappen saknas.")
        if way == "ask":
            run.approval("besluta", handed_over("Förslag."))
        if way == "wait":
            run.wait_until("frist", lambda: run.now() + timedelta(days=2), "Fristen löper.")
        run.mode = Mode.AUTOMATISK
        run.write(type(self).betala(run.portal("kassa"), vem))
        return decided("Betalt.")

    def _passed(self, boundary: Boundary) -> None:
        if boundary.point == self.crash_at:
            self.crash_at = None
            raise Crash

    def _watch(self, case: Case) -> CaseStatus:
        now = self.bench.status(case)
        history = self.seen[case.handle]
        if history[-1] is not now:
            history.append(now)
        return now

    def _cases(self, *statuses: CaseStatus) -> list[Case]:
        return [case for case in Case.objects.order_by("created_at", "handle") if case.status in statuses]

    @initialize(ways=st.lists(st.sampled_from(WAYS), min_size=3, max_size=3))
    def arrive(self, ways: list[str]) -> None:
        for vem, way in zip(PEOPLE, ways, strict=True):
            self.plan[f"{vem}-1"] = way
            self.seen[self.bench.receive(f"{vem}-1", vem).handle] = [CaseStatus.NEW]

    @rule(vem=st.sampled_from(PEOPLE))
    def the_same_application_is_seen_again(self, vem: str) -> None:
        before = Case.objects.count()
        with pytest.raises(IndexError):
            self.bench.receive(f"{vem}-1", vem)
        assert Case.objects.count() == before

    @rule(vem=st.sampled_from(PEOPLE))
    def a_second_application_for_the_same_month(self, vem: str) -> None:
        if f"{vem}-2" not in self.plan:
            self.plan[f"{vem}-2"] = "pay"
            self.seen[self.bench.receive(f"{vem}-2", vem).handle] = [CaseStatus.NEW]

    @precondition(lambda self: not Hold.objects.exists())
    @rule(
        which=st.integers(0, 5),
        crash_at=st.none() | st.sampled_from(POINTS),
        save_as=st.sampled_from(["kept", "kept", "silent", "lost", "damaged"]),
    )
    def a_worker_takes_a_case(self, which: int, crash_at: str | None, save_as: str) -> None:
        runnable = self._cases(*RUNNABLE)
        if not runnable:
            return
        case = runnable[which % len(runnable)]
        self.crash_at, self.save_as = crash_at, save_as
        Case.objects.filter(handle=case.handle).update(due_at=datetime.now(UTC))
        later = datetime.now(UTC) + timedelta(days=3)
        self.bench.clock = lambda: later if which % 2 else datetime.now(UTC)
        try:
            self.bench.work_on(case)
        except Crash:
            assert self.bench.status(case) is CaseStatus.RUNNING
        self._watch(case)

    @rule(which=st.integers(0, 5), over=st.booleans())
    def a_person_answers_a_hand_off(self, which: int, over: bool) -> None:
        found = list(Handoff.objects.filter(closed_at=None, about="").order_by("pk"))
        if not found:
            return
        handoff, handoffs = found[which % len(found)], Handoffs(self.bench.journal)
        try:
            if over:
                handoffs.take_over(handoff.pk, PIA, datetime.now(UTC))
            else:
                handoffs.approve(handoff.pk, PIA, datetime.now(UTC))
        except BusinessError:
            assert not handoff.waits_at
        self._watch(handoff.case)

    @precondition(lambda self: not Hold.objects.exists())
    @rule(which=st.integers(0, 5))
    def a_changed_page_uses_up_the_attempts_at_a_case(self, which: int) -> None:
        for case in self._cases(CaseStatus.NEW):
            self.plan[case.reference] = "click"
        cases = [case for case in self._cases(*RUNNABLE) if self.plan[case.reference] == "click"]
        if not cases:
            return
        case = cases[which % len(cases)]
        self.page_is_changed, self.crash_at = True, None
        while self._watch(case) in RUNNABLE:
            Case.objects.filter(handle=case.handle).update(due_at=datetime.now(UTC))
            self.bench.work_on(case)
        # With a submit that nobody has read back it is an unknown outcome, which no new attempt may settle.
        is_handed_over = self.bench.status(case) is CaseStatus.HANDED_OVER
        assert Handoff.objects.get(case=case, closed_at=None).gave_up is is_handed_over

    @rule()
    def a_page_is_mended(self) -> None:
        self.page_is_changed = False

    @rule(which=st.integers(0, 5))
    def a_person_lets_the_robot_try_again(self, which: int) -> None:
        found = list(Handoff.objects.filter(closed_at=None, about="").order_by("-gave_up", "pk"))
        if not found:
            return
        handoff = found[which % len(found)]
        try:
            case = Handoffs(self.bench.journal).retry(handoff.pk, PIA, datetime.now(UTC))
        except BusinessError:
            assert not handoff.gave_up
        else:
            assert handoff.gave_up
            assert case.attempts == 0
        self._watch(handoff.case)

    @rule(which=st.integers(0, 5))
    def a_person_settles_an_unknown_outcome(self, which: int) -> None:
        cases = self._cases(CaseStatus.UNKNOWN_OUTCOME)
        if not cases:
            return
        case = cases[which % len(cases)]
        handoff = Handoff.objects.get(case=case, closed_at=None, about="")
        for write in unknown_writes(case):
            there = any(row["vem"] == case.reference.split("-")[0] for row in self.rows)
            settling = Settling(self.bench.journal)
            settling.settle(handoff.pk, write.name, done=there, person=PIA, now=datetime.now(UTC))
        assert self._watch(case) is CaseStatus.WAITING

    @rule(vem=st.sampled_from(PEOPLE))
    def staff_pay_by_hand(self, vem: str) -> None:
        sure = not Write.objects.filter(case__reference__startswith=vem).exclude(state=WriteState.INTENDED).exists()
        if sure and not any(row["vem"] == vem for row in self.rows):
            self.rows.append({"vem": vem, "belopp": "100.00"})

    @rule(what=st.sampled_from([EVERYTHING, of_workflow("flode")]))
    def pause(self, what: str) -> None:
        self.holds.pause(what, "test")
        for case in self._cases(*RUNNABLE):
            with pytest.raises(ValueError, match="not due"):
                self.bench.take(case)

    @precondition(lambda self: Hold.objects.exists())
    @rule()
    def resume(self) -> None:
        for hold in Hold.objects.all():
            self.holds.resume(hold.what, "test")

    @invariant()
    def every_change_of_status_is_in_the_table(self) -> None:
        for history in self.seen.values():
            for before, after in pairwise(history):
                # A worker's stretch goes through "pågår" without being seen there.
                assert may_follow(before, after) or may_follow(CaseStatus.RUNNING, after), history

    @invariant()
    def nobody_is_paid_twice(self) -> None:
        paid = Counter(row["vem"] for row in self.rows)
        assert all(count == 1 for count in paid.values()), self.rows

    @invariant()
    def what_is_decided_is_paid_or_was_settled_by_a_person(self) -> None:
        for case in self._cases(CaseStatus.DECIDED):
            (write,) = case.writes.all()
            assert write.state == WriteState.RECEIPT
            assert any(row["vem"] == case.reference.split("-")[0] for row in self.rows)

    @invariant()
    def who_waits_for_a_person_has_exactly_one_open_hand_off(self) -> None:
        for case in self._cases(CaseStatus.HANDED_OVER, CaseStatus.UNKNOWN_OUTCOME, CaseStatus.STOPPED):
            assert Handoff.objects.filter(case=case, closed_at=None).count() == 1
        for case in self._cases(*RUNNABLE):
            assert not Handoff.objects.filter(case=case, closed_at=None).exists()


def test_whatever_happens_no_case_is_lost_and_nobody_is_paid_twice(
    databases: Callable[[], AbstractContextManager[Dsn]], betala: type[Any]
) -> None:
    lives = type("LivesHere", (Lives,), {"fresh": staticmethod(databases), "betala": betala})
    terms = settings(max_examples=12, stateful_step_count=20, deadline=None, database=None)
    run_state_machine_as_test(lives, settings=settings(terms, suppress_health_check=list(HealthCheck)))
