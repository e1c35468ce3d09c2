"""The live view of a demonstration: one line per case and where it is."""

from datetime import timedelta
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.table import Table

from medarbetare.engine.messages import Passed

_POINTS = {
    "step": "klart",
    "intended": "ska skrivas",
    "pre-read": "läst före",
    "submitting": "skickas",
    "submit answered": "skickat",
    "read-back": "läst tillbaka",
    "receipt": "kvitterat",
}


class Progress:
    """Shows on a terminal where each case is now, elsewhere a line when a case has ended."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._where: dict[str, tuple[str, str]] = {}
        self._live = Live(console=console, refresh_per_second=8) if console.is_terminal else None

    def passed(self, passed: Passed) -> None:
        """A case has come past a durable point."""
        self._where[passed.case] = (passed.step, _POINTS.get(passed.point, passed.point))
        self._refresh()

    def settled(self, case: str, status: str, took: timedelta) -> None:
        """A case has ended for now."""
        self._where[case] = ("–", status)
        self._refresh()
        if self._live is None:
            self._console.print(f"  {case}: {status} ({took.total_seconds():.1f} s)", highlight=False)

    def _refresh(self) -> None:
        if self._live is None:
            return
        table = Table("Ärende", "Steg", "Läge", box=None)
        for case, (step, point) in self._where.items():
            table.add_row(case, step, point)
        self._live.update(table)

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()
