"""How the portals write amounts, dates, months and identity numbers, and how they want them typed."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation

from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from medarbetare.errors import PortalError

_ENOUGH = 15
"""So many letters and figures of a text must be left to know it again."""
_AMOUNT = re.compile(r"-?[0-9]{1,3}( ?[0-9]{3}){0,3}(,[0-9]{1,2})?")
"""Below a million millions: what is longer is a page that has been misread."""


class Visning:
    """Reads and writes one portal's notation. Raises PortalError, without the text itself, when it is not as agreed."""

    def __init__(self, portal: str) -> None:
        self._portal = portal

    def kronor(self, text: str) -> Decimal:
        """`6 865,00` as Decimal; minus as a plain hyphen."""
        folded = text.replace("\N{NO-BREAK SPACE}", " ").strip()
        try:
            if _AMOUNT.fullmatch(folded):
                return Decimal(folded.replace(" ", "").replace(",", "."))
        except InvalidOperation:
            pass
        raise self._unreadable("ett belopp")

    def datum(self, text: str) -> date:
        """`2026-12-01`."""
        try:
            return date.fromisoformat(text.strip())
        except ValueError:
            raise self._unreadable("ett datum") from None

    def datum_eller_inget(self, text: str) -> date | None:
        """A date, or None for an empty cell."""
        return self.datum(text) if text.strip() else None

    def manad(self, text: str) -> Manad:
        """`2026-12`."""
        try:
            return Manad.parse(text)
        except ValueError:
            raise self._unreadable("en månad") from None

    def heltal(self, text: str) -> int:
        """A whole number."""
        try:
            return int(text)
        except ValueError:
            raise self._unreadable("ett heltal") from None

    def personnummer(self, text: str) -> Personnummer:
        """`19850101-2384`."""
        try:
            return Personnummer(text)
        except ValueError:
            raise self._unreadable("ett personnummer") from None

    def ja(self, text: str) -> bool:
        """`Ja` or `Nej`."""
        if text.strip() not in ("Ja", "Nej"):
            raise self._unreadable("Ja eller Nej")
        return text.strip() == "Ja"

    def _unreadable(self, what: str) -> PortalError:
        return PortalError(
            f"{self._portal} visade något annat än {what} där ett sådant skulle stå. Har sidan ändrats?",
            portal=self._portal,
        )


def typed_kronor(amount: Decimal) -> str:
    """An amount as the portals want it typed: `6865` or `612,50`."""
    whole = amount.to_integral_value()
    return str(whole) if amount == whole else f"{amount:.2f}".replace(".", ",")


def shown_kronor(amount: Decimal) -> str:
    """An amount as the portals show it: `6 865,00`."""
    return f"{amount:,.2f}".replace(",", " ").replace(".", ",")


def shown_personnummer(person: Personnummer) -> str:
    """`19850101-2384`, as the portals show it."""
    return f"{person.digits[:8]}-{person.digits[8:]}"


def same_or_damaged(stored: str, intended: str) -> bool:
    """Whether a stored text is the intended one, or what a system may have left of it without a word.

    Systems damage å, ä and ö and cut off ends. A record is found by what survives that, or it would be taken for absent
    and written once more; then its fields are compared exactly.
    """
    left, whole = (re.sub("[^A-Za-z0-9]", "", text) for text in (stored, intended))
    return stored == intended or (len(left) >= _ENOUGH and whole.startswith(left))


def folded(text: str) -> str:
    """White space folded, as a page shows a text."""
    return " ".join(text.split())
