"""One wait of a run: for a time, or for an answer that is looked for now and then."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from medarbetare.engine.memory import WAIT, Memory
from medarbetare.engine.outcome import Suspended, waiting
from medarbetare.journal.writing import Entry

ResultT = TypeVar("ResultT")


class RunThatWaits(Protocol):
    """What a wait needs of the run that it is a step of; see `medarbetare.engine.run.Run`."""

    def now(self) -> datetime:
        """The time now, UTC."""

    def check(self) -> None:
        """Raises StopRequested or Held when the run may not go on now."""

    def is_done(self, step: str) -> bool:
        """Whether a step is finished."""

    def step(self, name: str, produce: Callable[[], Any], result: Any) -> Any:
        """Do something once and remember what came of it."""

    def patiently(self, action: Callable[[], ResultT]) -> ResultT:
        """Do something that a portal may fail at, a few times."""

    def record(self, kind: str, name: str, payload: Mapping[str, Any]) -> Entry:
        """Append one entry to the journal if the lease is still ours."""


@dataclass(frozen=True)
class Wait:
    """The wait at `step`. `why` is a Swedish sentence for people. `may_end`: a person may end it (`ending_waits`)."""

    run: RunThatWaits
    memory: Memory
    step: str
    why: str
    may_end: bool

    def for_time(self, moment: Callable[[], datetime]) -> None:
        """Raises Suspended until the time has come, or a person has ended the wait."""
        until = self._until(moment)
        if self.run.now() < until and not self._is_ended():
            raise self._suspended(until)

    def for_answer(
        self, look: Callable[[], ResultT | None], result: Any, every: timedelta, longest: timedelta
    ) -> ResultT | None:
        """The answer, remembered; None when time is up or a person has ended the wait. Raises Suspended until then."""
        last = self._until(lambda: self.run.now() + longest)
        if self.run.is_done(self.step):
            found: ResultT | None = self.run.step(self.step, look, result | None)
            return found
        self.run.check()
        # Whoever ends a wait has read what there is: nothing more is looked for.
        answer = None if self._is_ended() else self.run.patiently(look)
        if answer is None and not self._is_ended() and self.run.now() < last:
            raise self._suspended(min(self.run.now() + every, last))
        kept: ResultT | None = self.run.step(self.step, lambda: answer, result | None)
        return kept

    def _until(self, moment: Callable[[], datetime]) -> datetime:
        """Until when the wait lasts, asked once. It lasts no longer because facts are read again."""
        if self.step not in self.memory.waits:
            self.run.check()
            self.run.record(WAIT, self.step, {"until": moment().isoformat()})
        return datetime.fromisoformat(self.memory.waits[self.step])

    def _is_ended(self) -> bool:
        return self.may_end and self.step in self.memory.ended

    def _suspended(self, until: datetime) -> Suspended:
        return Suspended(waiting(self.why, until, ends_at=self.step if self.may_end else ""))
