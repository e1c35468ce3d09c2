"""How long the queue keeps what is left of its jobs, as configured."""

import asyncio
from typing import Any

from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from medarbetare.bootstrap import build_supervisor, read_configuration
from medarbetare.testing import Bench

ENDS = ("failed", "aborted", "succeeded")


def ended(bench: Bench, reference: str, status: str, days: int) -> int:
    """A job that ended so many days ago, as a supervisor that was killed then left it."""
    case = bench.receive(reference, household=reference)
    job = ProcrastinateJob.objects.get(args__case=case.handle)
    with connection.cursor() as cursor:
        cursor.execute("SELECT procrastinate_finish_job_v1(%s, %s, false)", [job.pk, status])
        cursor.execute(
            "UPDATE procrastinate_events SET at = now() - make_interval(days => %s) WHERE job_id = %s", [days, job.pk]
        )
    type(case).objects.filter(handle=case.handle).update(status="beslutad")
    return job.pk


def test_jobs_that_failed_are_kept_as_long_as_configured_and_no_longer(installed: Any, bench: Bench) -> None:
    machine = installed("här", queue={"keep_failed_days": 7})
    kept = {ended(bench, f"ny {status}", status, days=6) for status in ENDS}
    for status in ENDS:
        ended(bench, f"gammal {status}", status, days=8)
    assert ProcrastinateJob.objects.count() == 2 * len(ENDS)

    asyncio.run(build_supervisor(read_configuration(machine.config)).serve(until_idle=True))

    assert set(ProcrastinateJob.objects.values_list("pk", flat=True)) == kept
