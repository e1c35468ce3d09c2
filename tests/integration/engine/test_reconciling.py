"""Receipts and open hand-offs against a portal that staff also work in, on a real database."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from medarbetare.cases.handoffs import Handoffs, Person
from medarbetare.cases.models import Case, Closing, Handoff
from medarbetare.cases.status import CaseStatus
from medarbetare.database.dsn import Dsn
from medarbetare.engine.difference import What
from medarbetare.engine.effect import NaturalKey, Submit
from medarbetare.engine.mode import Mode
from medarbetare.engine.outcome import Outcome, decided, handed_over, stopped
from medarbetare.engine.portal import Portal
from medarbetare.engine.reconciling import Reconciliation, Report
from medarbetare.engine.rereading import Receipt
from medarbetare.engine.run import Run
from medarbetare.errors import PortalError, SelectorError, StopRequested
from medarbetare.testing import IMPATIENT, Bench, MemoryPortal, Sheet

SHIELDED = "skyddad"
TOVA = Person("tova", "Tova Testsson")


class Betalning(BaseModel):
    model_config = ConfigDict(frozen=True)

    vem: str
    belopp: Decimal


@dataclass
class Betala:
    """A payment to a household, once a month."""

    portal_: Portal
    vem: str
    name: str = "utbetalning"
    portal: str = "kassa"
    needs: Mode = Mode.AUTOMATISK

    @property
    def key(self) -> NaturalKey:
        return NaturalKey(self.vem, "2026-12", "utbetalning")

    @property
    def intended(self) -> Betalning:
        return Betalning(vem=self.vem, belopp=Decimal("100.00"))

    def read(self) -> Sequence[Betalning]:
        rows = self.portal_.page("lista").table("betalningar")
        return [Betalning.model_validate(row) for row in rows if row["vem"] == self.vem]

    def fill(self) -> Submit:
        page = self.portal_.page("ny")
        page.fill_all({"vem": self.vem, "belopp": "100.00"})
        return lambda: page.commit("spara")


@dataclass
class Kassa:
    """Somebody else's system, the workflow that pays in it, and a reconciliation of both."""

    bench: Bench = field(init=False)
    rows: list[dict[str, str]] = field(default_factory=list)
    decided_by_staff: set[str] = field(default_factory=set)
    fails: dict[str, Exception] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    shielded_roles: frozenset[str] = frozenset({SHIELDED})
    title = "Flöde"
    version = "1"

    def __post_init__(self) -> None:
        pages = {
            "lista": lambda: Sheet(tables={"betalningar": list(self.rows)}),
            "ny": lambda: Sheet(fields={"vem", "belopp"}, commits={"spara": self.rows.append}),
        }
        self.bench = Bench({"flode": self.flow}, [MemoryPortal("kassa", pages)])

    # The workflow.

    def flow(self, run: Run) -> Outcome:
        vem = run.step("läs", lambda: run.reference.split("-")[0], str)
        if vem.startswith("pia"):
            return handed_over("En handläggare tar över.")
        run.mode = Mode.AUTOMATISK
        run.write(Betala(run.portal("kassa"), vem))
        return stopped("Får inte.", SHIELDED) if vem.startswith("svea") else decided("Betalt.")

    def rereader(self, portals: Callable[[str], Portal]) -> "Kassa":
        return self

    def records(self, receipt: Receipt, steps: Mapping[str, Any]) -> Sequence[BaseModel] | None:
        self._ask(steps["läs"])
        return Betala(self.bench.portals["kassa"], receipt.key.household).read()

    def finished(self, steps: Mapping[str, Any], receipts: Sequence[Receipt]) -> Mapping[str, object] | None:
        self._ask(steps["läs"])
        return {"beslut": "01"} if steps["läs"] in self.decided_by_staff else None

    def _ask(self, vem: str) -> None:
        self.asked.append(vem)
        if vem in self.fails:
            raise self.fails[vem]

    # The test's hands.

    def worked(self, vem: str) -> Case:
        case = self.bench.receive(f"{vem}-1", vem)
        self.bench.work_on(case)
        return case

    def reconcile(self, **changed: Any) -> Report:
        self.asked.clear()
        settings: dict[str, Any] = {
            "departments": [self.bench.department],
            "period": timedelta(days=100),
            "clock": lambda: datetime.now(UTC),
            "patience": IMPATIENT,
            **changed,
        }
        portals = self.bench.portals.__getitem__
        return Reconciliation(self.bench.journal, {"flode": self}, portals, **settings).run("schema")

    def summary(self) -> dict[str, Any]:
        (*_, last) = [
            self.bench.journal.entry(index)
            for index in range(self.bench.journal.verify().size)
            if self.bench.journal.entry(index).kind == "reconciliation"
        ]
        return last.payload


