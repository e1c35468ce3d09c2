"""Who takes a hand-off: the case system's name of a case worker, found among the web's users, and who covers for whom.

Whom a hand-off is assigned to is stored; whom it therefore belongs to is told anew each time it is shown, by who has
the role and who is away that day. So an absence that begins, ends or is changed moves what is open, and nothing is
rewritten.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Self

from django.db import connection, transaction

from medarbetare.cases.models import Absence, Handoff, StaffName
from medarbetare.errors import BusinessError
from medarbetare.log import mask

LONGEST_NAME = 100
NOBODY = ""
"""Instead of a user name: the group's list."""

# A worker process carries no log-in (see `database.settings`), so the users are read without their models.
_USERS = """
    SELECT u.username, u.first_name || ' ' || u.last_name, array_remove(array_agg(g.name), NULL)
    FROM auth_user u
    LEFT JOIN auth_user_groups m ON m.user_id = u.id
    LEFT JOIN auth_group g ON g.id = m.group_id
    WHERE u.is_active
    GROUP BY u.id
"""


def folded(name: str) -> str:
    """A name as names are compared: white space and case do not count, nor how a letter with an accent is stored."""
    return " ".join(unicodedata.normalize("NFC", name).split()).casefold()


@dataclass(frozen=True)
class Colleague:
    """A user who may log in. `groups` are departments' roles; `name` is what colleagues see."""

    user: str
    name: str
    groups: frozenset[str]


class Staff:
    """Everybody who may log in, as they are on one day."""

    def __init__(
        self, colleagues: Iterable[Colleague], absences: Iterable[Absence], names: Mapping[str, str], today: date
    ) -> None:
        self._colleagues = {one.user: one for one in colleagues}
        here = [one for one in absences if one.user in self._colleagues]
        self._away = {one.user: one for one in here if one.first <= today <= one.last}
        self._names = names

    @classmethod
    def read(cls, today: date) -> Self:
        """As the database has it now. Nobody where no user has ever been added."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('auth_user') IS NOT NULL")
            (there_are_users,) = cursor.fetchone() or (False,)
            rows = []
            if there_are_users:
                cursor.execute(_USERS)
                rows = cursor.fetchall()
        colleagues = [Colleague(user, name.strip() or user, frozenset(groups)) for user, name, groups in rows]
        return cls(colleagues, Absence.objects.all(), dict(StaffName.objects.values_list("folded", "user")), today)

    def named(self, worker: str, group: str) -> str:
        """The user of the group whom a case system calls `worker`, or NOBODY.

        A name that was given as the case system's counts before the users' own. Two of the group with one name: nobody.
        """
        wanted = folded(worker)
        if not wanted:
            return NOBODY
        if wanted in self._names:
            found = [self._names[wanted]]
        else:
            found = [one.user for one in self._colleagues.values() if folded(one.name) == wanted]
        having = [user for user in found if self._has(user, group)]
        return having[0] if len(having) == 1 else NOBODY

    def taker(self, assigned_to: str, group: str) -> str:
        """Who takes the group's hand-offs assigned to a user today: the user, who covers for them, or NOBODY.

        NOBODY too when somebody on the way has left or lacks the role, and when they cover for each other in a circle.
        """
        user, seen = assigned_to, set[str]()
        while user not in seen:
            if not self._has(user, group):
                return NOBODY
            seen.add(user)
            absence = self._away.get(user)
            if absence is None:
                return user
            user = absence.cover
        return NOBODY

    def takers(self, group: str) -> dict[str, str]:
        """`taker` of everybody in the group, without those whose hand-offs are the group's."""
        takers = {user: self.taker(user, group) for user in self._colleagues}
        return {user: taker for user, taker in takers.items() if taker}

    def has_members(self, group: str) -> bool:
        """Whether anybody who may log in is in the group."""
        return any(group in one.groups for one in self._colleagues.values())

    def colleague(self, user: str) -> Colleague | None:
        """Somebody who may log in."""
        return self._colleagues.get(user)

    def absence(self, user: str) -> Absence | None:
        """The user's absence today."""
        return self._away.get(user)

    def name_of(self, user: str) -> str:
        """What colleagues call a user; the user name of one who has left."""
        return self._colleagues[user].name if user in self._colleagues else user

    def _has(self, user: str, group: str) -> bool:
        return user in self._colleagues and group in self._colleagues[user].groups


def call(user: str, name: str) -> None:
    """Note what the case system calls a user; empty: as here. Raises BusinessError when that is another user's."""
    told = " ".join(name.split())
    if len(told) > LONGEST_NAME or mask(told) != told:
        raise BusinessError(
            f"Namnet i verksamhetssystemet får ha högst {LONGEST_NAME} tecken och får inte innehålla ett personnummer."
        )
    with transaction.atomic():
        other = StaffName.objects.filter(folded=folded(told)).exclude(user=user).first()
        if other is not None:
            raise BusinessError(
                f"I verksamhetssystemet är «{told}» redan {other.user}. Ändra den först: "
                f'medarbetare users name {other.user} --case-system-name "…"'
            )
        StaffName.objects.filter(user=user).delete()
        if told:
            StaffName.objects.create(user=user, name=told, folded=folded(told))


def set_absent(user: str, first: date, last: date, cover: str, today: date) -> list[Absence]:
    """Note that a user is away from `first` to `last`, both included; gives the absences that this one replaces.

    Those of days gone by are forgotten, everybody's: who was away when is nothing to keep.
    Raises BusinessError for days that cannot be, or one who would cover for themselves.
    """
    if last < first:
        raise BusinessError(f"Frånvaron slutar {last}, innan den börjar {first}. Byt plats på --from och --to.")
    if last < today:
        raise BusinessError(f"Frånvaron slutade {last}. Ange dagar som inte har varit.")
    if cover == user:
        raise BusinessError("Ingen kan gå in för sig själv. Ange någon annan med --cover, eller utelämna det.")
    with transaction.atomic():
        Absence.objects.filter(last__lt=today).delete()
        overlapping = Absence.objects.filter(user=user, first__lte=last, last__gte=first)
        replaced = list(overlapping.order_by("first"))
        overlapping.delete()
        Absence.objects.create(user=user, first=first, last=last, cover=cover)
    return replaced


def end_absence(user: str, today: date) -> list[Absence]:
    """The user is back: the absence at hand ends, or when there is none what is planned; gives what ended."""
    with transaction.atomic():
        left = Absence.objects.filter(user=user, last__gte=today)
        at_hand = left.filter(first__lte=today)
        ended = list((at_hand if at_hand.exists() else left).order_by("first"))
        Absence.objects.filter(pk__in=[one.pk for one in ended]).delete()
    return ended


def forget(user: str) -> int:
    """The user is removed: what is open goes to the group's lists; how many hand-offs that were."""
    with transaction.atomic():
        StaffName.objects.filter(user=user).delete()
        Absence.objects.filter(user=user).delete()
        Absence.objects.filter(cover=user).update(cover=NOBODY)
        # Somebody who gets the same user name later must not inherit them.
        return Handoff.objects.filter(closed_at=None, assigned_to=user).update(assigned_to=NOBODY)
