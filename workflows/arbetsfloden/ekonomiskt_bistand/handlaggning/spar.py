"""What the robot has left of an application in other people's systems, found without its own journal.

Used when the journal has been restored from an older backup. Only records that the case system shows as registered by
the robot's own user count; staff's are told from them by the column `av`.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property

from pydantic import BaseModel

from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan
from arbetsfloden.ekonomiskt_bistand.formular.inlasning import granska_referens, las_ansokan
from arbetsfloden.ekonomiskt_bistand.portaler import e_tjanst, folkbokforing, verksamhet
from arbetsfloden.ekonomiskt_bistand.portaler.registrering import (
    Aktualiseringspost,
    Anteckningspost,
    Beslutspost,
    Plats,
    RegistreraAktualisering,
    RegistreraBeslut,
    RegistreraUtbetalning,
    SkrivAnteckning,
    SparaBerakning,
    Utbetalningspost,
    filer_till,
    skrivningens_namn,
)
from arbetsfloden.ekonomiskt_bistand.register.underlag import Skydd
from medarbetare.engine import NaturalKey, Portal
from medarbetare.engine.rereading import Application, Trace, Traces

_STATUS = "Beslutad"
Rad = dict[str, str]
visning = verksamhet.visning


def sok_spar(portals: Callable[[str], Portal], application: Application, robot: Callable[[str], str]) -> Traces:
    """Read everything of one application that the robot may have registered. Protected people are not looked up.

    Raises BusinessError for an application that cannot be read: nothing can have been decided on it.
    """
    ansokan = las_ansokan(application.original)
    granska_referens(ansokan, application.reference)
    register = portals(folkbokforing.PORTAL)
    for person in ansokan.personer:
        if folkbokforing.las_person(register, person, datetime.now(UTC)).skydd not in (None, Skydd.INGET):
            return Traces(shielded=True)
    nummer = verksamhet.arende_med(portals(verksamhet.PORTAL), ansokan.sokande.personnummer)
    if nummer is None:
        return Traces()
    plats = Plats(portals(verksamhet.PORTAL), nummer, ansokan.sokande.personnummer, ansokan.manad)
    sokning = _Sokning(ansokan, plats, robot(verksamhet.PORTAL))
    beslutat = tuple(sokning.beslutat())
    if beslutat and application.inbox_portal is not None:
        beslutat = (*beslutat, *_status(portals(application.inbox_portal), ansokan))
    found = {trace.name for trace in beslutat}
    status = (e_tjanst.Statusandring.name,) if application.inbox_portal is not None else ()
    wanted = (RegistreraBeslut.name, *sokning.obetalt(), SkrivAnteckning.name, *status)
    missing = tuple(name for name in wanted if name not in found) if beslutat else ()
    return Traces(found=(*sokning.forberett(), *beslutat), missing=missing)


class _Sokning:
    """The robot's own records of one application in the case system."""

    def __init__(self, ansokan: Ansokan, plats: Plats, robot: str) -> None:
        self._ansokan = ansokan
        self._plats = plats
        self._robot = robot

    def forberett(self) -> Iterator[Trace]:
        """Registration and draft."""
        referens = self._ansokan.referens
        aktualiseringar = [
            Aktualiseringspost.av_rad(rad) for rad in self._egna("aktualiseringar") if rad["referens"] == referens
        ]
        yield from self._spar(RegistreraAktualisering.name, f"aktualisering {referens}", aktualiseringar)
        plats = self._plats
        utkast = [
            verksamhet.las_berakning(plats.portal, plats.arende, rad["nr"])
            for rad in self._egna("berakningar")
            if rad["manad"] == str(plats.manad)
        ]
        yield from self._spar(SparaBerakning.name, SparaBerakning.name, utkast)

    def beslutat(self) -> Iterator[Trace]:
        """Decision, payments and note."""
        beslut = [Beslutspost.av_rad(rad) for rad in self._beslutsrader]
        yield from self._spar(RegistreraBeslut.name, "beslut", beslut, decides=True)
        for number, (payee, betalt) in enumerate(self._betalt.items(), 1):
            name = skrivningens_namn(RegistreraUtbetalning.name, number)
            yield from self._spar(name, "utbetalning", betalt, payee=payee, decides=True)
        if self._beslutsrader:
            noter = self._anteckningar(min(rad["registrerad"] for rad in self._beslutsrader))
            heading = noter[0].rubrik if noter else ""
            yield from self._spar(SkrivAnteckning.name, f"journalanteckning {heading}", noter, decides=True)

    def obetalt(self) -> Iterator[str]:
        """The name of the next payment, where what is paid is less than what is granted."""
        granted = sum((Beslutspost.av_rad(rad).belopp for rad in self._beslutsrader), Decimal(0))
        if granted > sum((one.belopp for paid in self._betalt.values() for one in paid), Decimal(0)):
            yield skrivningens_namn(RegistreraUtbetalning.name, len(self._betalt) + 1)

    @cached_property
    def _beslutsrader(self) -> list[Rad]:
        manad = self._plats.manad
        return [
            rad
            for rad in self._egna("beslut")
            if visning.datum(rad["fran"]) <= manad.last and visning.datum(rad["till"]) >= manad.first
        ]

    @cached_property
    def _betalt(self) -> dict[str, list[Utbetalningspost]]:
        """The month's payments by payee, in the order in which the payees were first paid."""
        paid: dict[str, list[Utbetalningspost]] = {}
        for rad in self._egna("utbetalningar"):
            if rad["manad"] == str(self._plats.manad):
                paid.setdefault(rad["mottagare"], []).append(Utbetalningspost.av_rad(rad))
        return paid

    def _anteckningar(self, efter: str) -> list[Anteckningspost]:
        """The note of the decision: written after it, without a file; of several those that name the month."""
        rader = [rad for rad in self._egna("journal") if rad["registrerad"] >= efter]
        dokument = self._plats.lista("dokument") if rader else []
        noter = [Anteckningspost.av_rad(rad) for rad in rader if not filer_till(dokument, "anteckning", rad["nr"])]
        namnda = [nota for nota in noter if self._plats.manad.name in nota.rubrik]
        return namnda or noter

    def _egna(self, lista: str) -> list[Rad]:
        return [rad for rad in self._plats.lista(lista) if rad["av"] == self._robot]

    def _spar(
        self, name: str, kind: str, records: Iterable[BaseModel], *, payee: str = "", decides: bool = False
    ) -> Iterator[Trace]:
        found = tuple(records)
        if found:
            yield Trace(name, verksamhet.PORTAL, self._plats.key(kind, payee), found, decides)


def _status(inkorg: Portal, ansokan: Ansokan) -> Iterator[Trace]:
    """The status that the applicant sees; nobody is told who set it, so it counts only beside a decision."""
    key = NaturalKey(ansokan.sokande.personnummer.digits, str(ansokan.manad), f"status {ansokan.referens}")
    effekt = e_tjanst.Statusandring(inkorg, ansokan.referens, e_tjanst.Statuspost(status=_STATUS), key)
    found = tuple(effekt.read())
    if found:
        yield Trace(effekt.name, effekt.portal, key, found, decides=True)