@pytest.fixture
def kassa(database: Dsn) -> Kassa:
    return Kassa()


def told(report: Report) -> list[tuple[str, str, tuple[str, ...], bool, bool]]:
    return [
        (one.case, one.difference.what.value, one.difference.fields, one.is_new, one.settled) for one in report.found
    ]


def test_receipts_that_stand_agree_and_only_the_counts_are_noted(kassa: Kassa) -> None:
    first, second = kassa.worked("tova"), kassa.worked("aron")
    # The same amount in another notation is no change.
    kassa.rows[0]["belopp"] = "100"

    report = kassa.reconcile()

    assert (report.compared, report.found, report.unread) == (2, [], [])
    assert kassa.summary() == report.counts()
    assert not kassa.bench.entries(first, "reconciliation")
    assert not kassa.bench.entries(second, "reconciliation")
    assert kassa.bench.portals["kassa"].commits() == ["ny", "ny"]
    assert kassa.bench.journal.verify().ok


def test_what_is_missing_changed_or_there_twice_is_told_journalled_and_handed_over(kassa: Kassa) -> None:
    cases = {vem: kassa.worked(vem) for vem in ("tova", "aron", "par", "linn")}
    tova, aron, par, _ = kassa.rows
    kassa.rows.remove(tova)
    aron["belopp"] = "90.00"
    kassa.rows.append(dict(par))

    report = kassa.reconcile()

    assert told(report) == [
        (cases["tova"].handle, "saknas", (), True, False),
        (cases["aron"].handle, "ändrad", ("belopp",), True, False),
        (cases["par"].handle, "flera", (), True, False),
    ]
    assert [one.difference.text for one in report.found] == [
        "«utbetalning» finns inte längre i kassa. Kontrollera i systemet vad som gäller.",
        "«utbetalning» i kassa är ändrad sedan roboten skrev: belopp. Kontrollera i systemet vad som gäller.",
        "Det finns 2 «utbetalning» i kassa där roboten skrev en. Kontrollera i systemet vad som gäller.",
    ]
    for vem, one in zip(("tova", "aron", "par"), report.found, strict=True):
        (entry,) = kassa.bench.entries(cases[vem], "reconciliation.difference")
        handoff = Handoff.objects.get(case=cases[vem])
        assert (handoff.about, handoff.entry, handoff.closed_at) == ("avstämning", entry.index, None)
        assert entry.payload["reasons"] == [one.difference.text]
        assert kassa.bench.status(cases[vem]) is CaseStatus.DECIDED
    assert kassa.summary()["new_differences"] == 3
    assert Handoff.objects.count() == 3


def test_a_difference_that_waits_or_that_a_person_has_dealt_with_is_not_handed_over_again(kassa: Kassa) -> None:
    case = kassa.worked("tova")
    kassa.rows.clear()
    kassa.reconcile()

    again = kassa.reconcile()
    assert told(again) == [(case.handle, "saknas", (), False, False)]

    Handoffs(kassa.bench.journal).take_over(Handoff.objects.get().pk, TOVA, datetime.now(UTC))
    settled = kassa.reconcile()
    assert told(settled) == [(case.handle, "saknas", (), False, True)]
    assert settled.unsettled == []
    assert Handoff.objects.count() == len(kassa.bench.entries(case, "reconciliation.difference")) == 1


def test_a_difference_that_staff_put_right_is_closed_and_told_anew_if_it_comes_back(kassa: Kassa) -> None:
    case = kassa.worked("tova")
    (row,) = kassa.rows
    kassa.rows.clear()
    kassa.reconcile()

    kassa.rows.append(row)
    assert kassa.reconcile().found == []
    handoff = Handoff.objects.get()
    assert (handoff.closed_as, handoff.closed_by) == (Closing.FINISHED_ELSEWHERE, "robot")
    assert kassa.bench.status(case) is CaseStatus.DECIDED
    kassa.reconcile()
    assert len(kassa.bench.entries(case, "reconciliation.agrees")) == 1

    kassa.rows.clear()
    assert told(kassa.reconcile()) == [(case.handle, "saknas", (), True, False)]
    assert Handoff.objects.filter(closed_at=None).count() == 1


