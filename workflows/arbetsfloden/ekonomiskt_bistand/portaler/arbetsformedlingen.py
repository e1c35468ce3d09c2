"""Arbetsförmedlingen's own portal: one page in codes, which its own legend explains."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Svarsstatus
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.portaler.egen_portal import EgenPortal
from arbetsfloden.ekonomiskt_bistand.register.registersvar import AfSvar, Register, Registersvar
from medarbetare.engine import Page, Portal
from medarbetare.errors import PortalError

T = TypeVar("T")
PORTAL = "af"
_egen = EgenPortal(PORTAL, Register.AF)
_DELAR = ("registrering", "aktivitetsrapport", "beslut", "teckenforklaring")
_JA_NEJ = {"J": True, "N": False}
_RAPPORT = {"Inkommen": "200", "Saknas": "500", "Ej inlämnad": "501", "Fel vid hämtning": "502"}
"""The activity report, from the words of the legend to the codes that SSBTEK has for them."""
_PROCENT = re.compile("[01][0-9]{2}")


def fraga(portal: Portal, person: Personnummer, *, now: datetime, accept_silence: bool) -> Registersvar:
    """Ask one question about one person.

    Raises AnswerMissing when the agency is down, unless `accept_silence`; PortalError for a code that the legend does
    not tell, for what contradicts itself, for a page about somebody else, and when the form came back without an
    answer (a log-in that was renewed in silence loses what was asked).
    """
    sida = portal.page("svar", personnummer=person.digits)
    if not sida.has("huvud"):
        raise PortalError("Arbetsförmedlingens portal lämnade inget svar på frågan.", portal=PORTAL)
    rader = sida.read_all("personnummer", "status", "sekretess")
    _egen.ratt_person(rader["personnummer"], person)
    huvud = _egen.huvud(person, now, rader["status"], skyddad=_ja_nej("SEK", rader["sekretess"]))
    if "status" not in huvud:
        # Arbetsförmedlingen tells of everybody, if only that they are not looking for work.
        huvud |= {"status": Svarsstatus.SVAR, **_uppgifter(sida)}
    return Registersvar(af=_egen.besvarad(AfSvar(**huvud), accept_silence=accept_silence))


def _uppgifter(sida: Page) -> dict[str, Any]:
    for delen in _DELAR:
        if sida.has(f"oppna.{delen}"):
            sida.click(f"oppna.{delen}")
    legend = _Teckenforklaring(sida.table("teckenforklaring"))
    rader = sida.read_all("tillstand", "arbetssokande", "kategori", "registrerad", "omfattning", "avaktualiserad")
    arbetssokande = _ja_nej("AS", rader["arbetssokande"])
    avaktualiserad = _eller_inget("AVA", date.fromisoformat, rader["avaktualiserad"])
    registrerad = _eller_inget("FOM", date.fromisoformat, rader["registrerad"])
    # Who has registered again keeps the day of having left.
    again = arbetssokande and avaktualiserad and registrerad and registrerad > avaktualiserad
    left = avaktualiserad and not again
    agreed = "Avaktualiserad" if left else "Inskriven" if arbetssokande else "Ej inskriven"
    if legend.betyder("REG", rader["tillstand"]) != agreed:
        raise PortalError("Arbetsförmedlingens portal säger emot sig själv i REG, AS och AVA.", portal=PORTAL)
    return {
        "arbetssokande": arbetssokande,
        "kategori": legend.betyder("SKAT", rader["kategori"], "SKAT: ") if rader["kategori"] else None,
        "registrerad": registrerad,
        "omfattning": _eller_inget("OMF", _procent, rader["omfattning"]),
        "avaktualiserad": avaktualiserad,
        "aktivitetsrapport": _aktivitetsrapport(sida, legend),
        "beslut": tuple(_beslut(rad, legend) for rad in sida.table("beslut")),
    }


class _Teckenforklaring:
    """What each code on the page means, by the page itself. Raises PortalError for one that it does not tell."""

    def __init__(self, rader: list[dict[str, str]]) -> None:
        self._betydelser = {rad["kod"]: rad["betydelse"] for rad in rader}
        if len(self._betydelser) != len(rader):
            raise _egen.fel("Teckenförklaring")

    def betyder(self, falt: str, kod: str, slag: str = "") -> str:
        """What a code in a field means. Where codes are of kinds, the legend says the kind first."""
        told = self._betydelser.get(kod, "")
        if not told.startswith(slag) or not told.removeprefix(slag):
            raise _egen.fel(falt)
        return told.removeprefix(slag)


def _aktivitetsrapport(sida: Page, legend: _Teckenforklaring) -> str | None:
    if sida.has("ingen_rapport"):
        return None
    return _egen.las("AR", _RAPPORT.__getitem__, legend.betyder("AR", sida.read("rapport"), "Aktivitetsrapport: "))


def _beslut(rad: dict[str, str], legend: _Teckenforklaring) -> str:
    datum = _egen.las("DATUM", date.fromisoformat, rad["datum"])
    return f"{datum} {legend.betyder('KOD', rad['kod'], 'Beslut: ')}"


def _ja_nej(falt: str, text: str) -> bool:
    return _egen.las(falt, _JA_NEJ.__getitem__, text)


def _eller_inget(falt: str, read: Callable[[str], T], text: str) -> T | None:
    return _egen.las(falt, read, text) if text else None


def _procent(text: str) -> int:
    """`075`."""
    if _PROCENT.fullmatch(text) is None:
        raise ValueError("per cent in three figures")
    return int(text)
