"""The layout guard: what the folders may and may not hold."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TOP = {
    *(".ci", ".gitignore", "LICENSE", "Makefile", "README.md", "pyproject.toml", "requirements.lock"),
    *("config", "recordings", "robot", "selectors", "tests", "workflows"),
}
SOURCE_ROOTS = ("robot", "workflows")
DATA_FOLDERS = ("selectors", "config", "recordings")
LONGEST_FILE = 400
LONGEST_FUNCTION = 60

_IDENTITY_NUMBER = re.compile(r"(?<![\d.])(?:18|19|20)?(\d{6})[-+]?(\d{4})(?!\d)")
_TEST_SERIALS = re.compile(r"23[89]|98")
_MACHINE_PATH = re.compile(r"(?<![\w.~$}/{-])/(?:work|farm|root|home/\w+)/[\w.-]+")
_INDEX = re.compile(r'^\s*(?:--(?:extra-)?index-url|-i\s+http)|"resolved"\s*:\s*"https?:', re.MULTILINE)


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return [ROOT / name for name in listed.splitlines() if (ROOT / name).is_file()]


def texts() -> list[tuple[Path, str]]:
    found = []
    for path in tracked():
        try:
            found.append((path.relative_to(ROOT), path.read_text("utf-8")))
        except UnicodeDecodeError:
            found.append((path.relative_to(ROOT), path.read_text("latin-1")))
    return found


def test_the_top_level_holds_what_newcomers_expect_and_nothing_else():
    assert {path.relative_to(ROOT).parts[0] for path in tracked()} == TOP


@pytest.mark.parametrize("folder", [*SOURCE_ROOTS, *DATA_FOLDERS])
def test_no_top_folder_is_a_package_since_it_would_shadow_robotframework_or_the_standard_library(folder):
    assert not (ROOT / folder / "__init__.py").exists()


@pytest.mark.parametrize("folder", DATA_FOLDERS)
def test_data_folders_hold_no_python(folder):
    assert list((ROOT / folder).rglob("*.py")) == []


@pytest.mark.parametrize("folder", [*SOURCE_ROOTS, *DATA_FOLDERS, "tests"])
def test_each_top_folder_says_what_lives_there(folder):
    assert (ROOT / folder / "README.md").read_text("utf-8").strip()


def test_every_test_that_the_promises_name_is_there():
    named = re.findall(r"`(tests/[a-z_0-9/]+(?:\.py|\.sh)?)`", (ROOT / "README.md").read_text("utf-8"))
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_tests_are_no_packages():
    assert list((ROOT / "tests").rglob("__init__.py")) == []


def test_files_and_functions_stay_small_enough_to_read():
    too_long = []
    for path, text in texts():
        if path.suffix != ".py":
            continue
        if text.count("\n") > LONGEST_FILE:
            too_long.append(f"{path}: {text.count(chr(10))} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno
                if length > LONGEST_FUNCTION:
                    too_long.append(f"{path}:{node.lineno} {node.name}: {length} lines")
    assert too_long == []


def test_elements_are_called_by_name_and_no_selector_stands_in_python():
    verbs = {"page", "read", "read_all", "has", "table", "fill", "fill_all", "attach", "click", "commit", "download"}
    name = re.compile(r"[a-z0-9_.]+")
    found = []
    for path, text in texts():
        outside = path.suffix == ".py" and path.parts[0] in SOURCE_ROOTS
        if not outside or path.parts[1] == "sandkommun" or path.parts[1:3] == ("medarbetare", "browser"):
            continue
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if node.func.attr in {"locator", "query_selector", "evaluate", "get_by_role", "goto"}:
                found.append(f"{path}:{node.lineno} {node.func.attr}")
            if node.func.attr in verbs:
                words = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
                found += [f"{path}:{node.lineno} {word}" for word in words[:1] if not name.fullmatch(word)]
    assert found == []


def test_every_identity_number_in_the_tree_is_a_test_number():
    def luhn(digits: str) -> bool:
        doubled = [int(c) * (2 - i % 2) for i, c in enumerate(digits)]
        return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0

    def is_date(yymmdd: str) -> bool:
        return 1 <= int(yymmdd[2:4]) <= 12 and 1 <= int(yymmdd[4:6]) % 60 <= 31

    found = [
        f"{path}: …{match[2]}"
        for path, text in texts()
        if path.suffix not in {".lock", ".js"}
        for match in _IDENTITY_NUMBER.finditer(text)
        if is_date(match[1]) and luhn(match[1] + match[2]) and not _TEST_SERIALS.match(match[2])
    ]
    assert found == []


def test_no_path_of_one_machine_and_no_package_index_stands_in_a_file():
    found = [str(path) for path, text in texts() if _MACHINE_PATH.search(text) or _INDEX.search(text)]
    assert found == []
