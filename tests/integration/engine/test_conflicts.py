"""Who is on the conflict-of-interest list is found in every stretch of a case, and told as yes or no only."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from medarbetare.cases.models import Case
from medarbetare.cases.status import CaseStatus
from medarbetare.database.dsn import Dsn
from medarbetare.engine.conflicts import ASKED, Conflicts, identity_number
from medarbetare.engine.models import Conflict
from medarbetare.engine.outcome import Outcome, decided, handed_over, stopped
from medarbetare.engine.run import Run
from medarbetare.errors import BusinessError
from medarbetare.journal.models import Leaf
from medarbetare.testing import Bench

APPLICANT, PARTNER, OTHER = "198802189897", "198603069876", "199003072387"


class Office:
    """A workflow that asks whether anybody is in conflict, then a person."""

    def __init__(self) -> None:
        self.bench = Bench({"flode": self.flow})
        keys, department = self.bench.keys, self.bench.department
        self.list = Conflicts(self.bench.journal, department, keys.pseudonym, lambda: datetime.now(UTC))

    def flow(self, run: Run) -> Outcome:
        if run.in_conflict([PARTNER]):
            return stopped("Särskild ordning.", "jäv")
        run.approval("beslut", handed_over("Förslag."))
        return decided("Klart.")

    def add(self, *numbers: str, until: date | None = None) -> None:
        self.list.add(numbers, by="kommandorad:prov", why="anställd", until=until)

    def case(self, applicant: str = APPLICANT) -> Case:
        return self.bench.receive(applicant, applicant)


@pytest.fixture
def office(database: Dsn) -> Office:
    return Office()


@pytest.mark.parametrize("listed", [APPLICANT, PARTNER])
def test_a_case_with_somebody_on_the_list_is_stopped(office: Office, listed: str) -> None:
    office.add(listed)
    case = office.case()

    assert office.bench.work_on(case) is CaseStatus.STOPPED

    (asked,) = office.bench.entries(case, "step")
    assert (asked.name, asked.payload) == (ASKED, {"result": True})


def test_others_are_not_stopped_and_the_answer_is_remembered_once(office: Office) -> None:
    office.add(OTHER)
    case = office.case()
    assert office.bench.work_on(case) is CaseStatus.HANDED_OVER
    office.bench.answer(case)
    assert office.bench.work_on(case) is CaseStatus.DECIDED
    assert [entry.payload for entry in office.bench.entries(case, "step")] == [{"result": False}]


def test_who_is_added_while_a_case_waits_is_found_when_it_goes_on(office: Office) -> None:
    case = office.case()
    office.bench.work_on(case)
    office.add(PARTNER)
    office.bench.answer(case)
    assert office.bench.work_on(case) is CaseStatus.STOPPED


def test_the_last_day_counts_and_the_day_after_does_not(office: Office) -> None:
    office.add(PARTNER, until=office.bench.today)
    assert office.bench.work_on(office.case()) is CaseStatus.STOPPED
    office.bench.let_pass(timedelta(days=1))
    assert office.bench.work_on(office.case(OTHER)) is CaseStatus.HANDED_OVER


def test_a_list_is_its_departments_own(office: Office) -> None:
    office.add(PARTNER)
    Conflict.objects.update(department="annan")
    assert office.bench.work_on(office.case()) is CaseStatus.HANDED_OVER


def test_changes_are_journalled_with_who_made_them_and_no_identity_number_stands_anywhere(office: Office) -> None:
    office.add(APPLICANT, PARTNER)
    case = office.case()
    again = office.list.add([PARTNER], by="kommandorad:prov", why="närstående", until=date(2027, 1, 31))
    told = office.list.add([APPLICANT], by="kommandorad:prov", why="anställd", until=None)

    assert (again.new, again.changed, again.cases) == (0, 1, ())
    assert told.cases == (case.handle,)
    assert office.list.remove([PARTNER], by="kommandorad:annan") == 1

    leaves = Leaf.objects.filter(kind__startswith="conflict.").order_by("index")
    assert [(leaf.kind, leaf.actor, leaf.case) for leaf in leaves] == [
        *[("conflict.added", "kommandorad:prov", None)] * 4,
        ("conflict.removed", "kommandorad:annan", None),
    ]
    removed = office.bench.journal.entry(leaves[4].index).payload
    assert (removed["why"], removed["until"]) == ("närstående", "2027-01-31")
    rows = [list(row.values()) for row in Conflict.objects.values()]
    assert len(rows) == 1
    assert not any(number in str((rows, removed)) for number in (APPLICANT, PARTNER))
    assert office.bench.journal.verify().ok


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda one: one.add([PARTNER, "19860306-9877"], by="p", why="anställd", until=None), "kontrollsiffra"),
        (lambda one: one.add(["8603069876"], by="p", why="anställd", until=None), "tolv siffror"),
        (lambda one: one.add([], by="p", why="anställd", until=None), "Inget personnummer"),
        (lambda one: one.add([PARTNER], by="p", why=" ", until=None), "orsaken"),
        (lambda one: one.add([PARTNER], by="p", why="x" * 81, until=None), "orsaken"),
        (lambda one: one.add([PARTNER], by="p", why=f"syskon till {OTHER}", until=None), "orsaken"),
        (lambda one: one.remove([APPLICANT, PARTNER], by="p"), "står inte på jävslistan"),
        (lambda one: one.remove_row(4711, by="p"), "står inte på jävslistan"),
    ],
)
def test_what_will_not_do_is_told_without_a_number_and_changes_nothing(
    office: Office, change: Callable[[Conflicts], object], told: str
) -> None:
    office.add(APPLICANT)
    with pytest.raises(BusinessError, match=told) as refused:
        change(office.list)
    assert not any(number in refused.value.message for number in (APPLICANT, PARTNER, OTHER, "8603069876"))
    assert Conflict.objects.count() == 1


@pytest.mark.parametrize("typed", ["198603069876", "19860306-9876", " 19860306 9876 ", "19860306+9876"])
def test_a_number_is_the_same_however_it_is_typed(typed: str) -> None:
    assert identity_number(typed) == PARTNER
