"""The small process that starts the embedded PostgreSQL and stops it when nobody uses it any more.

    python -m medarbetare.database.keeper DATA_FOLDER DESCRIPTOR_OF_THE_HELD_KEEPER_LOCK

It is nobody's child and in nobody's process group, so no killed or interrupted command takes it along. It learns from a
file lock that the last user has gone, also when that user was killed. If the keeper itself is killed, the kernel
interrupts PostgreSQL, which then shuts down in good order.
"""

import contextlib
import ctypes
import fcntl
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from medarbetare.database.binaries import Account, Binaries, binaries_for, server_account
from medarbetare.database.cluster import SUPERUSER, Cluster, open_lock, try_lock
from medarbetare.errors import DatabaseUnavailable

SOCKET_PREFIX = "medarbetare-"
LONGEST_SOCKET_FOLDER = 90
"""Characters. The kernel's limit for a socket's path is 107; PostgreSQL adds `/.s.PGSQL.5432.lock`."""

REMAINS_SECONDS = 60.0
STOP_SECONDS = 60.0
PAUSE_AFTER_A_DEATH = 0.5
PAUSE_AFTER_A_FAILED_START = 5.0
"""Seconds. On a full disk it fails until there is room, and each try makes its log longer."""

STATUS_LINE = 7
"""The line of postmaster.pid, counted from 0, that says how far the server has come."""

PR_SET_PDEATHSIG = 1

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    # What has been committed stays committed, also when the power goes.
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    # Statements, parameters and the values in error details hold personal data; none of them is logged.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_checkpoints": "off",
    "log_timezone": "UTC",
    "log_line_prefix": "%m ",
}


class ServerDied(Exception):
    """PostgreSQL ended although it was in use."""


def main(arguments: list[str]) -> int:
    cluster, keeper_lock = Cluster(Path(arguments[0])), int(arguments[1])
    os.set_inheritable(keeper_lock, False)
    if os.fork():
        # The starter's wait ends here; the child belongs to nobody.
        os._exit(0)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        # A handler and not SIG_IGN, which PostgreSQL would inherit. The keeper leaves when its users have.
        signal.signal(number, lambda _number, _frame: None)
    try:
        account = server_account()
        binaries = binaries_for(account)
        clear_remains(cluster)
        if not cluster.data.exists():
            initialise(cluster, binaries, account)
        serve(cluster, binaries, account)
    except (DatabaseUnavailable, OSError, subprocess.SubprocessError, ServerDied) as error:
        print(f"keeper: {type(error).__name__}: {error}", file=sys.stderr, flush=True)  # noqa: T201 - stderr is the log
        return 1
    return 0


def initialise(cluster: Cluster, binaries: Binaries, account: Account) -> None:
    """Make the data folder with a password that only the robot's account can read. All or nothing."""
    draft = cluster.folder / "postgresql.new"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    account.own(draft)
    password = secrets.token_urlsafe(32)
    _write_private(cluster.passfile, f"*:*:*:*:{password}\n")
    given = cluster.folder / "password.new"
    _write_private(given, password)
    account.own(given)
    command = [binaries.initdb, "-D", str(draft), "-U", SUPERUSER, "--auth=scram-sha-256", f"--pwfile={given}"]
    options = ["--encoding=UTF8", "--locale=C", "--no-instructions"]
    try:
        subprocess.run(
            [*command, *options],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            cwd="/",
            env=_environment(),
            **account.switch(),
        )
    finally:
        given.unlink()
    draft.rename(cluster.data)


def clear_remains(cluster: Cluster) -> None:
    """Wait for a server whose keeper was killed, then remove what a killed server leaves behind.

    PostgreSQL refuses to start when the number in an old postmaster.pid has gone to some other process. Nobody but the
    holder of the keeper's lock starts a server here, so with no such process alive the file is certainly old.
    """
    _remove_old_server(cluster)
    _remove_socket_folder(cluster)


def _remove_old_server(cluster: Cluster) -> None:
    deadline = time.monotonic() + REMAINS_SECONDS
    while processes := _processes_in(cluster.data):
        if time.monotonic() > deadline:
            raise DatabaseUnavailable(
                f"En tidigare databasserver i {cluster.data} avslutas inte (process {processes[0]}). Stoppa den."
            )
        time.sleep(0.01)
    (cluster.data / "postmaster.pid").unlink(missing_ok=True)


def _processes_in(data: Path) -> list[int]:
    """PostgreSQL's processes, each of which stands in its data folder."""
    if not data.exists():
        return []
    wanted = data.stat()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                there = (entry / "cwd").stat()
                program = os.path.basename(os.readlink(entry / "exe"))
                if os.path.samestat(there, wanted) and program.startswith("postgres"):
                    found.append(int(entry.name))
    return found


