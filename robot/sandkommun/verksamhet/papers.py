"""The case system's papers: the letter that a decision waits for, older letters, uploaded files."""

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sandkommun.storage import Json, Record
from sandkommun.system import System
from sandkommun.verksamhet.entry import Refused
from sandkommun.verksamhet.letter import beslutsmeddelande, printed

NO_DRAFT = "Det finns inget utkast att göra brev av."
_LARGEST = 5_000_000
"""Bytes of one file."""
_MOST = 10
"""Files with one record."""


@dataclass(frozen=True)
class Upload:
    """A file, as somebody chose it in a form or fetches it."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Paper:
    """A row of a case's documents. `kind`: Beslutsmeddelande, Bilaga or Dokument; `about`: what it belongs to."""

    id: int
    name: str
    kind: str
    about: str
    registered: str
    by: str


class Papers:
    """The letters and files of all cases."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._database = system.database

    def listed(self, nr: str) -> list[Paper]:
        """A case's documents in order of number; a letter that was fetched several times stands there once."""
        papers = [_document(one) for one in self._database.records("document", nr, hidden=False)]
        seen: set[int] = set()
        for letter in self._database.records("letter", nr, hidden=False):
            calculation = letter.content["berakning"]
            if calculation not in seen:
                seen.add(calculation)
                papers.append(_letter(letter))
        return sorted(papers, key=lambda paper: paper.id)

    def file(self, nr: str, number: str) -> Upload | None:
        """A document of the list, by its number as it stands in an address."""
        paper = next((one for one in self.listed(nr) if str(one.id) == number), None)
        if paper is None:
            return None
        if paper.kind == "Beslutsmeddelande":
            return self._letter_again(nr, paper)
        kept = self._database.document("file", number)
        if kept is not None:
            return Upload(paper.name, kept["typ"], base64.b64decode(kept["innehall"]))
        told = next(one for one in self._database.records("document", nr) if one.id == paper.id)
        return Upload(paper.name, "application/pdf", printed(told.content["rubrik"], told.content["text"], _day(told)))

    def write_letter(self, case: Json, calculation: Record, user: str) -> Upload:
        """The decision's letter as a PDF, made from a calculation; written down, because a decision waits for it."""
        today = self._system.clock.today
        content = beslutsmeddelande(case, calculation, self._system.kommun.kommun, today)
        about = {"arende": case["nr"], "sokande": case["sokande"], "berakning": calculation.id}
        made = {**about, "registrerad": self._system.now(), "av": user}
        self._database.add("letter", case["nr"], user, made)
        return Upload(f"beslutsmeddelande-{case['nr']}.pdf", "application/pdf", content)

    def fetched(self, nr: str) -> set[int]:
        """The calculations whose letter has been fetched."""
        return {letter.content["berakning"] for letter in self._database.records("letter", nr)}

    def fit(self, files: Sequence[Upload]) -> None:
        """Raises Refused for files that the system does not take."""
        if len(files) > _MOST:
            raise Refused(f"Högst {_MOST} filer kan bifogas.")
        for file in files:
            if not file.content:
                raise Refused("En bifogad fil är tom.")
            if len(file.content) > _LARGEST:
                raise Refused("En bifogad fil är för stor (högst 5 MB).")

    def keep(self, nr: str, user: str, upload: Upload, about: str, late: float) -> None:
        """Keep a file that came with a record; the list shows it after `late` seconds."""
        case = self._database.document("case", nr) or {}
        told = {
            "arende": nr,
            "sokande": case["sokande"],
            "namn": re.split(r"[/\\]", upload.name)[-1] or "namnlös",
            "till": about,
            "storlek": len(upload.content),
            "sha256": hashlib.sha256(upload.content).hexdigest(),
            "registrerad": self._system.now(),
            "av": user,
        }
        number = self._database.add("document", nr, user, told, visible_after=late)
        kept = {"typ": upload.media_type, "innehall": base64.b64encode(upload.content).decode()}
        self._database.put("file", str(number), kept)

    def _letter_again(self, nr: str, paper: Paper) -> Upload:
        letter = next(one for one in self._database.records("letter", nr) if one.id == paper.id)
        wanted = letter.content["berakning"]
        calculation = next(one for one in self._database.records("calculation", nr) if one.id == wanted)
        case = self._database.document("case", nr) or {}
        content = beslutsmeddelande(case, calculation, self._system.kommun.kommun, _day(letter))
        return Upload(paper.name, "application/pdf", content)


def _day(record: Record) -> date:
    return date.fromisoformat(record.content["registrerad"][:10])


def _letter(letter: Record) -> Paper:
    made, nr = letter.content, letter.content["berakning"]
    name = f"beslutsmeddelande-{made['arende']}-{nr}.pdf"
    return Paper(letter.id, name, "Beslutsmeddelande", f"Beräkning {nr}", made["registrerad"], made["av"])


def _document(document: Record) -> Paper:
    made = document.content
    kind = "Bilaga" if "sha256" in made else "Dokument"
    return Paper(document.id, made["namn"], kind, made.get("till", ""), made["registrerad"], made["av"])
