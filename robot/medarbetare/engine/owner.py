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
from pathlib import Path

import psutil
import structlog
from django.db.models.functions import Now

from medarbetare.cases.models import Case
from medarbetare.cases.status import CaseStatus
from medarbetare.engine.lease import Lease, release_dead

log = structlog.get_logger()

OWNER_VARIABLE = "MEDARBETARE_SUPERVISOR"
"""Where the processes of a worker carry whose they are: its driver and browser inherit it."""

_PROC = Path("/proc")
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
        return cls(_place(), os.getpid(), _started(os.getpid()) or 0)

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
        return self.place == _place() and _started(self.pid) != self.started


def release_of_dead(longest_pause: timedelta) -> list[str]:
    """End the leases of this machine's supervisors that are dead, and what is left of their workers; which cases.

    The pauses are those of `release_dead`: a worker was at each of the cases when it died.
    """
    held = Case.objects.filter(status=CaseStatus.RUNNING, lease_until__gt=Now())
    released: list[str] = []
    for text in set(held.values_list("lease_owner", flat=True)):
        owner = Owner.read(text)
        if owner is None or not owner.is_dead:
            continue
        _end_leftovers(text)
        leases = [Lease(*one) for one in held.filter(lease_owner=text).values_list("handle", "lease_token")]
        for lease in leases:
            release_dead(lease, longest_pause)
        log.warning("leases of a dead supervisor ended", supervisor=text, cases=len(leases))
        released += [lease.case for lease in leases]
    return released


def _end_leftovers(owner: str) -> None:
    """Kill what a dead supervisor's workers have left, such as a browser that was stopped in the middle of a submit."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get(OWNER_VARIABLE) == owner:
                process.kill()
                process.wait(5)


def _place() -> str:
    """Where a process number means one process: this boot of this machine, its container, and what this user sees."""
    boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
    numbers = os.stat(_PROC / "self/ns/pid").st_ino
    named = f"{boot} {numbers} {os.getuid()} {os.uname().nodename}"
    return hashlib.sha256(named.encode()).hexdigest()[:16]


def _started(pid: int) -> int | None:
    """When a process started; None when there is none, or only what its parent has not yet taken note of."""
    try:
        state, *fields = (_PROC / f"{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if state in "ZX" else int(fields[18])