def test_another_difference_of_the_same_write_is_told_too(kassa: Kassa) -> None:
    case = kassa.worked("tova")
    kassa.rows[0]["belopp"] = "90.00"
    kassa.reconcile()
    kassa.rows[0]["belopp"] = "80.00"
    assert told(kassa.reconcile()) == [(case.handle, "ändrad", ("belopp",), True, False)]
    assert len(kassa.bench.entries(case, "reconciliation.difference")) == 2


def test_a_hand_off_that_staff_have_decided_in_the_case_system_is_closed(kassa: Kassa) -> None:
    done = kassa.worked("pia")
    waits = kassa.worked("pialotta")
    kassa.decided_by_staff.add("pia")

    report = kassa.reconcile()

    assert report.closed == [done.handle]
    assert kassa.bench.status(done) is CaseStatus.FINISHED_ELSEWHERE
    handoff = Handoff.objects.get(case=done)
    assert (handoff.closed_as, handoff.closed_by) == (Closing.FINISHED_ELSEWHERE, "robot")
    (entry,) = kassa.bench.entries(done, "handoff.")
    assert (entry.kind, entry.payload["beslut"]) == ("handoff.finished elsewhere", "01")
    assert kassa.bench.status(waits) is CaseStatus.HANDED_OVER
    assert kassa.reconcile().closed == []


def test_a_hand_off_that_nobody_has_decided_stays_open(kassa: Kassa) -> None:
    case = kassa.worked("pia")
    assert kassa.reconcile().closed == []
    assert kassa.asked == ["pia"]
    assert kassa.bench.status(case) is CaseStatus.HANDED_OVER
    assert Handoff.objects.get().closed_at is None


def test_nobody_whom_the_robot_may_not_look_up_is_looked_up(kassa: Kassa) -> None:
    before = kassa.bench.receive("tova-1", "svea")
    kassa.bench.work_on(before)
    protected = kassa.worked("svea")
    kassa.rows.clear()

    report = kassa.reconcile()

    assert sorted(report.shielded) == sorted([before.handle, protected.handle])
    assert (report.compared, report.found, kassa.asked) == (0, [], [])


def test_a_case_that_is_being_worked_on_is_passed_over(kassa: Kassa) -> None:
    case, other = kassa.worked("tova"), kassa.worked("aron")
    kassa.rows.clear()
    Case.objects.filter(handle=case.handle).update(lease_until=datetime.now(UTC) + timedelta(minutes=1))

    report = kassa.reconcile()

    assert report.busy == [case.handle]
    assert [one.case for one in report.found] == [other.handle]
    assert not Handoff.objects.filter(case=case).exists()


def test_receipts_older_than_the_period_are_left_alone(kassa: Kassa) -> None:
    kassa.worked("tova")
    kassa.rows.clear()
    later = datetime.now(UTC) + timedelta(days=101)
    assert kassa.reconcile(clock=lambda: later).compared == 0
    assert kassa.asked == []


@pytest.mark.parametrize("error", [SelectorError("Borta."), PortalError("Nere.", portal="kassa"), KeyError("fält")])
def test_one_household_that_cannot_be_read_does_not_hide_the_others(kassa: Kassa, error: Exception) -> None:
    unread, other = kassa.worked("tova"), kassa.worked("aron")
    kassa.fails["tova"] = error
    kassa.rows.clear()

    report = kassa.reconcile()

    assert report.unread == [unread.handle]
    assert told(report) == [(other.handle, "saknas", (), True, False)]
    assert kassa.summary()["unread"] == 1
    assert Handoff.objects.filter(case=unread).count() == 0


def test_a_portal_that_is_down_is_not_asked_for_every_household(kassa: Kassa) -> None:
    people = ["tova", "aron", "par", "linn", "doris"]
    cases = [kassa.worked(vem) for vem in people]
    kassa.fails = {vem: PortalError("Nere.", portal="kassa") for vem in people}

    report = kassa.reconcile()

    assert report.unread == [case.handle for case in cases]
    assert set(kassa.asked) == {"tova", "aron", "par"}


def test_a_stop_is_heeded_between_households(kassa: Kassa) -> None:
    kassa.worked("tova")

    def stop() -> None:
        raise StopRequested

    with pytest.raises(StopRequested):
        kassa.reconcile(check_stop=stop)
    assert kassa.asked == []


def test_a_difference_as_it_is_told_holds_no_record(kassa: Kassa) -> None:
    kassa.worked("tova")
    kassa.rows[0]["belopp"] = "90.00"
    (found,) = kassa.reconcile().found
    assert found.difference.what is What.CHANGED
    assert found.difference.records[0]["belopp"] == "90.00"
    assert "tova" not in found.difference.text
    assert "90" not in found.difference.text
