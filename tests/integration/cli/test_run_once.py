"""`medarbetare run --once` as a person starts it, on the embedded kind of connection and on a URL with a password."""

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress

import psutil
import pytest
import yaml

from medarbetare.cases.models import Case, Handoff
from medarbetare.config import config_folder
from medarbetare.engine.models import Ruleset
from medarbetare.journal.models import Leaf

SAFETY = 240.0


@pytest.fixture
def configured(any_database, tmp_path):
    """A configuration with one inbox, a folder; the secrets stand in the environment."""
    folder = tmp_path / "config"
    shutil.copytree(config_folder(), folder)
    (tmp_path / "ansokningar").mkdir()
    inbox = {"department": "ekonomiskt_bistand", "workflow": "ekonomiskt_bistand", "decide_within_days": 3}
    write(folder / "inbox.yaml", {"inboxes": {"filer": {"kind": "folder", "folder": "../ansokningar", **inbox}}})
    write(folder / "schedule.yaml", {"runs": {"filer": {"inboxes": ["filer"], "cron": "0 6 * * mon-fri"}}})
    write(
        folder / "medarbetare.yaml",
        {
            "municipality": "Exempelby",
            "practice_date": "2026-12-01",
            "database": {"url": {"env": "TEST_DATABASE"}},
            "journal": {
                "origin": "medarbetare.example/journal",
                "signing_key": {"env": "TEST_SIGNING_KEY"},
                "department_keys": {"ekonomiskt_bistand": {"env": "TEST_DEPARTMENT_KEY"}},
            },
        },
    )
    environ = {
        **os.environ,
        "TEST_DATABASE": any_database,
        "TEST_SIGNING_KEY": secrets.token_hex(32),
        "TEST_DEPARTMENT_KEY": secrets.token_hex(32),
        "MEDARBETARE_STATE": str(tmp_path / "state"),
    }
    return folder, environ


def write(path, content):
    path.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")


def run_and_count_workers(command, environ):
    """What the command wrote, its exit code, and how many worker processes it had at most at the same time."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as written:
        robot = subprocess.Popen(command, stdout=written, stderr=subprocess.STDOUT, env=environ, cwd="/")
        most, deadline = 0, time.monotonic() + SAFETY
        while robot.poll() is None:
            if time.monotonic() > deadline:
                robot.kill()
                robot.wait()
                break
            most = max(most, workers_of(robot.pid))
            with suppress(subprocess.TimeoutExpired):
                robot.wait(0.05)
        written.seek(0)
        return written.read(), robot.returncode, most


def workers_of(supervisor):
    found = 0
    with suppress(psutil.NoSuchProcess):
        for child in psutil.Process(supervisor).children():
            with suppress(psutil.NoSuchProcess):
                found += "medarbetare.cli.worker_process" in child.cmdline()
    return found


def test_run_once_takes_in_what_lies_in_the_inbox_and_ends(configured):
    folder, environ = configured
    for number in range(2):
        (folder.parent / "ansokningar" / f"REF-{number}.xml").write_text("<inte en ansökan/>", "utf-8")
    command = [sys.executable, "-m", "medarbetare", "--config", str(folder), "run", "--once", "--workers", "2"]
    written, code, workers = run_and_count_workers(command, environ)

    assert code == 0, written
    # The configuration says one.
    assert workers == 2
    assert set(Case.objects.values_list("reference", "status")) == {("REF-0", "överlämnad"), ("REF-1", "överlämnad")}
    assert Handoff.objects.filter(closed_at=None).count() == 2
    case = Case.objects.first()
    assert (case.deadline - case.created_at.date()).days == 3
    # Two workers have begun with the same rules: they are kept once.
    assert Ruleset.objects.count() == Leaf.objects.filter(kind="rules.kept").count() == 1
    assert environ["TEST_DATABASE"].rsplit("@")[0] not in written
    assert all(json.loads(line) for line in written.splitlines())
