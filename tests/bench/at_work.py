"""The robot of a bench: the real supervisor with one worker process, given one application at a time or many."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import psutil
from households import Household

from medarbetare.bootstrap import Configuration, build_journal, build_supervisor, read_keys
from medarbetare.cases.models import Case
from medarbetare.cases.register import Arrival, CaseRegister
from medarbetare.cases.status import CaseStatus
from medarbetare.clock import utc_now

_LONGEST = 120.0


class BenchFailed(Exception):
    """The robot did not decide what it should decide, so there is nothing to measure."""


class Robot:
    """A robot at work. Applications are taken in as its inbox would take them in."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._keys = read_keys(configuration)
        self._journal = build_journal(configuration, self._keys)
        self._register = CaseRegister(self._journal)
        self._settled: asyncio.Queue[tuple[float, str, timedelta]] = asyncio.Queue()
        self._database = ThreadPoolExecutor(max_workers=1)

    @asynccontextmanager
    async def at_work(self, log: Path) -> AsyncIterator[None]:
        """Serve while the context is open. The worker process starts with the first application."""
        with open(log, "ab") as file:
            supervisor = build_supervisor(
                self._configuration,
                log_to=file.fileno(),
                on_settled=lambda case, status, took: self._settled.put_nowait((time.monotonic(), status, took)),
            )
            serving = asyncio.create_task(supervisor.serve())
            try:
                yield
            finally:
                supervisor.stop()
                await serving

    async def decide(self, chosen: Sequence[Household]) -> list[float]:
        """Take applications in and wait until all are decided; seconds from one decision to the next.

        The first counts from when the applications were taken in. Raises BenchFailed.
        """
        moments = [time.monotonic()]
        await asyncio.get_running_loop().run_in_executor(self._database, self._take_in, chosen)
        for _ in chosen:
            moment, status, _ = await asyncio.wait_for(self._settled.get(), _LONGEST)
            if status != CaseStatus.DECIDED.value:
                raise BenchFailed(f"en ansökan blev {status}: {await self._why()}")
            moments.append(moment)
        return [after - before for before, after in pairwise(moments)]

    def _take_in(self, chosen: Sequence[Household]) -> None:
        name, inbox = next(iter(self._configuration.inboxes.items()))
        arrivals = [Arrival(one.reference, self._keys.pseudonym(inbox.department, one.applicant)) for one in chosen]
        self._register.take_in(
            arrivals, inbox=name, department=inbox.department, workflow=inbox.workflow, now=utc_now()
        )

    async def _why(self) -> str:
        return await asyncio.get_running_loop().run_in_executor(self._database, self._last_outcome)

    def _last_outcome(self) -> str:
        entries = [entry for case in Case.objects.all() for entry in self._journal.entries(case.handle)]
        return next((str(one.payload["summary"]) for one in reversed(entries) if one.kind == "case.outcome"), "inget")


@dataclass(frozen=True)
class Memory:
    """Of a worker process with its driver and browser, in megabytes (10⁶ bytes).

    `shared_out` (PSS) counts what other processes on the machine also use in part, so it falls when another browser
    runs beside; `own` (USS) does not.
    """

    shared_out: float
    own: float


def worker_memory() -> Memory:
    """Memory of this process's worker process now."""
    workers = [child for child in psutil.Process().children() if "medarbetare.cli.worker_process" in child.cmdline()]
    kilobytes: Counter[str] = Counter()
    for process in [one for worker in workers for one in (worker, *worker.children(recursive=True))]:
        kilobytes.update(_rollup(process.pid))
    own = kilobytes["Private_Clean"] + kilobytes["Private_Dirty"]
    return Memory(kilobytes["Pss"] * 1024 / 1e6, own * 1024 / 1e6)


def _rollup(pid: int) -> dict[str, int]:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return {}
    return {line.split(":")[0]: int(line.split()[1]) for line in lines if line.endswith("kB")}


class CpuSeconds:
    """CPU seconds of this process, all below it and the database server in `folder` while the context was open.

    What was both started and ended within is not counted.
    """

    seconds = 0.0

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> "CpuSeconds":
        self._before = self._spent()
        return self

    def __exit__(self, *error: object) -> None:
        self.seconds = sum(spent - self._before.get(one, 0.0) for one, spent in self._spent().items())

    def _spent(self) -> dict[tuple[int, float], float]:
        """CPU seconds of each process so far, by its number and when it began."""
        found = {}
        for root in [psutil.Process(), *self._servers()]:
            for one in [root, *root.children(recursive=True)]:
                with suppress(psutil.Error):
                    times = one.cpu_times()
                    found[one.pid, one.create_time()] = float(times.user + times.system)
        return found

    def _servers(self) -> list[psutil.Process]:
        found = psutil.process_iter(["name", "cmdline"])
        return [
            one
            for one in found
            if one.info["name"] == "postgres" and any(str(self._folder) in word for word in one.info["cmdline"] or ())
        ]
