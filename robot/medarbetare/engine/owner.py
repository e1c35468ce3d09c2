"""Who holds leases: one supervisor, told apart from every other and from whatever later runs under its number.

Workers die with their supervisor (see `medarbetare.engine.child`). So whoever can see for certain that a supervisor of
the same machine is dead need not wait for its leases to end.
"""

import contextlib
import hashlib
import os
import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from uuid import uuid4

import psutil
import structlog
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now

from medarbetare.cases.models import Case
from medarbetare.cases.status import CaseStatus
from medarbetare.engine.lease import Lease, release_dead
from medarbetare.engine.models import QueueWorker

log = structlog.get_logger()

OWNER_VARIABLE = "MEDARBETARE_SUPERVISOR"
"""Where the processes of a worker carry whose they are: its driver and browser inherit it."""

_PROC = Path("/proc")
_ENDED = ("Z", "X")
"""States of a process that has ended, though its parent has not yet taken note of it (proc(5))."""
_LEFTOVERS_DIE_WITHIN = 3.0
_WRITTEN = re.compile(r"(?P<place>[0-9a-f]{16})\.(?P<pid>\d+)\.(?P<started>\d+)(?:@.*)?")


@dataclass(frozen=True)
class Owner:
    """A supervisor process. `place`: where its number means something; `started`: in clock ticks since boot."""

    place: str
    pid: int
    started: int

    @classmethod
    def this_process(cls) -> "Owner":
        """The process that asks."""
        return cls(_place(), os.getpid(), _seen(os.getpid())[1] or 0)

    @classmethod
    def read(cls, text: str) -> "Owner | None":
        """What `str` has made; None for anything else."""
        found = _WRITTEN.fullmatch(text)
        return cls(found["place"], int(found["pid"]), int(found["started"])) if found else None

    def __str__(self) -> str:
        return f"{self.place}.{self.pid}.{self.started}@{os.uname().nodename}"[:64]

    @property
    def is_dead(self) -> bool:
        """Whether it is certain that the process has ended: False too where this process cannot see it."""
        if self.place != _place():
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            # Somebody's process has that number: whose, its start tells, if it may be seen.
            pass
        state, started = _seen(self.pid)
        return state in _ENDED or (started is not None and started != self.started)


_OWNERS = """
SELECT owner FROM engine_queueworker
UNION
SELECT lease_owner FROM cases_case WHERE status = %s AND lease_until > now()
"""
_UNREGISTER = """
SELECT procrastinate_unregister_worker_v1(w.id)
FROM procrastinate_workers AS w JOIN engine_queueworker AS q ON q.worker = w.id
WHERE q.owner = %s
"""
"""A job of a worker that is not registered counts as stalled at once."""
_FORGET = "DELETE FROM engine_queueworker WHERE worker NOT IN (SELECT id FROM procrastinate_workers)"


def note_fetching(owner: str, worker: int) -> None:
    """Remember that a supervisor fetches jobs as this worker of the queue's."""
    QueueWorker.objects.update_or_create(worker=worker, defaults={"owner": owner})


def give_up_jobs(owner: str) -> None:
    """Let all jobs that a supervisor has fetched, and that it is not at, count as stalled."""
    with connection.cursor() as cursor:
        cursor.execute(_UNREGISTER, [owner])
        cursor.execute(_FORGET)


def release_of_dead(longest_pause: timedelta) -> list[str]:
    """End the leases and jobs of this machine's supervisors that are dead, and what is left of their workers.

    Gives the cases whose leases it ended. The pauses are those of `release_dead`: a worker was at each of them.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OWNERS, [CaseStatus.RUNNING.value])
        owners = [text for (text,) in cursor.fetchall()]
    released: list[str] = []
    for text in owners:
        owner = Owner.read(text)
        if owner is None or not owner.is_dead:
            continue
        if not _end_leftovers(text):
            continue
        held = Case.objects.filter(status=CaseStatus.RUNNING, lease_until__gt=Now(), lease_owner=text)
        leases = [Lease(*one) for one in held.values_list("handle", "lease_token")]
        for lease in leases:
            release_dead(lease, longest_pause)
            # A worker that lives against all expectation finds at its next word that the case is another's.
            Case.objects.filter(handle=lease.case, lease_token=lease.token).update(lease_token=F("lease_token") + 1)
        give_up_jobs(text)
        log.warning("supervisor found dead", supervisor=text, cases=len(leases))
        released += [lease.case for lease in leases]
    return released


def _end_leftovers(owner: str) -> bool:
    """Kill what a dead supervisor's workers have left, such as a browser that was stopped in the middle of a submit.

    False when something of it is still there: then its leases must be waited for.
    """
    found: list[psutil.Process] = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get(OWNER_VARIABLE) == owner:
                found += [process, *process.children(recursive=True)]
    for process in found:
        with contextlib.suppress(psutil.Error):
            process.kill()
    _, left = psutil.wait_procs(found, _LEFTOVERS_DIE_WITHIN)
    return all(_seen(process.pid)[0] in _ENDED for process in left)


@cache
def _place() -> str:
    """Where a process number means one process: this boot of this machine, its container, and what this user sees."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
        numbers = os.stat(_PROC / "self/ns/pid").st_ino
        ours = os.readlink(_PROC / "self") == str(os.getpid())
    except OSError:
        ours = False
    # Where processes cannot be seen, or are another container's, nothing can be known of any.
    named = f"{boot} {numbers} {os.getuid()} {os.uname().nodename}" if ours else str(uuid4())
    return hashlib.sha256(named.encode()).hexdigest()[:16]


def _seen(pid: int) -> tuple[str, int | None]:
    """A process's state and when it started, in clock ticks since boot; nothing of either where it cannot be seen."""
    try:
        state, *fields = (_PROC / f"{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return "", None
    return state, int(fields[18])
