"""What is written down about leases and cases while robots come to harm, by the database itself and by their log."""

import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf
from typing import Any

import psycopg

LEASES = """
CREATE TABLE chaos_lease (
    id bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp(),
    handle text NOT NULL, token bigint NOT NULL, until timestamptz);
CREATE FUNCTION chaos_note_lease() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO chaos_lease (handle, token, until) VALUES (NEW.handle, NEW.lease_token, NEW.lease_until);
    RETURN NULL;
END $$;
CREATE TRIGGER chaos_lease AFTER UPDATE ON cases_case FOR EACH ROW
    WHEN (OLD.lease_token IS DISTINCT FROM NEW.lease_token OR OLD.lease_until IS DISTINCT FROM NEW.lease_until)
    EXECUTE FUNCTION chaos_note_lease();
"""
"""Every change of a lease is noted in the very transaction that makes it: no restart can lose one of the two."""

Rows = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True)
class Term:
    """What a case's lease was from a moment on: its token, and when it would end (None: nobody held it)."""

    since: float
    token: int
    until: float | None


class Leases:
    """Who might act on a case when."""

    def __init__(self, terms: Mapping[str, Sequence[Term]]) -> None:
        self._terms = terms

    def of(self, handle: str) -> Sequence[Term]:
        """Every change of one case's lease."""
        return self._terms.get(handle, ())

    def end_of(self, handle: str, moment: float) -> float:
        """When the lease ended that lived at a moment: given back, another's, or not renewed in time.

        The moment itself when none lived then.
        """
        terms = self._terms.get(handle, ())
        place = bisect_right([one.since for one in terms], moment) - 1
        if place < 0:
            return moment
        token, until = terms[place].token, terms[place].until
        for term in terms[place + 1 :]:
            if until is None or term.since >= until:
                break
            until = term.since if term.until is None or term.token != token else term.until
        return max(until, moment) if until is not None else moment

    def last_live(self, handle: str, moment: float) -> float:
        """When somebody last held a lease of the case, at the latest at a moment; −∞ when nobody had yet."""
        held = [one for one in self._terms.get(handle, ()) if one.since <= moment and one.until is not None]
        return min(moment, max((self.end_of(handle, one.since) for one in held), default=-inf))

    def count(self) -> int:
        """How many leases were taken in all."""
        return sum(len({one.token for one in terms}) for terms in self._terms.values())


def leases_of(connection: Rows) -> Leases:
    """What the database has noted of them, in the order in which it happened."""
    terms: dict[str, list[Term]] = defaultdict(list)
    for handle, at, token, until in connection.execute("SELECT handle, at, token, until FROM chaos_lease ORDER BY id"):
        terms[handle].append(Term(at.timestamp(), token, until.timestamp() if until else None))
    return Leases(terms)


@dataclass(frozen=True)
class Noted:
    """One entry of the robot's journal, without what it says."""

    time: float
    kind: str
    name: str


def journal_of(connection: Rows) -> dict[str, list[Noted]]:
    """The entries of each case, in order."""
    found: dict[str, list[Noted]] = defaultdict(list)
    for handle, time, kind, name in connection.execute(
        'SELECT "case", time, kind, name FROM journal_leaf WHERE "case" IS NOT NULL ORDER BY index'
    ):
        found[handle].append(Noted(time.timestamp(), kind, name))
    return found


class Log:
    """The robots' log: which worker process had which case when."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._events: dict[int, list[tuple[float, str | None]]] = defaultdict(list)
        self._starts: dict[str, list[tuple[float, int]]] = defaultdict(list)
        self.lines: list[tuple[float, str]] = []
        for line in lines:
            event = _read(line)
            if "timestamp" in event:
                told = {name: value for name, value in event.items() if name not in ("timestamp", "level")}
                self.lines.append((datetime.fromisoformat(event["timestamp"]).timestamp(), f"log {told}"))
            if event.get("event") in ("run started", "run ended", "lease lost") and "pid" in event:
                case = event["case"] if event["event"] == "run started" else None
                when = datetime.fromisoformat(event["timestamp"]).timestamp()
                self._events[event["pid"]].append((when, case))
                if case is not None:
                    self._starts[case].append((when, event["pid"]))

    def case_of(self, pid: int, moment: float) -> str | None:
        """The case that a worker process had in hand at a moment."""
        events = self._events.get(pid, [])
        place = bisect_right([time for time, _ in events], moment) - 1
        return events[place][1] if place >= 0 else None

    def last_start_of(self, case: str, moment: float) -> tuple[float, int]:
        """When a run of the case last started before a moment, and in which worker process. There must be one."""
        return max(one for one in self._starts[case] if one[0] <= moment)


def _read(line: str) -> Mapping[str, Any]:
    """One line; nothing of one that was torn when its writer was killed."""
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
