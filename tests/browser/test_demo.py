"""The demonstration as a newcomer meets it: side by side, interrupted, killed, and what it leaves behind."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.request import urlopen

import psutil
import pytest
import yaml

from medarbetare.bootstrap import open_database, read_configuration
from sandkommun import worlds

QUICK = "260122"
WHOLE_WAY = "260107"


@pytest.fixture
def state():
    """A state folder of its own; its path also marks every process that belongs to the test."""
    folder = Path(tempfile.mkdtemp(prefix="medarbetare-demo-"))
    folder.chmod(0o711)
    yield folder
    for process in belonging_to(folder):
        process.kill()
    shutil.rmtree(folder, ignore_errors=True)


def world_of(folder: Path, *references: str) -> Path:
    path = folder / "world.yaml"
    path.write_text(worlds.dump(worlds.only(worlds.load("demo"), *references)), "utf-8")
    return path


def start(state: Path, world: Path, *more: str, **options) -> subprocess.Popen[str]:
    temporary = state / "tmp"
    temporary.mkdir(exist_ok=True)
    environment = {**os.environ, "MEDARBETARE_STATE": str(state), "TMPDIR": str(temporary)}
    how = more or ("--once",)
    command = [sys.executable, "-m", "medarbetare", "demo", *how, "--world", str(world), "--workers", "1"]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment, cwd="/", **options
    )


def belonging_to(state: Path) -> list[psutil.Process]:
    marker = f"MEDARBETARE_STATE={state}".encode()
    found = []
    for process in psutil.process_iter():
        try:
            if marker in Path(f"/proc/{process.pid}/environ").read_bytes() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (OSError, psutil.NoSuchProcess):
            continue
    return found


def wait_until(condition, seconds=60.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.05)


def log_of(state: Path) -> str:
    return "".join(path.read_text("utf-8") for path in (state / "demo").glob("*/logg.jsonl"))


def test_two_demonstrations_side_by_side_do_not_collide_and_leave_nothing_running(state):
    world = world_of(state, QUICK)
    both = [start(state, world), start(state, world)]
    said = [process.communicate(timeout=180)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert all("1 stoppad" in text for text in said)
    assert belonging_to(state) == []


def test_ctrl_c_ends_it_with_nothing_left_running(state):
    process = start(state, world_of(state, WHOLE_WAY), start_new_session=True)
    wait_until(lambda: "run started" in log_of(state))
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=90)[0]
    assert process.returncode == 130, said
    assert "avbröts" in said
    assert belonging_to(state) == []


def test_after_kill_9_everything_goes_away_and_a_second_run_works(state):
    process = start(state, world_of(state, WHOLE_WAY), start_new_session=True)
    wait_until(lambda: "run started" in log_of(state))
    process.kill()
    process.communicate()
    wait_until(lambda: belonging_to(state) == [], seconds=30)
    again = start(state, world_of(state, QUICK))
    said = again.communicate(timeout=180)[0]
    assert again.returncode == 0, said
    assert belonging_to(state) == []


def until_served(process: subprocess.Popen[str]) -> str:
    """What the demonstration says until the web is there."""
    said = []
    for line in process.stdout:
        said.append(line)
        if "Ctrl-C" in line:
            return "".join(said)
    raise AssertionError("".join(said))


def test_at_the_end_the_web_is_served_until_ctrl_c(state):
    process = start(state, world_of(state, QUICK), "--web-port", "0", start_new_session=True)
    said = until_served(process)
    address = re.search(r"http://127\.0\.0\.1:\d+/", said)[0]
    password = Path(re.search(r"lösenordet står i (\S+)", said)[1])
    assert password.stat().st_mode & 0o077 == 0
    assert password.read_text("utf-8").strip() not in said
    with urlopen(address, timeout=10) as page:  # noqa: S310
        assert "Logga in" in page.read().decode()
    process.send_signal(signal.SIGINT)
    rest = process.communicate(timeout=60)[0]
    assert process.returncode == 0, said + rest
    assert "Traceback" not in rest + log_of(state)
    assert belonging_to(state) == []


def test_kill_9_while_the_web_is_served_leaves_nothing_running(state):
    process = start(state, world_of(state, QUICK), "--web-port", "0", start_new_session=True)
    until_served(process)
    process.kill()
    process.communicate()
    wait_until(lambda: belonging_to(state) == [], seconds=30)


def test_it_says_why_when_the_world_is_wrong(state):
    wrong = state / "world.yaml"
    wrong.write_text("today: 2026-12-01\n", "utf-8")
    process = start(state, wrong)
    said = process.communicate(timeout=90)[0]
    assert process.returncode == 1
    assert "Sandkommun startade inte" in said
    assert "Traceback" not in said


def canaries(state: Path) -> dict[str, bytes]:
    """Everything that must never stand in clear: the people of the world, and the robot's own secrets."""
    world = (state / "world.yaml").read_text("utf-8")
    found = {}
    for number in set(re.findall(r"(?<!\d)(?:19|20)\d{6}-?\d{4}(?!\d)", world)):
        digits = number.replace("-", "")
        found |= {f"identity number {digits[:4]}… as {form}": form_of.encode() for form, form_of in (
            ("twelve digits", digits), ("with hyphen", f"{digits[:8]}-{digits[8:]}"), ("ten digits", digits[2:]),
        )}  # fmt: skip
    for secret in (state / "demo").glob("*/secrets/*"):
        if not secret.name.endswith("-user"):
            found[secret.name] = secret.read_bytes().strip()
    for key in (state / "demo").glob("*/keys/*"):
        found[key.name] = key.read_bytes().strip()
    return found


