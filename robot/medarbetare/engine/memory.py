"""What a run knows of its case: the journal's entries, in the order in which they were written."""

from collections.abc import Iterable
from typing import Any

from medarbetare.cases.handoffs import APPROVED, OPENED
from medarbetare.engine.presentation import REREAD, STEP, forget_from
from medarbetare.journal.writing import Entry

WAIT = "wait"
"""Kind of journal entry: until when the workflow waits at a step. Facts that are read again do not begin it anew."""
WAIT_ENDED = "wait.ended"
"""Kind of journal entry: a person has ended the wait at a step, and noted what they have been told."""


class Memory:
    """Steps, answers, waits and writes of one case. Every entry of the case is noted once, as soon as it is written."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.steps: dict[str, Any] = {}
        """Results of finished steps, as they stand in the journal."""
        self.waits: dict[str, str] = {}
        """Until when each wait lasts, ISO 8601."""
        self.ended: dict[str, dict[str, Any]] = {}
        """What people have noted who ended a wait, by its step."""
        self.answers: dict[str, dict[str, Any]] = {}
        """What people have answered, by the step that asked."""
        self.apart: list[dict[str, Any]] = []
        """What has been handed over for itself."""
        self.intended: dict[str, Any] = {}
        """What each write was to leave, when it was begun."""
        self._finished: dict[str, Entry] = {}
        self._answered: dict[str, int] = {}
        self._last_write = -1
        for entry in entries:
            self.note(entry)

    def note(self, entry: Entry) -> None:
        """Take an entry in."""
        if entry.kind.startswith("write."):
            self._last_write = entry.index
            if entry.kind == "write.intended":
                self.intended[entry.name] = entry.payload.get("intended")
        elif entry.kind == STEP and entry.payload:
            self.steps[entry.name] = entry.payload["result"]
            self._finished[entry.name] = entry
        elif entry.kind == REREAD:
            self._forget(entry.name)
        elif entry.kind == WAIT:
            self.waits[entry.name] = entry.payload["until"]
        elif entry.kind == WAIT_ENDED:
            self.ended[entry.name] = entry.payload
        elif entry.kind == APPROVED:
            self.answers[entry.name] = entry.payload
            self._answered[entry.name] = entry.index
        elif entry.kind == OPENED:
            self.apart.append(entry.payload)

    def finished(self, step: str) -> Entry | None:
        """The entry of a step that was finished last under that name, whether it counts still or not."""
        return self._finished.get(step)

    def is_rested_upon(self, step: str) -> bool:
        """Whether anything has been begun to be written since the step was finished."""
        return self._finished[step].index < self._last_write

    def _forget(self, step: str) -> None:
        """Facts are read again: what was made of them, and what people answered to it, counts no longer."""
        read = self._finished[step].index if step in self._finished else -1
        forget_from(self.steps, step)
        for name in [name for name, index in self._answered.items() if index > read]:
            del self.answers[name], self._answered[name]
