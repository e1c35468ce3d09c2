"""The page for those who write workflows: its example is taken from the page as it stands, and run."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from medarbetare.browser import load_selectors

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "workflows" / "README.md"
FILE = re.compile(r"^```(?:python|yaml) (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The example's files where the page says that they lie."""
    files = dict(FILE.findall(PAGE.read_text("utf-8")))
    assert len(files) == 4, sorted(files)
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content, "utf-8")
    for package in ("arbetsfloden", "arbetsfloden/seniorkort"):
        (tmp_path / "workflows" / package / "__init__.py").touch()
    return tmp_path


def test_the_example_runs_by_what_stands_on_the_page_alone(tree: Path) -> None:
    modules = os.pathsep.join([str(tree / "workflows"), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, "-P", "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": modules},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "10 passed" in done.stdout


def test_the_example_is_typed_as_strictly_as_the_shipped_workflows(tree: Path) -> None:
    flow = tree / "workflows" / "arbetsfloden" / "seniorkort" / "flow.py"

    def complaints() -> str:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml")),
                *("--cache-dir", str(tree / "cache"), "--no-error-summary", str(flow)),
            ],
            cwd=ROOT,
            env={**os.environ, "MYPYPATH": str(tree / "workflows")},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode in (0, 1), done.stdout + done.stderr
        return done.stdout

    assert complaints() == ""
    flow.write_text(flow.read_text("utf-8").replace("galler_till=svar.galler_till", "galler_till=svar.galler"), "utf-8")
    assert "[attr-defined]" in complaints()


def test_every_name_that_the_example_uses_stands_in_its_selector_file(tree: Path) -> None:
    pages = load_selectors(tree / "selectors" / "kortregister.yaml").pages
    known = {*pages, *(name for page in pages.values() for name in (*page.elements, *page.tables))}

    flow = ast.parse((tree / "workflows" / "arbetsfloden" / "seniorkort" / "flow.py").read_text("utf-8"))
    calls = [node for node in ast.walk(flow) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    used: set[str] = set()
    for call in calls:
        assert isinstance(call.func, ast.Attribute)
        if call.func.attr in {"page", "read_all", "table", "commit"}:
            used |= {one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)}
        if call.func.attr == "fill_all" and isinstance(call.args[0], ast.Dict):
            used |= {str(key.value) for key in call.args[0].keys if isinstance(key, ast.Constant)}
    assert {"ansokan", "namn", "kort", "omrade", "spara"} <= used <= known
