"""The error tree: what is retried, what goes to a person, what stops the robot.

    MedarbetareError
    ├── ConfigurationError        the robot does not start; names file, line, path, found, expected
    ├── BusinessError             hand-off to a case worker; never retried
    ├── TechnicalError            the machine's trouble, not the applicant's
    │   ├── PortalError           slow, 500, unreachable: retried with back-off, then hand-off
    │   │   ├── SessionLost       logged out at a click: logged in again once, never in the middle of a write
    │   │   └── LoginRefused      the portal refused the robot's log-in: nobody tries again until a person has looked
    │   ├── Held                  may not be used now, by decision: closed, paused, resting after failures, restored
    │   ├── AnswerMissing         a register says that it cannot answer now: asked again when the case is next taken up
    │   ├── SelectorError         an element is missing or ambiguous: IT mends it and lets the robot try again
    │   ├── BrowserMissing        no browser on this machine
    │   └── DatabaseUnavailable   the robot's own database cannot be reached
    ├── UnknownOutcome            a write whose effect cannot be told: a person settles it, never a second click
    ├── LeaseLost                 another process may hold this case: nothing more is written
    └── JournalError              the journal cannot be read or written: no case goes on
        └── JournalUnavailable    because the database does not answer or has no room

    Suspended (BaseException)     the workflow waits, for a person or a time; raised by Run.handoff and Run.wait_… only
    StopRequested (BaseException) SIGTERM: leave after the step at hand; no `except Exception` may swallow it

Texts are for people and in Swedish: what happened, where, what to do. They never hold personal data.
"""

import errno
from datetime import datetime


class MedarbetareError(Exception):
    """Root of everything that the robot itself raises.

    `message` is Swedish, for a case worker or the IT unit, and free of personal data.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class ConfigurationError(MedarbetareError):
    """A configuration file is missing, unreadable or wrong. The robot does not start."""


class BusinessError(MedarbetareError):
    """The case needs a person. Handed over with this text as its reason; never retried."""


class TechnicalError(MedarbetareError):
    """The machine's or a portal's trouble; says nothing about the application."""


class PortalError(TechnicalError):
    """A portal is slow, broken or unreachable. Retried with back-off a bounded number of times."""

    def __init__(self, message: str, *, portal: str) -> None:
        super().__init__(message)
        self.portal = portal


class SessionLost(PortalError):
    """The portal logged the robot out. The session is made again once, before a write and never in the middle of it."""


class LoginRefused(PortalError):
    """The portal refused the log-in. No worker tries again until a person has resumed it, so that no account locks."""


class Held(TechnicalError):
    """Something may not be used now, by decision and not by accident. The case waits; no attempt is counted.

    `until` is when it may be tried again, None when a person must end it; then `waits_for` names the hold that cases
    are not taken up under (see `medarbetare.engine.holds`).
    """

    def __init__(self, message: str, *, until: datetime | None = None, waits_for: str = "") -> None:
        super().__init__(message)
        self.until = until
        self.waits_for = waits_for


class AnswerMissing(TechnicalError):
    """A register says itself that it cannot answer now. The case waits and asks again; silence is never zero."""


class SelectorError(TechnicalError):
    """An element named in `selectors/` is missing or ambiguous. Only what needs it waits; IT is told."""


class BrowserMissing(TechnicalError):
    """No usable browser on this machine; the text says how to get one."""


class DatabaseUnavailable(TechnicalError):
    """The robot's own database cannot be reached or started."""


class UnknownOutcome(MedarbetareError):
    """A write was submitted and its effect cannot be told. A person settles it; the robot never clicks again."""


class LeaseLost(MedarbetareError):
    """The lease of a case is no longer this worker's. Nothing more may be written for it here."""


class JournalError(MedarbetareError):
    """The journal cannot be read or written. No case goes on without it."""


class JournalUnavailable(JournalError):
    """The database does not answer, or has no room. Says nothing about the case, which goes on when it does again."""


_REASONS = {
    errno.EACCES: "rättigheterna räcker inte",
    errno.EADDRINUSE: "porten är upptagen",
    errno.EADDRNOTAVAIL: "maskinen har ingen sådan adress",
    errno.EDQUOT: "utrymmet är slut",
    errno.EEXIST: "den finns redan",
    errno.EISDIR: "det är en mapp",
    errno.ELOOP: "det är en länk",
    errno.ENOENT: "filen eller mappen finns inte",
    errno.ENOSPC: "disken är full",
    errno.ENOTDIR: "en del av sökvägen är ingen mapp",
    errno.EPERM: "rättigheterna räcker inte",
    errno.EROFS: "disken är skrivskyddad",
}


def reason_of(error: OSError | UnicodeError) -> str:
    """Why a file could not be used, for the end of a Swedish sentence; else the system's own word for it."""
    if isinstance(error, UnicodeError):
        return "den är inte UTF-8-text"
    return _REASONS.get(error.errno or 0) or error.strerror or type(error).__name__


class StopRequested(BaseException):
    """The operator asked the robot to stop. Raised between steps, so that a finished step is never torn."""
