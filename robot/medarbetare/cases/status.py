"""The statuses of a case and which may follow which."""

from enum import StrEnum


class CaseStatus(StrEnum):
    """Where a case stands. The values are the words that people see."""

    #: found in the inbox, not begun
    NEW = "ny"
    #: a worker holds its lease, or held it when it died
    RUNNING = "pågår"
    #: a portal or an answer is missing; begun again when due
    WAITING = "väntar"
    #: decided and paid by the robot
    DECIDED = "beslutad"
    #: a person decides; the reasons stand in the hand-off
    HANDED_OVER = "överlämnad"
    #: read and computed only; nothing written anywhere
    SHADOWED = "skuggad"
    #: stopped at once by a rule that forbids going on, such as protected identity
    STOPPED = "stoppad"
    #: a write whose effect cannot be told; a person settles it
    UNKNOWN_OUTCOME = "okänt utfall"


RUNNABLE = frozenset({CaseStatus.NEW, CaseStatus.RUNNING, CaseStatus.WAITING})
"""Statuses in which a worker may take the case when it is due."""

TRANSITIONS: dict[CaseStatus, frozenset[CaseStatus]] = {
    CaseStatus.NEW: frozenset({CaseStatus.RUNNING}),
    CaseStatus.WAITING: frozenset({CaseStatus.RUNNING}),
    CaseStatus.RUNNING: frozenset(CaseStatus) - {CaseStatus.NEW},
    CaseStatus.HANDED_OVER: frozenset(),
    CaseStatus.UNKNOWN_OUTCOME: frozenset(),
    CaseStatus.DECIDED: frozenset(),
    CaseStatus.SHADOWED: frozenset(),
    CaseStatus.STOPPED: frozenset(),
}
"""Allowed transitions. A case that a worker takes again after a crash goes from running to running."""


def may_follow(before: CaseStatus, after: CaseStatus) -> bool:
    """Whether a case may go from `before` to `after`."""
    return after in TRANSITIONS[before]
