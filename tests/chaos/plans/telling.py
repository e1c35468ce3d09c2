"""What a number of plans came to, as a table."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from plans.playing import Played

TALLY = "fault plans"
"""The name of the property under which a test leaves its tally."""


@dataclass
class Tally:
    """How many plans ended how, how often each fault hit, and how long it took."""

    seeds: int = 0
    seconds: float = 0.0
    ends: Counter[str] = field(default_factory=Counter)
    hits: Counter[str] = field(default_factory=Counter)

    def add(self, played: Played) -> None:
        """Count one plan."""
        self.seeds += 1
        self.ends[played.status.value] += 1
        self.hits.update(played.happened)

    def dumped(self) -> str:
        """As text, for a property of a test."""
        return json.dumps([self.seeds, self.seconds, self.ends, self.hits])


def table(dumped: Iterable[str]) -> str:
    """All tallies together, for people."""
    whole = Tally()
    for one in dumped:
        seeds, seconds, ends, hits = json.loads(one)
        whole.seeds += seeds
        whole.seconds += seconds
        whole.ends.update(ends)
        whole.hits.update(hits)
    rate = whole.seeds / whole.seconds if whole.seconds else 0.0
    lines = [
        f"{whole.seeds} plans in {whole.seconds:.0f} s of one process ({rate:.1f} a second), no violation told above"
    ]
    lines += [f"  {end:<26}{number:>7}" for end, number in whole.ends.most_common()]
    told = [f"{name} {number}" for name, number in whole.hits.most_common()]
    lines.append(f"faults that hit, {sum(whole.hits.values())} in all:")
    lines += [f"  {', '.join(told[first : first + 6])}" for first in range(0, len(told), 6)]
    return "\n".join(lines)
