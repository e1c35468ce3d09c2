"""Takes in what an inbox shows and the robot has never seen before."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, partial

import structlog

from medarbetare.cases.models import InboxReading
from medarbetare.cases.register import Arrival, CaseRegister
from medarbetare.errors import TechnicalError
from medarbetare.inbox.contract import Inbox, InboxEntry, Seen, stands_in, usable
from medarbetare.inbox.ownership import Whose

log = structlog.get_logger()

_GROUPING = re.compile(r"[\s+-]")


@dataclass
class _Reading:
    """What one reading of an inbox has found so far."""

    seen: set[str] = field(default_factory=set)
    others: list[str] = field(default_factory=list)
    undated: int = 0


class Intake:
    """Makes cases of the arrivals of one inbox."""

    def __init__(
        self,
        name: str,
        settings: InboxEntry,
        register: CaseRegister,
        pseudonym: Callable[[str, str], str],
        clock: Callable[[], datetime],
    ) -> None:
        self._name = name
        self._settings = settings
        self._register = register
        self._pseudonym = pseudonym
        self._clock = clock

    def pull(self, inbox: Inbox) -> int:
        """Take in everything new that is the robot's and return how many cases that made.

        What the whole inbox held is kept for people to see. Raises MedarbetareError as the inbox does.
        """
        reading = _Reading()
        made = sum(self._take_in(batch, reading) for batch in inbox.arrivals())
        InboxReading.objects.update_or_create(
            inbox=self._name,
            defaults={
                "read_at": self._clock(),
                "seen": len(reading.seen),
                "others": sorted(reading.others),
                "undated": reading.undated,
            },
        )
        if reading.undated:
            log.warning("applications without a date are left", inbox=self._name, count=reading.undated)
        return made

    def _take_in(self, batch: Sequence[Seen], reading: "_Reading") -> int:
        seen: dict[str, Seen] = {}
        for one in batch:
            seen.setdefault(usable(one.reference), one)
        new = self._register.never_seen(self._name, [reference for reference in seen if reference not in reading.seen])
        reading.seen.update(seen)
        if unusable := sum(map(stands_in, new)):
            log.warning("references that cannot be used", inbox=self._name, count=unusable)
        now = self._clock()
        made = self._register.take_in(
            list(self._arrived(new, seen, reading)),
            inbox=self._name,
            department=self._settings.department,
            workflow=self._settings.workflow,
            now=now,
            deadline=(now + timedelta(days=self._settings.decide_within_days)).date(),
        )
        return len(made)

    def _arrived(self, new: Sequence[str], seen: dict[str, Seen], reading: "_Reading") -> Iterator[Arrival]:
        for reference in new:
            household = cache(partial(self.household, reference, seen[reference]))
            try:
                if self._is_ours(reference, seen[reference], household, reading):
                    yield Arrival(reference, household())
            except TechnicalError as error:
                # Under a household of its own it could be handled beside the household's other cases. It lies there
                # still and is asked for anew the next time.
                log.warning("household not read now", inbox=self._name, message=error.message)

    def _is_ours(self, reference: str, seen: Seen, household: Callable[[], str], reading: "_Reading") -> bool:
        rule = self._settings.ownership
        whose = rule.whose(reference, seen.received, household) if rule is not None else Whose.OURS
        if whose is not Whose.OURS:
            reading.others.append(reference)
            reading.undated += whose is Whose.UNDATED
        return whose is Whose.OURS

    def household(self, reference: str, seen: Seen) -> str:
        """The household's pseudonym; the application's own where it does not tell whose it is.

        Raises TechnicalError when it cannot be asked now.
        """
        try:
            text = seen.household()
        except TechnicalError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a file holds, it must not stop the ones after it
            log.warning("household not read", inbox=self._name, error=type(error).__name__)
            text = None
        # One person is written 19900307-2387 in a list and 199003072387 in a file.
        key = _GROUPING.sub("", text or "").encode("utf-8", "replace").decode() or f"{self._name}: {reference}"
        return self._pseudonym(self._settings.department, key)
