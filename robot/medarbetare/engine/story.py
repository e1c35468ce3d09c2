"""The story of a write whose outcome became unknown: what was intended, what was seen, what is kept as evidence.

Put together from the journal, for the person who settles it. Everything in it may be personal data.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from medarbetare.cases.models import Case
from medarbetare.engine.models import Write, WriteState
from medarbetare.engine.settling import WRITE_SETTLED
from medarbetare.journal.writing import Entry, Journal

UNKNOWN, ABSENT, INTENDED, SUBMITTING = "write.unknown", "write.absent", "write.intended", "write.submitting"
"""Kinds of journal entries; see `medarbetare.engine.write`."""

_MOMENTS = {
    "pre-read": "före skrivningen",
    "submit": "ifyllt, strax innan det skickades",
    "read-back": "vid läsningen efteråt",
}
_KEY = {"household": "Hushåll", "month": "Månad", "kind": "Slag", "payee": "Mottagare"}
_SPELLED = {
    **{"ansokt": "ansökt", "arende": "ärende", "arendetyp": "ärendetyp", "forman": "förmån", "fran": "från"},
    **{
        "godkant": "godkänt",
        "handlaggare": "handläggare",
        "hushall": "hushåll",
        "manad": "månad",
        "sokande": "sökande",
    },
}
"""Words in the names of fields, as they are spelled in Swedish."""
_AMOUNT = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]{1,2})?")


@dataclass(frozen=True)
class Line:
    """One field of a record: what should stand there and what does. Texts as they stand in the journal."""

    name: str
    intended: str
    found: str

    @property
    def differs(self) -> bool:
        """Whether they say different things; 3590 and 3590.00 are the same amount."""
        both = (self.intended, self.found)
        if all(map(_AMOUNT.fullmatch, both)):
            return Decimal(self.intended) != Decimal(self.found)
        return self.intended != self.found


@dataclass(frozen=True)
class Look:
    """What one read-back showed: the records under the key, and how long the whole list was, where it is a list."""

    at: datetime
    shown: int | None
    records: tuple[tuple[Line, ...], ...]


@dataclass(frozen=True)
class Evidence:
    """One piece of evidence. `entry` and `position` are where its digest stands; without media type it is gone."""

    entry: int
    position: int
    step: str
    at: datetime
    moment: str
    name: str
    digest: str = field(repr=False)
    media_type: str = ""

    @property
    def is_picture(self) -> bool:
        """Whether it can be shown as a picture."""
        return self.media_type.startswith("image/")


@dataclass(frozen=True)
class Moment:
    """All that was taken down at one moment."""

    at: datetime
    name: str
    pieces: tuple[Evidence, ...]


@dataclass(frozen=True)
class Settled:
    """What a person has told of the write."""

    at: datetime
    by: str
    done: bool
    note: str


@dataclass(frozen=True)
class Story:
    """One write of unknown outcome. `number` is its row's; `is_open`: nobody has settled it yet."""

    number: int
    write: str
    portal: str
    is_open: bool
    why: str
    key: tuple[tuple[str, str], ...]
    intended: tuple[Line, ...]
    shown_before: int | None
    sent: tuple[datetime, ...]
    looks: tuple[Look, ...]
    evidence: tuple[Evidence, ...]
    settled: tuple[Settled, ...]

    @property
    def moments(self) -> tuple[Moment, ...]:
        """The evidence, moment by moment, pictures first."""
        groups = groupby(self.evidence, key=lambda piece: (piece.at, piece.moment))
        return tuple(
            Moment(at, moment, tuple(sorted(pieces, key=lambda piece: not piece.is_picture)))
            for (at, moment), pieces in groups
        )


def stories(case: Case, entries: Sequence[Entry], journal: Journal) -> list[Story]:
    """Every write of the case that is of unknown outcome, or once was. Raises JournalError."""
    told = {entry.name for entry in entries if entry.kind in (UNKNOWN, WRITE_SETTLED)}
    writes = Write.objects.filter(case=case).order_by("intended_at")
    kept = evidence_of(case, entries, journal)
    return [
        _story(write, [entry for entry in entries if entry.name == write.name], kept)
        for write in writes
        if write.state == WriteState.UNKNOWN or write.name in told
    ]


