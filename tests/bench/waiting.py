"""What cases that wait cost those that are due: claim latency, the sweep, and memory, as a curve.

For each number of waiting cases: the time of one claim (fetch the job, take the lease, let go, finish the job), of one
sweep, and the memory of the database server's busiest process. They wait for a day to come and have no job; the same is
measured with as many due cases in the queue, a backlog. At both ends of the curve also the memory of a supervisor that
has swept for a while: `medarbetare worker`, a process of its own.

Each number has a process and a server of its own, and they claim by turns: what the machine does meanwhile, and what a
server does in its background, falls on all of them alike. Run alone it prints the curve.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

import psutil
import yaml
from psycopg.conninfo import make_conninfo

from medarbetare.config import config_folder
from medarbetare.database.connection import load_models
from medarbetare.database.dsn import Dsn

load_models()

from django.db import connection  # noqa: E402

from medarbetare.engine import lease as leases  # noqa: E402
from medarbetare.engine.holds import not_held  # noqa: E402
from medarbetare.testing import Bench  # noqa: E402

NUMBERS = (0, 1_000, 10_000, 50_000, 100_000)
_TURNS, _CLAIMS = 20, 20
"""Turns of each number, and the claims of a turn. The first turn warms up and is not counted."""

_SWEEPS = 5
_SERVES = 10.0
"""Seconds that a supervisor has served before its memory is read: five of its sweeps."""
_CASES = """
    INSERT INTO cases_case (handle, inbox, reference, department, workflow, household, status, created_at, due_at,
                            attempts, lease_token, lease_owner, waits_for, flow_version, deadline)
    SELECT to_char(n, 'FM0000000000'), 'kö', n, 'avdelning', 'flode', 'h' || n, %(status)s, now(), now() + %(until)s,
           0, 0, '', '', '', current_date + (n %% 30)::int
    FROM generate_series(1, %(number)s) n
"""
_JOBS = """
    INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, args)
    SELECT 'cases', 'run_case', -2 * (n %% 30)::int - 2000000, 'household:h' || n,
           'case:' || to_char(n, 'FM0000000000'), '{}'
    FROM generate_series(1, %(number)s) n
