"""The decision letter: fetched before the decision is saved, and compared with it."""

import logging
import re
import tempfile

from arbetsfloden.ekonomiskt_bistand.fakta import Fakta
from arbetsfloden.ekonomiskt_bistand.portaler.visning import folded, shown_kronor, shown_personnummer
from arbetsfloden.ekonomiskt_bistand.poster import Handling
from medarbetare.engine import Portal
from medarbetare.errors import BusinessError

_MEMORY = "/dev/shm"  # noqa: S108 - a file system in memory; the file is made with a random name and mode 0600


class Brev(Fakta):
    """What the letter says, white space folded."""

    text: str


def hamta_och_jamfor(portal: Portal, arende: str, handling: Handling) -> Brev:
    """Fetch the letter and check that it tells of this decision.

    Raises BusinessError naming what the letter lacks.
    """
    text = folded(_pdf_text(portal.page("brev", arende=arende).download("beslutsmeddelande")))
    wanted = {
        "beloppet": shown_kronor(handling.belopp),
        "månaden": str(handling.manad),
        "namnet": handling.namn,
        "personnumret": shown_personnummer(handling.sokande),
    }
    missing = [what for what, needle in wanted.items() if not _has_whole(text, needle)]
    if missing:
        raise BusinessError(
            f"Beslutsbrevet stämmer inte med beslutet: {' och '.join(missing)} saknas. Inget är beslutat."
        )
    return Brev(text=text)


def _has_whole(text: str, needle: str) -> bool:
    """Whether the text has `needle`, not only as a part of a longer number. A PDF's lines may run into each other."""
    return re.search(rf"(?<!\d)(?<!\d[ ,]){re.escape(needle)}(?!\d)", text) is not None


def _pdf_text(pdf: bytes) -> str:
    """The text of every page. The file lies in memory only and loses its name at once, so that none is left behind."""
    from RPA.PDF import PDF  # 1-4 s to import: where used

    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    reader = PDF()
    try:
        with tempfile.NamedTemporaryFile(dir=_MEMORY, suffix=".pdf") as file:
            file.write(pdf)
            file.flush()
            reader.open_pdf(file.name)
        pages: dict[int, str] = reader.get_text_from_pdf()
    except Exception as error:  # noqa: BLE001 - whatever the reader trips over, the letter cannot be compared
        raise BusinessError(f"Beslutsbrevet är ingen läsbar PDF ({type(error).__name__}).") from None
    finally:
        reader.close_all_pdfs()
    return "\n".join(pages.values())
