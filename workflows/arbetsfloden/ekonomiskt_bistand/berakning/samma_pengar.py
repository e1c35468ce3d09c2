"""Money that is stated for one in the household and paid to another: the same payment, so counted once."""

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from arbetsfloden.ekonomiskt_bistand.begrepp.belopp import hela_kronor
from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.berakning.inkomster import EFTERHAND, TOLERANS, uppgiven_manad
from arbetsfloden.ekonomiskt_bistand.berakning.registerinkomster import Registerinkomst
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan, Inkomst
from arbetsfloden.ekonomiskt_bistand.regelverk.kommun import Kommun
from arbetsfloden.ekonomiskt_bistand.register.registersvar import Register
from arbetsfloden.ekonomiskt_bistand.register.underlag import Arende, TidigareBerakning, TidigareInkomst


class SammaPengar(NamedTuple):
    """A benefit of one month, stated for one person but paid to another. `belopp` is the register's."""

    slag: str
    manad: Manad
    uppgiven_for: Personnummer
    betald_till: Personnummer
    belopp: Decimal
    myndighet: Register


_Vems = tuple[Personnummer, str]
"""Whose income, and of what kind."""


def samma_pengar(ansokan: Ansokan, registrerade: Sequence[Registerinkomst], kommun: Kommun) -> tuple[SammaPengar, ...]:
    """The benefits that are somebody else's in the household than the one they are stated for.

    Kind, month and amount are the same, the register shows none of that month for the one, and the other has stated
    none of that kind. What may be two payments, or two persons', is left where it stands.
    """
    stated = dict.fromkeys([(one.person, one.slag) for one in ansokan.inkomster])
    unstated = {(one.om.person, one.om.slag) for one in registrerade} - stated.keys()
    if not unstated:
        return ()
    paid = {(one.om.person, one.om.slag, one.manad) for one in registrerade}
    found = [
        move
        for person, kind in stated
        if kind not in kommun.arbetsinkomster and not kommun.raknas_inte(kind)
        for payee in ansokan.personer
        if (payee, kind) in unstated
        for move in _mojliga((person, kind), payee, ansokan, registrerade, kommun)
        if (person, kind, move.manad) not in paid
    ]
    stated_for = Counter((one.slag, one.manad, one.uppgiven_for) for one in found)
    paid_to = Counter((one.slag, one.manad, one.betald_till) for one in found)
    return tuple(
        one
        for one in found
        if stated_for[(one.slag, one.manad, one.uppgiven_for)] == paid_to[(one.slag, one.manad, one.betald_till)] == 1
    )


def _mojliga(
    whose: _Vems, payee: Personnummer, ansokan: Ansokan, registered: Sequence[Registerinkomst], kommun: Kommun
) -> Iterator[SammaPengar]:
    person, kind = whose
    stated: dict[Manad, Decimal] = {}
    for income in ansokan.inkomster:
        if (income.person, income.slag) == whose:
            month = _manad_hos(income, payee, registered, kommun)
            stated[month] = stated.get(month, Decimal(0)) + income.belopp
    for month, amount in stated.items():
        payments = [
            one
            for one in registered
            if (one.om.person, one.om.slag, one.manad) == (payee, kind, month) and one.typ not in EFTERHAND
        ]
        total = sum((one.belopp for one in payments), Decimal(0))
        if payments and total and abs(total - amount) <= TOLERANS:
            yield SammaPengar(kind, month, person, payee, total, payments[0].om.register)


def _manad_hos(income: Inkomst, payee: Personnummer, registered: Sequence[Registerinkomst], kommun: Kommun) -> Manad:
    """The month of a stated income if it is the payee's."""
    return uppgiven_manad(income.model_copy(update={"person": payee}), registered, kommun)


