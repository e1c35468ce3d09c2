"""What a case looks like to a person: sections that a workflow fills, and the journal's kinds in Swedish."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from medarbetare.journal.writing import Entry

KINDS = {
    "access.refused": "visades inte: behörighet saknas",
    "case.created": "kom in",
    "case.outcome": "utfall",
    "conflict.added": "lades på jävslistan",
    "conflict.removed": "togs bort från jävslistan",
    "decisions.listed": "beslut listades för nämnden",
    "handoff.approved": "godkändes",
    "handoff.assigned": "tilldelades",
    "handoff.finished elsewhere": "avslutad av handläggare",
    "handoff.opened": "lämnades över för sig",
    "handoff.retried": "återlämnades till roboten",
    "handoff.settled": "utreddes",
    "handoff.taken over": "togs över",
    "norms.added": "nya normbelopp lades in",
    "norms.tried": "nya normbelopp provades",
    "paused": "pausades",
    "facts.reread": "läses om",
    "follow-up.stated": "uppgifter för uppföljning",
    "redecision": "förslag räknades om",
    "resumed": "fick gå vidare",
    "reconciliation": "avstämning",
    "reconciliation.agrees": "stämmer igen",
    "reconciliation.difference": "stämmer inte längre",
    "recovery.adopted": "togs upp igen efter en återställning",
    "recovery.noticed": "databasen återställd",
    "recovery.passed": "återställningen avstämd",
    "recovery.prepared": "hittades efter en återställning",
    "rules.kept": "regelverk började användas",
    "run.started": "började",
    "shown": "visades",
    "wait": "väntar till",
    "wait.ended": "väntan avbröts, svaret antecknades",
    "step": "steg",
    "write.absent": "finns inte där",
    "write.intended": "ska skrivas",
    "write.receipt": "kvitto",
    "write.settled": "utrett av en människa",
    "write.submitting": "skickas",
    "write.unknown": "okänt utfall",
}
"""Kinds of journal entries in a case worker's words."""


STEP = "step"
REREAD = "facts.reread"
"""Kinds of journal entries: a finished step; facts that are too old and are read again, named by their step."""


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

    A step whose result was too large to be opened is not there. Where facts are read again, the step that read them and
    all that were finished after it count no longer.
    """
    done: dict[str, Any] = {}
    for entry in entries:
        if entry.kind == STEP and entry.payload:
            done[entry.name] = entry.payload["result"]
        elif entry.kind == REREAD:
            forget_from(done, entry.name)
    return done


def forget_from(done: dict[str, Any], step: str) -> None:
    """Take the step, and all that were finished after it, out of finished steps."""
    names = list(done)
    for name in names[names.index(step) if step in done else len(names) :]:
        del done[name]
