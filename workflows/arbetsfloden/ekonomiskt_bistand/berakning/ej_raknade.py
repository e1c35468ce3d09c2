"""The incomes that are in no row of the calculation, and why: nothing that somebody received vanishes unheard."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.berakning.inkomster import (
    EFTERHAND,
    Inkomstpost,
    samma_som,
    uppgiven_manad,
)
from arbetsfloden.ekonomiskt_bistand.berakning.registerinkomster import Registerinkomst
from arbetsfloden.ekonomiskt_bistand.berakning.tidigare_rader import Betald, rad_for_dagen, rader_for, raknades
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan, Inkomst
from arbetsfloden.ekonomiskt_bistand.regelverk.kommun import Kommun
from arbetsfloden.ekonomiskt_bistand.regelverk.lag import Lagtal
from arbetsfloden.ekonomiskt_bistand.register.underlag import TidigareBerakning


class Varfor(StrEnum):
    """Why an income is not counted. UTREDS: nothing tells, so a person does."""

    SENARE = "senare"
    RAKNADES = "räknades"
    EFTERHAND = "efterhand"
    BARNS_LON = "barns lön"
    ALDRIG = "aldrig"
    UTREDS = "utreds"


class EjRaknad(NamedTuple):
    """A payment, or a stated income that no register shows, that no post holds; `betalning` is the register's."""

    varfor: Varfor
    person: Personnummer
    slag: str
    belopp: Decimal
    datum: date
    manad: Manad
    uppgiven: bool
    betalning: Registerinkomst | None = None


class Inkomster(NamedTuple):
    """What was stated and paid, what counts of it in the applied month, the case's calculations and the law."""

    ansokan: Ansokan
    registrerade: Sequence[Registerinkomst]
    nyligen_betalda: Sequence[Registerinkomst]
    poster: Sequence[Inkomstpost]
    berakningar: Sequence[TidigareBerakning]
    kommun: Kommun
    lag_for: Callable[[Manad], Lagtal]

    @property
    def tidigare(self) -> list[TidigareBerakning]:
        """The finished calculations before the applied month's."""
        return [one for one in self.berakningar if one.slutlig and one.manad < self.ansokan.manad]


def ej_raknade(inkomster: Inkomster, raknad_manad: Manad) -> Iterator[EjRaknad]:
    """The payments of late, then the stated incomes, that are in no post."""
    counted = {(post.person, post.slag, post.manad) for post in inkomster.poster}
    stated, registered, kommun = inkomster.ansokan.inkomster, inkomster.registrerade, inkomster.kommun
    for payment in inkomster.nyligen_betalda:
        month = payment.manad
        person, kind = payment.om.person, payment.om.slag
        if payment.typ in EFTERHAND or (person, kind, month) not in counted:
            known = any(samma_som(income, payment, registered, kommun) for income in stated)
            why = _why_not(inkomster, payment, raknad_manad)
            yield EjRaknad(why, person, kind, payment.belopp, payment.datum, month, known, payment)
    for income in stated:
        month = uppgiven_manad(income, registered, kommun)
        shown = any(samma_som(income, payment, registered, kommun) for payment in inkomster.nyligen_betalda)
        if not shown and (income.person, income.slag, month) not in counted:
            why = _why_not_stated(inkomster, income, month)
            yield EjRaknad(why, income.person, income.slag, income.belopp, income.betald, month, uppgiven=True)


def _why_not(inkomster: Inkomster, payment: Registerinkomst, raknad_manad: Manad) -> Varfor:
    if inkomster.kommun.raknas_inte(payment.om.slag):
        return Varfor.ALDRIG
    if payment.typ in EFTERHAND:
        rows = (row for one in inkomster.tidigare for row in rader_for(one, payment.om.person, payment.om.slag))
        return Varfor.RAKNADES if rad_for_dagen(rows, payment.belopp, payment.datum) else Varfor.EFTERHAND
    # Counted in a later application: paid in the month that it covers, or in the one before.
    if raknad_manad < payment.manad <= Manad.of(payment.datum).minus(-1):
        return Varfor.SENARE
    of_kind = [
        Betald(one.belopp, one.datum, one.manad)
        for one in inkomster.registrerade
        if one.om.person == payment.om.person and one.om.slag == payment.om.slag and one.typ not in EFTERHAND
    ]
    paid = Betald(payment.belopp, payment.datum, payment.manad)
    return _counted_before(inkomster, payment.om.person, payment.om.slag, paid, of_kind)


def _why_not_stated(inkomster: Inkomster, income: Inkomst, month: Manad) -> Varfor:
    if inkomster.kommun.raknas_inte(income.slag):
        return Varfor.ALDRIG
    rule = inkomster.kommun.inkomstslag.get(income.slag)
    wage = rule is not None and rule.arbetsinkomst
    if wage and income.person not in inkomster.ansokan.vuxna:
        return Varfor.BARNS_LON
    of_kind = [
        Betald(one.belopp, one.betald, uppgiven_manad(one, inkomster.registrerade, inkomster.kommun))
        for one in inkomster.ansokan.inkomster
        if one.person == income.person and one.slag == income.slag
    ]
    paid = Betald(income.belopp, income.betald, month)
    return _counted_before(inkomster, income.person, income.slag, paid, of_kind, lon=wage)


def _counted_before(
    inkomster: Inkomster,
    person: Personnummer,
    slag: str,
    paid: Betald,
    of_kind: Sequence[Betald],
    *,
    lon: bool = False,
) -> Varfor:
    raknas_for = inkomster.kommun.inkomstmanad.raknas_for
    for one in inkomster.tidigare:
        stimulus = inkomster.lag_for(one.manad).efter_jobbstimulans if lon else None
        if raknades(rader_for(one, person, slag), paid, of_kind, raknas_for(one.manad), stimulans=stimulus):
            return Varfor.RAKNADES
    return Varfor.UTREDS
