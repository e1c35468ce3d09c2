"""The case system, read: the person, the case, its history, and what is already registered."""

from collections.abc import Iterable
from datetime import date, datetime

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Lasning, Svarsstatus
from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.portaler.visning import Visning
from arbetsfloden.ekonomiskt_bistand.register.underlag import (
    Aktualisering,
    Arende,
    Bankkonto,
    Jobbstimulans,
    Narvaro,
    Planering,
    TidigareBerakning,
    TidigareBeslut,
    TidigareInkomst,
    TidigareKostnad,
    TidigareUtbetalning,
)
from medarbetare.engine import Page, Portal
from medarbetare.errors import PortalError

PORTAL = "verksamhet"
KALLA = "Verksamhetssystemet"
visning = Visning(PORTAL)


def las_arende(portal: Portal, sokande: Personnummer, manad: Manad, now: datetime, *, med_narvaro: bool) -> Arende:
    """Read the applicant's case and what is needed of its history to decide `manad`, `med_narvaro` the attendance too.

    Raises PortalError when the page that came concerns other people: nothing may be written into a stranger's case.
    """
    sida = portal.page("person", personnummer=sokande.digits)
    lasning = Lasning(kalla=KALLA, tidpunkt=now)
    if sida.has("ingen_person"):
        return Arende(status=Svarsstatus.INGET, lasning=lasning)
    uppgifter = sida.read_all(
        "arende",
        "sokande",
        "namn",
        "mottagare",
        "status",
        "avslutat",
        "handlaggare",
        "arbetsmarknadssekreterare",
        "planering",
        "planering_till",
        "jobbstimulans_fran",
        "jobbstimulans_till",
        "bistandsmanader",
        "konto",
    )
    hushall = tuple(visning.personnummer(rad["personnummer"]) for rad in sida.table("hushall"))
    nummer, part = uppgifter["arende"], visning.personnummer(uppgifter["sokande"])
    if sokande not in (part, *hushall):
        raise PortalError("Verksamhetssystemet visade en annan persons ärende än det som söktes.", portal=PORTAL)
    # Only the applicant of a case is its party; somebody found as a co-applicant has another's case before him.
    egen = part == sokande
    return Arende(
        status=Svarsstatus.SVAR if egen else Svarsstatus.INGET,
        lasning=lasning,
        nummer=nummer,
        aktivt=uppgifter["status"] == "Pågående",
        avslutat=visning.datum_eller_inget(uppgifter["avslutat"]),
        handlaggare=uppgifter["handlaggare"] or None,
        arbetsmarknadssekreterare=uppgifter["arbetsmarknadssekreterare"] or None,
        hushall=hushall,
        planering=_planering(uppgifter),
        jobbstimulans=(_jobbstimulans(uppgifter, sokande, manad),),
        konto=_konto(uppgifter["konto"]),
        annan_mottagare=uppgifter["mottagare"] not in ("", uppgifter["namn"]),
        berakningar=_berakningar(portal, nummer, manad),
        beslut=tidigare_beslut(portal.page("beslut", arende=nummer).table("beslut")),
        utbetalningar=_utbetalningar(portal, nummer),
        aktualiseringar=_aktualiseringar(portal, nummer),
        narvaro=_narvaro(portal, nummer) if med_narvaro else None,
    )


def sok_arende(portal: Portal, sokande: Personnummer) -> str | None:
    """The number of the case in which somebody is the applicant; None when there is none."""
    sida = portal.page("person", personnummer=sokande.digits)
    if sida.has("ingen_person"):
        return None
    uppgifter = sida.read_all("arende", "sokande")
    return uppgifter["arende"] if visning.personnummer(uppgifter["sokande"]) == sokande else None


def arende_med(portal: Portal, person: Personnummer) -> str | None:
    """The number of the case that is found with a person, whoever is its applicant; None when there is none."""
    sida = portal.page("person", personnummer=person.digits)
    return None if sida.has("ingen_person") else sida.read("arende")


def las_handlaggare(portal: Portal, person: Personnummer) -> str:
    """The case worker of the case that somebody is in, as its applicant or another; empty when nobody is named.

    Raises PortalError when the page that came concerns other people.
    """
    sida = portal.page("person", personnummer=person.digits)
    if sida.has("ingen_person"):
        return ""
    uppgifter = sida.read_all("sokande", "handlaggare")
    people = [visning.personnummer(rad["personnummer"]) for rad in sida.table("hushall")]
    if person not in (visning.personnummer(uppgifter["sokande"]), *people):
        raise PortalError("Verksamhetssystemet visade en annan persons ärende än det som söktes.", portal=PORTAL)
    return uppgifter["handlaggare"]


def _planering(uppgifter: dict[str, str]) -> Planering | None:
    if not uppgifter["planering"]:
        return None
    return Planering(aktiv=True, till=visning.datum_eller_inget(uppgifter["planering_till"]))


