"""The embedded PostgreSQL: one server for every process that uses the same data folder."""

import fcntl
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from psycopg import sql

import medarbetare
from medarbetare.config.folders import STATE_VARIABLE
from medarbetare.database.binaries import make_folder, server_account
from medarbetare.database.cluster import SUPERUSER, Cluster, lock_within, locked, open_lock, try_lock
from medarbetare.database.dsn import Dsn
from medarbetare.errors import DatabaseUnavailable, reason_of

DATABASE = "medarbetare"
WAIT_SECONDS = 90.0
"""How long one waits for a server that starts (recovery after a crash included) or stops."""

STARTS = 3
"""How often a server that ends while it starts is started again."""

LOG_BYTES = 5_000_000
"""A longer log is put aside, one generation, before the server starts."""


@dataclass
class RunningServer:
    """One process' use of the server. The server runs at least until this is closed or the process has ended."""

    dsn: Dsn
    _cluster: Cluster = field(repr=False)
    _users_lock: int | None = field(repr=False)

    def close(self) -> None:
        """Leave. The last one to leave waits until the server has stopped. May be called again.

        Connections of this process must be closed before. Raises DatabaseUnavailable when the server does not stop.
        """
        if self._users_lock is None:
            return
        descriptor, self._users_lock = self._users_lock, None
        try:
            with locked(self._cluster.start_lock, WAIT_SECONDS):
                os.close(descriptor)
                descriptor = -1
                if not _others_use(self._cluster):
                    _wait_for_keeper_to_end(self._cluster)
        finally:
            if descriptor >= 0:
                os.close(descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class EmbeddedServer:
    """PostgreSQL in a data folder of its own, without a port; run as an account that is not root.

    `data_dir` is made if it is missing. When root runs the robot, the server's account must be able to pass every
    folder above it; no existing parent's permissions are changed.
    """

    def __init__(self, data_dir: Path) -> None:
        self._cluster = Cluster(data_dir.absolute())

    def use(self) -> RunningServer:
        """Join the running server, or start it. Use as a context manager, or call `close`.

        Raises DatabaseUnavailable.
        """
        self._make_reachable_folder()
        with locked(self._cluster.start_lock, WAIT_SECONDS):
            users = open_lock(self._cluster.users_lock)
            try:
                lock_within(users, fcntl.LOCK_SH, WAIT_SECONDS)
                dsn = self._running()
            except BaseException:
                os.close(users)
                raise
        return RunningServer(dsn, self._cluster, users)

    def _make_reachable_folder(self) -> None:
        folder, account = self._cluster.folder, server_account()
        try:
            make_folder(folder)
            if account.first_closed_folder(folder) == folder:
                folder.chmod(folder.stat().st_mode | 0o011)
        except OSError as error:
            raise DatabaseUnavailable(f"Databasens mapp {folder} kan inte skapas ({reason_of(error)}).") from None
        closed = account.first_closed_folder(folder)
        if closed is not None:
            raise DatabaseUnavailable(
                f"Databasen körs av användaren {account.name}, som inte får passera mappen {closed}. "
                f"Välj en annan mapp för databasen än {folder}, till exempel med {STATE_VARIABLE}."
            )

    def _running(self) -> Dsn:
        deadline = time.monotonic() + WAIT_SECONDS
        starts = 0
        while time.monotonic() < deadline:
            keeper = open_lock(self._cluster.keeper_lock)
            try:
                if try_lock(keeper, fcntl.LOCK_EX):
                    if starts == STARTS:
                        raise DatabaseUnavailable(f"Robotens databas startade inte. Läs {self._cluster.log}.")
                    self._start_keeper(keeper)
                    starts += 1
            finally:
                os.close(keeper)
            dsn = self._answering()
            if dsn is not None:
                return dsn
            time.sleep(0.005)
        raise DatabaseUnavailable(
            f"Robotens databas svarar inte på {WAIT_SECONDS:.0f} sekunder. Läs {self._cluster.log}."
        )

    def _start_keeper(self, keeper_lock: int) -> None:
        log = self._cluster.log
        if log.exists() and log.stat().st_size > LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
        source_root = Path(medarbetare.__file__).parents[1]
        passed_on = {name: os.environ[name] for name in (STATE_VARIABLE, "HOME", "TMPDIR") if name in os.environ}
        with open(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600), "ab") as stderr:
            subprocess.run(
                [
                    sys.executable,
                    "-P",
                    "-m",
                    "medarbetare.database.keeper",
                    str(self._cluster.folder),
                    str(keeper_lock),
                ],
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                pass_fds=[keeper_lock],
                start_new_session=True,
                cwd="/",
                # Nothing else of the environment: secrets may stand there.
                env={**passed_on, "PATH": "/usr/bin:/bin", "PYTHONPATH": str(source_root)},
            )

    def _answering(self) -> Dsn | None:
        sockets = self._cluster.socket_folder()
        if sockets is None:
            return None
        maintenance = Dsn(
            {"host": str(sockets), "user": SUPERUSER, "dbname": "postgres", "passfile": str(self._cluster.passfile)}
        )
        try:
            with maintenance.connect() as connection:
                found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
                if found is None:
                    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
        except psycopg.OperationalError:
            return None
        return maintenance.with_database(DATABASE)


def _others_use(cluster: Cluster) -> bool:
    """Whether somebody else holds the users' lock, asked while the start lock keeps newcomers out."""
    descriptor = open_lock(cluster.users_lock)
    try:
        if try_lock(descriptor, fcntl.LOCK_EX):
            return False
        # Held: shared by other users, or already exclusively by the keeper.
        return try_lock(descriptor, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)


def _wait_for_keeper_to_end(cluster: Cluster) -> None:
    descriptor = open_lock(cluster.keeper_lock)
    try:
        lock_within(descriptor, fcntl.LOCK_EX, WAIT_SECONDS)
    finally:
        os.close(descriptor)
