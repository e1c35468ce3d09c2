"""A circuit breaker and a log-in breaker per portal, shared by every worker on every machine through the database.

Own code: the libraries that were looked at keep their state in one process or in Redis (see robot/DECISIONS.md).
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now

from medarbetare.database.trouble import DATABASE_TROUBLE
from medarbetare.engine.holds import of_portal
from medarbetare.engine.models import PortalStanding
from medarbetare.engine.patience import jittered
from medarbetare.errors import Held, LoginRefused
from medarbetare.readable import clock

log = structlog.get_logger()

_FRESH = 1.0
_LOCK = 0x6C6F6769
_TURN_LOOK = 0.2


@dataclass(frozen=True)
class BreakerTerms:
    """So many pages in a row that do not come open the breaker; each further failure doubles the pause, a quarter more
    or less.

    `one_log_in` is how long a worker waits for its turn to log in before its case waits instead; after `log_ins` that
    led nowhere nobody tries until a person has looked.
    """

    failures: int = 5
    first_pause: timedelta = timedelta(seconds=30)
    longest_pause: timedelta = timedelta(minutes=10)
    one_log_in: timedelta = timedelta(seconds=60)
    log_ins: int = 3


class Breaker:
    """Keeps workers from a portal that does not answer, and accounts from being locked.

    `on_progress` is called while a worker waits for its turn.
    """

    def __init__(self, terms: BreakerTerms | None = None, on_progress: Callable[[], None] = lambda: None) -> None:
        self._terms = terms or BreakerTerms()
        self._on_progress = on_progress
        self._known: dict[str, tuple[float, PortalStanding | None]] = {}

    def check(self, portal: str) -> None:
        """Raises Held while the breaker is open. When its pause is over, one worker is let through to try."""
        standing = self._standing(portal)
        if standing is None or standing.open_until is None:
            return
        self._known.pop(portal)
        mine = PortalStanding.objects.filter(
            portal=portal, open_until=standing.open_until, open_until__lte=Now()
        ).update(open_until=Now() + self._terms.first_pause)
        if not mine:
            until = PortalStanding.objects.filter(portal=portal).values_list("open_until", flat=True).first()
            if until is not None:
                raise Held(f"Portalen {portal} svarar inte. Roboten prövar igen {clock(until)}.", until=until)

    def failed(self, portal: str, why: str) -> None:
        """A page of the portal did not come. `why` is for people and holds no personal data."""
        PortalStanding.objects.get_or_create(portal=portal)
        PortalStanding.objects.filter(portal=portal).update(failures=F("failures") + 1, last_failure=why)
        failures = PortalStanding.objects.values_list("failures", flat=True).filter(portal=portal).first() or 0
        over = failures - self._terms.failures
        if over >= 0:
            pause = jittered(min(self._terms.first_pause * 2 ** min(over, 16), self._terms.longest_pause))
            PortalStanding.objects.filter(portal=portal).update(open_until=Now() + pause)
            log.error("portal rests", portal=portal, failures=failures, seconds=pause.total_seconds(), message=why)
        self._known.pop(portal, None)

    def arrived(self, portal: str) -> None:
        """A page of the portal came: what was wrong is over."""
        standing = self._standing(portal)
        if standing is not None and standing.failures:
            PortalStanding.objects.filter(portal=portal, login_refused_at=None, log_ins=0).delete()
            PortalStanding.objects.filter(portal=portal, login_refused_at=None).update(failures=0, open_until=None)
            self._known.pop(portal, None)
            log.info("portal answers again", portal=portal)

    @contextmanager
    def log_in_turn(self, portal: str) -> Iterator[Callable[[], None]]:
        """One log-in at a time to a portal, so that a password which no longer holds costs one attempt in all.

        Gives what is to be called just before a password is sent: a few in a row that lead nowhere, for whatever reason
        and also when a worker is killed meanwhile, are taken for a refusal. What is refused inside is remembered until
        a person resumes the portal. Raises Held when it has been refused, or when others keep the turn for long.
        """
        self._take_turn(portal)
        try:
            refused = PortalStanding.objects.filter(portal=portal).exclude(login_refused_at=None).first()
            if refused is not None:
                raise _refused(portal, refused.last_failure)
            yield lambda: self._count_log_in(portal)
            PortalStanding.objects.filter(portal=portal, log_ins__gt=0).update(log_ins=0)
        except LoginRefused as error:
            _remember_refusal(portal, error)
            raise
        finally:
            # With its connection the turn has gone too.
            with suppress(*DATABASE_TROUBLE), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", [_LOCK, portal])

    def _count_log_in(self, portal: str) -> None:
        PortalStanding.objects.get_or_create(portal=portal)
        counted = PortalStanding.objects.filter(portal=portal, log_ins__lt=self._terms.log_ins)
        if not counted.update(log_ins=F("log_ins") + 1):
            raise LoginRefused(
                f"Portalen {portal}: {self._terms.log_ins} inloggningar i rad har inte lett någon vart. Roboten "
                "försöker inte igen, så att kontot inte låses.",
                portal=portal,
            )

    def _take_turn(self, portal: str) -> None:
        deadline = time.monotonic() + self._terms.one_log_in.total_seconds()
        while True:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s)), now()", [_LOCK, portal])
                taken, now = cursor.fetchone()
            if taken:
                return
            if time.monotonic() > deadline:
                raise Held(
                    f"Andra arbetare loggar in i portalen {portal} och blir inte klara.",
                    until=now + jittered(self._terms.first_pause),
                )
            self._on_progress()
            time.sleep(_TURN_LOOK)

    def _standing(self, portal: str) -> PortalStanding | None:
        read_at, standing = self._known.get(portal, (float("-inf"), None))
        if time.monotonic() - read_at > _FRESH:
            standing = PortalStanding.objects.filter(portal=portal).first()
            self._known[portal] = (time.monotonic(), standing)
        return standing


def _remember_refusal(portal: str, error: LoginRefused) -> None:
    log.error("log-in refused", portal=portal, message=error.message)
    try:
        PortalStanding.objects.update_or_create(
            portal=portal, defaults={"login_refused_at": Now(), "last_failure": error.message}
        )
    except DATABASE_TROUBLE as trouble:
        # The refusal must come out all the same; the count of log-ins bounds what follows.
        log.error("refusal not remembered", portal=portal, error=type(trouble).__name__)


def _refused(portal: str, why: str) -> Held:
    return Held(
        f"Roboten loggar inte in i portalen {portal}: {why} När det är åtgärdat: medarbetare resume portal {portal}.",
        waits_for=of_portal(portal),
    )
