"""How many cases a second four processes claim: fetch the job, take the lease, finish the job.

By the queue's own worker, the robot's own job and its own lease; only the work on the case is left out, so that each
lease is held until everything is claimed. Run alone it prints its figures.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from medarbetare.database.connection import configure, load_models
from medarbetare.database.dsn import Dsn

load_models()

from django.db import connections  # noqa: E402
from procrastinate.contrib.django import app as queue  # noqa: E402

from medarbetare.cases.models import Case  # noqa: E402
from medarbetare.engine import lease as leases  # noqa: E402
from medarbetare.engine import tasks  # noqa: E402
from medarbetare.engine.tasks import worker_connector  # noqa: E402

PROCESSES = 4
CASES = 4000
AT_LEAST = 500
_DATABASE = "LEAN_DATABASE"


@dataclass(frozen=True)
class Claims:
    """`double` counts cases that were claimed more than once, `lost` those that nobody claimed."""

    per_second: float
    claimed: int
    double: int
    lost: int


class Claimer:
    """Stands in for the supervisor in a job's context."""

    def __init__(self) -> None:
        self.claimed: list[str] = []
        self._database = ThreadPoolExecutor(max_workers=1)

    async def run_case(self, handle: str) -> None:
        """Take the lease of the case."""
        if await asyncio.get_running_loop().run_in_executor(self._database, self._claim, handle):
            self.claimed.append(handle)

    def _claim(self, handle: str) -> bool:
        return leases.take(handle, f"claimer:{os.getpid()}", timedelta(minutes=10)) is not None

    def close(self) -> None:
        """Let go of the database."""
        self._database.submit(connections.close_all).result()
        self._database.shutdown()


async def claim_all() -> list[str]:
    """Claim until the queue is empty."""
    claimer = Claimer()
    async with queue.with_connector(worker_connector()).open_async() as worker_app:
        print("ready", flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
        await worker_app.run_worker_async(
            wait=False,
            install_signal_handlers=False,
            additional_context={tasks.SUPERVISOR: claimer},
            delete_jobs="successful",
            task_middleware=[],
        )
    claimer.close()
    return claimer.claimed


def measure(dsn: Dsn, cases: int = CASES, processes: int = PROCESSES) -> Claims:
    """Let so many processes claim so many new cases. The database is Django's, with an empty queue."""
    from lean import new_bench, receive

    handles = receive(new_bench(), cases)
    environ = {**os.environ, _DATABASE: make_conninfo(**dsn.parameters)}
    claimers = [
        subprocess.Popen(
            [sys.executable, "-P", os.path.abspath(__file__), "--claim"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environ,
        )
        for _ in range(processes)
    ]
    for one in claimers:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    began = time.perf_counter()
    for one in claimers:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    answers = [json.loads(one.communicate(timeout=300)[0]) for one in claimers]
    took = max(answer["ended"] for answer in answers) - began
    claimed = Counter(handle for answer in answers for handle in answer["claimed"])
    # The lease's token counts every claim, whoever has forgotten to tell of it.
    double = Case.objects.filter(handle__in=handles, lease_token__gt=1).count()
    return Claims(
        per_second=len(claimed) / took,
        claimed=len(claimed),
        double=max(double, sum(number > 1 for number in claimed.values())),
        lost=len(set(handles) - set(claimed)),
    )


def main() -> None:
    """Measure on a server of its own, or be one of the claiming processes."""
    if "--claim" in sys.argv:
        configure(Dsn({key: str(value) for key, value in conninfo_to_dict(os.environ[_DATABASE]).items()}))
        claimed = asyncio.run(claim_all())
        # The clock is the same in every process of the machine.
        print(json.dumps({"claimed": claimed, "ended": time.perf_counter()}))
        return
    from lean import empty_database

    with empty_database() as dsn:
        print(measure(dsn))


if __name__ == "__main__":
    main()
