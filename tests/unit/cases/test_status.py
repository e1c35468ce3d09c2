from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from medarbetare.cases.models import Case, new_handle
from medarbetare.cases.register import change_status
from medarbetare.cases.status import RUNNABLE, TRANSITIONS, CaseStatus, diagram, may_follow

PAIRS = [(before, after) for before in CaseStatus for after in CaseStatus]


@pytest.mark.parametrize(("before", "after"), PAIRS, ids=lambda status: status.name)
def test_a_case_changes_status_only_as_the_table_says(before: CaseStatus, after: CaseStatus) -> None:
    case = Case(handle="abc", status=before)

    if (before, after) in {(one.before, one.after) for one in TRANSITIONS}:
        change_status(case, after)
        assert case.status == after
    else:
        with pytest.raises(ValueError, match="may not go"):
            change_status(case, after)
        assert case.status == before


def test_every_status_can_be_reached_and_no_change_stands_twice_in_the_table() -> None:
    assert {one.after for one in TRANSITIONS} == set(CaseStatus) - {CaseStatus.NEW}
    assert len({(one.before, one.after) for one in TRANSITIONS}) == len(TRANSITIONS)


FINAL = {CaseStatus.DECIDED, CaseStatus.SHADOWED, CaseStatus.TAKEN_OVER, CaseStatus.FINISHED_ELSEWHERE}
WITH_PEOPLE = {CaseStatus.HANDED_OVER, CaseStatus.STOPPED, CaseStatus.UNKNOWN_OUTCOME}


def test_each_status_is_the_robots_a_persons_or_final() -> None:
    assert set(CaseStatus) == RUNNABLE | WITH_PEOPLE | FINAL
    assert not FINAL & {one.before for one in TRANSITIONS}
    for before, after in PAIRS:
        if before in WITH_PEOPLE and may_follow(before, after):
            assert after in FINAL or after is CaseStatus.WAITING
    assert not may_follow(CaseStatus.STOPPED, CaseStatus.WAITING)


def test_the_readme_shows_the_table_as_it_is() -> None:
    readme = (Path(__file__).parents[3] / "README.md").read_text("utf-8")

    assert f"```mermaid\n{diagram()}\n```" in readme, "put what medarbetare.cases.status.diagram() gives into README.md"


class Life(RuleBasedStateMachine):
    """Whatever is tried on a case, it moves only forwards."""

    def __init__(self) -> None:
        super().__init__()
        self.case = Case(handle="abc", created_at=datetime(2026, 12, 1, tzinfo=UTC))
        self.seen = [CaseStatus(self.case.status)]

    @rule(after=st.sampled_from(CaseStatus))
    def try_to_become(self, after: CaseStatus) -> None:
        try:
            change_status(self.case, after)
        except ValueError:
            return
        self.seen.append(after)

    @invariant()
    def began_new_and_what_is_final_stays(self) -> None:
        assert self.seen[0] is CaseStatus.NEW
        assert CaseStatus.NEW not in self.seen[1:]
        assert not FINAL & set(self.seen[:-1])

    @invariant()
    def only_a_worker_ends_a_case_or_a_person_what_waits_for_one(self) -> None:
        if self.seen[-1] in FINAL:
            assert self.seen[-2] in WITH_PEOPLE | {CaseStatus.RUNNING}


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=50, stateful_step_count=15, deadline=None, database=None)


def test_handles_are_random_and_hold_no_letters_that_look_alike() -> None:
    handles = {new_handle() for _ in range(200)}

    assert len(handles) == 200
    assert all(len(handle) == 10 for handle in handles)
    assert not set("".join(handles)) & set("01ilo")