"""


@dataclass(frozen=True)
class Point:
    """Milliseconds, and megabytes (10⁶ bytes): of the supervisor with its part of what is shared (PSS), None where it
    was not measured; of the server what is not shared (USS)."""

    cases: int
    claim_p50: float
    claim_max: float
    sweep_p50: float
    supervisor_mb: float | None
    server_mb: float


def measure(*, backlog: bool = False, numbers: Sequence[int] = NUMBERS) -> list[Point]:
    """One point for each number of cases that wait; with `backlog` they are due and queued."""
    ends = (min(numbers), max(numbers))
    sides = [_Side(number, backlog, with_supervisor=number in ends) for number in numbers]
    try:
        for side in sides:
            side.answer()
        claims: list[list[float]] = [[] for _ in sides]
        for turn in range(_TURNS):
            # There and back, so that none of them is always the one after another.
            for index in sorted(range(len(sides)), reverse=bool(turn % 2)):
                taken = sides[index].ask("claim")
                claims[index] += taken if turn else []
        return [
            Point(**{**side.ask("tell"), "claim_p50": median(mine), "claim_max": max(mine)})
            for side, mine in zip(sides, claims, strict=True)
        ]
    finally:
        for side in sides:
            side.close()


class _Side:
    """A process with a server of its own where so many cases wait. It does one thing at a time, as it is asked."""

    def __init__(self, number: int, backlog: bool, *, with_supervisor: bool) -> None:
        self._process = subprocess.Popen(
            [sys.executable, os.path.abspath(__file__), str(number), str(backlog), str(with_supervisor)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, what: str) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(what + "\n")
        self._process.stdin.flush()
        return self.answer()

    def answer(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        self._process.communicate(timeout=120)


def _serve(number: int, *, backlog: bool, with_supervisor: bool) -> None:
    """The process: fill the database, say so, and do what is asked for until nobody asks any more."""
    from lean import empty_database, new_bench, receive

    with empty_database() as dsn:
        bench = new_bench()
        _fill(number, backlog)
        receive(bench, _TURNS * _CLAIMS)
        # Before the claims, so that they meet the queue as it is and not an order of their own.
        sweeps = _timed(lambda: bench.register.defer_due(not_held()), _SWEEPS)
        _tell(True)
        for line in sys.stdin:
            if line.strip() == "claim":
                _tell(_timed(_claim, _CLAIMS))
                continue
            server = _server_memory()
            supervisor = supervisor_memory(dsn, bench) if with_supervisor else None
            _tell(asdict(Point(number, 0.0, 0.0, median(sweeps), supervisor, server)))


def _tell(answer: object) -> None:
    print(json.dumps(answer), flush=True)


def _fill(number: int, backlog: bool) -> None:
    given = {
        "number": number,
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


def supervisor_memory(dsn: Dsn, bench: Bench) -> float:
    """PSS of `medarbetare worker` on this database when it has served for a while. Its workers are not counted."""
    with tempfile.TemporaryDirectory(prefix="medarbetare-bench-") as folder:
        config = Path(folder) / "config"
        environ = {**os.environ, **_configure(config, dsn, bench)}
        with open(Path(folder) / "log", "ab") as log:
            command = [sys.executable, "-m", "medarbetare", "--config", str(config), "worker", "--workers", "1"]
            supervisor = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environ)
        try:
            time.sleep(_SERVES)
            if supervisor.poll() is not None:
                raise SupervisorEnded((Path(folder) / "log").read_text("utf-8"))
            return float(psutil.Process(supervisor.pid).memory_full_info().pss) / 1e6
        finally:
            supervisor.terminate()
            supervisor.wait()


class SupervisorEnded(Exception):
    """There is no supervisor to measure. The text is its log."""


def _configure(config: Path, dsn: Dsn, bench: Bench) -> dict[str, str]:
    """The shipped configuration for this database and journal; the environment that holds its secrets."""
    shutil.copytree(config_folder(), config)
    installation: dict[str, Any] = {
        "municipality": "Exempelby",
        "practice_date": "2026-12-01",
        "database": {"url": {"env": "BENCH_DATABASE"}},
        "journal": {
            "origin": bench.origin,
            "signing_key": {"env": "BENCH_SIGNING_KEY"},
            "department_keys": {"ekonomiskt_bistand": {"env": "BENCH_DEPARTMENT_KEY"}},
        },
    }
    inbox = {
        "kind": "folder",
        "folder": "../post",
        "department": "ekonomiskt_bistand",
        "workflow": "ekonomiskt_bistand",
    }
    files = {
        "medarbetare": installation,
        "inbox": {"inboxes": {"filer": inbox}},
        "schedule": {"runs": {"filer": {"inboxes": ["filer"], "cron": "0 6 * * mon"}}},
    }
    for name, content in files.items():
        (config / f"{name}.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    return {
        "BENCH_DATABASE": make_conninfo(**dsn.parameters),
        "BENCH_SIGNING_KEY": bench.keys.signing.private_bytes_raw().hex(),
        "BENCH_DEPARTMENT_KEY": bench.keys.departments[bench.department].hex(),
        "MEDARBETARE_STATE": str(config.parent / "state"),
    }


def _server_memory() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'")
        pids = [pid for (pid,) in cursor.fetchall()]
    largest = 0.0
    for pid in pids:
        with suppress(psutil.Error):
            largest = max(largest, psutil.Process(pid).memory_full_info().uss / 1e6)
    return largest


def main() -> None:
    """Measure both, or be one of the processes that are measured."""
    if len(sys.argv) > 1:
        number, backlog, with_supervisor = sys.argv[1:]
        _serve(int(number), backlog=backlog == "True", with_supervisor=with_supervisor == "True")
        return
    for backlog in (False, True):
        print("förfallna och i kö:" if backlog else "väntar på sin dag:")
        for point in measure(backlog=backlog):
            print("  ", point, flush=True)


if __name__ == "__main__":
    main()
