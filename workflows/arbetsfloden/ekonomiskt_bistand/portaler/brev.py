"""The decision letter: fetched before the decision is saved, and compared with it."""

import re

from arbetsfloden.ekonomiskt_bistand.fakta import Fakta
from arbetsfloden.ekonomiskt_bistand.portaler.pdf_text import text_of
from arbetsfloden.ekonomiskt_bistand.portaler.visning import folded, shown_kronor, shown_personnummer
from arbetsfloden.ekonomiskt_bistand.poster import Handling
from medarbetare.engine import Portal
from medarbetare.errors import BusinessError


class Brev(Fakta):
    """What the letter says, white space folded."""

    text: str


def hamta_och_jamfor(portal: Portal, arende: str, handling: Handling) -> Brev:
    """Fetch the letter and check that it tells of this decision.

    Raises BusinessError naming what the letter lacks, or telling that the draft is gone: staff have decided on it or
    changed it since the robot saved it.
    """
    sida = portal.page("brev", arende=arende)
    if sida.has("inget_utkast"):
        raise BusinessError(
            "Verksamhetssystemet har inget utkast att göra beslutsbrev av: någon annan har beslutat på det eller "
            "ändrat det. Roboten har inte beslutat något."
        )
    text = folded(text_of(sida.download("beslutsmeddelande")))
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
