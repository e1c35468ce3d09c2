import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from psycopg.conninfo import make_conninfo

from medarbetare.cli.app import run_app
from medarbetare.config import config_folder
from medarbetare.config.folders import CONFIG_VARIABLE
from medarbetare.database.dsn import Dsn
from medarbetare.engine.outcome import Outcome, handed_over
from medarbetare.engine.run import Run
from medarbetare.testing import Bench


@dataclass(frozen=True)
class Said:
    """What a command wrote and how it ended."""

    exit_code: object
    out: str
    err: str


@pytest.fixture
def bench(database: Dsn) -> Bench:
    def flow(run: Run) -> Outcome:
        run.step("läs [ansökan]", lambda: {"namn": "Tova Testsson"}, dict[str, str])
        return handed_over("Två skäl.", ("Hyran [ändrad]", "Kontot är nytt"))

    return Bench({"flode": flow}, department="ekonomiskt_bistand")


@pytest.fixture
def folder(bench: Bench, database: Dsn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration for the test's database, with the bench's keys."""
    monkeypatch.setenv("TEST_DATABASE", make_conninfo(**database.parameters))
    monkeypatch.setenv("TEST_SIGNING_KEY", bench.keys.signing.private_bytes_raw().hex())
    monkeypatch.setenv("TEST_DEPARTMENT_KEY", bench.keys.departments[bench.department].hex())
    folder = tmp_path / "config"
    shutil.copytree(config_folder(), folder)
    installation = {
        "municipality": "Exempelby",
        "database": {"url": {"env": "TEST_DATABASE"}},
        "outside": str(tmp_path / "outside"),
        "journal": {
            "origin": bench.origin,
            "signing_key": {"env": "TEST_SIGNING_KEY"},
            "department_keys": {bench.department: {"env": "TEST_DEPARTMENT_KEY"}},
        },
    }
    (folder / "medarbetare.yaml").write_text(yaml.safe_dump(installation), "utf-8")
    return folder


@pytest.fixture
def medarbetare(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Said]:
    """The command line, called in this process."""
    monkeypatch.setenv(CONFIG_VARIABLE, str(folder))
    monkeypatch.setenv("COLUMNS", "200")

    def call(*arguments: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["medarbetare", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            run_app()
        said = capsys.readouterr()
        return Said(ended.value.code, said.out, said.err)

    return call
