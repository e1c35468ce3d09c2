"""Which incomes belong to the applied month, and whether the application and the registers agree on them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.berakning.registerinkomster import Registerinkomst, Registerpost
from arbetsfloden.ekonomiskt_bistand.berakning.tidigare_rader import Betald, annans_rad, rader_for
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan, Inkomst
from arbetsfloden.ekonomiskt_bistand.regelverk.kommun import Kommun
from arbetsfloden.ekonomiskt_bistand.register.registersvar import Register, Utbetalningstyp
from arbetsfloden.ekonomiskt_bistand.register.underlag import TidigareBerakning

TOLERANS = Decimal(1)
"""Kronor by which two amounts may differ and be the same."""


class Stamning(StrEnum):
    """How the application and the register compare."""

    STAMMER = "stammer"
    AVVIKER = "avviker"
    EJ_UPPGIVEN = "ej_uppgiven"
    EJ_I_REGISTRET = "ej_i_registret"
    ENBART_ANSOKAN = "enbart_ansokan"

    @property
    def text(self) -> str:
        return _STAMNING[self]


_STAMNING = {
    Stamning.STAMMER: "stämmer med registret",
    Stamning.AVVIKER: "annat belopp i registret",
    Stamning.EJ_UPPGIVEN: "inte uppgiven",
    Stamning.EJ_I_REGISTRET: "finns inte i registret",
    Stamning.ENBART_ANSOKAN: "enligt ansökan",
}


class Inkomstpost(NamedTuple):
    """One person's income of one kind that belongs to the applied month, in kronor before jobbstimulans.

    `luckfylld`: the month that counts lacks the benefit, and this is the month before's; `oklart`: it cannot be told
    whether last month's calculation counted it already.
    """

    person: Personnummer
    slag: str
    stamning: Stamning
    belopp: Decimal
    uppgivet: Decimal | None
    registrerat: Decimal | None
    manad: Manad
    datum: date
    luckfylld: bool
    oklart: bool
    myndighet: Register | None
    kalla: str
    tidpunkt: datetime | None


@dataclass(slots=True)
class _Manadsinkomst:
    """What application and registers have of one person's income of one kind in one month; None: nothing."""

    uppgivet: Decimal | None = None
    uppgivna_dagar: set[date] = field(default_factory=set)
    registrerat: Decimal | None = None
    register_dagar: set[date] = field(default_factory=set)
    om: Registerpost | None = None

    def uppgiven(self, amount: Decimal, day: date) -> None:
        self.uppgivet = amount if self.uppgivet is None else self.uppgivet + amount
        self.uppgivna_dagar.add(day)

    def registrerad(self, payment: Registerinkomst) -> None:
        self.registrerat = payment.belopp if self.registrerat is None else self.registrerat + payment.belopp
        self.register_dagar.add(payment.datum)
        self.om = payment.om


_Grupper = dict[tuple[Personnummer, str], dict[Manad, _Manadsinkomst]]
"""The incomes of each person and kind, by month: those of the application first."""


def sammanstall(
    ansokan: Ansokan,
    registrerade: Sequence[Registerinkomst],
    tidigare: TidigareBerakning | None,
    kommun: Kommun,
    anslutna: Collection[Register],
) -> tuple[Inkomstpost, ...]:
    """The incomes that belong to the applied month: those of the month that counts for it.

    Where that lacks a benefit, the benefit of the month before fills the gap.

    What never counts is left out. So is a retroactive or presumed payment, and with it the application's income that
    is the same: a person settles it. The application's incomes come first.
    `anslutna` are the registers that are asked: only there can a stated income be missing.
    """
    groups: _Grupper = {}
    late = [payment for payment in registrerade if payment.typ in EFTERHAND]
    for income in ansokan.inkomster:
        if kommun.raknas_inte(income.slag) or any(samma_som(income, one, registrerade, kommun) for one in late):
            continue
        month = uppgiven_manad(income, registrerade, kommun)
        _of(groups, income.person, income.slag, month).uppgiven(income.belopp, income.betald)
    for payment in registrerade:
        if payment.typ not in EFTERHAND and not kommun.raknas_inte(payment.om.slag):
            _of(groups, payment.om.person, payment.om.slag, payment.manad).registrerad(payment)
    wanted = kommun.inkomstmanad.raknas_for(ansokan.manad)
    gap = wanted.minus(1)
    posts = (
        _post(_Slag(person, kind, kommun, anslutna), months, wanted, gap, tidigare, registrerade)
        for (person, kind), months in groups.items()
    )
    return tuple(post for post in posts if post is not None)


def pa_bada(poster: Sequence[Inkomstpost]) -> Iterator[tuple[Inkomstpost, Inkomstpost]]:
    """Incomes that stand twice: stated for one person, and paid by a register to another."""
    for stated in poster:
        if stated.stamning is not Stamning.EJ_I_REGISTRET:
            continue
        for paid in poster:
            same = (paid.slag, paid.manad) == (stated.slag, stated.manad)
            if paid.stamning in _PAID and same and abs(paid.belopp - stated.belopp) <= TOLERANS:
                yield stated, paid


_PAID = (Stamning.EJ_UPPGIVEN, Stamning.STAMMER)

EFTERHAND = (Utbetalningstyp.RETROAKTIV, Utbetalningstyp.PRESUMERAD)
"""Kinds of payment that a person settles."""


