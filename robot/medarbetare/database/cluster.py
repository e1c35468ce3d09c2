"""A data folder and its files, as the keeper and the users of a server share them."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from medarbetare.database.binaries import MAJOR
from medarbetare.errors import DatabaseUnavailable

SUPERUSER = "medarbetare"


@dataclass(frozen=True)
class Cluster:
    """Names inside one data folder. Locks are flock(2) locks, so that a killed process leaves none behind.

    users_lock   shared by every process that uses the server; the keeper gets it exclusively when the last has gone
    start_lock   held while joining or leaving
    keeper_lock  held by the keeper for as long as it lives
    """

    folder: Path

    @property
    def users_lock(self) -> Path:
        return self.folder / "users.lock"

    @property
    def start_lock(self) -> Path:
        return self.folder / "start.lock"

    @property
    def keeper_lock(self) -> Path:
        return self.folder / "keeper.lock"

    @property
    def data(self) -> Path:
        """PostgreSQL's own data folder."""
        return self.folder / f"postgresql-{MAJOR}"

    @property
    def log(self) -> Path:
        return self.folder / "postgres.log"

    @property
    def passfile(self) -> Path:
        return self.folder / "passfile"

    @property
    def socket_record(self) -> Path:
        """A file that holds the path of the socket folder of the running server."""
        return self.folder / "socket"

    def socket_folder(self) -> Path | None:
        try:
            return Path(self.socket_record.read_text("utf-8"))
        except FileNotFoundError:
            return None


def open_lock(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


def try_lock(descriptor: int, operation: int) -> bool:
    try:
        fcntl.flock(descriptor, operation | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def lock_within(descriptor: int, operation: int, seconds: float) -> None:
    """Take a lock, waiting at most `seconds`. Raises DatabaseUnavailable."""
    deadline = time.monotonic() + seconds
    while not try_lock(descriptor, operation):
        if time.monotonic() > deadline:
            raise DatabaseUnavailable(
                f"Robotens databas är upptagen sedan {seconds:.0f} sekunder: "
                "en annan process startar eller stoppar den."
            )
        time.sleep(0.005)


@contextmanager
def locked(path: Path, seconds: float) -> Iterator[None]:
    """Hold the exclusive lock of the file `path`. Raises DatabaseUnavailable after `seconds`."""
    descriptor = open_lock(path)
    try:
        lock_within(descriptor, fcntl.LOCK_EX, seconds)
        yield
    finally:
        os.close(descriptor)