def _jobbstimulans(uppgifter: dict[str, str], person: Personnummer, manad: Manad) -> Jobbstimulans:
    months = {visning.manad(text) for text in uppgifter["bistandsmanader"].split(",") if text.strip()}
    count = 0
    while manad.minus(count + 1) in months:
        count += 1
    return Jobbstimulans(
        person=person,
        manader=count,
        fran=visning.datum_eller_inget(uppgifter["jobbstimulans_fran"]),
        till=visning.datum_eller_inget(uppgifter["jobbstimulans_till"]),
    )


def _konto(text: str) -> Bankkonto | None:
    clearing, dash, konto = text.partition("-")
    return Bankkonto(clearing=clearing, konto=konto) if dash else None


def _berakningar(portal: Portal, nummer: str, manad: Manad) -> tuple[TidigareBerakning, ...]:
    """Calculations of the month and of the month before it with all rows; older ones are not needed."""
    rader = portal.page("berakningar", arende=nummer).table("berakningar")
    wanted = {str(manad), str(manad.minus(1))}
    return tuple(las_berakning(portal, nummer, rad["nr"]) for rad in rader if rad["manad"] in wanted)


def las_berakning(portal: Portal, nummer: str, nr: str) -> TidigareBerakning:
    """One calculation with all its rows."""
    sida = portal.page("berakning", arende=nummer, nr=nr)
    huvud = sida.read_all("manad", "norm", "antal", "normsumma", "resultat", "status")
    return TidigareBerakning(
        manad=visning.manad(huvud["manad"]),
        slutlig=huvud["status"] == "Slutlig",
        norm_namn=huvud["norm"],
        antal_personer=visning.heltal(huvud["antal"]),
        normsumma=visning.kronor(huvud["normsumma"]),
        resultat=visning.kronor(huvud["resultat"]),
        inkomster=_inkomster(sida),
        kostnader=_kostnader(sida),
    )


def _inkomster(sida: Page) -> tuple[TidigareInkomst, ...]:
    return tuple(
        TidigareInkomst(
            slag=rad["slag"],
            belopp=visning.kronor(rad["belopp"]),
            person=visning.personnummer(rad["person"]) if rad["person"] else None,
            datum=visning.datum_eller_inget(rad["datum"]),
            notering=rad["notering"],
        )
        for rad in sida.table("inkomster")
    )


def _kostnader(sida: Page) -> tuple[TidigareKostnad, ...]:
    return tuple(
        TidigareKostnad(
            slag=rad["slag"],
            ansokt=visning.kronor(rad["ansokt"]),
            godkant=visning.kronor(rad["godkant"]),
            notering=rad["notering"],
        )
        for rad in sida.table("kostnader")
    )


def tidigare_beslut(rader: Iterable[dict[str, str]]) -> tuple[TidigareBeslut, ...]:
    """Decisions from the rows of the case's list of decisions."""
    return tuple(
        TidigareBeslut(
            manad=Manad.of(visning.datum(rad["fran"])),
            kod=rad["kod"],
            belopp=visning.kronor(rad["belopp"]),
            datum=registrerad(rad["registrerad"]),
            beslutsfattare=rad["beslutsfattare"],
            nummer=rad["nr"] or None,
        )
        for rad in rader
    )


def _utbetalningar(portal: Portal, nummer: str) -> tuple[TidigareUtbetalning, ...]:
    return tuple(
        TidigareUtbetalning(
            manad=visning.manad(rad["manad"]),
            mottagare=rad["mottagare"],
            belopp=visning.kronor(rad["belopp"]),
            konto=rad["konto"] or None,
            datum=visning.datum_eller_inget(rad["datum"]),
        )
        for rad in portal.page("utbetalningar", arende=nummer).table("utbetalningar")
    )


def _aktualiseringar(portal: Portal, nummer: str) -> tuple[Aktualisering, ...]:
    return tuple(
        Aktualisering(
            manad=None,
            referens=rad["referens"] or None,
            datum=visning.datum_eller_inget(rad["ankomstdatum"]),
        )
        for rad in portal.page("aktualiseringar", arende=nummer).table("aktualiseringar")
    )


def _narvaro(portal: Portal, nummer: str) -> tuple[Narvaro, ...]:
    return tuple(
        Narvaro(
            manad=visning.manad(rad["manad"]),
            planerat=visning.heltal(rad["planerat"]),
            narvaro=visning.heltal(rad["narvaro"]),
            giltig_franvaro=visning.heltal(rad["giltig_franvaro"]),
        )
        for rad in portal.page("narvaro", arende=nummer).table("narvaro")
    )


def registrerad(text: str) -> date | None:
    """The date of a time of registration, `2026-12-01 13:37`."""
    return visning.datum_eller_inget(text.split(" ")[0])
