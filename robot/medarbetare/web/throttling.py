"""Bounded guessing of passwords: so many failures per user name and time, counted in the database."""

from datetime import datetime, timedelta

from django.utils.crypto import salted_hmac

from medarbetare.web.models import LoginAttempt

FAILURES = 5
WITHIN = timedelta(minutes=15)


def begin(name: str, now: datetime) -> bool:
    """Note an attempt to log in as `name`; whether the password may be tried.

    The attempt is noted before the count, so that many at the same time cannot slip past it. One that is refused does
    not count: the way is free again when the failures are old enough.
    """
    LoginAttempt.objects.filter(at__lt=now - WITHIN).delete()
    attempt = LoginAttempt.objects.create(who=_who(name), at=now)
    if LoginAttempt.objects.filter(who=attempt.who).count() <= FAILURES:
        return True
    attempt.delete()
    return False


def succeeded(name: str) -> None:
    """The person has logged in: earlier failures are forgotten."""
    LoginAttempt.objects.filter(who=_who(name)).delete()


def _who(name: str) -> str:
    return salted_hmac("medarbetare.web.throttling", name.casefold(), algorithm="sha256").hexdigest()
