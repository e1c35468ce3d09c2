"""A real supervisor whose worker processes have no browser, so that what is measured or tested is the engine's."""

import asyncio
import os
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import connections
from psycopg.conninfo import make_conninfo

from medarbetare.cases.register import Arrival
from medarbetare.database.connection import configure
from medarbetare.database.dsn import Dsn
from medarbetare.database.embedded import EmbeddedServer
from medarbetare.database.migrating import migrate
from medarbetare.engine.child import LeaseTerms
from medarbetare.engine.crew import Crew
from medarbetare.engine.supervisor import Supervisor
from medarbetare.testing import Bench

WORKER = Path(__file__).with_name("lean_worker.py")


@contextmanager
def empty_database() -> Iterator[Dsn]:
    """An embedded server of its own with a migrated database, which Django's models use while the context is open."""
    folder = Path(tempfile.mkdtemp(prefix="medarbetare-bench-"))
    folder.chmod(0o711)
    with EmbeddedServer(folder / "database").use() as server:
        configure(server.dsn)
        migrate()
        yield server.dsn
        connections.close_all()
    shutil.rmtree(folder)


def new_bench() -> Bench:
    """A bench whose cases no flow of this process works on."""
    return Bench({"flode": lambda run: NotImplemented})


def environment(dsn: Dsn, bench: Bench, latency: float = 0.0) -> dict[str, str]:
    """What the worker processes need to know."""
    signing = bench.keys.signing.private_bytes_raw().hex()
    return {
        "LEAN_DATABASE": make_conninfo(**dsn.parameters),
        "LEAN_KEYS": "\n".join((bench.origin, signing, bench.keys.departments[bench.department].hex())),
        "LEAN_LATENCY": str(latency),
    }


def receive(bench: Bench, count: int) -> list[str]:
    """New cases, each of a household of its own; their handles."""
    batch = secrets.token_hex(4)
    arrivals = [Arrival(f"{batch}-{number}", f"{batch}-{number}") for number in range(count)]
    made = bench.register.take_in(
        arrivals, inbox="inkorg", department=bench.department, workflow="flode", now=datetime.now(UTC)
    )
    return [case.handle for case in made]


@asynccontextmanager
async def at_work(bench: Bench, size: int, log: Path) -> AsyncIterator["asyncio.Queue[tuple[float, str]]"]:
    """A supervisor with so many workers; the queue gets the moment and the handle of each case that is settled."""
    settled: asyncio.Queue[tuple[float, str]] = asyncio.Queue()
    with open(log, "ab") as file:
        supervisor = Supervisor(
            bench.register,
            Crew((sys.executable, "-P", str(WORKER)), size, file.fileno()),
            LeaseTerms(),
            put_off=timedelta(minutes=10),
            on_sweep=lambda: None,
            on_settled=lambda case, status, took: settled.put_nowait((time.monotonic(), case)),
        )
        serving = asyncio.create_task(supervisor.serve())
        try:
            yield settled
        finally:
            supervisor.stop()
            await serving


def use(environ: dict[str, str]) -> None:
    """Let the worker processes that are started from now on see it."""
    os.environ.update(environ)
