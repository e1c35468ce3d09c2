"""A document, filed in the case with a journal note of its own."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Fakta
from arbetsfloden.ekonomiskt_bistand.portaler.registrering.anteckning import ar_anteckningen
from arbetsfloden.ekonomiskt_bistand.portaler.registrering.plats import Folded, Plats
from arbetsfloden.ekonomiskt_bistand.portaler.verksamhet import PORTAL, visning
from medarbetare.engine import File, Mode, NaturalKey, Seen, Submit


class Dokumentpost(Fakta):
    """A document as filed: the file's name, and the note that it belongs to. `namn` is empty where the file is gone."""

    namn: Folded
    datum: date
    rubrik: str
    text: Folded


def filer_till(dokument: Iterable[Mapping[str, str]], vad: str, nr: str) -> tuple[str, ...]:
    """The names of the documents that belong to one record, in order of name.

    `vad` is a word of what that kind of record is called, `nr` its number: "Ny aktualisering, nr 12".
    """
    belongs = re.compile(rf".*{re.escape(vad)}.*\b{re.escape(nr)}", re.IGNORECASE)
    return tuple(sorted(rad["namn"] for rad in dokument if belongs.fullmatch(rad["hor_till"])))


@dataclass(frozen=True)
class RegistreraDokument:
    """Files a document: what was sent or came, byte for byte, under a note that says what it is.

    The case system takes a file only with another record, and a note is what a case worker would file it with. It is
    told from every other document by the note's heading, which names the application, and by the file's name; a file
    that the applicant sent lies with the registration and is never taken for it. A note whose file was lost is found,
    and differs. The list tells no size: of the content only that the field held all of it before it was sent.
    """

    plats: Plats
    intended: Dokumentpost
    innehall: bytes
    media_type: str = "application/pdf"
    name: str = "dokument"
    portal: str = PORTAL
    needs: Mode = Mode.AUTOMATISK

    @property
    def key(self) -> NaturalKey:
        """Household, month and the note's heading."""
        return self.plats.key(f"dokument {self.intended.rubrik}")

    def read(self) -> Sequence[Dokumentpost]:
        """The files of notes with the same heading, or of the same day with what is left of it."""
        rader = self.plats.lista("journal")
        noter = [rad for rad in rader if ar_anteckningen(rad, self.intended.rubrik, self.intended.datum)]
        dokument = self.plats.lista("dokument") if noter else []
        return Seen(chain.from_iterable(self._poster(rad, dokument) for rad in noter), len(rader))

    def _poster(self, rad: Mapping[str, str], dokument: Iterable[Mapping[str, str]]) -> Iterable[Dokumentpost]:
        for namn in filer_till(dokument, "anteckning", rad["nr"]) or ("",):
            yield Dokumentpost(namn=namn, datum=visning.datum(rad["datum"]), rubrik=rad["rubrik"], text=rad["text"])

    def fill(self) -> Submit:
        """Fill in Ny journalanteckning with the file."""
        sida = self.plats.portal.page("ny_anteckning_med_bilaga", arende=self.plats.arende)
        post = self.intended
        sida.fill_all({"datum": post.datum.isoformat(), "rubrik_text": post.rubrik, "text": post.text})
        sida.attach("filer", [File(post.namn, self.media_type, self.innehall)])
        return lambda: sida.commit("spara")
