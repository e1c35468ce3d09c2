"""An installation as `bootstrap` reads it: a folder of configuration for the database and the keys of a bench."""

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from medarbetare.config import config_folder
from medarbetare.testing import Bench

DEPARTMENT = "ekonomiskt_bistand"


@dataclass(frozen=True)
class Machine:
    """A machine's own configuration folder, and what a process there is started with."""

    config: Path
    environ: dict[str, str]

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "medarbetare", "--config", str(self.config), *arguments]


@pytest.fixture
def bench() -> Bench:
    """Takes cases in, with the keys that every machine has. Works on none."""
    return Bench({"prov": lambda run: NotImplemented}, department=DEPARTMENT)


@pytest.fixture
def installed(
    bench: Bench, url_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Machine]:
    """Installs a machine of that name against the one database; `more` stands in its medarbetare.yaml.

    Its one workflow `prov` is the module `prov_arbetsflode` in the test's folder.
    """
    secrets = {
        "TEST_DATABASE": url_database,
        "TEST_SIGNING_KEY": bench.keys.signing.private_bytes_raw().hex(),
        "TEST_DEPARTMENT_KEY": bench.keys.departments[DEPARTMENT].hex(),
    }
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)

    def install(name: str, **more: Any) -> Machine:
        config = tmp_path / name / "config"
        shutil.copytree(config_folder(), config)
        installation = {
            "municipality": "Exempelby",
            "practice_date": "2026-12-01",
            "database": {"url": {"env": "TEST_DATABASE"}},
            "outside": str(tmp_path / name / "outside"),
            "journal": {
                "origin": bench.origin,
                "signing_key": {"env": "TEST_SIGNING_KEY"},
                "department_keys": {DEPARTMENT: {"env": "TEST_DEPARTMENT_KEY"}},
            },
            **more,
        }
        inbox = {"kind": "folder", "folder": "../post", "department": DEPARTMENT, "workflow": "prov"}
        for file, content in {
            "medarbetare.yaml": installation,
            "workflows.yaml": {"workflows": {"prov": {"module": "prov_arbetsflode", "settings": "."}}},
            "inbox.yaml": {"inboxes": {"filer": inbox}},
            "schedule.yaml": {"runs": {"filer": {"inboxes": ["filer"], "cron": "0 6 * * mon"}}},
        }.items():
            (config / file).write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
        modules = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
        state = {"MEDARBETARE_STATE": str(tmp_path / name / "state"), "PYTHONPATH": modules}
        return Machine(config, {**os.environ, **state})

    return install
