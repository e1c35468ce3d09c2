"""The disk is full: under the database, and under the log."""

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from troubled import REFERENCE, ROBOT, SAFETY

MEGABYTE = 1024 * 1024
IN_A_MOUNT_OF_ITS_OWN = ["unshare", "--mount"]
AS_A_USER = ["unshare", "--user", "--map-current-user", "--keep-caps", "--mount"]
"""The disk is a small one in memory that only the robot sees, and that goes with it."""


class SmallDisk:
    """The disk of a robot's database, looked at through one of the robot's processes."""

    def __init__(self, folder: Path, through: int) -> None:
        self._folder = Path(f"/proc/{through}/root{folder}")
        self._filler = self._folder / "filler"

    def fill(self) -> None:
        """Leave no room at all."""
        with open(self._filler, "wb", buffering=0) as file:
            for size in (MEGABYTE, 4096):
                try:
                    while True:
                        file.write(b"x" * size)
                except OSError:
                    continue

    def make_room(self) -> None:
        """Leave it as it was."""
        self._filler.unlink()

    def need_more(self) -> None:
        """Let PostgreSQL need a further write-ahead file, as it does sooner or later."""
        socket = (self._folder / "socket").read_text("utf-8")
        conninfo = f"host={socket} user=medarbetare dbname=medarbetare passfile={self._folder / 'passfile'}"
        more = "SELECT pg_logical_emit_message(true, 'test', 'one more'), pg_switch_wal()"
        with psycopg.connect(conninfo, autocommit=True) as connection, suppress(psycopg.OperationalError):
            for _ in range(20):
                connection.execute(more)
            raise AssertionError("the disk is not full")


@pytest.fixture
def on_a_small_disk():
    """Starts a robot whose database lies on a disk of its own; gives the robot and its disk."""
    how = IN_A_MOUNT_OF_ITS_OWN if os.geteuid() == 0 else AS_A_USER
    if subprocess.run([*how, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine lets only root have a disk of its own (user namespaces)")

    def start(one):
        database = one.practice.folder / "database"
        shutil.rmtree(database, ignore_errors=True)
        database.mkdir(mode=0o711)
        mount = f"mount -t tmpfs -o size=192m,mode=711 tmpfs {database}"
        run = f"{sys.executable} -P {ROBOT} $$ run --once"
        verify = f"{sys.executable} -m medarbetare audit verify"
        shell = one.start(*how, "sh", "-c", f"{mount} && {run} && {verify}")
        worker = one.until_at_gate()
        return shell, SmallDisk(database, worker.pid)

    return start


def test_a_disk_that_fills_up_in_the_middle_of_a_case_stops_all_writing_until_there_is_room(trouble, on_a_small_disk):
    one = trouble(taken_in=False)
    one.gate("beslut", "pre-read")
    robot, disk = on_a_small_disk(one)
    disk.fill()
    disk.need_more()
    one.let_go()
    told = one.until_logged("database lost")
    assert told["message"].startswith(
        f"Disken är full där robotens databas ligger ({one.practice.folder / 'database'})"
    )
    assert one.decisions_posted() == 0
    disk.make_room()
    one.until_decided()
    assert robot.wait(SAFETY) == 0, one.ruin.log()
    one.ruin.assert_decided_once(REFERENCE)
    assert one.decisions_posted() == 1
    one.assert_told_without_tracebacks("Journalen stämmer")


@pytest.mark.usefixtures("in_chaos_only")
def test_a_robot_whose_log_finds_no_room_works_on_and_ends_in_good_order(trouble):
    one = trouble()
    run = f"exec {sys.executable} -P {ROBOT} {os.getpid()} run --once"
    assert one.start("sh", "-c", f"{run} > /dev/full 2>&1").wait(SAFETY) == 0
    assert one.lines() == []
    one.ruin.assert_decided_once(REFERENCE)
    one.ruin.assert_journal_verifies()