def _of(groups: _Grupper, person: Personnummer, kind: str, month: Manad) -> _Manadsinkomst:
    months = groups.setdefault((person, kind), {})
    if month not in months:
        months[month] = _Manadsinkomst()
    return months[month]


def samma_som(income: Inkomst, payment: Registerinkomst, registered: Sequence[Registerinkomst], kommun: Kommun) -> bool:
    """Whether a stated income is a register's payment: of the same day, else of the same month.

    One that a person settles must be of the same amount too, and no ordinary payment of that day.
    """
    if payment.om.person != income.person or payment.om.slag != income.slag:
        return False
    if payment.typ in EFTERHAND:
        return _same_payment(income, payment) and not any(
            one.typ not in EFTERHAND and _same_payment(income, one) for one in registered
        )
    return payment.datum == income.betald or payment.manad == uppgiven_manad(income, registered, kommun)


def _same_payment(income: Inkomst, payment: Registerinkomst) -> bool:
    return (
        payment.om.person == income.person
        and payment.om.slag == income.slag
        and payment.datum == income.betald
        and abs(payment.belopp - income.belopp) <= TOLERANS
    )


def uppgiven_manad(income: Inkomst, registered: Sequence[Registerinkomst], kommun: Kommun) -> Manad:
    """An income stated without a period takes that of the register's payment of the same kind and day, if any."""
    if income.period_fran is None:
        for payment in registered:
            same = payment.om.person == income.person and payment.om.slag == income.slag
            if same and payment.datum == income.betald:
                return payment.manad
    return kommun.inkomstmanad.betalningens(income.betald, income.period_fran, income.period_till)


class _Slag(NamedTuple):
    """Somebody's income of one kind."""

    person: Personnummer
    slag: str
    kommun: Kommun
    anslutna: Collection[Register]

    @property
    def arbetsinkomst(self) -> bool:
        rule = self.kommun.inkomstslag.get(self.slag)
        return rule is not None and rule.arbetsinkomst

    @property
    def finns_i_register(self) -> bool:
        return any(register in self.anslutna for register in self.kommun.former(self.slag))


def _post(
    kind: _Slag,
    months: dict[Manad, _Manadsinkomst],
    month: Manad,
    gap: Manad,
    previous: TidigareBerakning | None,
    payments: Sequence[Registerinkomst],
) -> Inkomstpost | None:
    """What counts: the income of `month`, else of the one before, `gap`, unless last month's calculation counted it."""
    found = months.get(month)
    unclear = found is not None and _has_row_of_its_day(kind, found, previous)
    filled = found is None
    if found is None:
        month, found = gap, months.get(gap)
        if found is None or kind.arbetsinkomst:
            return None
        counted = _counted_last_month(kind, found, month, previous, payments)
        if counted:
            return None
        unclear = counted is None
    stated, registered, om = found.uppgivet, found.registrerat, found.om
    return Inkomstpost(
        person=kind.person,
        slag=kind.slag,
        stamning=_compare(stated, registered, kind),
        # The register's amount and days where it has answered, else the stated ones.
        belopp=registered if registered is not None else stated or Decimal(0),
        uppgivet=stated,
        registrerat=registered,
        manad=month,
        datum=max(found.register_dagar or found.uppgivna_dagar),
        luckfylld=filled,
        oklart=unclear,
        myndighet=om.register if om else None,
        kalla=om.lasning.kalla if om else "Ansökan",
        tidpunkt=om.lasning.tidpunkt if om else None,
    )


def _has_row_of_its_day(kind: _Slag, found: _Manadsinkomst, previous: TidigareBerakning | None) -> bool:
    """Whether last month's calculation has a row of the very day on which an income that counts now was paid."""
    if previous is None:
        return False
    days = found.uppgivna_dagar | found.register_dagar
    return any(row.datum in days for row in rader_for(previous, kind.person, kind.slag))


def _counted_last_month(
    kind: _Slag,
    found: _Manadsinkomst,
    month: Manad,
    previous: TidigareBerakning | None,
    payments: Sequence[Registerinkomst],
) -> bool | None:
    """Whether last month's calculation counted these payments; None when it cannot be told.

    Staff enter days of their own, so a row dated in the month that the payment covers, in which it was made, or later,
    may well be this payment, unless it is another one that the register shows: counting it again would take it from the
    household twice.
    """
    if previous is None:
        return None
    rows = rader_for(previous, kind.person, kind.slag)
    days = found.uppgivna_dagar | found.register_dagar
    if any(row.datum in days for row in rows):
        return True
    months = {month, *map(Manad.of, days)}
    may_be_it = [
        row
        for row in rows
        if row.datum is None or Manad.of(row.datum) in months or Manad.of(row.datum) >= previous.manad
    ]
    if not may_be_it:
        return False
    others = [
        Betald(one.belopp, one.datum, one.manad)
        for one in payments
        if (one.om.person, one.om.slag) == (kind.person, kind.slag)
    ]
    return False if all(annans_rad(row, days, others) for row in may_be_it) else None


def _compare(stated: Decimal | None, registered: Decimal | None, kind: _Slag) -> Stamning:
    if registered is None:
        return Stamning.EJ_I_REGISTRET if kind.finns_i_register else Stamning.ENBART_ANSOKAN
    if stated is None:
        return Stamning.EJ_UPPGIVEN
    return Stamning.STAMMER if abs(stated - registered) <= TOLERANS else Stamning.AVVIKER
