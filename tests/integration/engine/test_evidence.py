"""What a write keeps of its portal, and when: what stood there, the form as it is sent, what came of it."""

from collections.abc import Sequence
from typing import Any

from medarbetare.cases.status import CaseStatus
from medarbetare.engine.models import Write
from medarbetare.engine.portal import Piece
from medarbetare.testing import MemoryPortal


class Recorder:
    """Takes down what has been done in the portal so far, and how far the write had come."""

    def __init__(self, portal: MemoryPortal) -> None:
        self._portal = portal

    def take(self, portal: str) -> Sequence[Piece]:
        assert portal == self._portal.name
        done = " ".join(f"{act.what}:{act.page}" for act in self._portal.acts)
        return [Piece("sidan", "text/plain", f"{Write.objects.get().state} {done}".encode())]


def test_each_write_keeps_what_stood_there_what_is_sent_and_what_came_of_it(kassa: Any) -> None:
    bench = kassa.bench
    bench.evidence = Recorder(bench.portals["kassa"])
    case = kassa.worked("tova")
    assert bench.status(case) is CaseStatus.DECIDED

    told = {}
    for entry in bench.entries(case, "write."):
        for piece in entry.payload.get("evidence", ()):
            _, content = bench.journal.piece(case.handle, bench.department, piece["sha256"])
            told[piece["name"]] = (entry.kind, content.decode())
    before, filled = "open:lista", "open:lista open:ny fill:ny fill:ny"
    assert told == {
        "pre-read: sidan": ("write.submitting", f"intended {before}"),
        "submit: sidan": ("write.submitting", f"intended {filled}"),
        "read-back: sidan": ("write.receipt", f"submitting {filled} commit:ny open:lista"),
    }
