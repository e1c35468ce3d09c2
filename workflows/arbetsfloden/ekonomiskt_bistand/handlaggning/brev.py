"""The decision letter: fetched before the decision is saved, and compared with it as a whole."""

import base64
import hashlib

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Fakta
from arbetsfloden.ekonomiskt_bistand.handlaggning.brevjamforelse import avvikelser
from arbetsfloden.ekonomiskt_bistand.handlaggning.poster import Handling
from arbetsfloden.ekonomiskt_bistand.portaler.pdf_text import text_of
from arbetsfloden.ekonomiskt_bistand.portaler.visning import folded
from medarbetare.engine import Portal
from medarbetare.errors import BusinessError

_LARGEST_BYTES = 1_000_000


class Brev(Fakta):
    """The letter as it was fetched, so that the very file that was compared can be filed: base64, and its SHA-256."""

    text: str
    sha256: str
    innehall_base64: str

    @property
    def innehall(self) -> bytes:
        """The PDF."""
        return base64.b64decode(self.innehall_base64)


def hamta_och_jamfor(portal: Portal, arende: str, handling: Handling) -> Brev:
    """Fetch the letter and check that it tells of this decision, the calculation row by row and how to appeal.

    Raises BusinessError naming what the letter lacks or has too much, or telling that the draft is gone: staff have
    decided on it or changed it since the robot saved it.
    """
    sida = portal.page("brev", arende=arende)
    if sida.has("inget_utkast"):
        raise BusinessError(
            "Verksamhetssystemet har inget utkast att göra beslutsbrev av: någon annan har beslutat på det eller "
            "ändrat det. Roboten har inte beslutat något."
        )
    pdf = sida.download("beslutsbrev")
    if len(pdf) > _LARGEST_BYTES:
        raise BusinessError("Beslutsbrevet är större än 1 MB, och inget roboten läser. Inget är beslutat.")
    text = text_of(pdf)
    wrong = list(avvikelser(text, arende, handling))
    if wrong:
        raise BusinessError(f"Beslutsbrevet stämmer inte med beslutet: {'; '.join(wrong)}. Inget är beslutat.")
    return Brev(
        text=folded(text),
        sha256=hashlib.sha256(pdf).hexdigest(),
        innehall_base64=base64.b64encode(pdf).decode("ascii"),
    )
