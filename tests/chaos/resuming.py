"""How soon a case went on after its worker, its browser or its supervisor was harmed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from violence import KILLS, Act
from witness import Log, Noted


@dataclass(frozen=True)
class Resumed:
    """Seconds from each act that hit a case at work to the case's next journal entry. `never`: cases without one."""

    kills: list[float]
    stops: list[float]
    never: list[str]


def resumed(acts: Sequence[Act], log: Log, journal: Mapping[str, list[Noted]]) -> Resumed:
    """An entry is durable and stands only under a live lease: after the harm it can only be a worker's that goes on."""
    found = Resumed([], [], [])
    for act in acts:
        for pid in act.workers:
            case = log.case_of(pid, act.time)
            if case is None:
                continue
            entries = journal[case]
            after = next((entry.time for entry in entries if entry.time > act.time), None)
            if after is not None:
                (found.kills if act.deed in KILLS else found.stops).append(after - act.time)
            elif not _was_finished(entries, act.time):
                found.never.append(f"{case}: {act.deed}")
    return found


def _was_finished(entries: Sequence[Noted], moment: float) -> bool:
    """Whether the last stretch had been settled before a moment; only its log line was to come."""
    return bool(entries) and entries[-1].kind in ("case.outcome", "handoff.opened") and entries[-1].time <= moment


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
