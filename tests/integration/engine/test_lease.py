import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections, transaction
from django.db.models.functions import Now

from medarbetare.cases.models import Case
from medarbetare.cases.status import CaseStatus
from medarbetare.database.dsn import Dsn
from medarbetare.engine.lease import Lease, give_back, put_off, release_dead, renew, take
from medarbetare.errors import LeaseLost

MINUTE = timedelta(minutes=1)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def case(database: Dsn) -> Case:
    return Case.objects.create(
        inbox="i", reference="REF-1", department="d", workflow="w", household="h", created_at=LONG_AGO, due_at=LONG_AGO
    )


def taken(case: Case, owner: str = "ett") -> Lease:
    lease = take(case.handle, owner, MINUTE)
    assert lease is not None
    return lease


def end(case: Case) -> None:
    Case.objects.filter(handle=case.handle).update(lease_until=Now() - timedelta(seconds=1))


def holds(lease: Lease, remaining: timedelta = timedelta(0)) -> bool:
    try:
        with transaction.atomic():
            lease.require(remaining)
    except LeaseLost:
        return False
    return True


def test_of_many_takers_at_once_one_wins(case: Case) -> None:
    won: list[Lease | None] = []
    together = threading.Barrier(4)

    def contend(number: int) -> None:
        together.wait()
        won.append(take(case.handle, f"arbetare {number}", MINUTE))
        connections.close_all()

    threads = [threading.Thread(target=contend, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(lease is not None for lease in won) == [False, False, False, True]
    case.refresh_from_db()
    assert (case.status, case.attempts, case.lease_token) == (CaseStatus.RUNNING, 1, 1)


def test_a_live_lease_cannot_be_taken_and_an_ended_one_can_with_a_higher_token(case: Case) -> None:
    first = taken(case)
    assert take(case.handle, "två", MINUTE) is None

    end(case)
    second = taken(case, "två")

    assert second.token > first.token
    assert (holds(first), holds(second)) == (False, True)
    case.refresh_from_db()
    assert (case.attempts, case.lease_owner) == (2, "två")


def test_an_ended_lease_cannot_be_renewed_nor_used_even_if_nobody_took_it(case: Case) -> None:
    lease = taken(case)
    end(case)

    assert not renew(lease, MINUTE)
    assert not holds(lease)


def test_a_lease_that_another_took_cannot_be_renewed(case: Case) -> None:
    first = taken(case)
    end(case)
    second = taken(case, "två")

    assert not renew(first, timedelta(hours=1))
    assert renew(second, timedelta(hours=1))
    assert holds(second, remaining=2 * MINUTE)


def test_a_worker_that_has_just_settled_its_case_is_not_taken_for_one_that_lost_its_lease(case: Case) -> None:
    lease = taken(case)
    Case.objects.update(lease_until=None, status=CaseStatus.DECIDED)

    assert renew(lease, MINUTE)
    case.refresh_from_db()
    assert case.lease_until is None


def test_a_renewed_lease_lasts_from_now(case: Case) -> None:
    lease = taken(case)
    assert not holds(lease, remaining=2 * MINUTE)

    renew(lease, 3 * MINUTE)

    assert holds(lease, remaining=2 * MINUTE)


def test_a_case_that_is_finished_or_not_due_is_not_taken(case: Case) -> None:
    Case.objects.update(due_at=Now() + MINUTE)
    assert take(case.handle, "ett", MINUTE) is None

    Case.objects.update(due_at=LONG_AGO, status=CaseStatus.DECIDED)
    assert take(case.handle, "ett", MINUTE) is None


def test_an_orderly_stop_does_not_count_as_an_attempt_and_a_crash_does(case: Case) -> None:
    give_back(taken(case))
    case.refresh_from_db()
    assert (case.attempts, case.lease_until) == (0, None)

    release_dead(taken(case))
    case.refresh_from_db()
    assert (case.attempts, case.lease_until) == (1, None)
    assert take(case.handle, "två", MINUTE) is not None


def test_a_case_whose_workers_die_again_and_again_pauses_longer_a_quarter_more_or_less(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("random.uniform", lambda low, high: high)
    for attempts, seconds in ((1, 0), (2, 2.5), (3, 5), (9, 20)):
        Case.objects.update(attempts=attempts - 1, due_at=LONG_AGO)
        before = datetime.now(UTC)
        release_dead(taken(case), timedelta(seconds=16))
        after = datetime.now(UTC)
        case.refresh_from_db()
        assert before <= case.due_at - timedelta(seconds=seconds) <= after


def test_a_case_put_off_is_free_but_not_due(case: Case) -> None:
    put_off(taken(case), MINUTE)

    assert take(case.handle, "två", MINUTE) is None
    case.refresh_from_db()
    assert case.lease_until is None


def test_an_old_token_changes_nothing_for_the_new_holder(case: Case) -> None:
    old = taken(case)
    end(case)
    new = taken(case, "två")

    give_back(old)
    release_dead(old)
    put_off(old, MINUTE)

    assert holds(new)
    case.refresh_from_db()
    assert case.attempts == 2
