"""How long an application has waited for its decision, and what follows of that by law. Nothing is sent."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from medarbetare.cases.models import Case
from medarbetare.cases.status import CaseStatus
from medarbetare.readable import local

_UNDECIDED = frozenset({
    CaseStatus.NEW, CaseStatus.RUNNING, CaseStatus.WAITING, CaseStatus.HANDED_OVER, CaseStatus.STOPPED,
    CaseStatus.UNKNOWN_OUTCOME,
})  # fmt: skip
"""Where the robot cannot tell that somebody has decided."""
_MONTHS = 6
"""12 § förvaltningslagen (2017:900)."""


@dataclass(frozen=True)
class Delay:
    """An application without a decision. `days` are counted from the day on which the robot took it in.

    `mark` is a few words for a list, `notice` sentences for people; both empty while it is in time.
    """

    days: int
    mark: str = ""
    notice: str = ""

    @property
    def told(self) -> str:
        """The days in words."""
        return "i dag" if self.days < 1 else "1 dag" if self.days == 1 else f"{self.days} dagar"


def delay_of(case: Case, today: date) -> Delay | None:
    """How long a case has waited; None when it waits no more, or nobody here can tell."""
    if case.status not in _UNDECIDED:
        return None
    came = local(case.created_at).date()
    days = max((today - came).days, 0)
    if today > _months_after(came, _MONTHS):
        notice = (
            f"Ansökan kom till roboten {came} och är inte avgjord på sex månader: sökanden får skriftligen begära att "
            "den avgörs. Då ska den avgöras inom fyra veckor, eller begäran avslås i ett särskilt beslut (12 § "
            f"förvaltningslagen). {_TO_TELL}"
        )
        return Delay(days, "Över sex månader (12 § FL)", notice)
    if case.deadline is not None and today > case.deadline:
        notice = f"Ansökan kom till roboten {came} och skulle ha avgjorts senast {case.deadline}. {_TO_TELL}"
        return Delay(days, "Dröjer: underrätta (11 § FL)", notice)
    return Delay(days)


_TO_TELL = (
    "Blir ett avgörande väsentligt försenat ska sökanden underrättas om det och om varför (11 § förvaltningslagen). "
    "Roboten skickar ingen sådan underrättelse."
)


def _months_after(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
