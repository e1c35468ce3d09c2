"""What cases that wait cost those that are due: claim latency, the sweep, and memory, as a curve.

For each number of waiting cases: the time of one claim (fetch the job, take the lease, let go, finish the job), of one
sweep, and the memory of this process and of the database server's busiest process. Half of them wait for a day to come
and have no job; the same is measured with as many due cases in the queue, a backlog. Run alone it prints the curve.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from statistics import quantiles

import psutil

from medarbetare.database.connection import load_models

load_models()

from django.db import connection  # noqa: E402

from medarbetare.engine import lease as leases  # noqa: E402
from medarbetare.engine.holds import not_held  # noqa: E402
from medarbetare.testing import Bench  # noqa: E402

NUMBERS = (0, 1_000, 10_000, 50_000, 100_000)
_CLAIMS = 200
_SWEEPS = 5
_CASES = """
    INSERT INTO cases_case (handle, inbox, reference, department, workflow, household, status, created_at, due_at,
                            attempts, lease_token, lease_owner, waits_for, flow_version, deadline)
    SELECT to_char(n, 'FM0000000000'), 'kö', n, 'avdelning', 'flode', 'h' || n, %(status)s, now(), now() + %(until)s,
           0, 0, '', '', '', current_date + (n %% 30)::int
    FROM generate_series(%(first)s, %(last)s) n
"""
_JOBS = """
    INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, args)
    SELECT 'cases', 'run_case', -2 * (n %% 30)::int - 2000000, 'household:h' || n,
           'case:' || to_char(n, 'FM0000000000'), '{}'
    FROM generate_series(%(first)s, %(last)s) n
"""


@dataclass(frozen=True)
class Point:
    """Milliseconds, and megabytes (10⁶ bytes) of memory that is not shared."""

    cases: int
    claim_p50: float
    claim_p99: float
    sweep_p50: float
    supervisor_mb: float
    server_mb: float


def measure(bench: Bench, *, backlog: bool = False, numbers: Sequence[int] = NUMBERS) -> list[Point]:
    """One point for each number of cases that wait; with `backlog` they are due and queued. Empties the queue first."""
    from lean import receive

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, cases_case CASCADE")
    points, there = [], 0
    for number in numbers:
        if number > there:
            _fill(there + 1, number, backlog)
            there = number
        receive(bench, _CLAIMS)
        # Before the backlog, so that the claims meet the queue as it is and not an order of their own.
        sweeps = _timed(lambda: bench.register.defer_due(not_held()), _SWEEPS)
        claims = _timed(_claim, _CLAIMS)
        points.append(
            Point(number, _middle(claims), max(claims), _middle(sweeps), _memory(psutil.Process()), _server_memory())
        )
    return points


def _fill(first: int, last: int, backlog: bool) -> None:
    given = {
        "first": first,
        "last": last,
        "status": "ny" if backlog else "väntar",
        "until": timedelta(0 if backlog else 1),
    }
    with connection.cursor() as cursor:
        cursor.execute(_CASES, given)
        if backlog:
            cursor.execute(_JOBS, given)
        # As the server's own autovacuum does in a while.
        cursor.execute("ANALYZE cases_case, procrastinate_jobs")


def _claim() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, args->>'case' FROM procrastinate_fetch_job_v2(NULL, NULL)")
        row = cursor.fetchone()
        assert row is not None
        number, handle = row
        if handle is not None:
            lease = leases.take(handle, "bench", timedelta(seconds=24))
            assert lease is not None
            leases.put_off(lease, timedelta(days=1))
        cursor.execute("SELECT procrastinate_finish_job_v1(%s, 'succeeded', true)", [number])


def _timed(act: Callable[[], object], times: int) -> list[float]:
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def _middle(values: Sequence[float]) -> float:
    return quantiles(values, n=2)[0]


def _memory(process: psutil.Process) -> float:
    return float(process.memory_full_info().uss) / 1e6


def _server_memory() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'")
        pids = [pid for (pid,) in cursor.fetchall()]
    largest = 0.0
    for pid in pids:
        with suppress(psutil.Error):
            largest = max(largest, _memory(psutil.Process(pid)))
    return largest


def main() -> None:
    """Measure both on a server of its own."""
    from lean import empty_database, new_bench

    with empty_database():
        bench = new_bench()
        for backlog in (False, True):
            print("förfallna och i kö:" if backlog else "väntar på sin dag:")
            for point in measure(bench, backlog=backlog):
                print("  ", point, flush=True)


if __name__ == "__main__":
    main()
