"""A PostgreSQL server of the test's own, as a municipality has one: it is restarted while robots work on it."""

import ctypes
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg

from medarbetare.database.binaries import binaries_for, server_account

SAFETY = 60.0
FAST, IMMEDIATE = signal.SIGINT, signal.SIGQUIT
"""As `pg_ctl restart -m fast` and `-m immediate`: what is open is rolled back, or everybody is thrown out at once and
the server recovers from its log."""
_PR_SET_PDEATHSIG = 1


class OwnServer:
    """Runs while the context is open, and no longer than the process that opened it.

    Restart it from the thread that opened the context: it ends with that thread.
    """

    def __init__(self) -> None:
        self._account = server_account()
        self._binaries = binaries_for(self._account)
        self._folder = Path(tempfile.mkdtemp(prefix="medarbetare-test-"))
        self._process: subprocess.Popen[bytes] | None = None
        self.conninfo = f"host={self._folder} user=medarbetare dbname=postgres connect_timeout=5"

    def __enter__(self) -> Self:
        self._account.own(self._folder)
        self._run(self._binaries.initdb, "-D", self._data, "-U", "medarbetare", "--encoding=UTF8", "--locale=C")
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop(FAST)
        shutil.rmtree(self._folder)

    def restart(self, how: signal.Signals) -> None:
        """End the server as `how` says and start it again; returns when it answers."""
        self.stop(how)
        self.start()

    def start(self) -> None:
        """Start it; returns when it answers."""
        with open(self._folder / "log", "ab") as log:
            self._process = subprocess.Popen(
                [
                    *(self._binaries.postgres, "-D", self._data, "-k", str(self._folder)),
                    *("-c", "listen_addresses=", "-c", "unix_socket_permissions=0700", "-c", "max_connections=80"),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                preexec_fn=_end_with_this_thread,
                **self._account.switch(),
            )
        deadline = time.monotonic() + SAFETY
        while True:
            try:
                self.connect().close()
                return
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)

    def stop(self, how: signal.Signals) -> None:
        """End it as `how` says."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(how)
            self._process.wait(SAFETY)

    def connect(self) -> psycopg.Connection[tuple[object, ...]]:
        """A connection of the judge's own. Raises psycopg.OperationalError while the server is away."""
        return psycopg.connect(self.conninfo, autocommit=True)

    @property
    def _data(self) -> str:
        return str(self._folder / "data")

    def _run(self, *command: str) -> None:
        subprocess.run(
            command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, cwd="/", **self._account.switch()
        )


def _end_with_this_thread() -> None:
    # After the change of user, which would clear the wish; the starter may have died before it was made.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, FAST)
    if os.getppid() == 1:
        os._exit(1)
