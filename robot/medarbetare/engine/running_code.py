"""Which code runs: one short hash over the source of the robot and of a workflow.

A version number stays the same when code is changed in place; this does not, so that an auditor can tell what ran.
"""

import importlib
from collections.abc import Mapping
from pathlib import Path

from medarbetare.engine.ruleset import version_of

CODE = "kod"
"""What it is called among a run's versions."""

ROBOT = "medarbetare"
"""The robot's own package."""

_DIGITS = 12


def code_versions(modules: Mapping[str, str]) -> dict[str, str]:
    """For each workflow, by the module that builds it: a hash of the robot's package and of that module's own package.

    The source is read from disk: ask when a process starts, while what it has imported is what lies there.
    """
    robot = _sources(ROBOT)
    return {name: version_of({**robot, **_sources(module)})[:_DIGITS] for name, module in modules.items()}


def _sources(module: str) -> dict[str, bytes]:
    """The Python files of the package that a module lies in, by their paths within it; of a lone module its own."""
    found = importlib.import_module(module)
    source = getattr(found, "__file__", None)
    if source is None:  # made in memory, or a folder that is no package: nothing lies on disk to tell of
        return {}
    file, package = Path(source), found.__package__
    if not package:
        return {file.name: file.read_bytes()}
    folder = file.parent
    return {f"{package}/{one.relative_to(folder).as_posix()}": one.read_bytes() for one in folder.rglob("*.py")}
