"""Who may see which hand-offs: membership in a group for a department and a role."""

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet

from medarbetare.cases.models import Case, Handoff

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


def is_shielded(case: Case, roles: Collection[str]) -> bool:
    """Whether any case of the household has ever been handed to a role that shields it from the robot."""
    return Handoff.objects.filter(
        case__department=case.department, case__household=case.household, role__in=roles
    ).exists()
