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
    #: a person has taken it from the robot and finishes it by hand
    TAKEN_OVER = "övertagen"
    #: staff have finished it in the case system; the robot saw that and let go
    FINISHED_ELSEWHERE = "avslutad av handläggare"


RUNNABLE = frozenset({CaseStatus.NEW, CaseStatus.RUNNING, CaseStatus.WAITING})
"""Statuses in which a worker may take the case when it is due."""

TRANSITIONS: dict[CaseStatus, frozenset[CaseStatus]] = {
    CaseStatus.NEW: frozenset({CaseStatus.RUNNING}),
    CaseStatus.WAITING: frozenset({CaseStatus.RUNNING}),
    CaseStatus.RUNNING: frozenset(CaseStatus) - {CaseStatus.NEW, CaseStatus.TAKEN_OVER, CaseStatus.FINISHED_ELSEWHERE},
    CaseStatus.HANDED_OVER: frozenset({CaseStatus.WAITING, CaseStatus.TAKEN_OVER, CaseStatus.FINISHED_ELSEWHERE}),
    CaseStatus.UNKNOWN_OUTCOME: frozenset({CaseStatus.TAKEN_OVER}),
    CaseStatus.STOPPED: frozenset({CaseStatus.TAKEN_OVER, CaseStatus.FINISHED_ELSEWHERE}),
    CaseStatus.DECIDED: frozenset(),
    CaseStatus.SHADOWED: frozenset(),
    CaseStatus.TAKEN_OVER: frozenset(),
    CaseStatus.FINISHED_ELSEWHERE: frozenset(),
}
"""Allowed transitions. A case that a worker takes again after a crash goes from running to running; one that a person
has approved waits for a worker to go on with it."""


def may_follow(before: CaseStatus, after: CaseStatus) -> bool:
    """Whether a case may go from `before` to `after`."""
    return after in TRANSITIONS[before]
