"""The population register: one person at a time. With protection, nothing but the mark is read."""

from datetime import datetime

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Lasning, Svarsstatus
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.portaler.visning import Visning
from arbetsfloden.ekonomiskt_bistand.register.underlag import Folkbokforing, Hushallsmedlem, Skydd
from medarbetare.engine import Page, Portal
from medarbetare.errors import PortalError

PORTAL = "folkbokforing"
_SKYDD = {
    "Ingen": Skydd.INGET,
    "Sekretessmarkering": Skydd.SEKRETESSMARKERING,
    "Skyddad folkbokföring": Skydd.SKYDDAD_FOLKBOKFORING,
}
_visning = Visning(PORTAL)


def las_person(portal: Portal, person: Personnummer, now: datetime) -> Folkbokforing:
    """Read one person. A mark that is not known counts as protection."""
    sida = portal.page("person", personnummer=person.digits)
    lasning = Lasning(kalla="Folkbokföringen", tidpunkt=now)
    if sida.has("ingen_person"):
        return Folkbokforing(person=person, status=Svarsstatus.INGET, lasning=lasning)
    skydd = _SKYDD.get(sida.read("skyddsmarkering"), Skydd.SEKRETESSMARKERING)
    if skydd is not Skydd.INGET:
        return Folkbokforing(person=person, status=Svarsstatus.SVAR, lasning=lasning, skydd=skydd)
    return _oskyddad(sida, person, lasning)


def _oskyddad(sida: Page, person: Personnummer, lasning: Lasning) -> Folkbokforing:
    uppgifter = sida.read_all("personnummer", "namn", "adress", "kommun", "civilstand", "medborgarskap")
    if _visning.personnummer(uppgifter["personnummer"]) != person:
        raise PortalError("Folkbokföringen svarade om en annan person än den som frågan gällde.", portal=PORTAL)
    medlemmar = sida.table("hushall")
    return Folkbokforing(
        person=person,
        status=Svarsstatus.SVAR,
        lasning=lasning,
        skydd=Skydd.INGET,
        namn=uppgifter["namn"],
        adress=uppgifter["adress"],
        kommun=uppgifter["kommun"],
        medborgarskap=uppgifter["medborgarskap"],
        civilstand=uppgifter["civilstand"],
        hushall=tuple(
            Hushallsmedlem(
                personnummer=_visning.personnummer(medlem["personnummer"]) if medlem["personnummer"] else None,
                namn=medlem["namn"],
                relation=medlem["relation"],
            )
            for medlem in medlemmar
        ),
    )
