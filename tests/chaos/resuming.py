"""How soon a case went on after its worker, its browser or its supervisor was harmed."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
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
    """Seconds from each act that hit a case at work until the case went on. `never`: cases that did not.

    `slow` are those that took longer than they should. `hit_again`: how many were hit anew before they had noted
    anything; each of them had been begun again by then, and that is when it went on.
    """

    kills: list[float]
    stops: list[float]
    never: list[str]
    slow: list[Slow]
    hit_again: int


def resumed(acts: Sequence[Act], log: Log, journal: Mapping[str, list[Noted]]) -> Resumed:
    """An entry is durable and stands only under a live lease: after the harm it can only be a worker's that goes on.

    A case that is hit anew before its next entry had been begun again, if another run of it had started meanwhile: what
    the second act costs is counted from that one.

    A case whose last stretch had been settled when its worker was harmed had nothing to go on with, though the worker
    had not told its log: what comes later is of another errand, such as a reconciliation.
    """
    kills: list[float] = []
    stops: list[float] = []
    never: list[str] = []
    slow: list[Slow] = []
    hit_again = 0
    for act in acts:
        for case in filter(None, (log.case_of(pid, act.time) for pid in act.workers)):
            entries = journal[case]
            place = bisect_right([entry.time for entry in entries], act.time)
            if place and entries[place - 1].kind in _SETTLED:
                continue
            noted = entries[place].time if place < len(entries) else None
            begun = _begun_and_hit_anew(acts, log, case, act.time, noted or inf)
            if noted is None and begun is None:
                never.append(f"{case}: {act.deed}")
                continue
            hit_again += begun is not None
            seconds = min(filter(None, (noted, begun))) - act.time
            (kills if act.deed in KILLS else stops).append(seconds)
            if seconds > LIMIT:
                slow.append(Slow(case, act, seconds))
    return Resumed(kills, stops, never, slow, hit_again)


def _begun_and_hit_anew(acts: Sequence[Act], log: Log, case: str, after: float, before: float) -> float | None:
    """When a worker began the case that was then hit at it itself, before it had noted anything."""
    for act in acts:
        if after < act.time < before:
            began, worker = log.last_start_of(case, act.time)
            if began > after and worker in act.workers:
                return began
    return None


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