def test_nothing_personal_and_no_secret_is_left_in_clear_anywhere(state):
    """Logs, database files and rows, temporary files, and the arguments of every process while it ran."""
    world = world_of(state, WHOLE_WAY)
    process = start(state, world)
    arguments: set[str] = set()
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.2):
            for one in belonging_to(state):
                try:
                    arguments.add(" ".join(one.cmdline()))
                except psutil.NoSuchProcess:
                    continue

    watcher = threading.Thread(target=watch)
    watcher.start()
    said = process.communicate(timeout=180)[0]
    done.set()
    watcher.join()
    assert process.returncode == 0, said

    (folder,) = (path for path in (state / "demo").iterdir())
    secret = canaries(state)
    assert len(secret) > 10
    found = [name for name, value in secret.items() if value in said.encode() or value in "\n".join(arguments).encode()]
    theirs = {folder / "sandkommun", folder / "secrets", folder / "keys", world}
    for path in state.rglob("*"):
        if path.is_file() and not any(path == one or one in path.parents for one in theirs):
            content = path.read_bytes()
            found += [f"{name} in {path.relative_to(state)}" for name, value in secret.items() if value in content]
    rows = database_rows(folder / "config")
    found += [f"{name} in the database" for name, value in secret.items() if value in rows]
    assert found == []
    assert len(rows) > 10_000
    assert any("medarbetare" in line for line in arguments)


def database_rows(config: Path) -> bytes:
    """Every row of every table as text."""
    from django.db import connection

    with open_database(read_configuration(config)), connection.cursor() as cursor:
        text = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" AS t')
            text += [row[0] for row in cursor.fetchall()]
    return "\n".join(text).encode()


def test_its_configuration_holds_references_and_no_secret(state):
    process = start(state, world_of(state, QUICK))
    assert process.wait(timeout=180) == 0
    (folder,) = (path for path in (state / "demo").iterdir())
    portals = yaml.safe_load((folder / "config" / "portals.yaml").read_text("utf-8"))["portals"]
    assert all(set(portal["password"]) == {"file"} for portal in portals)
    for portal in portals:
        assert Path(portal["password"]["file"]).stat().st_mode & 0o077 == 0
