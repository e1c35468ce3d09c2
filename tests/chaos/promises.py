"""What the README promises, held against what was run: the last table of `make chaos`.

    promises.py --tests    the tests that the README's table names, for pytest
    promises.py            the table; exit code 1 when a promise names what was not run, or a test has failed

Reads build/chaos.json (see reporting.py), and build/bench.json for the figures that a promise names in «».
"""

import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parents[2]
HEADING = "## What it promises"


@dataclass(frozen=True)
class Promise:
    """A row of the table: the sentence, the tests (files or folders), and the figures of the bench that show it."""

    sentence: str
    tests: tuple[str, ...]
    figures: tuple[str, ...]


def promises(readme: str) -> list[Promise]:
    """The rows of the README's table, in its order."""
    _, _, after = readme.partition(HEADING)
    rows = [line.strip("|").split("|") for line in after.split("\n\n")[1].splitlines()[2:]]
    return [
        Promise(
            sentence.strip(),
            tuple(re.findall(r"`(tests/[^`]+)`", shown)),
            tuple(re.findall(r"«([^»]+)»", shown)),
        )
        for sentence, _, shown in rows
    ]


def shown(promise: Promise, ran: Sequence[dict[str, Any]], bench: Sequence[dict[str, Any]]) -> tuple[str, str, bool]:
    """How many of its tests passed, its figures, and whether it is kept."""
    mine = [one for one in ran if one["test"].startswith(promise.tests)] if promise.tests else []
    passed = sum(one["outcome"] == "passed" for one in mine)
    every = all(any(one["test"].startswith(name) for one in mine) for name in promise.tests)
    figures = [one for name in promise.figures for one in bench if one["what"].strip() == name]
    told = [f"{one['what'].strip()}: {one['value']:.2f} {one['unit']}".strip() + _unmet(one) for one in figures]
    told += ["make bench has not been run"] if len(figures) < len(promise.figures) else []
    kept = every and passed == len(mine) and all(one["met"] != "NEJ" for one in figures)
    return (f"{passed} of {len(mine)}" if promise.tests else ""), "; ".join(told), kept


def _unmet(figure: dict[str, Any]) -> str:
    return " (NEJ)" if figure["met"] == "NEJ" else ""


def _read(file: Path) -> Any:
    return json.loads(file.read_text("utf-8")) if file.exists() else []


def main() -> None:
    """Print the tests, or the table."""
    rows = promises((ROOT / "README.md").read_text("utf-8"))
    if "--tests" in sys.argv:
        print(*sorted({name for row in rows for name in row.tests if not name.startswith("tests/chaos")}))
        return
    ran = _read(ROOT / "build" / "chaos.json")
    bench = _read(ROOT / "build" / "bench.json") or {"figures": []}
    table = Table("What it promises", "Passed", "Bench", "Shown", title_justify="left", show_lines=True)
    verdicts = []
    for row in rows:
        passed, figures, kept = shown(row, ran, bench["figures"])
        verdicts.append(kept)
        table.add_row(row.sentence, passed, figures, "yes" if kept else "NO")
    Console(width=140).print(table)
    failed = sorted(one["test"] for one in ran if one["outcome"] != "passed")
    print(f"{len(ran)} tests, {len(failed)} failed", *failed, sep="\n  ")
    sys.exit(bool(failed) or not all(verdicts))


if __name__ == "__main__":
    main()
