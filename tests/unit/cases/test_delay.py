"""The clock on each case: when the applicant is to be told of a delay, and when they may ask for a decision."""

from datetime import UTC, date, datetime

import pytest

from medarbetare.cases.delay import delay_of
from medarbetare.cases.models import Case
from medarbetare.cases.status import CaseStatus


def case(status: CaseStatus = CaseStatus.HANDED_OVER, deadline: date | None = date(2026, 12, 15)) -> Case:
    return Case(status=status, created_at=datetime(2026, 12, 1, 8, tzinfo=UTC), deadline=deadline)


@pytest.mark.parametrize(
    ("today", "days", "mark"),
    [
        (date(2026, 12, 1), 0, ""),
        (date(2026, 12, 15), 14, ""),
        (date(2026, 12, 16), 15, "Dröjer: underrätta (11 § FL)"),
        (date(2027, 6, 1), 182, "Dröjer: underrätta (11 § FL)"),
        (date(2027, 6, 2), 183, "Över sex månader (12 § FL)"),
    ],
)
def test_a_case_without_a_decision_tells_its_days_and_what_the_law_asks_for(today: date, days: int, mark: str) -> None:
    found = delay_of(case(), today)
    assert found is not None
    assert (found.days, found.mark, bool(found.notice)) == (days, mark, bool(mark))


def test_a_case_without_a_deadline_is_late_only_after_six_months() -> None:
    early, late = (delay_of(case(deadline=None), day) for day in (date(2027, 5, 1), date(2027, 7, 1)))
    assert early is not None
    assert late is not None
    assert (early.mark, late.mark) == ("", "Över sex månader (12 § FL)")


@pytest.mark.parametrize("status", [CaseStatus.DECIDED, CaseStatus.SHADOWED, CaseStatus.TAKEN_OVER])
def test_what_waits_no_more_has_no_clock(status: CaseStatus) -> None:
    assert delay_of(case(status), date(2028, 1, 1)) is None
