import os
import signal
import stat
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg
import pytest

from medarbetare.database.binaries import binaries_for, server_account
from medarbetare.database.embedded import EmbeddedServer
from medarbetare.errors import DatabaseUnavailable

StartUser = Callable[[], subprocess.Popen[str]]
only_root = pytest.mark.skipif(os.geteuid() != 0, reason="about what root must do to run PostgreSQL as another user")


def processes_of(folder: Path) -> dict[str, int]:
    """The keeper and PostgreSQL's main process of a data folder."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                arguments = (entry / "cmdline").read_bytes().decode().split("\0")
            except OSError:
                continue
            if "medarbetare.database.keeper" in arguments and str(folder) in arguments:
                found["keeper"] = int(entry.name)
            elif arguments[0].endswith("/postgres") and f"{folder}/postgresql-18" in arguments:
                found["postgres"] = int(entry.name)
    return found


def wait_until_gone(folder: Path) -> None:
    deadline = time.monotonic() + 20
    while processes_of(folder):
        assert time.monotonic() < deadline, "still running"
        time.sleep(0.01)


def server_start(server: EmbeddedServer) -> object:
    with server.use() as running, running.dsn.connect() as connection:
        row = connection.execute("SELECT pg_postmaster_start_time()").fetchone()
        assert row is not None
        return row[0]


def test_two_processes_share_one_server_and_the_last_one_to_leave_stops_it(folder: Path, start_user: StartUser) -> None:
    other = start_user()
    running = EmbeddedServer(folder).use()
    before = processes_of(folder)
    other.communicate("\n", timeout=30)

    assert processes_of(folder) == before
    with running.dsn.connect() as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    running.close()
    running.close()
    assert processes_of(folder) == {}


def test_data_survives_a_stop(folder: Path) -> None:
    with EmbeddedServer(folder).use() as running, running.dsn.connect() as connection:
        connection.execute("CREATE TABLE kept (number int)")
    with EmbeddedServer(folder).use() as running, running.dsn.connect() as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)


def test_server_stops_when_its_only_user_is_killed(folder: Path, start_user: StartUser) -> None:
    user = start_user()
    user.kill()
    user.wait()

    wait_until_gone(folder)
    assert not (folder / "socket").exists()


def test_server_stops_in_good_order_when_its_keeper_is_killed_and_starts_again(
    folder: Path, start_user: StartUser
) -> None:
    start_user()
    log = folder / "postgres.log"
    logged = len(log.read_text("utf-8"))
    keeper = psutil.Process(processes_of(folder)["keeper"])
    keeper.kill()
    assert psutil.wait_procs([keeper], timeout=10)[1] == []

    assert server_start(EmbeddedServer(folder))
    assert "database system was shut down at" in log.read_text("utf-8")[logged:]


def test_server_starts_after_everything_was_killed_and_its_process_number_went_to_another(
    folder: Path, start_user: StartUser
) -> None:
    user = start_user()
    processes = processes_of(folder)
    for number in (user.pid, processes["keeper"], processes["postgres"]):
        os.kill(number, signal.SIGKILL)
    user.wait()
    old_sockets = Path((folder / "socket").read_text("utf-8"))
    lock = folder / "postgresql-18" / "postmaster.pid"
    lines = lock.read_text("utf-8").splitlines()
    with subprocess.Popen(["sleep", "30"], **server_account().switch()) as bystander:
        lock.write_text("\n".join([str(bystander.pid), *lines[1:]]) + "\n", encoding="utf-8")
        try:
            assert server_start(EmbeddedServer(folder))
        finally:
            bystander.kill()
    assert not old_sockets.exists()


def test_users_that_come_and_go_at_the_same_time_always_find_a_server(folder: Path) -> None:
    failures: list[BaseException] = []

    def come_and_go() -> None:
        try:
            for _ in range(4):
                server_start(EmbeddedServer(folder))
        except BaseException as error:  # noqa: BLE001 - told by the assertion below
            failures.append(error)

    threads = [threading.Thread(target=come_and_go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert processes_of(folder) == {}


def test_server_is_closed_to_others(folder: Path, start_user: StartUser) -> None:
    start_user()
    with EmbeddedServer(folder).use() as running:
        processes = processes_of(folder)
        sockets = Path(running.dsn.parameters["host"])
        closed = [folder / "passfile", folder / "postgres.log", folder / "postgresql-18", sockets]
        assert [stat.S_IMODE(path.stat().st_mode) & 0o077 for path in closed] == [0, 0, 0, 0]
        assert Path(f"/proc/{processes['postgres']}").stat().st_uid != 0
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(
                host=str(sockets), user="medarbetare", dbname="postgres", password="fel", passfile="/dev/null"
            )
        with running.dsn.connect() as connection:
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        password = (folder / "passfile").read_text("utf-8").strip().rsplit(":", 1)[1]
        for number in processes.values():
            for file in ("environ", "cmdline"):
                text = Path(f"/proc/{number}/{file}").read_bytes()
                assert b"kanariefagel" not in text
                assert password.encode() not in text


def test_neither_statements_nor_values_reach_the_log(folder: Path) -> None:
    with EmbeddedServer(folder).use() as running, running.dsn.connect() as connection:
        connection.execute("CREATE TEMP TABLE people (name text UNIQUE)")
        for statement in ("INSERT INTO people VALUES (%s)", "INSERT INTO people VALUES (%s)", "SELECT %s::int"):
            try:
                connection.execute(statement, ["kanariefagel"])
            except psycopg.Error as error:
                assert "kanariefagel" in str(error)  # noqa: PT017 - shows that the value was at hand

    assert "kanariefagel" not in (folder / "postgres.log").read_text("utf-8")


@only_root
def test_folder_that_the_servers_user_cannot_reach_is_named_and_left_as_it_is(folder: Path) -> None:
    folder.chmod(0o711)
    closed = folder / "closed"
    closed.mkdir(mode=0o700)

    with pytest.raises(DatabaseUnavailable, match=f"inte får passera mappen {closed}\\."):
        EmbeddedServer(closed / "database").use()
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@only_root
def test_programs_that_the_servers_user_cannot_reach_are_copied_once(folder: Path, tmp_path: Path) -> None:
    account = server_account()
    installed = Path(binaries_for(account).root).parents[1]
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    (closed / "packages").symlink_to(installed)

    copied = binaries_for(account, installed=closed / "packages", state=folder / "state")
    again = binaries_for(account, installed=closed / "packages", state=folder / "state")

    assert copied == again
    assert copied.root.is_relative_to(folder / "state")
    assert copied.runs_as(account)
    assert copied.root.stat().st_uid == 0
