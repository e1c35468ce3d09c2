"""Retention (gallring): finished cases are removed when the department's rule says so, and the journal tells of it.

Gone are the case, its hand-offs and writes, everything that its journal entries hold, its evidence and its key. What
stays is the leaves of the journal, one erasure entry, and the digest of its reference, so that the application is not
taken in again. The natural keys of its writes go too, since they are pseudonyms of people: a second decision for a
month that long ago is stopped by the reference, by the rules (a month that has passed is handed over) and by the
pre-read in the case system.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Self

import structlog
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from pydantic import Field, model_validator

from medarbetare.cases.models import Case, Handoff
from medarbetare.cases.status import CaseStatus
from medarbetare.config import Strict
from medarbetare.journal.erasing import Erasure, erase
from medarbetare.journal.models import Blob
from medarbetare.journal.writing import Journal

OVER = (CaseStatus.DECIDED, CaseStatus.SHADOWED, CaseStatus.TAKEN_OVER, CaseStatus.FINISHED_ELSEWHERE)
"""Statuses in which nothing more happens to a case, unless a part of it still waits for a person."""


log = structlog.get_logger()


class CountedFrom(StrEnum):
    """What must have been over for so long."""

    CASE = "case"
    #: every case of the household in the department
    HOUSEHOLD = "household"


class RetentionRule(Strict):
    """One department in config/retention.yaml: how long after its end a finished case is kept, and who decided that.

    Exactly one of `years` and `days`. Nothing is removed before somebody has decided it (`approved_by` and
    `decision_reference`) and the decision is in force.
    """

    years: Annotated[int, Field(gt=0, le=100)] | None = None
    days: Annotated[int, Field(gt=0)] | None = None
    counted_from: CountedFrom = CountedFrom.HOUSEHOLD
    approved_by: str | None = None
    decision_reference: str | None = None
    valid_from: date | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.years is None) == (self.days is None):
            raise ValueError("ange antingen years eller days")
        return self

    def limit(self, now: datetime) -> datetime:
        """What ended before this is over age."""
        if self.years is None:
            return now - timedelta(days=self.days or 0)
        leap_day = (now.month, now.day) == (2, 29)
        return now.replace(year=now.year - self.years, day=28 if leap_day else now.day)

    def in_force(self, today: date) -> bool:
        """Whether it has been decided and is valid."""
        decided = self.approved_by and self.decision_reference and self.valid_from
        return bool(decided) and self.valid_from is not None and self.valid_from <= today

    @property
    def text(self) -> str:
        """The rule in words, as it stands in the journal."""
        period = f"{self.years} år" if self.years is not None else f"{self.days} dagar"
        whose = "ärendet" if self.counted_from is CountedFrom.CASE else "hushållets sista ärende"
        return f"{period} efter att {whose} avslutades"


class RetentionSettings(Strict):
    """config/retention.yaml: a rule for each department. What has none is kept."""

    departments: Mapping[str, RetentionRule] = Field(default_factory=dict)


@dataclass(frozen=True)
class Outlook:
    """What retention finds in a department. `waiting`: over age, but a person has not finished with them.

    `evidence`: how many pieces go with the cases that are over age, beside those that are too old themselves.
    """

    department: str
    rule: str
    in_force: bool
    over_age: int
    evidence: int
    waiting: int


class Retention:
    """Removes what is over age. `remember` keeps each erasure outside the database too; called before it is done."""

    def __init__(
        self,
        journal: Journal,
        settings: RetentionSettings,
        clock: Callable[[], datetime],
        remember: Callable[[Erasure], None] = lambda erasure: None,
    ) -> None:
        self._journal = journal
        self._rules = settings.departments
        self._clock = clock
        self._remember = remember

    def outlook(self, evidence_since: datetime) -> list[Outlook]:
        """What would be removed now, for each department that has a rule; evidence from before a moment goes anyway."""
        now = self._clock()
        kept = Blob.objects.filter(made_at__gte=evidence_since)
        return [
            Outlook(
                department=department,
                rule=rule.text,
                in_force=rule.in_force(now.date()),
                over_age=_over_age(department, rule, now).count(),
                evidence=kept.filter(case__in=_over_age(department, rule, now).order_by().values("handle")).count(),
                waiting=_old(department, rule, now).filter(_waits()).count(),
            )
            for department, rule in self._rules.items()
        ]

    def run(self, actor: str) -> int:
        """Remove every case that is over age by a rule in force, one transaction each; returns how many.

        Stopped in the middle it goes on the next time. Raises JournalError.
        """
        removed = sum(self._remove(erasure, actor) for erasure in self._due())
        self._clean_up(removed)
        return removed

    def erase_again(self, erasures: Iterable[Erasure], actor: str) -> int:
        """After a restore of an older backup: remove cases that had been removed; returns how many there were.

        Does nothing for those that are not there. Raises JournalError.
        """
        removed = sum(self._remove(erasure, actor, again=True) for erasure in erasures)
        self._clean_up(removed)
        return removed

    def _due(self) -> Iterator[Erasure]:
        now = self._clock()
        for department, rule in self._rules.items():
            if not rule.in_force(now.date()):
                continue
            by = f"{rule.approved_by}, {rule.decision_reference}"
            for handle in list(_over_age(department, rule, now).values_list("handle", flat=True)):
                yield Erasure(case=handle, department=department, rule=rule.text, decided_by=by)

    def _remove(self, erasure: Erasure, actor: str, *, again: bool = False) -> bool:
        """Whether there was anything to remove."""
        with transaction.atomic():
            case = Case.objects.select_for_update().filter(handle=erasure.case).first()
            if not again and (case is None or not self._is_still_due(case)):
                return False
            if again and case is not None and case.status not in OVER:
                # Nothing unfinished was ever removed: the list outside the database says what is not so.
                log.error("erasure refused", case=case.handle, message="Ärendet är inte avslutat och gallras inte.")
                return False
            if not again:
                self._remember(erasure)
            emptied = erase(self._journal, erasure, actor, again=again)
            if case is not None:
                _delete(case)
        return case is not None or emptied > 0

    def _is_still_due(self, case: Case) -> bool:
        """Asked again under the case's lock: a hand-off may have been opened since the list was made."""
        rule = self._rules[case.department]
        return _over_age(case.department, rule, self._clock()).filter(handle=case.handle).exists()

    def _clean_up(self, removed: int) -> None:
        if not removed:
            return
        self._journal.checkpoint()
        # Removed rows lie in the table's file until it is written anew. The keys must not: with them what lies in the
        # other tables' files could be opened.
        with connection.cursor() as cursor:
            cursor.execute("VACUUM FULL journal_casekey")


def _old(department: str, rule: RetentionRule, now: datetime) -> QuerySet[Case]:
    limit = rule.limit(now)
    old = Case.objects.filter(department=department, finished_at__lt=limit)
    if rule.counted_from is CountedFrom.CASE:
        return old
    recent = Case.objects.filter(Q(finished_at=None) | Q(finished_at__gte=limit))
    return old.exclude(Exists(recent.filter(department=department, household=OuterRef("household"))))


def _over_age(department: str, rule: RetentionRule, now: datetime) -> QuerySet[Case]:
    return _old(department, rule, now).exclude(_waits()).order_by("finished_at", "handle")


def _waits() -> Q:
    """A person has not finished with the case, or with a part of it."""
    return ~Q(status__in=OVER) | Q(Exists(Handoff.objects.filter(case=OuterRef("pk"), closed_at=None)))


def _delete(case: Case) -> None:
    """Remove a case and whatever rows point at it, of this room or of one above it."""
    for relation in Case._meta.related_objects:
        assert isinstance(relation.related_model, type)
        relation.related_model._base_manager.filter(**{relation.field.name: case}).delete()
    case.delete()
