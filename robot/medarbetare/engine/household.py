"""What the robot knows of a household from its earlier cases. A household is a pseudonym; handles say nothing."""

from collections.abc import Collection
from datetime import date

from django.db.models import QuerySet
from pydantic import BaseModel, ConfigDict

from medarbetare.cases.models import Case, Handoff
from medarbetare.cases.status import CaseStatus
from medarbetare.readable import local

_SETTLED = (CaseStatus.DECIDED, CaseStatus.FINISHED_ELSEWHERE, CaseStatus.TAKEN_OVER)


class Earlier(BaseModel):
    """One earlier case that has been settled, by the robot or a person: `status` says by whom, in Swedish."""

    model_config = ConfigDict(frozen=True)

    case: str
    status: CaseStatus
    day: date


def earlier_cases(case: Case, most: int = 3) -> tuple[Earlier, ...]:
    """The household's settled cases in the same department, the newest first; use it inside a step."""
    found = _same_household(case).filter(status__in=_SETTLED).order_by("-finished_at")[:most]
    return tuple(
        Earlier(case=one.handle, status=CaseStatus(one.status), day=local(one.finished_at).date())
        for one in found
        if one.finished_at is not None
    )


def shielding_role(case: Case, roles: Collection[str]) -> str | None:
    """The one of `roles` that the household was last handed to, None when never; use it inside a step.

    Whoever lacks that role sees nothing of the household: what is handed to another role is seen by nobody.
    """
    found = Handoff.objects.filter(case__in=_same_household(case), role__in=roles)
    role: str | None = found.order_by("-pk").values_list("role", flat=True).first()
    return role


def _same_household(case: Case) -> QuerySet[Case]:
    return Case.objects.filter(department=case.department, household=case.household).exclude(handle=case.handle)
