"""Which incomes belong to the applied month, and whether the application and the registers agree on them."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from arbetsfloden.ekonomiskt_bistand.ansokan import Ansokan, Inkomst
from arbetsfloden.ekonomiskt_bistand.fakta import Fakta
from arbetsfloden.ekonomiskt_bistand.kommun import Inkomstslag, Kommun
from arbetsfloden.ekonomiskt_bistand.manad import Manad
from arbetsfloden.ekonomiskt_bistand.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.registerinkomster import Registerinkomst, Registerpost
from arbetsfloden.ekonomiskt_bistand.registersvar import Register, Utbetalningstyp
from arbetsfloden.ekonomiskt_bistand.underlag import TidigareBerakning

_TOLERANCE = Decimal(1)


class Stamning(StrEnum):
    """How the application and the register compare."""

    STAMMER = "stammer"
    AVVIKER = "avviker"
    EJ_UPPGIVEN = "ej_uppgiven"
    EJ_I_REGISTRET = "ej_i_registret"
    ENBART_ANSOKAN = "enbart_ansokan"


class Inkomstpost(Fakta):
    """One person's income of one kind that belongs to the applied month, in kronor before jobbstimulans.

    `luckfylld`: the benefit is missing in M−1 and this is M−2's; `oklart` then says that it cannot be told whether last
    month's calculation counted it.
    """

    person: Personnummer
    slag: str
    stamning: Stamning
    belopp: Decimal
    uppgivet: Decimal | None
    registrerat: Decimal | None
    manad: Manad
    datum: date
    luckfylld: bool = False
    oklart: bool = False
    myndighet: Register | None = None
    kalla: str
    tidpunkt: datetime | None


def inkomstmanad(betald: date, fran: date | None, till: date | None) -> Manad:
    """The month that a payment belongs to: the one that its period lies in, else the month of payment."""
    if fran is not None and till is not None and Manad.of(fran) == Manad.of(till):
        return Manad.of(fran)
    return Manad.of(betald)


@dataclass
class _Grupp:
    """Amounts of one person and kind, by month."""

    uppgivet: dict[Manad, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    register: dict[Manad, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    uppgivna_dagar: dict[Manad, set[date]] = field(default_factory=lambda: defaultdict(set))
    register_dagar: dict[Manad, set[date]] = field(default_factory=lambda: defaultdict(set))
    om: Registerpost | None = None

    def months(self) -> set[Manad]:
        return set(self.uppgivet) | set(self.register)

    def belopp(self, month: Manad) -> Decimal:
        """The register's amount where it has answered, else the stated one."""
        return self.register[month] if month in self.register else self.uppgivet.get(month, Decimal(0))

    def dagar(self, month: Manad) -> set[date]:
        """The days of payment by the same source as the amount."""
        return self.register_dagar[month] if month in self.register else self.uppgivna_dagar[month]


def sammanstall(
    ansokan: Ansokan,
    registrerade: Sequence[Registerinkomst],
    tidigare: TidigareBerakning | None,
    kommun: Kommun,
    anslutna: Collection[Register],
) -> tuple[Inkomstpost, ...]:
    """The incomes that belong to the applied month M: those of M−1, and of M−2 where a benefit is missing in M−1.

    A retroactive or presumed payment is left out: a person settles it. The application's incomes come first.
    `anslutna` are the registers that are asked: only there can a stated income be missing.
    """
    groups: dict[tuple[Personnummer, str], _Grupp] = {}
    for income in ansokan.inkomster:
        month = _declared_month(income, registrerade)
        group = groups.setdefault((income.person, income.slag), _Grupp())
        group.uppgivet[month] += income.belopp
        group.uppgivna_dagar[month].add(income.betald)
    for payment in registrerade:
        if payment.typ not in (Utbetalningstyp.RETROAKTIV, Utbetalningstyp.PRESUMERAD):
            _add_register(groups, payment)
    return tuple(
        post
        for (person, kind), group in groups.items()
        for post in _posts(
            _Slag(person, kind, kommun.inkomstslag.get(kind), kommun.former(kind), anslutna),
            group,
            ansokan.manad,
            tidigare,
        )
    )


def _declared_month(income: Inkomst, registered: Sequence[Registerinkomst]) -> Manad:
    """An income stated without a period takes that of the register's payment of the same kind and day, if any."""
    if income.period_fran is None:
        for payment in registered:
            same = payment.om.person == income.person and payment.om.slag == income.slag
            if same and payment.datum == income.betald:
                return inkomstmanad(payment.datum, payment.fran, payment.till)
    return inkomstmanad(income.betald, income.period_fran, income.period_till)


def _add_register(groups: dict[tuple[Personnummer, str], _Grupp], payment: Registerinkomst) -> None:
    month = inkomstmanad(payment.datum, payment.fran, payment.till)
    group = groups.setdefault((payment.om.person, payment.om.slag), _Grupp())
    group.register[month] += payment.belopp
    group.register_dagar[month].add(payment.datum)
    group.om = payment.om


class _Slag(NamedTuple):
    """Somebody's income of one kind. `regel` is None for a kind that is not on the municipality's list."""

    person: Personnummer
    slag: str
    regel: Inkomstslag | None
    former: Collection[Register]
    anslutna: Collection[Register]

    @property
    def finns_i_register(self) -> bool:
        return any(register in self.anslutna for register in self.former)


def _posts(kind: _Slag, group: _Grupp, applied: Manad, previous: TidigareBerakning | None) -> Iterator[Inkomstpost]:
    month, filled, unclear = applied.minus(1), False, False
    if month not in group.months():
        month = applied.minus(2)
        if month not in group.months() or (kind.regel is not None and kind.regel.arbetsinkomst):
            return
        counted = _counted_last_month(kind.person, kind.slag, group, month, previous)
        if counted is True:
            return
        filled, unclear = True, counted is None
    stated, register = group.uppgivet.get(month), group.register.get(month)
    om = group.om if register is not None else None
    yield Inkomstpost(
        person=kind.person,
        slag=kind.slag,
        stamning=_compare(stated, register, kind.finns_i_register),
        belopp=group.belopp(month),
        uppgivet=stated,
        registrerat=register,
        manad=month,
        datum=max(group.dagar(month)),
        luckfylld=filled,
        oklart=unclear,
        myndighet=om.register if om else None,
        kalla=om.lasning.kalla if om else "Ansökan",
        tidpunkt=om.lasning.tidpunkt if om else None,
    )


def _counted_last_month(
    person: Personnummer, kind: str, group: _Grupp, month: Manad, previous: TidigareBerakning | None
) -> bool | None:
    """Whether last month's calculation counted these payments; None when it cannot be told.

    Staff enter days of their own, so a row dated in the month that the payment covers, or in which it was made, may
    well be this payment: counting it again would take it from the household twice.
    """
    if previous is None:
        return None
    rows = [row for row in previous.inkomster if row.slag == kind and row.person in (person, None)]
    days = group.uppgivna_dagar[month] | group.register_dagar[month]
    if any(row.datum in days for row in rows):
        return True
    months = {month, *map(Manad.of, days)}
    return None if any(row.datum is None or Manad.of(row.datum) in months for row in rows) else False


def _compare(stated: Decimal | None, register: Decimal | None, has_register: bool) -> Stamning:
    if register is None:
        return Stamning.EJ_I_REGISTRET if has_register else Stamning.ENBART_ANSOKAN
    if stated is None:
        return Stamning.EJ_UPPGIVEN
    return Stamning.STAMMER if abs(stated - register) <= _TOLERANCE else Stamning.AVVIKER
