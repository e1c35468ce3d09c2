"""The conflict-of-interest list: people whose applications are handled in a special order by somebody appointed.

The list holds pseudonyms, so that who is on it can be asked about a person but not read out of it.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from medarbetare.cases.models import Case
from medarbetare.engine.models import Conflict
from medarbetare.errors import BusinessError
from medarbetare.journal.writing import Journal
from medarbetare.log import mask

ASKED = "jävslista"
"""The step that tells whether anybody in a case is on the list; its result is true or false."""

LONGEST_WHY = 80

_IDENTITY_NUMBER = re.compile(r"((?:18|19|20)[0-9]{6})[-+ ]?([0-9]{4})")


def identity_number(text: str) -> str:
    """The twelve digits of a personal identity or co-ordination number as a person types it.

    Raises BusinessError, which never quotes what was typed.
    """
    match = _IDENTITY_NUMBER.fullmatch(text.strip())
    if match is None:
        raise BusinessError("Ett personnummer skrivs med tolv siffror: ÅÅÅÅMMDD-NNNN. Ingenting är ändrat.")
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate((match[1] + match[2])[2:])]
    if sum(product // 10 + product % 10 for product in doubled) % 10:
        raise BusinessError("Personnumrets kontrollsiffra stämmer inte. Är det rätt skrivet? Ingenting är ändrat.")
    return match[1] + match[2]


def is_listed(case: Case, pseudonyms: Iterable[str], day: date) -> bool:
    """Whether any of the persons in a case, or whose case it is, is on the department's list on a day."""
    in_force = Q(until=None) | Q(until__gte=day)
    persons = {case.household, *pseudonyms}
    return Conflict.objects.filter(in_force, department=case.department, pseudonym__in=persons).exists()


@dataclass(frozen=True)
class Added:
    """What became of additions: new on the list, changed there, and the cases that their households have already."""

    new: int
    changed: int
    cases: tuple[str, ...]


class Conflicts:
    """One department's list. Every change is journalled with who made it; `pseudonym` stands for an identity number."""

    def __init__(
        self, journal: Journal, department: str, pseudonym: Callable[[str, str], str], clock: Callable[[], datetime]
    ) -> None:
        self._journal = journal
        self._department = department
        self._pseudonym = pseudonym
        self._clock = clock

    def add(self, numbers: Iterable[str], *, by: str, why: str, until: date | None) -> Added:
        """Put people on the list, all or none. Who is there already is given the new reason and last day.

        Raises BusinessError for what is no identity number, and a reason that is missing, long or names anybody so.
        """
        if not why.strip() or len(why) > LONGEST_WHY or mask(why) != why:
            raise BusinessError(
                f"Skriv orsaken i ett par ord, högst {LONGEST_WHY} tecken och utan personuppgifter, till exempel "
                "«anställd» eller «närstående till anställd»."
            )
        pseudonyms = self._pseudonyms(numbers)
        new = 0
        with transaction.atomic():
            for pseudonym in pseudonyms:
                told = {"why": why.strip(), "until": until}
                _, is_new = Conflict.objects.update_or_create(
                    department=self._department,
                    pseudonym=pseudonym,
                    defaults={**told, "added_at": self._clock(), "added_by": by},
                )
                new += is_new
                self._note("conflict.added", by, pseudonym, why.strip(), until)
        cases = Case.objects.filter(department=self._department, household__in=pseudonyms).order_by("created_at")
        return Added(new, len(pseudonyms) - new, tuple(cases.values_list("handle", flat=True)))

    def remove(self, numbers: Iterable[str], *, by: str) -> int:
        """Take people off the list, all or none; how many. Raises BusinessError when anybody is not on it."""
        pseudonyms = self._pseudonyms(numbers)
        found = Conflict.objects.filter(department=self._department, pseudonym__in=pseudonyms)
        return self._remove(list(found), len(pseudonyms), by)

    def remove_row(self, number: int, *, by: str) -> int:
        """Take one row off the list by its number. Raises BusinessError when there is none."""
        return self._remove(list(Conflict.objects.filter(department=self._department, pk=number)), 1, by)

    def _remove(self, found: list[Conflict], wanted: int, by: str) -> int:
        if len(found) < wanted:
            raise BusinessError(
                f"Det står inte på jävslistan för {self._department}. Se medarbetare conflicts list. Ingenting är "
                "ändrat."
            )
        with transaction.atomic():
            for row in found:
                self._note("conflict.removed", by, row.pseudonym, row.why, row.until)
                row.delete()
        return len(found)

    def _pseudonyms(self, numbers: Iterable[str]) -> list[str]:
        digits = dict.fromkeys(map(identity_number, numbers))
        if not digits:
            raise BusinessError("Inget personnummer gavs. Ingenting är ändrat.")
        return [self._pseudonym(self._department, one) for one in digits]

    def _note(self, kind: str, by: str, pseudonym: str, why: str, until: date | None) -> None:
        self._journal.append(
            case=None,
            kind=kind,
            actor=by,
            department=self._department,
            payload={"person": pseudonym, "why": why, "until": until.isoformat() if until else None},
        )
