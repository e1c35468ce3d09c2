"""Försäkringskassan's own portal: one question, answered in three steps, everything in words.

The steps are one page in `selectors/fk.yaml`: to fetch one of them anew would be to ask the question once more.
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Svarsstatus
from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.portaler.egen_portal import EgenPortal
from arbetsfloden.ekonomiskt_bistand.register.registersvar import (
    OBEHORIG,
    OK,
    Avdrag,
    FkSvar,
    Register,
    Registersvar,
    Utbetalning,
    Utbetalningstyp,
    VantandeArende,
)
from medarbetare.engine import Page, Portal

T = TypeVar("T")
PORTAL = "fk"
_egen = EgenPortal(PORTAL, Register.FK)
_BESKED: dict[str, dict[str, Any]] = {
    "Tjänsten är inte tillgänglig just nu. Försök igen om en stund.": {"kallstatus": "OTILLGANGLIG"},
    "Ett tekniskt fel har uppstått.": {"kallstatus": "FELANDE"},
    "Svaret är begränsat.": {"kallstatus": "BEGRANSAD"},
    "Personen har skyddad identitet. Uppgifterna lämnas inte ut här.": {"kallstatus": OK, "skyddad": True},
    "Din organisation är inte behörig till uppgifterna.": {"kallstatus": OK, "avvikelser": (OBEHORIG,)},
    "Ett internt fel gör att uppgifterna inte kan visas.": {"kallstatus": OK, "avvikelser": ("INTERNT_FEL",)},
    "Personen finns inte hos Försäkringskassan.": {"kallstatus": OK},
}
"""What is shown in place of facts, in the words of the multi-question portal."""
_TYPER = {
    "lokal utbetalning": Utbetalningstyp.LOKAL,
    "månadsutbetalning": Utbetalningstyp.MANADSVIS,
    "dagersättning": Utbetalningstyp.DAGERSATTNING,
    "retroaktiv utbetalning": Utbetalningstyp.RETROAKTIV,
    "preliminär utbetalning": Utbetalningstyp.PRESUMERAD,
}
_AVDRAG = {"kvittning": "KVI", "utmätning": "INF", "socialavdrag": "SOC"}
_DATUM = re.compile("([0-9]{1,2}) ([a-zåäö]+) ([0-9]{4})")
_SUMMA = re.compile("(-?[0-9]{1,3}(?: [0-9]{3})*)(,[0-9]{2})? kr")
_DRAGET = re.compile(r"([^()]+ kr)(?: \((.+)\))?")
_SIDA = re.compile("Sida ([0-9]+) av ([0-9]+)(?: .*)?")


def fraga(
    portal: Portal, person: Personnummer, *, fran: date, till: date, now: datetime, accept_silence: bool
) -> Registersvar:
    """Ask one question about one person, and read the payments made from `fran` to `till` and what is pending.

    A page that shows no facts does not say whom it is about; it is the answer to the question all the same.

    Raises AnswerMissing when the agency is down, unless `accept_silence`; PortalError for what the robot cannot read
    and for a page about somebody else.
    """
    sida = portal.page("svar", personnummer=person.digits)
    if sida.has("besked"):
        told = _egen.las("beskedet", _BESKED.__getitem__, sida.read("besked"))
        svar = FkSvar(**{"status": Svarsstatus.INGET, **_egen.huvud(person, now, **told)})
        return Registersvar(fk=_egen.besvarad(svar, accept_silence=accept_silence))
    _ar_pa(sida, "Person")
    _egen.ratt_person(sida.read("personnummer"), person)
    _nasta(sida, "Utbetalningar")
    utbetalningar = tuple(_utbetalningar(sida, fran, till))
    _nasta(sida, "Ärenden")
    vantande = tuple(_vantande(rad) for rad in sida.table("arenden"))
    status = Svarsstatus.SVAR if utbetalningar or vantande else Svarsstatus.INGET
    return Registersvar(
        fk=FkSvar(**_egen.huvud(person, now, OK), status=status, utbetalningar=utbetalningar, vantande=vantande)
    )


def _nasta(sida: Page, steg: str) -> None:
    sida.click("nasta")
    _ar_pa(sida, steg)


def _ar_pa(sida: Page, steg: str) -> None:
    if sida.read("steg") != steg:
        raise _egen.fel("steg")


# --- Payments and pending matters -------------------------------------------------------------------------------------


def _utbetalningar(sida: Page, fran: date, till: date) -> list[Utbetalning]:
    """The payments of a period, oldest first."""
    if not sida.has("valt_ar"):
        # Without payments there is no year to choose, and the page says that there are none.
        if sida.table("utbetalningar"):
            raise _egen.fel("år")
        return []
    shown = [rad for ar in range(till.year, fran.year - 1, -1) for rad in _arets(sida, ar, fran)]
    return sorted((rad for rad in shown if fran <= rad.datum <= till), key=lambda rad: rad.datum)


def _arets(sida: Page, ar: int, fran: date) -> list[Utbetalning]:
    """The payments of a year, the latest first, at least as far back as `fran`. A year without any has no link."""
    if sida.read("valt_ar") != str(ar):
        if not sida.has(f"ar.{ar}"):
            return []
        sida.click(f"ar.{ar}")
        if sida.read("valt_ar") != str(ar):
            raise _egen.fel("år")
    rader: list[Utbetalning] = []
    number = 0
    while True:
        number += 1
        page, pages = _egen.las("sida", _sida_av, sida.read("sidor"))
        rader += [_utbetalning(rad) for rad in sida.table("utbetalningar")]
        days = [rad.datum for rad in rader]
        # Where to stop rests on the order.
        if not days or page != number or days != sorted(days, reverse=True) or any(day.year != ar for day in days):
            raise _egen.fel("utbetalningarnas ordning")
        if page >= pages or days[-1] < fran:
            return rader
        sida.click("visa_fler")


def _utbetalning(rad: dict[str, str]) -> Utbetalning:
    post = _Post(rad)
    familj, typ = _egen.las("utbetalningens slag", _slag, rad["slag"])
    datum = "Planerat datum" if typ is Utbetalningstyp.PRESUMERAD else "Utbetalningsdatum"
    period_fran, period_till = post.las("Avser", _period)
    return Utbetalning(
        datum=post.las(datum, dag_i_ord),
        formansfamilj=familj,
        forman=post.forman,
        brutto=post.las("Belopp före skatt", summa),
        skatt=post.las("Skatt", summa),
        netto=_egen.las("utbetalt belopp", summa, rad["netto"]),
        typ=typ,
        period_fran=period_fran,
        period_till=period_till,
        avdrag=post.las("Avdrag", _avdrag),
    )


def _vantande(rad: dict[str, str]) -> VantandeArende:
    post = _Post(rad)
    return VantandeArende(forman=post.forman, inkommet=post.las("Ansökan kom in", dag_i_ord))


class _Post:
    """One entry of a list: a benefit, and facts beside their headings. What is not there is a PortalError."""

    def __init__(self, rad: dict[str, str]) -> None:
        self.forman = rad["forman"]
        rubriker, fakta = rad["rubriker"].split("\n"), rad["fakta"].split("\n")
        if not self.forman or len(rubriker) != len(fakta):
            raise _egen.fel("förmån")
        self._fakta = dict(zip(rubriker, fakta, strict=True))

    def las(self, rubrik: str, read: Callable[[str], T]) -> T:
        """What `read` makes of the fact beside a heading."""
        return _egen.las(rubrik, lambda heading: read(self._fakta[heading]), rubrik)


# --- Words ------------------------------------------------------------------------------------------------------------


def dag_i_ord(text: str) -> date:
    """`25 november 2026`. Raises ValueError for anything else."""
    match = _DATUM.fullmatch(text)
    if match is None:
        raise ValueError("a date in words")
    month = Manad.named(match[2], int(match[3]))
    return date(month.year, month.month, int(match[1]))


def summa(text: str) -> Decimal:
    """`7 900 kr` or `8 000,50 kr`, with two decimals as from other ways. Raises ValueError for anything else."""
    match = _SUMMA.fullmatch(text)
    if match is None:
        raise ValueError("an amount in kronor")
    return Decimal(match[1].replace(" ", "") + (match[2] or ",00").replace(",", "."))


def _period(text: str) -> tuple[date | None, date | None]:
    """`1 november 2026 – 30 november 2026`, or a dash alone for a payment without a period."""
    if text == "–":
        return None, None
    first, last = text.split(" – ")
    return dag_i_ord(first), dag_i_ord(last)


def _slag(text: str) -> tuple[str, Utbetalningstyp]:
    """`Bostad, månadsutbetalning`: the family, in which there may be commas, and the kind."""
    familj, comma, typ = text.rpartition(", ")
    if not comma:
        raise ValueError("a family and a kind")
    return familj, _TYPER[typ]


def _avdrag(text: str) -> tuple[Avdrag, ...]:
    """`1 000 kr (kvittning)`; nothing for `0 kr`."""
    match = _DRAGET.fullmatch(text)
    if match is None:
        raise ValueError("a deduction")
    kod, belopp = _AVDRAG[match[2]] if match[2] else "", summa(match[1])
    return (Avdrag(kod=kod, belopp=belopp),) if belopp else ()


def _sida_av(text: str) -> tuple[int, int]:
    """`Sida 1 av 2`, with the links that follow."""
    match = _SIDA.fullmatch(text)
    if match is None:
        raise ValueError("a page of pages")
    return int(match[1]), int(match[2])
