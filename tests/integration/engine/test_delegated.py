"""The decisions of a period, listed for the board."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from medarbetare.cases.models import Case
from medarbetare.engine.delegated import LISTED, DecisionList, DelegatedDecision, Listed
from medarbetare.engine.models import Write, WriteState
from medarbetare.engine.outcome import decided
from medarbetare.errors import BusinessError
from medarbetare.journal.models import Leaf
from medarbetare.testing import Bench

ZONE = ZoneInfo("Europe/Stockholm")
TODAY = datetime.now(ZONE).date()
DAY = timedelta(days=1)


class Workflow:
    """Its decision is what its one step says."""

    def delegated(self, steps, written):
        if "beslut" not in written:
            return None
        return DelegatedDecision(date.fromisoformat(steps["dag"]), "Bifall", "Tova Testsson", "4.2 A")


@pytest.fixture
def bench(database):
    def flow(run):
        day = run.step("dag", lambda: str(TODAY - 2 * DAY if run.reference == "förr" else TODAY), str)
        return decided(day)

    return Bench({"flode": flow})


def receive(bench, reference, *, name="beslut", settled=None):
    """A case that is decided, with a receipt."""
    case = bench.receive(reference, household=reference)
    bench.work_on(case)
    settled = settled or datetime.now(ZONE)
    Write.objects.create(
        case=case, name=name, portal="p", department=case.department, natural_key=reference, state=WriteState.RECEIPT,
        intended_at=settled, settled_at=settled,
    )  # fmt: skip
    return case.handle


def listing(bench, zone=ZONE, workflows=None):
    return DecisionList(bench.journal, workflows or {"flode": Workflow()}, bench.department, zone)


def test_the_decisions_of_the_days_are_listed_and_that_is_journalled(bench):
    now, before = receive(bench, "nu"), receive(bench, "förr")
    receive(bench, "bara anteckning", name="journalanteckning")

    today = listing(bench).between(TODAY, TODAY, asked_by="kommandorad: prov")
    assert today.decisions == ((now, DelegatedDecision(TODAY, "Bifall", "Tova Testsson", "4.2 A")),)
    both = listing(bench).between(TODAY - 2 * DAY, TODAY, asked_by="kommandorad: prov")
    assert [case for case, _ in both.decisions] == [before, now]
    assert both.unread == ()
    told = [bench.journal.entry(leaf.index).payload["decisions"] for leaf in Leaf.objects.filter(kind=LISTED)]
    assert sorted(told) == [1, 2]
    with pytest.raises(BusinessError, match="är före den första"):
        listing(bench).between(TODAY, TODAY - DAY, asked_by="kommandorad: prov")


def test_what_was_settled_before_the_days_is_not_opened_but_in_a_practice_that_has_its_own_days(bench):
    case = receive(bench, "nu", settled=datetime.now(ZONE) - 40 * DAY)
    assert listing(bench).between(TODAY, TODAY, asked_by="prov").decisions == ()
    (row,) = listing(bench, zone=None).between(TODAY, TODAY, asked_by="prov").decisions
    assert row[0] == case


def test_a_case_that_cannot_be_read_is_named_and_another_departments_is_not_listed(bench):
    class Unreadable:
        def delegated(self, steps, written):
            raise KeyError("bedöm")

    case = receive(bench, "nu")
    assert listing(bench, workflows={"flode": Unreadable()}).between(TODAY, TODAY, asked_by="prov").unread == (case,)
    assert listing(bench, workflows={"annat": Workflow()}).between(TODAY, TODAY, asked_by="prov").unread == (case,)
    elsewhere = DecisionList(bench.journal, {"flode": Workflow()}, "parkering", ZONE)
    Case.objects.update(department="parkering")
    assert listing(bench).between(TODAY, TODAY, asked_by="prov") == Listed((), ())
    assert [found.handle for found, _ in elsewhere._written_since(TODAY)] == [case]
