"""What `make chaos` prints when all is over, and leaves in build/chaos.json."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from plans.telling import TALLY
from plans.telling import table as tally_table
from tree import Tree

TABLE = "chaos table"
"""A test's property: text to print."""
LINE = "browser plans"
"""The same, of a test that is one of many alike."""
FIGURES = "chaos figures"
"""The same for programs."""


def tell(reporter: pytest.TerminalReporter, file: Path | None, tree: Tree) -> None:
    """Print every table, file by file, and write `file` if there is one: each test with the `tree` it was run on."""
    ran = [
        report
        for outcome in ("passed", "failed", "skipped")
        for report in reporter.getreports(outcome)
        if _counts(report)
    ]
    reports = [report for report in ran if report.user_properties]
    for module in dict.fromkeys(report.location[0] for report in reports):
        tables = [*_values(reports, TABLE, module), *_values(reports, LINE, module)]
        tallies = _values(reports, TALLY, module)
        if tables or tallies:
            reporter.section(module)
        for table in tables:
            reporter.write_line(table)
        if tallies:
            reporter.write_line(tally_table(tallies))
    if file is not None and ran:
        file.parent.mkdir(exist_ok=True)
        # `make chaos` is two runs; what another of them has told stays.
        before = json.loads(file.read_text("utf-8")) if file.exists() else []
        told = {one["test"]: one for one in [*before, *(_told(report) | tree.telling for report in ran)]}
        file.write_text(json.dumps(list(told.values()), ensure_ascii=False, indent=1), "utf-8")


def _counts(report: pytest.TestReport) -> bool:
    """Whether it tells of a test, or of why there was none: what was skipped shows nothing."""
    return report.when == "call" or report.outcome in ("failed", "skipped")


def _values(reports: Sequence[pytest.TestReport], name: str, module: str) -> list[Any]:
    return [
        value
        for report in reports
        if report.location[0] == module
        for property_name, value in report.user_properties
        if property_name == name
    ]


def _told(report: pytest.TestReport) -> dict[str, Any]:
    figures = [value for name, value in report.user_properties if name in (FIGURES, LINE, TALLY)]
    return {"test": report.nodeid, "outcome": report.outcome, "seconds": round(report.duration, 1), "figures": figures}