def serve(cluster: Cluster, binaries: Binaries, account: Account) -> None:
    """Run PostgreSQL until nobody uses it; one that ends before that is started again where its users look for it.

    Raises ServerDied when it has never been ready: whoever started it is there to be told.
    """
    sockets = _make_socket_folder(cluster, account)
    users = open_lock(cluster.users_lock)
    was_ready = False
    try:
        while True:
            ready = _run_while_used(cluster, binaries, account, sockets, users)
            # When it is got, it is held until this process ends: whoever comes now waits until all is put away.
            if try_lock(users, fcntl.LOCK_EX):
                return
            was_ready = was_ready or ready
            if not was_ready:
                raise ServerDied("PostgreSQL ended while it started")
            print("keeper: PostgreSQL ended while in use and is started again", file=sys.stderr, flush=True)  # noqa: T201
            time.sleep(PAUSE_AFTER_A_DEATH if ready else PAUSE_AFTER_A_FAILED_START)
            _remove_old_server(cluster)
            for left in sockets.glob(".s.PGSQL.*"):
                left.unlink()
    finally:
        _remove_socket_folder(cluster)


def _run_while_used(cluster: Cluster, binaries: Binaries, account: Account, sockets: Path, users: int) -> bool:
    """Run PostgreSQL once, until nobody uses it or it ends; whether it let anybody in."""
    settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    server = subprocess.Popen(
        [binaries.postgres, "-D", str(cluster.data), "-k", str(sockets), *settings],
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr.fileno(),
        cwd="/",
        env=_environment(),
        preexec_fn=_die_with(os.getpid()),
        **account.switch(),
    )
    try:
        while not _is_ready(cluster, server.pid):
            if server.poll() is not None or try_lock(users, fcntl.LOCK_EX):
                return False
            time.sleep(0.01)
        with contextlib.suppress(ServerDied):
            signal.signal(signal.SIGCHLD, _server_died)
            if server.poll() is None:
                fcntl.flock(users, fcntl.LOCK_EX)
        return True
    finally:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        _stop(server)


def _is_ready(cluster: Cluster, server: int) -> bool:
    """Whether this server lets people in, by its own word in its own file."""
    with contextlib.suppress(OSError):
        told = (cluster.data / "postmaster.pid").read_text("utf-8", "replace").split("\n")
        return told[0] == str(server) and len(told) > STATUS_LINE and told[STATUS_LINE].strip() == "ready"
    return False


def _die_with(keeper: int) -> Callable[[], None]:
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def before_exec() -> None:
        # Runs after the change of user, which would clear the wish.
        if prctl(PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0) != 0 or os.getppid() != keeper:
            os._exit(1)

    return before_exec


def _server_died(_number: int, _frame: FrameType | None) -> None:
    raise ServerDied("PostgreSQL ended while in use")


def _stop(server: subprocess.Popen[bytes]) -> None:
    for number, patience in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 10.0), (signal.SIGKILL, None)):
        if server.poll() is not None:
            return
        server.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(patience)


def _make_socket_folder(cluster: Cluster, account: Account) -> Path:
    usable = [
        folder
        for folder in _socket_parents()
        if len(str(folder)) + len(SOCKET_PREFIX) + 8 < LONGEST_SOCKET_FOLDER
        and os.access(folder, os.W_OK)
        and account.first_closed_folder(folder) is None
    ]
    if not usable:
        raise DatabaseUnavailable("Ingen mapp för databasens socket: varken /run eller /tmp går att skriva i.")
    sockets = usable[0] / f"{SOCKET_PREFIX}{secrets.token_hex(4)}"
    # Recorded before it is made, so that a keeper that is killed in between leaves nothing that nobody knows of.
    _write_private(cluster.socket_record, str(sockets))
    sockets.mkdir(mode=0o700)
    account.own(sockets)
    return sockets


def _socket_parents() -> list[Path]:
    own = [Path("/run")] if os.geteuid() == 0 and Path("/run").is_dir() else []
    return [*own, Path(tempfile.gettempdir()), Path("/tmp")]  # noqa: S108 - only as a parent for a closed folder with a random name


def _remove_socket_folder(cluster: Cluster) -> None:
    sockets = cluster.socket_folder()
    if sockets is not None and sockets.name.startswith(SOCKET_PREFIX) and not sockets.is_symlink():
        for left in sockets.glob(".s.PGSQL.*"):
            left.unlink()
        with contextlib.suppress(FileNotFoundError):
            sockets.rmdir()
    cluster.socket_record.unlink(missing_ok=True)


def _write_private(path: Path, text: str) -> None:
    """Write a file that others see whole or not at all."""
    draft = path.with_name(f"{path.name}.draft")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    draft.rename(path)


def _environment() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
