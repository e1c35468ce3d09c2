"""Who may see which hand-offs: membership in a group for a department and a role. And on whose list each of them is."""

from collections.abc import Collection

from django.db.models import Case as Choice
from django.db.models import Exists, IntegerChoices, OuterRef, Q, QuerySet, Value, When

from medarbetare.cases.models import Case, Handoff
from medarbetare.cases.staff import Staff

_BETWEEN = ": "


def group_of(department: str, role: str) -> str:
    """The name of the group whose members take the hand-offs of a department to a role."""
    return f"{department}{_BETWEEN}{role}"


def role_of(group: str) -> tuple[str, str]:
    """Department and role that a group stands for; a group of another kind has an empty role."""
    department, _, role = group.partition(_BETWEEN)
    return department, role


def visible(groups: Collection[str], shielded: Collection[str] = ()) -> QuerySet[Handoff]:
    """The hand-offs that the members of `groups` may see.

    `shielded` are roles that alone may see a household once a case of it has been handed to them. It is left out for
    everybody else, earlier cases and hand-offs included: what was read before or since must not be found the old way.
    """
    own = Q(pk__in=[])
    for department, role in map(role_of, groups):
        if role:
            own |= Q(case__department=department, role=role)
    closed = Q(pk__in=[])
    for shield in shielded:
        trusted = {department for department, role in map(role_of, groups) if role == shield}
        closed |= Q(handoffs__role=shield) & ~Q(department__in=trusted)
    same = Q(department=OuterRef("case__department"), household=OuterRef("case__household"))
    return Handoff.objects.filter(own).exclude(Exists(Case.objects.filter(same & closed)))


def openable(groups: Collection[str], ordinary: str, shielded: Collection[str] = ()) -> QuerySet[Case]:
    """The cases that the members of `groups` may see: by a hand-off of it, else by the role that takes `ordinary` ones.

    The latter where nothing of the case was ever handed over, as when the robot decided it alone or waits for an
    answer. A household that a role shields is not seen that way. `groups`, `shielded`: see `visible`.
    """
    departments = [department for department, role in map(role_of, groups) if role == ordinary]
    same = {"case__department": OuterRef("department"), "case__household": OuterRef("household")}
    untouched = (
        Q(department__in=departments)
        & ~Exists(Handoff.objects.filter(case=OuterRef("pk")))
        & ~Exists(Handoff.objects.filter(**same, role__in=shielded))
    )
    return Case.objects.filter(untouched | Q(Exists(visible(groups, shielded).filter(case=OuterRef("pk")))))


def is_shielded(case: Case, roles: Collection[str]) -> bool:
    """Whether any case of the household has ever been handed to a role that shields it from the robot."""
    return Handoff.objects.filter(
        case__department=case.department, case__household=case.household, role__in=roles
    ).exists()


class Whose(IntegerChoices):
    """On whose list a hand-off is for the one who looks, in the order in which they are shown."""

    MINE = 0
    GROUPS = 1
    OTHERS = 2


def whose(staff: Staff, user: str, groups: Collection[str], shielded: Collection[str] = ()) -> Choice:
    """On whose list a hand-off is for a user of these groups today, to annotate what `visible` gives with.

    A shielded household's are always the group's: whom they were assigned to before may not see them.
    """
    same = Q(department=OuterRef("case__department"), household=OuterRef("case__household"))
    mine, others = Q(pk__in=[]), Q(pk__in=[])
    for group in groups:
        department, role = role_of(group)
        takers = staff.takers(group)
        here = Q(case__department=department, role=role)
        mine |= here & Q(assigned_to__in=[one for one, taker in takers.items() if taker == user])
        others |= here & Q(assigned_to__in=[one for one, taker in takers.items() if taker != user])
    return Choice(
        When(Exists(Case.objects.filter(same, handoffs__role__in=shielded)), then=Value(Whose.GROUPS)),
        When(mine, then=Value(Whose.MINE)),
        When(others, then=Value(Whose.OTHERS)),
        default=Value(Whose.GROUPS),
    )
