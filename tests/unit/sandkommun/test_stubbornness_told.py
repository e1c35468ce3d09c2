"""The page that tells of every stubbornness: nothing is missing from its tables, and the tests that it names exist."""

import re
from importlib.resources import files
from pathlib import Path

from sandkommun.worlds.faultlist import CATALOGUE
from sandkommun.worlds.systems import Session, Systemval, Vanor

ROOT = Path(__file__).parents[3]
PAGE = (files("sandkommun") / "stubbornness" / "README.md").read_text("utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in PAGE.splitlines()
    if line.startswith("|") and not line.startswith(("|---", "| fault |", "| habit |", "| what |"))
]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def told() -> set[str]:
    """What the first cells of the tables' rows put between backquotes, word by word."""
    return {word for row in ROWS for name in re.findall(r"`([^`]+)`", row[0]) for word in re.findall(r"\w+", name)}


def test_every_fault_of_the_list_has_a_row() -> None:
    assert sorted(set(CATALOGUE) - told()) == []


def test_every_habit_of_a_system_has_a_row() -> None:
    about_looks_alone = {"skin", "vanor"}
    habits = {*Vanor.model_fields, *Session.model_fields, *Systemval.model_fields} - about_looks_alone
    assert sorted(habits - told()) == []


def test_every_row_names_a_test_and_every_named_test_exists() -> None:
    assert [row[0] for row in ROWS if not NAMED.search(row[-1])] == []
    missing = [
        f"{file}::{test}"
        for file, test in NAMED.findall(PAGE)
        if not re.search(rf"^def {test}\(", (ROOT / file).read_text("utf-8"), re.MULTILINE)
    ]
    assert missing == []


def test_the_table_knows_no_fault_that_is_not_in_the_list() -> None:
    faults = PAGE.partition("## Faults")[2].partition("## Habits")[0]
    assert re.findall(r"^\| `(\w+)` \|", faults, re.MULTILINE) == list(CATALOGUE)
