"""What a case looks like to a person: sections that a workflow fills, and the journal's kinds in Swedish."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from medarbetare.journal.writing import Entry

KINDS = {
    "access.refused": "visades inte: behörighet saknas",
    "case.created": "kom in",
    "case.outcome": "utfall",
    "handoff.approved": "godkändes",
    "handoff.finished elsewhere": "avslutad av handläggare",
    "handoff.opened": "lämnades över för sig",
    "handoff.taken over": "togs över",
    "reconciliation": "avstämning",
    "reconciliation.agrees": "stämmer igen",
    "reconciliation.difference": "stämmer inte längre",
    "run.started": "började",
    "shown": "visades",
    "step": "steg",
    "write.absent": "finns inte där",
    "write.intended": "ska skrivas",
    "write.receipt": "kvitto",
    "write.submitting": "skickas",
    "write.unknown": "okänt utfall",
}
"""Kinds of journal entries in a case worker's words."""


@dataclass(frozen=True)
class Section:
    """One table for people, in Swedish; may hold personal data.

    Every row has as many texts as there are `columns`, and its first one names the row. `amounts` are the columns whose
    texts are amounts. `sums`: the last so many rows add up those above. `folded`: shown on request.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    amounts: frozenset[str] = frozenset()
    sums: int = 0
    folded: bool = False


def finished_steps(entries: Iterable[Entry]) -> dict[str, Any]:
    """The result of every finished step by its name, in the order in which the steps were finished.

    A step whose result was too large to be opened is not there.
    """
    return {entry.name: entry.payload["result"] for entry in entries if entry.kind == "step" and entry.payload}