def evidence_of(case: Case, entries: Iterable[Entry], journal: Journal) -> list[Evidence]:
    """All evidence of a case in the order in which it was taken down. Raises JournalError."""
    named = [
        (entry, position, piece)
        for entry in entries
        for position, piece in enumerate(entry.payload.get("evidence", ()) if entry.kind.startswith("write.") else ())
    ]
    types = journal.kept(case.handle, case.department, [piece["sha256"] for _, _, piece in named])
    return [
        Evidence(
            entry.index,
            position,
            entry.name,
            entry.time,
            *_moment_and_name(piece["name"]),
            piece["sha256"],
            types.get(piece["sha256"], ""),
        )
        for entry, position, piece in named
    ]


def _story(write: Write, entries: Sequence[Entry], kept: Sequence[Evidence]) -> Story:
    last = {entry.kind: entry for entry in entries}
    unknown, settled = last.get(UNKNOWN), last.get(WRITE_SETTLED)
    is_open = write.state == WriteState.UNKNOWN
    # An earlier reason says nothing of what has become unknown once more.
    outdated = is_open and unknown is not None and settled is not None and settled.index > unknown.index
    begun = unknown or last.get(INTENDED)
    payload = begun.payload if begun is not None else {}
    intended: Mapping[str, Any] = payload.get("intended", {})
    key: Mapping[str, str] = payload.get("key", {})
    return Story(
        number=write.pk,
        write=write.name,
        portal=write.portal,
        is_open=is_open,
        why=str(unknown.payload.get("why", "")) if unknown is not None and not outdated else "",
        key=tuple((_KEY.get(name, name), text) for name, text in key.items() if text),
        intended=_compared(intended, intended),
        shown_before=last[SUBMITTING].payload.get("shown") if SUBMITTING in last else None,
        sent=tuple(entry.time for entry in entries if entry.kind == SUBMITTING),
        looks=tuple(look for entry in entries for look in _looks(entry, intended)),
        evidence=tuple(piece for piece in kept if piece.step == write.name),
        settled=tuple(_settled(entry) for entry in entries if entry.kind == WRITE_SETTLED),
    )


def _looks(entry: Entry, intended: Mapping[str, Any]) -> Iterator[Look]:
    if entry.kind == ABSENT:
        yield Look(entry.time, None, ())
    elif entry.kind == UNKNOWN:
        alone = {"at": entry.time.isoformat(), "shown": None, "records": entry.payload.get("read_back", [])}
        for one in entry.payload.get("read_backs") or [alone]:
            records = tuple(_compared(intended, record) for record in one["records"])
            yield Look(datetime.fromisoformat(one["at"]), one["shown"], records)


def _settled(entry: Entry) -> Settled:
    told = entry.payload
    return Settled(entry.time, str(told.get("by", "")), bool(told.get("done")), str(told.get("note", "")))


def _compared(intended: Mapping[str, Any], found: Mapping[str, Any]) -> tuple[Line, ...]:
    before, now = dict(_flat(intended)), dict(_flat(found))
    return tuple(Line(name, before.get(name, ""), now.get(name, "")) for name in {**before, **now})


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """The single values of a record with their names in words, such as "Kostnader 2, belopp"."""
    if isinstance(value, dict):
        for name, inner in value.items():
            words = " ".join(_SPELLED.get(word, word) for word in str(name).split("_"))
            yield from _flat(inner, f"{path}, {words}" if path else words.capitalize())
    elif isinstance(value, list):
        for number, inner in enumerate(value, 1):
            yield from _flat(inner, f"{path} {number}")
    else:
        yield path, _text(value)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nej"
    return "" if value is None else str(value)


def _moment_and_name(text: str) -> tuple[str, str]:
    moment, _, name = text.partition(": ")
    return _MOMENTS.get(moment, moment), name
