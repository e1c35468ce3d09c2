"""Okänt utfall, settled by a person: done is never written again, not done is written after a new look."""

from datetime import UTC, datetime
from typing import Any

import pytest

from medarbetare.cases.handoffs import Handoffs, Person
from medarbetare.cases.models import Case, Handoff
from medarbetare.cases.status import CaseStatus
from medarbetare.engine.models import Write, WriteState
from medarbetare.engine.run import Boundary
from medarbetare.engine.runner import Edition
from medarbetare.engine.settling import Settling, unknown_writes
from medarbetare.errors import BusinessError, PortalError

PIA = Person("pia", "Pia Provsson")


@pytest.fixture
def unknown(kassa: Any) -> Case:
    """A payment that the portal took, or did not, without showing it."""
    pressed: list[dict[str, str]] = []
    sheet = kassa.bench.portals["kassa"]._pages["ny"]

    def form() -> Any:
        made = sheet()
        made.commits = {"spara": lambda typed: pressed.append(typed)}
        return made

    kassa.pressed, kassa.honest = pressed, sheet
    kassa.bench.portals["kassa"]._pages["ny"] = form
    case = kassa.worked("tova")
    assert kassa.bench.status(case) is CaseStatus.UNKNOWN_OUTCOME
    assert [write.name for write in unknown_writes(case)] == ["utbetalning"]
    return case


def settle(kassa: Any, *, done: bool, write: str = "utbetalning") -> None:
    handoff = Handoff.objects.get(closed_at=None)
    Settling(kassa.bench.journal).settle(handoff.pk, write, done=done, person=PIA, now=datetime.now(UTC))


def test_the_journal_tells_what_was_intended_and_what_each_read_back_showed(kassa: Any, unknown: Case) -> None:
    (entry,) = kassa.bench.entries(unknown, "write.unknown")

    assert entry.payload["intended"] == {"vem": "tova", "belopp": "100.00"}
    assert [(back["records"], back["shown"]) for back in entry.payload["read_backs"]] == [([], None)]


def test_done_is_never_written_again_and_the_run_goes_on(kassa: Any, unknown: Case) -> None:
    settle(kassa, done=True)

    assert kassa.bench.status(unknown) is CaseStatus.WAITING
    assert kassa.bench.work_on(unknown) is CaseStatus.DECIDED
    assert (len(kassa.pressed), kassa.rows) == (1, [])
    assert Handoff.objects.get().closed_as == "utredd"
    assert Write.objects.get().state == WriteState.RECEIPT
    (entry,) = kassa.bench.entries(unknown, "write.settled")
    assert (entry.actor, entry.payload["done"], entry.payload["by"]) == ("person:pia", True, "Pia Provsson")


def test_not_done_is_written_once_after_a_new_look(kassa: Any, unknown: Case) -> None:
    settle(kassa, done=False)
    kassa.bench.portals["kassa"]._pages["ny"] = kassa.honest

    assert kassa.bench.work_on(unknown) is CaseStatus.DECIDED
    assert kassa.rows == [{"vem": "tova", "belopp": "100.00"}]


def test_not_done_that_is_there_all_the_same_is_taken_as_it_stands(kassa: Any, unknown: Case) -> None:
    settle(kassa, done=False)
    kassa.rows.append(kassa.pressed[0])

    assert kassa.bench.work_on(unknown) is CaseStatus.DECIDED
    assert len(kassa.pressed) == len(kassa.rows) == 1


def test_not_done_where_something_else_stands_is_unknown_again(kassa: Any, unknown: Case) -> None:
    settle(kassa, done=False)
    kassa.rows.append({"vem": "tova", "belopp": "99.00"})

    assert kassa.bench.work_on(unknown) is CaseStatus.UNKNOWN_OUTCOME
    assert len(kassa.pressed) == 1


def test_a_write_is_settled_once_and_only_what_is_unknown(kassa: Any, unknown: Case) -> None:
    with pytest.raises(BusinessError, match="ingen skrivning «beslut»"):
        settle(kassa, done=True, write="beslut")
    number = Handoff.objects.get().pk
    settle(kassa, done=True)

    with pytest.raises(BusinessError, match="redan utredd"):
        Settling(kassa.bench.journal).settle(number, "utbetalning", done=False, person=PIA, now=datetime.now(UTC))
    assert Write.objects.get().state == WriteState.RECEIPT


def test_what_a_person_has_taken_over_cannot_be_settled(kassa: Any, unknown: Case) -> None:
    Handoffs(kassa.bench.journal).take_over(Handoff.objects.get().pk, PIA, datetime.now(UTC))

    with pytest.raises(BusinessError, match="redan övertagen"):
        Settling(kassa.bench.journal).settle(
            Handoff.objects.get().pk, "utbetalning", done=False, person=PIA, now=datetime.now(UTC)
        )


def test_a_portal_that_never_answers_after_the_submit_leaves_it_to_a_person(kassa: Any) -> None:
    def silent() -> Any:
        if kassa.rows:
            raise PortalError("kassa svarar inte", portal="kassa")
        return listed()

    listed = kassa.bench.portals["kassa"]._pages["lista"]
    kassa.bench.portals["kassa"]._pages["lista"] = silent
    case = kassa.worked("tova")
    for _ in range(kassa.bench.patience.attempts_per_case - 1):
        Case.objects.filter(handle=case.handle).update(due_at=datetime.now(UTC))
        kassa.bench.work_on(case)
    assert kassa.bench.status(case) is CaseStatus.UNKNOWN_OUTCOME

    settle(kassa, done=True)
    assert kassa.bench.work_on(case) is CaseStatus.DECIDED
    assert len(kassa.rows) == 1


@pytest.mark.parametrize(("point", "saved"), [("submitting", 0), ("submit answered", 1)])
def test_a_write_in_hand_that_another_edition_cannot_go_on_with_is_an_unknown_outcome(
    kassa: Any, point: str, saved: int
) -> None:
    class Died(BaseException):
        """The worker is gone."""

    def die(boundary: Boundary) -> None:
        if boundary.point == point:
            raise Died

    kassa.bench.editions, kassa.bench.passed = {"flode": Edition("1")}, die
    with pytest.raises(Died):
        kassa.worked("tova")
    kassa.bench.editions, kassa.bench.passed = {"flode": Edition("2")}, lambda boundary: None

    case = Case.objects.get()
    assert kassa.bench.work_on(case) is CaseStatus.UNKNOWN_OUTCOME
    summary = kassa.bench.outcome(case).summary
    assert "«utbetalning» i kassa kan ha sparats" in summary
    assert Handoff.objects.filter(closed_at=None).count() == 1
    assert len(kassa.rows) == saved
