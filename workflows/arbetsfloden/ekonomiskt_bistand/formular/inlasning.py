"""From an original to an application: which format it is, is told by its content and not by its name."""

import re
from collections.abc import Iterable
from contextlib import suppress

from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.formular import oeplatform, viva
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan
from arbetsfloden.ekonomiskt_bistand.formular.falt import granska_antal_rader
from arbetsfloden.ekonomiskt_bistand.formular.inkommet import AnnatArende, AnnatFormular, kanns_igen
from medarbetare.engine.original import JSON, XML, Attachment, Original
from medarbetare.errors import BusinessError

_NUMBER = re.compile(rb"(?<![0-9])((?:18|19|20)[0-9]{6})[-+]?([0-9]{4})(?![0-9])")
_KINDS = {".pdf": "pdf", ".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg"}


def las_ansokan(original: Original) -> Ansokan:
    """Read one application and compare it with the attachments that came with it.

    Raises BusinessError, with a Swedish reason that names the field and what is wrong and never quotes what it holds.
    """
    parsers = {XML: oeplatform.las_ansokan, JSON: viva.las_ansokan}
    if original.media_type not in parsers:
        raise BusinessError("Ansökans fil är varken XML (Open ePlatform) eller JSON (Viva) och kan inte läsas.")
    application = parsers[original.media_type](original.content)
    if original.attachments is not None:
        _granska_bilagor(original.attachments, application)
    return application


def granska_referens(application: Ansokan, reference: str) -> None:
    """Raises BusinessError when the file is another application's than the one that the inbox has it as."""
    if application.referens != reference:
        raise BusinessError(
            "Ärendenumret i ansökans fil är ett annat än det som inkorgen har den under: filen hör till en annan "
            "ansökan, eller är lagd under fel namn."
        )


def sokande(original: Original) -> Personnummer | None:
    """Whose application it is, as far as it can be told."""
    readers = {XML: oeplatform.sokande, JSON: viva.sokande}
    try:
        return readers[original.media_type](original.content) if original.media_type in readers else None
    except BusinessError:
        return None


def annat_arende(original: Original, andra: Iterable[AnnatFormular]) -> AnnatArende | None:
    """Which other form it is that the municipality has listed (`andra_arenden`); None for everything else."""
    readers = {XML: oeplatform.annat_formular, JSON: viva.annat_formular}
    if original.media_type not in readers:
        return None
    try:
        form = readers[original.media_type](original.content)
    except BusinessError:
        return None
    return kanns_igen(form, andra) if form is not None else None


def namnda_personer(original: Original) -> frozenset[str]:
    """Every identity number, twelve digits, that the file names anywhere, whether it can be read or not."""
    # Without zero bytes, as UTF-16 has them beside each digit.
    plain = original.content.replace(b"\0", b"")
    found = {(match[1] + match[2]).decode() for match in _NUMBER.finditer(plain)}
    with suppress(BusinessError):
        found |= {person.digits for person in las_ansokan(original).personer}
    return frozenset(found)


def avsandare(original: Original) -> Personnummer | None:
    """Who has sent a form of any kind: its applicant, else the only person it names; None when nothing tells."""
    found = sokande(original)
    if found is None:
        named = [Personnummer(digits) for digits in namnda_personer(original)]
        found = named[0] if len(named) == 1 else None
    return found if found is not None and found.is_valid else None


def andra_namnda(original: Original, avsandare: Personnummer | None) -> tuple[Personnummer, ...]:
    """Everybody else whom a form of any kind names by a number that can be right, in the order of the numbers."""
    named = (Personnummer(digits) for digits in sorted(namnda_personer(original)))
    return tuple(one for one in named if one.is_valid and one != avsandare)


def _granska_bilagor(attachments: tuple[Attachment, ...], application: Ansokan) -> None:
    granska_antal_rader("bilagor", len(attachments))
    for number, attachment in enumerate(attachments, start=1):
        which = f"Bilaga {number} av {len(attachments)} (i namnordning)"
        if not attachment.is_file:
            raise BusinessError(f"{which} är en länk eller mapp, ingen vanlig fil, och är inte läst.")
        if not attachment.name.isprintable():
            raise BusinessError(f"{which} har styrtecken i sitt filnamn.")
        if attachment.sha256 is None:
            raise BusinessError(f"{which} är {attachment.size // 1_000_000} MB och för stor för att läsas.")
        ending = "." + attachment.name.lower().rpartition(".")[2]
        if ending in _KINDS and attachment.kind != _KINDS[ending]:
            raise BusinessError(f"{which} är ingen {ending[1:].upper()}, fast filnamnet säger det.")
    if sorted(one.name for one in attachments) != sorted(one.filnamn for one in application.bilagor):
        raise BusinessError(
            f"Ansökan nämner {_bilagor(len(application.bilagor))} och {len(attachments)} kom med den, "
            "eller så är filnamnen andra."
        )


def _bilagor(number: int) -> str:
    return "1 bilaga" if number == 1 else f"{number} bilagor"
