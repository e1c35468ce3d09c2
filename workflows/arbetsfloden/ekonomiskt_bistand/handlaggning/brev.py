"""The decision letter: fetched before the decision is saved, and compared with it as a whole."""

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from arbetsfloden.ekonomiskt_bistand.begrepp.belopp import kronor
from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Fakta
from arbetsfloden.ekonomiskt_bistand.handlaggning.poster import Handling
from arbetsfloden.ekonomiskt_bistand.portaler.pdf_text import text_of
from arbetsfloden.ekonomiskt_bistand.portaler.visning import folded, shown_kronor, shown_personnummer
from arbetsfloden.ekonomiskt_bistand.register.underlag import TidigareBerakning
from medarbetare.engine import Portal
from medarbetare.errors import BusinessError

_LARGEST_BYTES = 1_000_000
_HOW_TO_APPEAL = ("överklag", "förvaltningsrätt", "treveckor")
_AMOUNT = re.compile(r"(?<![\d,])(?<!\d )-?(?:\d{1,3}(?: \d{3})+|\d+),\d\d(?!\d)")


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
    pdf = sida.download("beslutsmeddelande")
    if len(pdf) > _LARGEST_BYTES:
        raise BusinessError("Beslutsbrevet är större än 1 MB, och inget roboten läser. Inget är beslutat.")
    text = folded(text_of(pdf))
    wrong = list(_avvikelser(text, arende, handling))
    if wrong:
        raise BusinessError(f"Beslutsbrevet stämmer inte med beslutet: {'; '.join(wrong)}. Inget är beslutat.")
    return Brev(
        text=text,
        sha256=hashlib.sha256(pdf).hexdigest(),
        innehall_base64=base64.b64encode(pdf).decode("ascii"),
    )


def _avvikelser(text: str, arende: str, handling: Handling) -> Iterator[str]:
    """How the letter differs from the decision, in words for a case worker."""
    utkast = handling.utkast
    wanted = {
        "namnet": re.escape(handling.namn),
        "personnumret": re.escape(shown_personnummer(handling.sokande)),
        "ärendets nummer": re.escape(arende),
        "månaden": re.escape(str(handling.manad)),
        f"beloppet {kronor(handling.belopp)} kr": _amount(handling.belopp),
        f"resultatet {kronor(utkast.resultat or Decimal(0))} kr": _amount(utkast.resultat or Decimal(0)),
        f"normen {utkast.norm_namn} för {utkast.antal_personer} personer": (
            rf"{re.escape(utkast.norm_namn or '')}\W+{utkast.antal_personer} ?person"
        ),
        f"normsumman {kronor(utkast.normsumma or Decimal(0))} kr": _amount(utkast.normsumma or Decimal(0)),
    }
    missing = [what for what, pattern in wanted.items() if not _has_whole(text, pattern)]
    # A PDF's lines may run into each other, and a line may end anywhere: between "tre" and "veckor" too.
    together = "".join(text.casefold().split())
    if any(word not in together for word in _HOW_TO_APPEAL):
        missing.append("hur man överklagar")
    yield from (f"{what} saknas" for what in missing)
    yield from _rader(text, utkast)
    if _has_amount_of_its_own(text, handling):
        yield "brevet har ett belopp som inte finns i beräkningen"


def _rader(text: str, utkast: TidigareBerakning) -> Iterator[str]:
    """Each row stands there with its kind and amount, and no kind has more rows than the calculation."""
    incomes = [(one.slag, one.belopp) for one in utkast.inkomster]
    costs = [(one.slag, one.godkant) for one in utkast.kostnader]
    for (kind, amount), number in Counter([*incomes, *costs]).items():
        if len(re.findall(_row(kind, rf"-?{re.escape(shown_kronor(amount))}(?!\d)"), text)) < number:
            what = "inkomsten" if (kind, amount) in incomes else "kostnaden"
            yield f"{what} {kind} {kronor(amount)} kr saknas"
    for kind, number in Counter(kind for kind, _ in (*incomes, *costs)).items():
        if len(re.findall(_row(kind, _AMOUNT.pattern), text)) > number:
            yield f"{kind} står med fler rader än i beräkningen"


def _row(kind: str, amount: str) -> str:
    """A kind with its amount beside it, as a pattern; a kind that only ends another's name is not that one."""
    return rf"(?:(?<![\w-])|(?<=kr)){re.escape(kind)}\W{{0,5}}{amount}"


def _has_amount_of_its_own(text: str, handling: Handling) -> bool:
    """Whether an amount in the letter is neither the decision's nor a sum of its rows."""
    utkast = handling.utkast
    norm, incomes = utkast.normsumma or Decimal(0), sum((one.belopp for one in utkast.inkomster), Decimal(0))
    costs = sum((one.godkant for one in utkast.kostnader), Decimal(0))
    known = {handling.belopp, abs(utkast.resultat or Decimal(0)), norm, incomes, costs, norm + costs}
    known |= {one.belopp for one in utkast.inkomster}
    known |= {amount for one in utkast.kostnader for amount in (one.ansokt, one.godkant)}
    return any(abs(_read(amount)) not in known for amount in _AMOUNT.findall(text))


def _read(amount: str) -> Decimal:
    return Decimal(amount.replace(" ", "").replace(",", "."))


def _amount(amount: Decimal) -> str:
    """An amount as the letter shows it, with its minus if it has one, as a pattern."""
    sign = "" if amount < 0 else "(?<!-)"
    return sign + re.escape(shown_kronor(amount))


def _has_whole(text: str, pattern: str) -> bool:
    """Whether the text has it, not only as a part of a longer number. A PDF's lines may run into each other."""
    return re.search(rf"(?<!\d)(?<!\d[ ,]){pattern}(?!\d)", text) is not None
