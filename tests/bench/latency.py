"""How much more eight workers get done than one when the portals are slow: 300 ms a page.

Real supervisor, worker processes, queue, journal and database. The portals are in memory and sleep: no browser is part
of this, and the CPU is the engine's alone. What the machine allows is told beside it: no more than `cores` seconds can
be had a second, and an application costs `cpu_s`. `make bench` tells the same of the robot with its browser, by the CPU
seconds of a warm application. Run alone it prints its figures.
"""

import asyncio
import os
import tempfile
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import psutil

from medarbetare.database.connection import load_models
from medarbetare.database.dsn import Dsn

load_models()

from medarbetare.testing import Bench  # noqa: E402

LATENCY = 0.3
EACH = 3
"""Applications for each worker, after one to warm up."""
AT_LEAST = 12
"""Applications in all, also for a single worker: the ratio is to be more than noise."""
SENTENCE = (
    "Åtta arbetare mot en: portalerna ligger i minnet och svarar efter 300 ms, och ingen webbläsare är med. Med "
    "webbläsare sätter processorn gränsen, se «vad processorn tillåter hela roboten»."
)


@dataclass(frozen=True)
class Throughput:
    """Applications a minute; CPU seconds of one application (supervisor, workers and database); what the CPU allows."""

    workers: int
    per_minute: float
    cpu_s: float
    cpu_allows_per_minute: float


def measure(dsn: Dsn, workers: int) -> Throughput:
    """So many workers on the database that Django's models use. The queue shall be empty."""
    from lean import environment, new_bench, use

    bench = new_bench()
    use(environment(dsn, bench, LATENCY))
    return asyncio.run(_work(bench, workers, max(workers * EACH, AT_LEAST)))


async def _work(bench: Bench, workers: int, count: int) -> Throughput:
    from lean import at_work, receive

    with tempfile.TemporaryDirectory() as folder:
        async with at_work(bench, workers, Path(folder) / "log") as settled:
            await asyncio.to_thread(receive, bench, workers)
            for _ in range(workers):
                await settled.get()
            everything = await asyncio.to_thread(_everything)
            before = sum(map(_cpu, everything))
            began = asyncio.get_running_loop().time()
            await asyncio.to_thread(receive, bench, count)
            moments = [began] + [(await settled.get())[0] for _ in range(count)]
            cpu = (sum(map(_cpu, everything)) - before) / count
    assert all(first <= second for first, second in pairwise(moments))
    cores = len(os.sched_getaffinity(0))
    return Throughput(workers, 60 * count / (moments[-1] - began), cpu, 60 * cores / cpu)


def _everything() -> list[psutil.Process]:
    """This process with its workers, and the database server's processes that serve them."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE pid IS NOT NULL")
        servers = [psutil.Process(pid) for (pid,) in cursor.fetchall() if psutil.pid_exists(pid)]
    me = psutil.Process()
    return [me, *me.children(recursive=True), *servers]


def _cpu(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)


def compare(*workers: int) -> list[Throughput]:
    """Measure so many workers each time, on a server of its own: a journal has one signing key."""
    from lean import empty_database

    measured = []
    for number in workers:
        with empty_database() as dsn:
            measured.append(measure(dsn, number))
    return measured


def main() -> None:
    """Measure one and eight workers."""
    one, eight = compare(1, 8)
    print(one, eight, f"{eight.per_minute / one.per_minute:.2f} ×", sep="\n")


if __name__ == "__main__":
    main()
