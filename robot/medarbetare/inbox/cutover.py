"""Cutover: references that another robot or a manual routine has handled become known, so that the robot never takes
them in.

A list is a text file with one reference a line, a CSV file as Swedish Excel writes them (semicolon, comma or tab;
UTF-8, UTF-16 or Windows-1252), or an .xlsx workbook's first sheet. With several columns, one must be headed
Ärendenummer, or as the caller says.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from django.db import transaction

from medarbetare.cases.reference import Imported, import_handled
from medarbetare.errors import BusinessError, reason_of
from medarbetare.inbox.contract import usable
from medarbetare.journal.writing import Journal

IMPORTED = "references.imported"
"""Kind of the journal entry."""

HEADING = "arendenummer"
"""The usual heading of the column that holds the references: Ärendenummer, written in any way."""

_LARGEST = 64_000_000
_WORKBOOK = b"PK\x03\x04"
_BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_SEPARATORS = ";\t,"
_FORMULA = re.compile(r'="(.*)"')

_Row = tuple[int, list[str]]
"""Line number, counted from 1, and its cells."""


@dataclass(frozen=True)
class HandledReferences:
    """What a list holds: references, the lines whose reference cannot be used, and the file's SHA-256."""

    references: tuple[str, ...]
    unusable_lines: tuple[int, ...]
    digest: str


def read_list(path: Path, heading: str = HEADING) -> HandledReferences:
    """Read a list. Raises BusinessError when it cannot be read or holds no usable reference."""
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= _LARGEST else b""
    except OSError as error:
        raise BusinessError(f"{path.name} kan inte läsas ({reason_of(error)}).") from None
    if size > _LARGEST:
        raise BusinessError(f"{path.name} är {size // 1_000_000} MB; högst {_LARGEST // 1_000_000} MB läses.")
    rows = list(_workbook(path) if content.startswith(_WORKBOOK) else _text(content, path.name))
    references: dict[str, None] = {}
    unusable = []
    for line, text in _column(rows, heading, path.name):
        if usable(text) == text:
            references[text] = None
        else:
            unusable.append(line)
    if not references:
        raise BusinessError(
            f"{path.name} har inget användbart ärendenummer ({len(unusable)} rader prövade). Kontrollera att det är "
            "rätt fil och rätt kolumn: ett ärendenummer är högst 64 bokstäver a-z, siffror, punkter och streck."
        )
    return HandledReferences(tuple(references), tuple(unusable), sha256(content).hexdigest())


def import_references(
    journal: Journal,
    found: HandledReferences,
    *,
    inbox: str,
    department: str,
    actor: str,
    clock: Callable[[], datetime],
) -> Imported:
    """Make the references known in the inbox, with a journal entry in the same transaction. May be done again.

    Raises JournalError.
    """
    with transaction.atomic():
        imported = import_handled(inbox, found.references, clock())
        journal.append(
            case=None,
            kind=IMPORTED,
            name=inbox,
            actor=actor,
            department=department,
            payload={
                "file_sha256": found.digest,
                "references": len(found.references),
                "new": imported.new,
                "imported_before": imported.imported_before,
                "cases": imported.cases,
                "unusable": len(found.unusable_lines),
            },
        )
    return imported


def _text(content: bytes, name: str) -> Iterator[_Row]:
    lines = io.StringIO(_decoded(content), newline="")
    first = lines.readline()
    if stated := re.fullmatch(r"sep=(.)\s*", first, re.IGNORECASE):
        separator = stated[1]
    else:
        lines.seek(0)
        separator = max(_SEPARATORS, key=first.count)
    reader = csv.reader(lines, delimiter=separator)
    ahead = 1 if stated else 0
    try:
        for row in reader:
            yield reader.line_num + ahead, row
    except csv.Error:
        raise BusinessError(
            f"{name}, rad {reader.line_num + ahead}: går inte att läsa som tabell. Spara den som CSV."
        ) from None


def _decoded(content: bytes) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _workbook(path: Path) -> Iterator[_Row]:
    # Here and not above: it takes half a second to load, and worker processes import this room.
    from RPA.Excel.Files import Files

    files = Files()
    try:
        files.open_workbook(str(path), data_only=True, read_only=True)
    except Exception as error:  # noqa: BLE001 - whatever the file holds
        raise BusinessError(
            f"{path.name} går inte att läsa som arbetsbok ({type(error).__name__}). Spara den som CSV."
        ) from None
    rows: list[dict[str, object]] = files.read_worksheet(header=False)
    files.close_workbook()
    for number, row in enumerate(rows, 1):
        yield number, [_cell(value) for value in row.values()]


def _cell(value: object) -> str:
    """A cell as it is seen: a number without decimals, nothing for an empty one."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def _column(rows: Sequence[_Row], heading: str, name: str) -> Iterator[tuple[int, str]]:
    """Line and text of each reference; empty lines are left out."""
    filled = [(line, cells) for line, cells in rows if any(cell.strip() for cell in cells)]
    if not filled:
        return
    headings = [_plain(cell) for cell in filled[0][1]]
    if _plain(heading) in headings:
        at, filled = headings.index(_plain(heading)), filled[1:]
    elif len([cell for cell in filled[0][1] if cell.strip()]) == 1:
        at = next(place for place, cell in enumerate(filled[0][1]) if cell.strip())
    else:
        raise BusinessError(
            f"{name} har {len(headings)} kolumner, men ingen har rubriken «{heading}» på första raden. Sätt rubriken, "
            "eller ange kolumnens rubrik med --kolumn."
        )
    for line, cells in filled:
        text = cells[at].strip() if at < len(cells) else ""
        formula = _FORMULA.fullmatch(text)
        yield line, formula[1] if formula else text


def _plain(heading: str) -> str:
    """A heading without accents, case, spaces and signs."""
    parts = unicodedata.normalize("NFKD", heading.casefold())
    return "".join(character for character in parts if character.isalnum())
