"""Which code runs: a hash that changes with any Python file of the robot or of the workflow, and with nothing else."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from medarbetare.engine import running_code
from medarbetare.engine.running_code import code_versions

ROBOT, FLOW, LONE = "provrobot", "provfloden.ett.flode", "ensamt_flode"
SHIPPED = {"ekonomiskt_bistand": "arbetsfloden.ekonomiskt_bistand.arbetsflode"}


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A robot's package, a workflow's with a package within it, another's beside it, and one of a single file."""
    files = {
        "provrobot/__init__.py": "",
        "provrobot/motor.py": "takt = 1\n",
        "provfloden/__init__.py": "",
        "provfloden/ett/__init__.py": "",
        "provfloden/ett/flode.py": "def build(): ...\n",
        "provfloden/ett/regler/regel.py": "tak = 6400\n",
        "provfloden/ett/README.md": "Så arbetar vi.\n",
        "provfloden/annat/flode.py": "def build(): ...\n",
        "ensamt_flode.py": "def build(): ...\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(running_code, "ROBOT", ROBOT)
    yield tmp_path
    for module in [one for one in sys.modules if one.split(".")[0] in (ROBOT, "provfloden", LONE)]:
        del sys.modules[module]


def versions() -> dict[str, str]:
    return code_versions({"ett": FLOW, "ensamt": LONE})


def test_a_hash_is_short_and_the_same_as_long_as_the_code_is(code: Path) -> None:
    told = versions()
    assert told == versions()
    assert {len(one) for one in told.values()} == {12}
    assert told["ett"] != told["ensamt"]


@pytest.mark.parametrize(
    ("file", "changes"),
    [
        ("provrobot/motor.py", {"ett", "ensamt"}),
        ("provrobot/ny.py", {"ett", "ensamt"}),
        ("provfloden/ett/regler/regel.py", {"ett"}),
        ("ensamt_flode.py", {"ensamt"}),
        ("provfloden/annat/flode.py", set()),
        ("provfloden/ett/README.md", set()),
    ],
)
def test_it_changes_with_the_robots_code_and_the_workflows_own(code: Path, file: str, changes: set[str]) -> None:
    before = versions()
    (code / file).write_text("annat = 2\n", "utf-8")
    now = versions()
    assert {name for name in now if now[name] != before[name]} == changes


def test_a_file_that_is_moved_within_the_package_is_other_code(code: Path) -> None:
    before = versions()
    (code / "provfloden/ett/regler/regel.py").rename(code / "provfloden/ett/regel.py")
    assert versions()["ett"] != before["ett"]


def test_the_shipped_workflow_is_hashed_at_once() -> None:
    code_versions(SHIPPED)
    spent = time.process_time()
    assert len(code_versions(SHIPPED)["ekonomiskt_bistand"]) == 12
    assert time.process_time() - spent < 0.1
