"""Counts requests and tells which faults of a plan hit each of them."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from starlette.requests import Request

from sandkommun.clock import Clock
from sandkommun.worlds.faultlist import CATALOGUE, Who
from sandkommun.worlds.faults import Fel

Value = int | str | None


class Hits:
    """The faults that hit one request, with their values."""

    def __init__(self, values: Mapping[str, Value], entries: Mapping[str, int] | None = None) -> None:
        self._values = dict(values)
        self.entries = dict(entries or {})
        """Which entry of the plan each fault came from."""
        self._happened: set[str] = set()

    def happened(self, name: str) -> None:
        """A fault that a system's own pages or rules make happen has done something. Without this it is put off."""
        self._happened.add(name)

    @property
    def idle(self) -> set[str]:
        """The faults of which nobody has said that they happened."""
        return set(self._values) - self._happened

    def without(self, name: str) -> "Hits":
        """The others."""
        others = Hits({other: value for other, value in self._values.items() if other != name}, self.entries)
        others._happened = self._happened
        return others

    def __contains__(self, name: str) -> bool:
        return name in self._values

    @property
    def names(self) -> list[str]:
        return list(self._values)

    def number(self, name: str) -> int:
        """The value of a fault whose value is a number."""
        value = self._values[name]
        return int(value) if value is not None else 0

    def word(self, name: str) -> str:
        """The value of a fault whose value is a word."""
        return str(self._values[name])


NOTHING = Hits({})


class Faults:
    """The plan of one system while it runs."""

    def __init__(self, plan: Sequence[Fel], clock: Clock) -> None:
        self._plan = list(plan)
        self._clock = clock
        self.reset()

    @property
    def plan(self) -> Sequence[Fel]:
        return self._plan

    def hit(self, method: str, path: str, who: Who) -> Hits:
        """The faults that hit this request; counts it."""
        values: dict[str, Value] = {}
        entries: dict[str, int] = {}
        for number, fel in enumerate(self._plan):
            fault = CATALOGUE[fel.fel]
            wanted = fel.metod or fault.method
            if (wanted and wanted != method) or (fault.who or who) != who or not fnmatchcase(path, fel.sida):
                continue
            if fel.tider and not fel.tider.holds(self._clock.now().time()):
                continue
            if self._hits_now(number, fel):
                values[fel.fel] = fault.usual if fel.varde is None else fel.varde
                entries[fel.fel] = number
        return Hits(values, entries)

    def _hits_now(self, number: int, fel: Fel) -> bool:
        if self._owed[number]:
            self._owed[number] -= 1
            return True
        self._matched[number] += 1
        after = self._matched[number] - fel.gang
        return after >= 0 and (fel.antal == "alltid" or after < fel.antal)

    def put_off(self, hits: Hits, name: str) -> Hits:
        """A fault that hit found nothing to do: it waits for the next request that matches. Returns the other hits."""
        self._owed[hits.entries[name]] += 1
        return hits.without(name)

    def reset(self) -> None:
        """Start counting again."""
        self._matched = [0] * len(self._plan)
        # Owed hits are counted by themselves: while one request waits for its answer others come, and are counted.
        self._owed = [0] * len(self._plan)


def hits_of(request: Request) -> Hits:
    """The faults that hit a request."""
    hits: Hits = getattr(request.state, "hits", NOTHING)
    return hits
