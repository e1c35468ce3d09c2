"""The list of households to follow up: who may see which, and that each is shown stands in the journal."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.db import transaction
from django.db.models import Case as Choice
from django.db.models import Exists, F, OuterRef, Q, QuerySet, When
from django.db.models.functions import Least

from medarbetare.cases.access import role_of
from medarbetare.cases.models import Case
from medarbetare.cases.opening import LARGEST_SHOWN, SHOWN
from medarbetare.engine.follow_up import FollowsUp, FollowUp
from medarbetare.engine.models import Conflict, FollowedHousehold
from medarbetare.engine.presentation import finished_steps
from medarbetare.journal.writing import Journal


@dataclass(frozen=True)
class Worker:
    """A case worker of a department and how many households there are to follow up. Nothing about the households.

    `name` as the case system has it, empty where it names nobody; `first_due`: when the nearest contact is due.
    """

    department: str
    role: str
    name: str
    households: int
    first_due: date


@dataclass(frozen=True)
class Household:
    """One household to follow up: the applicant's name, the facts that hold today, when there should be contact.

    `case` is the one at whose end the facts were stated.
    """

    department: str
    worker: str
    case: str
    name: str
    due: date
    facts: tuple[str, ...]


def followed(today: date, shielded: Collection[str]) -> QuerySet[FollowedHousehold]:
    """Every household of which something is stated that holds on a day, by worker and then by when contact is due.

    Left out, for everybody, are households of which a case has been handed to one of the `shielded` roles, and those
    of people on the conflict-of-interest list.
    """
    same = {"department": OuterRef("department"), "household": OuterRef("household")}
    newer = Case.objects.filter(**same, workflow=OuterRef("workflow"), created_at__gt=OuterRef("heard_at"))
    conflicts = Conflict.objects.filter(
        Q(until=None) | Q(until__gte=today), department=OuterRef("department"), pseudonym=OuterRef("household")
    )
    is_stated, is_silent = Q(stated_from__lte=today), Q(silent_from__lte=today) & ~Exists(newer)
    return (
        FollowedHousehold.objects.filter(is_stated | is_silent, until__gte=today)
        .exclude(Exists(Case.objects.filter(**same, handoffs__role__in=list(shielded))))
        .exclude(Exists(conflicts))
        .annotate(contact=Least(Choice(When(is_stated, then=F("due"))), Choice(When(is_silent, then=F("silent_due")))))
        .order_by("department", "worker", "contact", "case_id")
    )


def visible_to(groups: Iterable[str], found: QuerySet[FollowedHousehold]) -> QuerySet[FollowedHousehold]:
    """Those that the members of `groups` may see: the department and role of each."""
    own = Q(pk__in=[])
    for department, role in map(role_of, groups):
        if role:
            own |= Q(department=department, role=role)
    return found.filter(own)


def workers(found: QuerySet[FollowedHousehold]) -> list[Worker]:
    """Whose the households are. Shows nothing of them, so it is not journalled."""
    rows = found.values_list("department", "worker", "role", F("contact"))
    by_worker = groupby(rows, key=lambda row: (row[0], row[1]))
    told = [(department, name, list(group)) for (department, name), group in by_worker]
    return [
        Worker(department, group[0][2], name, len(group), min(contact for *_, contact in group))
        for department, name, group in told
    ]


def show(
    journal: Journal,
    rows: Sequence[FollowedHousehold],
    actor: str,
    today: date,
    workflows: Mapping[str, FollowsUp],
) -> list[Household]:
    """What is stated of these households; that `actor` is shown it stands in the journal, committed, on return.

    A household whose case at hand has met a mark of protection is left out, also before that case has ended. Not to be
    called inside a transaction. Raises JournalError.
    """
    since = _newer(rows)
    opened = []
    for row in rows:
        newer = [case for case in since if (case.department, case.household) == (row.department, row.household)]
        if not any(_is_marked(journal, case, workflows) for case in newer if case.finished_at is None):
            stated = FollowUp.model_validate(journal.entry(row.entry).payload)
            heard = any(case.workflow == row.workflow and case.created_at > row.heard_at for case in newer)
            opened.append((row, _household(row, stated, today, heard=heard)))
    shown = [(row, household) for row, household in opened if household is not None]
    # Durable: inside somebody else's transaction the note could be rolled back after the data has been seen.
    with transaction.atomic(durable=True):
        for row, _ in shown:
            journal.append(
                case=row.case_id, kind=SHOWN, actor=actor, department=row.department, payload={"follow_up": row.entry}
            )
    return [household for _, household in shown]


def _newer(rows: Sequence[FollowedHousehold]) -> list[Case]:
    """Cases of these households that have not ended, or that came after what is stated."""
    if not rows:
        return []
    oldest: datetime = min(row.heard_at for row in rows)
    same = Case.objects.filter(
        department__in={row.department for row in rows}, household__in=[row.household for row in rows]
    )
    return list(same.filter(Q(finished_at=None) | Q(created_at__gt=oldest)))


def _is_marked(journal: Journal, case: Case, workflows: Mapping[str, FollowsUp]) -> bool:
    workflow = workflows.get(case.workflow)
    entries = journal.entries(case.handle, largest=LARGEST_SHOWN)
    return workflow is not None and workflow.is_shielded(finished_steps(entries))


def _household(row: FollowedHousehold, stated: FollowUp, today: date, *, heard: bool) -> Household | None:
    facts = [fact for fact in stated.facts if fact.since <= today and not (fact.until_heard and heard)]
    if not facts:
        return None
    return Household(
        department=row.department,
        worker=row.worker,
        case=row.case_id,
        name=stated.name,
        due=min(fact.due for fact in facts),
        facts=tuple(fact.text for fact in facts),
    )
