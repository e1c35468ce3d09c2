"""How soon a case went on after its worker, its browser or its supervisor was harmed."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from violence import KILLS, Act
from witness import Leases, Log, Noted


@dataclass(frozen=True)
class Slow:
    """A case that went on late, after what, and after how many seconds."""

    case: str
    act: Act
    seconds: float


@dataclass(frozen=True)
class Resumed:
    """Seconds from each act that hit a case at work to the case's next journal entry. `never`: cases without one.

    `slow` are those that took longer than they should.
    """

    kills: list[float]
    stops: list[float]
    never: list[str]
    slow: list[Slow]


def resumed(acts: Sequence[Act], log: Log, journal: Mapping[str, list[Noted]]) -> Resumed:
    """An entry is durable and stands only under a live lease: after the harm it can only be a worker's that goes on.

    A case whose last stretch had been settled when its worker was harmed had nothing to go on with, though the worker
    had not told its log: what comes later is of another errand, such as a reconciliation.
    """
    found = Resumed([], [], [], [])
    for act in acts:
        for pid in act.workers:
            case = log.case_of(pid, act.time)
            if case is None:
                continue
            entries = journal[case]
            place = bisect_right([entry.time for entry in entries], act.time)
            if place and entries[place - 1].kind in _SETTLED:
                continue
            if place == len(entries):
                found.never.append(f"{case}: {act.deed}")
                continue
            seconds = entries[place].time - act.time
            (found.kills if act.deed in KILLS else found.stops).append(seconds)
            if seconds > LIMIT:
                found.slow.append(Slow(case, act, seconds))
    return found


_SETTLED = ("case.outcome", "handoff.opened")
LIMIT = 30.0
"""Seconds within which a case shall go on."""


def described(seconds: Sequence[float]) -> str:
    """Median, the slowest of twenty, the slowest, and how many took longer than they should."""
    if not seconds:
        return "none"
    ordered = sorted(seconds)
    late = ordered[min(len(ordered) * 19 // 20, len(ordered) - 1)]
    return (
        f"{len(ordered)}: median {median(ordered):.1f} s, 19 of 20 within {late:.1f} s, slowest {ordered[-1]:.1f} s; "
        f"{sum(one > LIMIT for one in ordered)} after more than {LIMIT:.0f} s"
    )


def story(slow: Slow, log: Log, journal: Mapping[str, list[Noted]], leases: Leases) -> str:
    """What happened to a case and its worker from a little before the harm until it went on, second by second."""
    began = slow.act.time - 3
    ends = slow.act.time + slow.seconds + 1
    told = [
        *((one.time, f"journal {one.kind} {one.name}") for one in journal[slow.case]),
        *((term.since, f"lease {term.token} {_left(term.since, term.until)}") for term in leases.of(slow.case)),
        *log.lines,
        (slow.act.time, f"--- {slow.act.deed} {slow.act.workers}"),
    ]
    lines = [f"{when - slow.act.time:+7.2f} {what}" for when, what in sorted(told) if began <= when <= ends]
    return "\n".join([f"{slow.case}: {slow.act.deed}, went on after {slow.seconds:.1f} s", *lines])


def _left(since: float, until: float | None) -> str:
    return "ended" if until is None else f"for {until - since:.1f} s"
