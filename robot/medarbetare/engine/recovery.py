"""Noticing that the database was restored from an older backup, and holding decisions back until that is made good.

The mark outside the database (see `medarbetare.database.mark`) names a checkpoint that the journal must still hold. A
journal without it has forgotten entries that this machine has seen. The restored journal goes on from where the backup
ends, so its new entries take the numbers of lost ones: two signed checkpoints of one size then exist. That is declared
in an entry of its own with the lost checkpoint, so that it is told from a forgery of the same shape.
"""

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import structlog
from django.db import DatabaseError, connection, transaction
from django.db.models.functions import Now

from medarbetare.cases.models import Case
from medarbetare.cases.status import RUNNABLE
from medarbetare.database.mark import Mark, OutsideDatabase
from medarbetare.engine.holds import RESTORE
from medarbetare.engine.mode import Mode
from medarbetare.engine.models import Recovery
from medarbetare.errors import ConfigurationError, MedarbetareError, reason_of
from medarbetare.journal.erasing import Erasure, from_list
from medarbetare.journal.models import Checkpoint, Leaf
from medarbetare.journal.writing import Journal
from medarbetare.readable import day_and_time

log = structlog.get_logger()

NOTICED = "recovery.noticed"
PASSED = "recovery.passed"
"""Kinds of journal entries: a restore; that what the backup forgot has been found, or that a person has said so."""

_FRESH = 1.0
"""Seconds for which an answer of `highest_mode` is trusted."""

_LOCK = (0x6D656461, 3)
"""Key of the advisory lock: two processes that start together notice a restore once."""

_WHERE = "SELECT clock_timestamp(), oid::text FROM pg_database WHERE datname = current_database()"
_WHICH = "SELECT system_identifier::text FROM pg_control_system()"

TO_DO = (
    "Roboten förbereder ärenden men beslutar och betalar inget förrän en avstämning har läst om vad den registrerat i "
    "verksamhetssystemet. Den görs av sig själv; kör medarbetare recovery status för att se vad som saknas."
)


def open_recoveries() -> list[Recovery]:
    """The restores that no reconciliation has made good yet, oldest first."""
    return list(Recovery.objects.filter(passed_at=None).order_by("noticed_at", "pk"))


class MarkKeeper:
    """Keeps the mark up to date with the journal called `origin`."""

    def __init__(self, outside: OutsideDatabase, origin: str) -> None:
        self.outside = outside
        self._origin = origin

    def signed(self, checkpoint: Checkpoint) -> None:
        """A checkpoint has just been stored: the mark follows, unless the journal has lost what the mark knows."""
        try:
            mark = self.outside.mark()
        except ConfigurationError as error:
            log.error("mark not read", message=error.message)
            return
        if mark is None or (_stands(mark) and _may_move(mark)):
            self._set(checkpoint.size, checkpoint.note)

    def follow(self) -> None:
        """Move the mark to the newest checkpoint that the journal holds."""
        mark, newest = self.outside.mark(), Checkpoint.objects.order_by("-size").first()
        size, note = (newest.size, newest.note) if newest is not None else (0, "")
        if mark is None or ((mark.size, mark.note) != (size, note) and _may_move(mark)):
            self._set(size, note)

    def _set(self, size: int, note: str) -> None:
        at, database = _database()
        try:
            self.outside.set_mark(Mark(self._origin, size, note, at, database))
        except OSError as error:
            # The older mark still holds; only what comes after it would not be missed.
            log.error(
                "mark not written",
                message=f"{self.outside.folder} kan inte skrivas ({reason_of(error)}). Roboten kan inte se om "
                "databasen återställs till efter det förra märket.",
            )


