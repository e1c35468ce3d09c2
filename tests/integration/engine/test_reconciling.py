"""Receipts against a portal that staff also work in, on a real database."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group, User

from medarbetare.cases.handoffs import Handoffs, Person
from medarbetare.cases.models import Case, Closing, Handoff
from medarbetare.cases.status import CaseStatus
from medarbetare.engine.difference import What
from medarbetare.engine.reconciling import Report
from medarbetare.errors import PortalError, SelectorError, StopRequested

TOVA = Person("tova", "Tova Testsson")


def told(report: Report) -> list[tuple[str, str, tuple[str, ...], bool, bool]]:
    return [
        (one.case, one.difference.what.value, one.difference.fields, one.is_new, one.settled) for one in report.found
    ]


def test_receipts_that_stand_agree_and_only_the_counts_are_noted(kassa):
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


def test_what_is_missing_changed_or_there_twice_is_told_journalled_and_handed_over(kassa):
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


def test_a_difference_goes_to_the_case_worker_whom_the_case_system_named_then(kassa):
    tova = User.objects.create(username="tova", first_name="Tova", last_name="Testsson")
    tova.groups.add(Group.objects.create(name=f"{kassa.bench.department}: handläggare"))
    kassa.worker = "Tova Testsson"
    kassa.worked("tova")
    kassa.rows.clear()
    kassa.reconcile()
    assert Handoff.objects.get().assigned_to == "tova"


def test_a_difference_that_waits_or_that_a_person_has_dealt_with_is_not_handed_over_again(kassa):
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


def test_a_difference_that_staff_put_right_is_closed_and_told_anew_if_it_comes_back(kassa):
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


def test_another_difference_of_the_same_write_is_told_too(kassa):
    case = kassa.worked("tova")
    kassa.rows[0]["belopp"] = "90.00"
    kassa.reconcile()
    kassa.rows[0]["belopp"] = "80.00"
    assert told(kassa.reconcile()) == [(case.handle, "ändrad", ("belopp",), True, False)]
    assert len(kassa.bench.entries(case, "reconciliation.difference")) == 2


def test_nobody_whom_the_robot_may_not_look_up_is_looked_up(kassa):
    before = kassa.bench.receive("tova-1", "svea")
    kassa.bench.work_on(before)
    protected = kassa.worked("svea")
    kassa.rows.clear()

    report = kassa.reconcile()

    assert sorted(report.shielded) == sorted([before.handle, protected.handle])
    assert (report.compared, report.found, kassa.asked) == (0, [], [])


def test_a_case_that_is_being_worked_on_is_passed_over(kassa):
    case, other = kassa.worked("tova"), kassa.worked("aron")
    kassa.rows.clear()
    Case.objects.filter(handle=case.handle).update(lease_until=datetime.now(UTC) + timedelta(minutes=1))

    report = kassa.reconcile()

    assert report.busy == [case.handle]
    assert [one.case for one in report.found] == [other.handle]
    assert not Handoff.objects.filter(case=case).exists()


def test_receipts_older_than_the_period_are_left_alone(kassa):
    kassa.worked("tova")
    kassa.rows.clear()
    later = datetime.now(UTC) + timedelta(days=101)
    assert kassa.reconcile(clock=lambda: later).compared == 0
    assert kassa.asked == []


@pytest.mark.parametrize("error", [SelectorError("Borta."), PortalError("Nere.", portal="kassa"), KeyError("fält")])
def test_one_household_that_cannot_be_read_does_not_hide_the_others(kassa, error):
    unread, other = kassa.worked("tova"), kassa.worked("aron")
    kassa.fails["tova"] = error
    kassa.rows.clear()

    report = kassa.reconcile()

    assert report.unread == [unread.handle]
    assert told(report) == [(other.handle, "saknas", (), True, False)]
    assert kassa.summary()["unread"] == 1
    assert Handoff.objects.filter(case=unread).count() == 0


def test_a_portal_that_is_down_is_not_asked_for_every_household(kassa):
    people = ["tova", "aron", "par", "linn", "doris"]
    cases = [kassa.worked(vem) for vem in people]
    kassa.fails = {vem: PortalError("Nere.", portal="kassa") for vem in people}

    report = kassa.reconcile()

    assert report.unread == [case.handle for case in cases]
    assert set(kassa.asked) == {"tova", "aron", "par"}


def test_only_a_portal_that_does_not_answer_hides_the_rest(kassa):
    people = ["tova", "aron", "par", "linn", "doris"]
    for vem in people:
        kassa.worked(vem)
    kassa.fails = {vem: SelectorError("Borta.") for vem in people[:2]}
    kassa.fails |= {vem: KeyError("fält") for vem in people[2:4]}

    assert len(kassa.reconcile().unread) == 4
    assert set(kassa.asked) == set(people)


def test_a_workflow_that_is_gone_hides_no_other(kassa):
    gone = [kassa.worked(vem) for vem in ("tova", "aron", "par", "linn")]
    Case.objects.update(workflow="borta")
    other = kassa.worked("doris")
    kassa.rows.clear()

    report = kassa.reconcile()

    assert report.unread == [case.handle for case in gone]
    assert told(report) == [(other.handle, "saknas", (), True, False)]


def test_a_portal_that_is_down_hides_only_the_workflow_that_needs_it(kassa):
    people = ["tova", "aron", "par", "linn"]
    cases = [kassa.worked(vem) for vem in people]
    kassa.fails = {vem: PortalError("Nere.", portal="kassa") for vem in people}
    other = kassa.worked("doris")
    Case.objects.filter(handle=other.handle).update(workflow="annat")

    report = kassa.reconcile(workflows={"flode": kassa, "annat": kassa})

    assert report.unread == [case.handle for case in cases]
    assert set(kassa.asked) == {"tova", "aron", "par", "doris"}


def test_a_stop_is_heeded_between_households(kassa):
    kassa.worked("tova")

    def stop():
        raise StopRequested

    with pytest.raises(StopRequested):
        kassa.reconcile(check_stop=stop)
    assert kassa.asked == []


def test_a_difference_as_it_is_told_holds_no_record(kassa):
    kassa.worked("tova")
    kassa.rows[0]["belopp"] = "90.00"
    (found,) = kassa.reconcile().found
    assert found.difference.what is What.CHANGED
    assert found.difference.records[0]["belopp"] == "90.00"
    assert "tova" not in found.difference.text
    assert "90" not in found.difference.text
