"""Every payment that the registers show, in the same words whichever agency paid it."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Lasning
from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.regelverk.kommun import Kommun
from arbetsfloden.ekonomiskt_bistand.register.registersvar import (
    Avdrag,
    CsnSvar,
    Formanssvar,
    Myndighetssvar,
    Register,
    SoSvar,
    Utbetalningstyp,
)
from arbetsfloden.ekonomiskt_bistand.register.rimlighet import visat_namn
from arbetsfloden.ekonomiskt_bistand.register.underlag import Underlag

AKASSA = "Arbetslöshetsersättning"
"""What an a-kassa pays; its answers have no name for it."""
_REGULAR = (Utbetalningstyp.MANADSVIS, Utbetalningstyp.DAGERSATTNING)


class Registerpost(NamedTuple):
    """Whose income a register shows, of what kind: `slag` is the municipality's own, else the agency's name for it."""

    register: Register
    person: Personnummer
    slag: str
    forman: str
    lasning: Lasning


class Registerinkomst(NamedTuple):
    """One payment. `belopp` is net, in kronor; `manad` is the month that it is an income of.

    `regelbunden`: an ordinary payment, neither retroactive nor presumed nor of unknown kind. `gar_ihop`: gross less tax
    and deductions is net.
    """

    om: Registerpost
    belopp: Decimal
    datum: date
    fran: date | None
    till: date | None
    manad: Manad
    typ: int
    avdrag: tuple[Avdrag, ...] = ()
    gar_ihop: bool = True

    @property
    def regelbunden(self) -> bool:
        return self.typ in _REGULAR

    @property
    def retroaktiv(self) -> bool:
        return self.typ == Utbetalningstyp.RETROAKTIV

    @property
    def presumerad(self) -> bool:
        return self.typ == Utbetalningstyp.PRESUMERAD


def registerinkomster(underlag: Underlag, kommun: Kommun) -> Iterator[Registerinkomst]:
    """All payments in the answers, in their order. What CSN has only planned is none yet."""
    for fk in (*underlag.fk, *underlag.pm):
        if fk.utbetalningar:
            yield from _formaner(fk, kommun)
    for so in underlag.so:
        if so.utbetalningar:
            yield from _akassa(so, kommun)
    for csn in underlag.csn:
        if csn.utbetalningar:
            yield from _studiestod(csn, kommun)


def _formaner(svar: Formanssvar, kommun: Kommun) -> Iterator[Registerinkomst]:
    for one in svar.utbetalningar:
        paid_out = one.netto + sum([row.belopp for row in one.avdrag]) if one.avdrag else one.netto
        yield Registerinkomst(
            om=_om(svar, one.forman, kommun),
            belopp=one.netto,
            datum=one.datum,
            fran=one.period_fran,
            till=one.period_till,
            manad=kommun.inkomstmanad.betalningens(one.datum, one.period_fran, one.period_till),
            typ=one.typ,
            avdrag=one.avdrag,
            gar_ihop=one.brutto - one.skatt == paid_out,
        )


def _akassa(svar: SoSvar, kommun: Kommun) -> Iterator[Registerinkomst]:
    for one in svar.utbetalningar:
        deducted = one.netto_efter_skatt - one.netto_efter_avdrag
        yield Registerinkomst(
            om=_om(svar, AKASSA, kommun),
            belopp=one.netto_efter_avdrag,
            datum=one.datum,
            fran=one.avser_fran,
            till=one.avser_till,
            manad=kommun.inkomstmanad.betalningens(one.datum, one.avser_fran, one.avser_till),
            typ=Utbetalningstyp.DAGERSATTNING,
            avdrag=(Avdrag(kod="", belopp=deducted),) if deducted else (),
        )


def _studiestod(svar: CsnSvar, kommun: Kommun) -> Iterator[Registerinkomst]:
    for one in svar.utbetalningar:
        if one.utbetald:
            yield Registerinkomst(
                om=_om(svar, one.typ, kommun),
                belopp=one.belopp,
                datum=one.datum,
                fran=None,
                till=None,
                manad=kommun.inkomstmanad.betalningens(one.datum, None, None),
                typ=Utbetalningstyp.MANADSVIS,
            )


def _om(svar: Myndighetssvar, forman: str, kommun: Kommun) -> Registerpost:
    named = visat_namn(forman)
    return Registerpost(
        svar.register, svar.person, kommun.slag_for(svar.register, forman) or named, named, svar.lasning
    )
