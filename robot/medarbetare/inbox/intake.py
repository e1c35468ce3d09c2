"""Takes in what an inbox shows and the robot has never seen before."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import structlog

from medarbetare.cases.register import Arrival, CaseRegister
from medarbetare.errors import TechnicalError
from medarbetare.inbox.contract import Inbox, InboxEntry, Seen, stands_in, usable

log = structlog.get_logger()

_GROUPING = re.compile(r"[\s+-]")


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
        """Take in everything new and return how many cases that made. Raises MedarbetareError as the inbox does."""
        return sum(self._take_in(batch) for batch in inbox.arrivals())

    def _take_in(self, batch: Sequence[Seen]) -> int:
        seen: dict[str, Seen] = {}
        for one in batch:
            seen.setdefault(usable(one.reference), one)
        new = self._register.never_seen(self._name, list(seen))
        if unusable := sum(map(stands_in, new)):
            log.warning("references that cannot be used", inbox=self._name, count=unusable)
        made = self._register.take_in(
            list(self._arrived(new, seen)),
            inbox=self._name,
            department=self._settings.department,
            workflow=self._settings.workflow,
            now=self._clock(),
        )
        return len(made)

    def _arrived(self, new: Sequence[str], seen: dict[str, Seen]) -> Iterator[Arrival]:
        for reference in new:
            try:
                yield Arrival(reference, self._household(reference, seen[reference]))
            except TechnicalError as error:
                # Under a household of its own it could be handled beside the household's other cases. It lies there
                # still and is asked for anew the next time.
                log.warning("household not read now", inbox=self._name, message=error.message)

    def _household(self, reference: str, seen: Seen) -> str:
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
