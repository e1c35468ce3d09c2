"""The e-service: the status that the applicant sees, the messages to and from them, the application's files."""

import mimetypes
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import Field

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Fakta
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan, Bilaga
from arbetsfloden.ekonomiskt_bistand.portaler.visning import folded, same_or_damaged
from medarbetare.engine import File, Mode, NaturalKey, Portal, Seen, Submit
from medarbetare.errors import PortalError

_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}")
_MOST_FILES = 10
_LARGEST_BYTES = 5_000_000
"""What the case system takes with one registration, the application itself among the files."""
_PDF_BEGINS, _PDF_ENDS, _PDF_TAIL = b"%PDF", b"%%EOF", 1024
_UNSAFE_IN_NAMES = frozenset('"/\\')


class Statuspost(Fakta):
    """The status of an application in the e-service."""

    status: str


@dataclass(frozen=True)
class Statusandring:
    """Sets the status that the applicant sees. The status has changed only when it reads as intended."""

    sida: Portal
    referens: str
    intended: Statuspost
    key: NaturalKey
    name: str = "status i e-tjänsten"
    needs: Mode = Mode.AUTOMATISK

    @property
    def portal(self) -> str:
        """The portal of the inbox that the application came from."""
        return self.sida.name

    def read(self) -> Sequence[Statuspost]:
        """The status, if it is the intended one."""
        post = Statuspost(status=las_status(self.sida, self.referens))
        return [post] if post == self.intended else []

    def fill(self) -> Submit:
        """Choose the status."""
        sida = self.sida.page("arende", referens=self.referens)
        sida.fill("ny_status", self.intended.status)
        return lambda: sida.commit("andra_status")


def las_status(sida: Portal, referens: str) -> str:
    """The status that the applicant sees now."""
    return sida.page("arende", referens=referens).read("status")


class Meddelande(Fakta):
    """One message as the errand shows it: `text` folded, `tid` local time if it tells one, `filer` their names."""

    fran: Literal["oss", "sokanden"]
    text: str
    tid: datetime | None = None
    filer: tuple[str, ...] = ()


def las_meddelanden(sida: Portal, referens: str) -> tuple[Meddelande, ...]:
    """Everything that the municipality and the applicant have written to each other, oldest first.

    Raises PortalError for a message that is neither from the one nor from the other.
    """
    rader = sida.page("arende", referens=referens).table("meddelanden")
    return tuple(_meddelande(sida, rad) for rad in rader)


def _meddelande(sida: Portal, rad: dict[str, str]) -> Meddelande:
    if bool(rad["ut"]) == bool(rad["in"]):
        raise PortalError("E-tjänsten visade ett meddelande utan att visa vem det är från.", portal=sida.name)
    tid = _TIME.search(rad["fran"])
    return Meddelande(
        fran="oss" if rad["ut"] else "sokanden",
        text=folded(rad["text"]),
        tid=datetime.fromisoformat(tid[0]) if tid else None,
        filer=tuple(name for name in rad["filer"].split("\n") if name),
    )


class Meddelandepost(Fakta):
    """A message to the applicant, with its line breaks as it is typed."""

    text: str = Field(min_length=1)


@dataclass(frozen=True)
class SkickaMeddelande:
    """Sends a message to the applicant, once; `begar_komplettering` asks for more, which changes the status too.

    The errand knows a message by nothing but its text. So it must be another text than that of any message before it,
    and no continuation of one: a date in its first lines is enough.
    """

    sida: Portal
    referens: str
    intended: Meddelandepost
    begar_komplettering: bool
    key: NaturalKey
    name: str
    needs: Mode = Mode.FORBERED

    @property
    def portal(self) -> str:
        """The portal of the inbox that the application came from."""
        return self.sida.name

    def read(self) -> Sequence[Meddelandepost]:
        """Messages from the municipality with the same text, white space aside, or with what is left of it."""
        sent = [one for one in las_meddelanden(self.sida, self.referens) if one.fran == "oss"]
        wanted = folded(self.intended.text)
        same = (one.text for one in sent if same_or_damaged(one.text, wanted))
        found = (self.intended if text == wanted else Meddelandepost(text=text) for text in same)
        return Seen(found, len(sent))

    def fill(self) -> Submit:
        """Write the message."""
        sida = self.sida.page("arende", referens=self.referens)
        sida.fill_all({"meddelande": self.intended.text, "begar_komplettering": self.begar_komplettering})
        return lambda: sida.commit("skicka_meddelande")


class Ansokningsfiler(Fakta):
    """The files of an application that are registered with it, itself as PDF among them.

    `bilagor` are those of the applicant's files that the case system takes, `kvar` the names of the others.
    """

    pdf: str
    bilagor: tuple[Bilaga, ...] = ()
    kvar: tuple[str, ...] = ()

    @property
    def namn(self) -> tuple[str, ...]:
        """What the files that are registered are called."""
        return (self.pdf, *(one.filnamn for one in self.bilagor))

    @property
    def i_ord(self) -> str:
        """All of the applicant's own files, as the registration tells of them."""
        return ", ".join([*self.namn[1:], *(f"{name} (finns bara i e-tjänsten)" for name in self.kvar)])


def las_filer(sida: Portal, ansokan: Ansokan) -> Ansokningsfiler:
    """Which files can be registered with an application.

    Left in the e-service is what is empty or too large, has a name that the case system cannot keep, or is one too
    many. Nothing is fetched where nothing is attached.
    """
    taken: list[Bilaga] = []
    left: list[str] = []
    for one in ansokan.bilagor:
        if len(taken) < _MOST_FILES - 1 and _kan_lagras(sida, ansokan, one):
            taken.append(one)
        else:
            left.append(one.filnamn)
    return Ansokningsfiler(pdf=f"ansokan-{ansokan.referens}.pdf", bilagor=tuple(taken), kvar=tuple(left))


def hamta_filer(sida: Portal, ansokan: Ansokan, filer: Ansokningsfiler) -> tuple[File, ...]:
    """The files that are registered, fetched now. Raises PortalError when one did not come whole."""
    pdf = sida.page("arende", referens=ansokan.referens).download("pdf")
    own = tuple(_fil(sida, ansokan, one) for one in filer.bilagor)
    if not (pdf.startswith(_PDF_BEGINS) and _PDF_ENDS in pdf[-_PDF_TAIL:]) or not all(one.content for one in own):
        raise PortalError("E-tjänsten lämnade inte ansökans filer hela.", portal=sida.name)
    return (File(filer.pdf, "application/pdf", pdf), *own)


def _fil(sida: Portal, ansokan: Ansokan, bilaga: Bilaga) -> File:
    page = sida.page("arende", referens=ansokan.referens, fil=bilaga.fil_id)
    kind = mimetypes.guess_type(bilaga.filnamn)[0] or "application/octet-stream"
    return File(bilaga.filnamn, kind, page.download("bilaga"))


def _kan_lagras(sida: Portal, ansokan: Ansokan, bilaga: Bilaga) -> bool:
    name = bilaga.filnamn
    plain = name.isprintable() and not _UNSAFE_IN_NAMES & set(name)
    if not plain or name.encode("cp1252", "replace").decode("cp1252") != name:
        return False
    return 0 < len(_fil(sida, ansokan, bilaga).content) <= _LARGEST_BYTES
