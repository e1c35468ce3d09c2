"""A workflow's decision on files: the same pure function as in a run, without browser, database or journal."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from medarbetare.engine.presentation import Section


@dataclass(frozen=True)
class Decision:
    """What a workflow would propose, for people and for programs. May hold personal data.

    `summary` is one Swedish sentence, `sections` the whole trace as tables, `data` the same as JSON values.
    """

    summary: str
    sections: tuple[Section, ...]
    data: Mapping[str, Any]
