"""Systems that start together, keep their secrets, and leave nothing behind."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from sandkommun import worlds
from sandkommun.running import running


def ended(processes: list[psutil.Process]) -> bool:
    gone, alive = psutil.wait_procs(processes, timeout=5)
    return not alive and bool(gone)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_running_however_it_ends(data: Path, how: signal.Signals) -> None:
    with running(worlds.only(worlds.load("demo"), "260102"), data) as sandkommun:
        process = psutil.Process(sandkommun.pid)
        everything = [process, *process.children(recursive=True)]
        os.kill(sandkommun.pid, how)
        assert ended(everything)


def test_it_ends_with_the_process_that_started_it(data: Path) -> None:
    serve = [sys.executable, "-m", "sandkommun", "serve", "--world", "demo", "--data", str(data)]
    starter = subprocess.Popen([sys.executable, "-c", f"import subprocess; subprocess.run({serve!r})"])
    file = data / "sandkommun.json"
    deadline = time.monotonic() + 20
    while not file.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    served = psutil.Process(json.loads(file.read_text("utf-8"))["pid"])
    everything = [served, *served.children()]
    starter.kill()
    starter.wait()
    assert ended(everything)


def test_secrets_are_only_in_private_files(data: Path) -> None:
    with running(worlds.only(worlds.load("demo"), "260102"), data) as sandkommun:
        account = sandkommun.account("verksamhet")
        file = data / "credentials" / "verksamhet.json"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        arguments = " ".join(psutil.Process(sandkommun.pid).cmdline())
        logs = "".join(log.read_text("utf-8") for log in data.glob("*.log"))
        for secret in (account.password, account.totp or ""):
            assert len(secret) >= 24
            assert secret not in arguments + logs + json.dumps(sandkommun.announced)


def test_a_folder_that_is_not_empty_is_refused(data: Path) -> None:
    data.mkdir()
    (data / "gammalt").touch()
    serve = [sys.executable, "-m", "sandkommun", "serve", "--data", str(data)]
    refused = subprocess.run(serve, capture_output=True, text=True, timeout=20)
    assert refused.returncode == 1
    assert "är inte tom" in refused.stderr