def med_ratt_mottagare(
    ansokan: Ansokan, moves: Sequence[SammaPengar], registrerade: Sequence[Registerinkomst], kommun: Kommun
) -> Ansokan:
    """The application with these incomes stated for the one who is paid."""
    if not moves:
        return ansokan

    def moved(income: Inkomst) -> Inkomst:
        for move in moves:
            whose = (income.person, income.slag) == (move.uppgiven_for, move.slag)
            if whose and _manad_hos(income, move.betald_till, registrerade, kommun) == move.manad:
                return income.model_copy(update={"person": move.betald_till})
        return income

    return ansokan.model_copy(update={"inkomster": tuple([moved(income) for income in ansokan.inkomster])})


def med_ratt_rader(
    arende: Arende,
    ansokan: Ansokan,
    moves: Sequence[SammaPengar],
    registrerade: Sequence[Registerinkomst],
    kommun: Kommun,
) -> Arende:
    """The case with the same money's rows in earlier calculations on the one who is paid.

    A row stays where the one it stands on has been paid that kind, or the payee has a row of their own. Between parent
    and child it moves also when the application has it right by now.
    """
    paid = {(one.om.person, one.om.slag) for one in registrerade}
    sure = [move for move in moves if (move.uppgiven_for, move.slag) not in paid]
    if ansokan.barn:
        sure += _barns_rader(arende, ansokan, registrerade, kommun)
    if not sure:
        return arende
    return arende.model_copy(update={"berakningar": tuple([_med_rader(one, sure) for one in arende.berakningar])})


def _barns_rader(
    arende: Arende, ansokan: Ansokan, registrerade: Sequence[Registerinkomst], kommun: Kommun
) -> list[SammaPengar]:
    """Earlier rows that stand on a parent or a child for what a register paid to the other of the two.

    Whom a row stands on has neither been paid nor stated that kind, and only one can have been paid it.
    """
    children = {one.personnummer for one in ansokan.barn}
    having = {(one.om.person, one.om.slag) for one in registrerade}
    having |= {(one.person, one.slag) for one in ansokan.inkomster}
    found: dict[_Vems, SammaPengar] = {}
    for calculation in arende.berakningar:
        for row in calculation.inkomster:
            if row.person is None or row.slag in kommun.arbetsinkomster or (row.person, row.slag) in having:
                continue
            theirs = [
                one
                for one in registrerade
                if one.om.slag == row.slag
                and one.typ not in EFTERHAND
                and one.manad < calculation.manad
                and (one.om.person in children) is not (row.person in children)
            ]
            if len({one.om.person for one in theirs}) == 1 and _ar_en_manads(row, theirs):
                last = max(theirs, key=lambda one: one.manad)
                payee, register = last.om.person, last.om.register
                found[(row.person, row.slag)] = SammaPengar(
                    row.slag, last.manad, row.person, payee, row.belopp, register
                )
    paid_to = Counter((one.slag, one.betald_till) for one in found.values())
    return [one for one in found.values() if paid_to[(one.slag, one.betald_till)] == 1]


def _ar_en_manads(row: TidigareInkomst, payments: Sequence[Registerinkomst]) -> bool:
    """Whether a row is what was paid for one of the months."""
    months: dict[Manad, Decimal] = {}
    for one in payments:
        months[one.manad] = months.get(one.manad, Decimal(0)) + one.belopp
    return any(abs(row.belopp - hela_kronor(total)) <= TOLERANS for total in months.values())


def _med_rader(berakning: TidigareBerakning, moves: Sequence[SammaPengar]) -> TidigareBerakning:
    having = {(row.person, row.slag) for row in berakning.inkomster}
    sure = [move for move in moves if (move.betald_till, move.slag) not in having]
    return berakning.model_copy(update={"inkomster": tuple([_rad(row, sure) for row in berakning.inkomster])})


def _rad(row: TidigareInkomst, moves: Sequence[SammaPengar]) -> TidigareInkomst:
    for move in moves:
        whose = (row.person, row.slag) == (move.uppgiven_for, move.slag)
        if whose and abs(row.belopp - hela_kronor(move.belopp)) <= TOLERANS:
            return row.model_copy(update={"person": move.betald_till})
    return row
