"""What the README promises, held against what was run: the last table of `make chaos`.

    promises.py --tests    the tests that the README's table names, for pytest
    promises.py            the table; exit code 1 when a promise names what was not run, or a test has failed

Reads build/chaos.json (see reporting.py), and build/bench.json for the figures that a promise names in «». A promise is
kept when every test that it names was run and passed, and every figure that it names is there and met. What was run
on another commit than the one that lies here is told below the table.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from tree import ROOT, Tree

HEADING = "## What it promises"
MET = "ja"


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
    measured = {one["what"].strip(): one for one in bench}
    told = [_told(name, measured.get(name)) for name in promise.figures]
    met = all(name in measured and measured[name]["met"] == MET for name in promise.figures)
    kept = bool(promise.tests or promise.figures) and every and passed == len(mine) and met
    return (f"{passed} of {len(mine)}" if promise.tests else ""), "; ".join(told), kept


def _told(name: str, figure: dict[str, Any] | None) -> str:
    if figure is None:
        return f"{name}: not measured by make bench"
    unmet = "" if figure["met"] == MET else " (NEJ)"
    return f"{name}: {figure['value']:.2f} {figure['unit']}".strip() + unmet


def measured_elsewhere(what: str, trees: Iterable[Tree], here: Tree) -> str:
    """A line about what was not measured on a clean tree of the commit that lies here; empty when all was."""
    counted = Counter(str(one) for one in trees if one != here or not one.clean)
    if not counted:
        return ""
    others = ", ".join(f"{tree} ({number})" for tree, number in counted.items())
    return f"{what} measured on {others}; here lies {here}."


def _read(file: Path) -> Any:
    return json.loads(file.read_text("utf-8")) if file.exists() else None


def main() -> None:
    """Print the tests, or the table."""
    rows = promises((ROOT / "README.md").read_text("utf-8"))
    if "--tests" in sys.argv:
        print(*sorted({name for row in rows for name in row.tests if not name.startswith("tests/chaos")}))
        return
    ran = _read(ROOT / "build" / "chaos.json") or []
    bench = _read(ROOT / "build" / "bench.json") or {"figures": []}
    table = Table("What it promises", "Passed", "Bench", "Shown", title_justify="left", show_lines=True)
    verdicts = []
    for row in rows:
        passed, figures, kept = shown(row, ran, bench["figures"])
        verdicts.append(kept)
        table.add_row(row.sentence, passed, figures, "yes" if kept else "NO")
    Console(width=140).print(table)
    here = Tree.now()
    for line in (
        measured_elsewhere("Tests", map(Tree.told, ran), here),
        measured_elsewhere("Figures", [Tree.told(bench)] * bool(bench["figures"]), here),
    ):
        if line:
            print(line)
    failed = sorted(one["test"] for one in ran if one["outcome"] != "passed")
    print(f"{len(ran)} tests, {len(failed)} failed", *failed, sep="\n  ")
    sys.exit(bool(failed) or not all(verdicts))


if __name__ == "__main__":
    main()
