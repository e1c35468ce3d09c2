"""`medarbetare run --once` as a person starts it, on the embedded kind of connection and on a URL with a password."""

import json
import os
import secrets
import shutil
import subprocess
import sys

import pytest
import yaml

from medarbetare.cases.models import Case, Handoff
from medarbetare.config import config_folder
from medarbetare.engine.models import Ruleset
from medarbetare.journal.models import Leaf


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


def test_run_once_takes_in_what_lies_in_the_inbox_and_ends(configured):
    folder, environ = configured
    for number in range(2):
        (folder.parent / "ansokningar" / f"REF-{number}.xml").write_text("<inte en ansökan/>", "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "medarbetare", "--config", str(folder), "run", "--once", "--workers", "2"],
        capture_output=True,
        text=True,
        timeout=240,
        env=environ,
        cwd="/",
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert set(Case.objects.values_list("reference", "status")) == {("REF-0", "överlämnad"), ("REF-1", "överlämnad")}
    assert Handoff.objects.filter(closed_at=None).count() == 2
    case = Case.objects.first()
    assert (case.deadline - case.created_at.date()).days == 3
    # Two workers have begun with the same rules: they are kept once.
    assert Ruleset.objects.count() == Leaf.objects.filter(kind="rules.kept").count() == 1
    assert environ["TEST_DATABASE"].rsplit("@")[0] not in done.stdout + done.stderr
    assert all(json.loads(line) for line in done.stdout.splitlines())
