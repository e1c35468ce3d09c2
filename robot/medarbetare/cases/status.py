"""The statuses of a case and which may follow which."""

from enum import StrEnum
from typing import NamedTuple


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


class Transition(NamedTuple):
    """One allowed change of status, and what brings it about, in a case worker's words."""

    before: CaseStatus
    after: CaseStatus
    when: str


_S = CaseStatus
TRANSITIONS: tuple[Transition, ...] = (
    Transition(_S.NEW, _S.RUNNING, "en arbetare tar ärendet"),
    Transition(_S.WAITING, _S.RUNNING, "det är dags och en arbetare tar ärendet"),
    Transition(_S.RUNNING, _S.RUNNING, "arbetaren dog och en annan tar ärendet"),
    Transition(_S.RUNNING, _S.WAITING, "en tid, ett svar eller en portal inväntas"),
    Transition(_S.RUNNING, _S.DECIDED, "allt är skrivet och läst tillbaka"),
    Transition(_S.RUNNING, _S.HANDED_OVER, "en människa ska avgöra"),
    Transition(_S.RUNNING, _S.SHADOWED, "läget är skugga"),
    Transition(_S.RUNNING, _S.STOPPED, "en regel förbjuder att gå vidare"),
    Transition(_S.RUNNING, _S.UNKNOWN_OUTCOME, "en skrivnings utfall går inte att avgöra"),
    Transition(_S.HANDED_OVER, _S.WAITING, "godkänd, besvarad eller ett nytt försök: roboten går vidare"),
    Transition(_S.HANDED_OVER, _S.TAKEN_OVER, "en handläggare tar över"),
    Transition(_S.HANDED_OVER, _S.FINISHED_ELSEWHERE, "beslutet syns i verksamhetssystemet"),
    Transition(_S.UNKNOWN_OUTCOME, _S.WAITING, "utrett som gjort eller inte gjort: roboten går vidare"),
    Transition(_S.UNKNOWN_OUTCOME, _S.TAKEN_OVER, "en handläggare tar över"),
    Transition(_S.STOPPED, _S.TAKEN_OVER, "en behörig handläggare tar över"),
    Transition(_S.STOPPED, _S.FINISHED_ELSEWHERE, "beslutet syns i verksamhetssystemet"),
)
"""Every allowed change of status: the one table. The README's diagram is drawn from it."""

_ALLOWED = frozenset((one.before, one.after) for one in TRANSITIONS)


def may_follow(before: CaseStatus, after: CaseStatus) -> bool:
    """Whether a case may go from `before` to `after`."""
    return (before, after) in _ALLOWED


def diagram() -> str:
    """The table as a Mermaid state diagram, as it stands in the README."""
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{status.value}" as {status.name}' for status in CaseStatus]
    lines += [f"    [*] --> {CaseStatus.NEW.name}: finns i inkorgen"]
    lines += [f"    {one.before.name} --> {one.after.name}: {one.when.replace(':', ',')}" for one in TRANSITIONS]
    onwards = {one.before for one in TRANSITIONS}
    lines += [f"    {status.name} --> [*]" for status in CaseStatus if status not in onwards]
    return "\n".join(lines)
