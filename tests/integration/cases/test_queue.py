from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import Q
from procrastinate.contrib.django.models import ProcrastinateJob

from medarbetare.cases.models import Case
from medarbetare.cases.register import priority
from medarbetare.cases.status import CaseStatus
from medarbetare.database.dsn import Dsn
from medarbetare.engine.holds import not_held, of_portal
from medarbetare.engine.models import Hold
from medarbetare.engine.outcome import handed_over
from medarbetare.testing import Bench


@pytest.fixture
def bench(database: Dsn) -> Bench:
    return Bench({"flode": lambda run: handed_over("klart")})


def without_jobs(bench: Bench, *references: str) -> None:
    """Due cases whose jobs have gone with a supervisor that was killed."""
    for reference in references:
        bench.receive(reference, household=reference)
    ProcrastinateJob.objects.all().delete()


def queued() -> list[str]:
    """The references of the cases in the queue, in the order in which they are given out."""
    jobs = ProcrastinateJob.objects.filter(status="todo").order_by("-priority", "id")
    return [Case.objects.get(handle=job.args["case"]).reference for job in jobs]


def sweep(bench: Bench, held: Q | None = None, most: int = 200) -> int:
    return bench.register.defer_due(Q() if held is None else held, most=most)


def test_a_sweep_queues_what_is_due_and_alone_once_and_no_more_than_so_many(bench: Bench) -> None:
    without_jobs(bench, "A", "B", "C", "hålls", "senare")
    now = datetime.now(UTC)
    Case.objects.filter(reference="hålls").update(lease_until=now + timedelta(minutes=1), status=CaseStatus.RUNNING)
    Case.objects.filter(reference="senare").update(due_at=now + timedelta(days=1))

    assert [sweep(bench, most=2), sweep(bench, most=2), sweep(bench, most=2)] == [2, 1, 0]
    assert queued() == ["A", "B", "C"]


def test_what_is_held_is_not_queued(bench: Bench) -> None:
    without_jobs(bench, "A", "B")
    Case.objects.filter(reference="A").update(waits_for=of_portal("kassan"))
    Hold.objects.create(what=of_portal("kassan"), since=datetime.now(UTC), by="test")
    sweep(bench, not_held())
    assert queued() == ["B"]
    Hold.objects.create(what="allt", since=datetime.now(UTC), by="test")
    assert bench.register.is_idle(not_held())


def test_what_is_half_done_goes_first_then_the_nearest_deadline_and_of_one_day_what_has_been_begun(
    bench: Bench,
) -> None:
    without_jobs(bench, "ny", "besvarad", "bråttom", "sen", "halv")
    today = datetime.now(UTC).date()
    for reference, days in (("ny", 5), ("besvarad", 5), ("bråttom", 1), ("sen", 9), ("halv", 20)):
        Case.objects.filter(reference=reference).update(deadline=today + timedelta(days=days))
    Case.objects.filter(reference="besvarad").update(status=CaseStatus.WAITING)
    Case.objects.filter(reference="halv").update(status=CaseStatus.RUNNING)

    sweep(bench, most=4)
    assert queued() == ["halv", "bråttom", "besvarad", "ny"]
    assert all(priority(case) < 0 for case in Case.objects.all())