class RestoreWatch:
    """Compares the journal with the mark.

    `department` is where entries that concern no case are filed. `erase_again` applies erasures that the backup has
    forgotten, and tells how many there were.
    """

    def __init__(
        self,
        journal: Journal,
        keeper: MarkKeeper,
        *,
        department: str,
        actor: str,
        erase_again: Callable[[Sequence[Erasure]], int] = lambda erasures: 0,
    ) -> None:
        self._journal = journal
        self._keeper = keeper
        self._outside = keeper.outside
        self._department = department
        self._actor = actor
        self._erase_again = erase_again
        self._erased = False
        self._mode = Mode.FORBERED
        self._looked_at = float("-inf")

    def look(self) -> bool:
        """Whether decisions are held back; notices a restore and moves the mark to the newest checkpoint.

        Outside a transaction. Raises ConfigurationError when the mark cannot be read, JournalError.
        """
        mark = self._outside.mark()
        if mark is not None and not _stands(mark):
            self._notice(
                f"Databasen är återställd från en säkerhetskopia: journalen saknar kontrollpunkten vid {mark.size} "
                f"poster, som den här maskinen såg {day_and_time(mark.at)}.",
                mark,
            )
        self._keeper.follow()
        return self._held()

    def begin(self, why: str, actor: str) -> None:
        """Hold decisions back because a person says that the database was restored. `why`: no personal data."""
        mark = self._outside.mark()
        lost = mark if mark is not None and not _stands(mark) else None
        self._notice(why, lost, actor)
        self._keeper.follow()
        self._held()

    def highest_mode(self) -> Mode:
        """How far the robot may write now: no further than *förbered* while a restore has not been made good.

        Looks at the mark as well, so that a database that is exchanged under a running robot is noticed before the
        next decision. When nothing can be told, nothing is decided.
        """
        if time.monotonic() - self._looked_at < _FRESH:
            return self._mode
        if connection.in_atomic_block:
            mark = self._outside.mark()
            held = (mark is not None and not _stands(mark)) or bool(open_recoveries())
        else:
            held = self.look()
        self._mode = Mode.FORBERED if held else Mode.AUTOMATISK
        self._looked_at = time.monotonic()
        return self._mode

    def _notice(self, why: str, lost: Mark | None, actor: str | None = None) -> None:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", _LOCK)
            if lost is not None and _stands(lost):
                return  # another process has noticed it meanwhile
            newest = Leaf.objects.order_by("-index").first()
            Recovery.objects.create(noticed_at=Now(), why=why, backup_of=newest.time if newest else None)
            self._journal.append(
                case=None,
                kind=NOTICED,
                actor=actor or self._actor,
                department=self._department,
                payload={"why": why, "kept": newest.index + 1 if newest else 0, "lost": _told(lost)},
            )
            # What the backup holds as unfinished may be finished: it rests until that has been looked at.
            Case.objects.filter(status__in=RUNNABLE).update(waits_for=RESTORE)
        log.error("database restored", message=f"{why} {TO_DO}", kept=newest.index + 1 if newest else 0)

    def _held(self) -> bool:
        """Whether a restore has not been made good; then what had been erased is erased again before anything else."""
        held = bool(open_recoveries())
        if held and not self._erased:
            erasures = from_list(self._journal, self._outside.erasures())
            if emptied := self._erase_again(erasures):
                log.warning("erasures applied again", count=emptied)
        self._erased = held
        return held


def _stands(mark: Mark) -> bool:
    """Whether the journal holds the marked checkpoint, or has lost it in a restore that is known already."""
    if mark.size == 0 or Checkpoint.objects.filter(size=mark.size, note=mark.note).exists():
        return True
    return Recovery.objects.filter(noticed_at__gt=mark.at).exists()


def _may_move(mark: Mark) -> bool:
    """Whether the mark may follow this database. It stays with the one that it was made of until a restore into another
    has been made good: the other may be a copy that somebody only looks at.
    """
    return mark.database == _database()[1] or not open_recoveries()


def _told(lost: Mark | None) -> dict[str, Any] | None:
    if lost is None:
        return None
    other = "samma databas" if lost.database == _database()[1] else "en annan databas än då"
    return {"size": lost.size, "checkpoint": lost.note, "seen_at": lost.at.isoformat(), "database": other}


def _database() -> tuple[datetime, str]:
    """The database's clock, and what tells it from others."""
    with connection.cursor() as cursor:
        cursor.execute(_WHERE)
        now, number = cursor.fetchone()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_WHICH)
            (server,) = cursor.fetchone()
    except DatabaseError:
        server = "okänd server"  # a server that lets only its administrators ask
    return now, f"{server}/{number}"


def restores_on_record(journal: Journal) -> list[str]:
    """Every restore that the journal declares, as Swedish sentences for an auditor; no personal data."""
    told = []
    for index in Leaf.objects.filter(kind=NOTICED).order_by("index").values_list("index", flat=True):
        try:
            entry = journal.entry(index)
        except MedarbetareError:
            continue  # told as a problem by the verification
        lost = entry.payload.get("lost")
        gap = (
            f"Kontrollpunkten vid {lost['size']} poster gick förlorad; poster från {entry.payload['kept']} och framåt "
            f"är andra än de som fanns då."
            if lost
            else f"Säkerhetskopian slutade vid {entry.payload['kept']} poster; vad som gick förlorat är inte känt."
        )
        told.append(f"Post {index}, {day_and_time(entry.time)}: {gap}")
    return told
