"""Which incomes belong to the applied month, and whether the application and the registers agree on them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.berakning.registerinkomster import Registerinkomst, Registerpost
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan, Inkomst
from arbetsfloden.ekonomiskt_bistand.regelverk.kommun import Kommun
from arbetsfloden.ekonomiskt_bistand.register.registersvar import Register, Utbetalningstyp
from arbetsfloden.ekonomiskt_bistand.register.underlag import TidigareBerakning

_TOLERANCE = Decimal(1)


class Stamning(StrEnum):
    """How the application and the register compare."""

    STAMMER = "stammer"
    AVVIKER = "avviker"
    EJ_UPPGIVEN = "ej_uppgiven"
    EJ_I_REGISTRET = "ej_i_registret"
    ENBART_ANSOKAN = "enbart_ansokan"


class Inkomstpost(NamedTuple):
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
    luckfylld: bool
    oklart: bool
    myndighet: Register | None
    kalla: str
    tidpunkt: datetime | None


def inkomstmanad(betald: date, fran: date | None, till: date | None) -> Manad:
    """The month that a payment belongs to: the one that its period lies in, else the month of payment."""
    if fran is not None and till is not None:
        covered = Manad.of(fran)
        if covered == Manad.of(till):
            return covered
    return Manad.of(betald)


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
    """The incomes that belong to the applied month M: those of M−1, and of M−2 where a benefit is missing in M−1.

    A retroactive or presumed payment is left out: a person settles it. The application's incomes come first.
    `anslutna` are the registers that are asked: only there can a stated income be missing.
    """
    groups: _Grupper = {}
    for income in ansokan.inkomster:
        month = _declared_month(income, registrerade)
        _of(groups, income.person, income.slag, month).uppgiven(income.belopp, income.betald)
    for payment in registrerade:
        if payment.typ not in _SETTLED_BY_HAND:
            month = inkomstmanad(payment.datum, payment.fran, payment.till)
            _of(groups, payment.om.person, payment.om.slag, month).registrerad(payment)
    wanted, gap = ansokan.manad.minus(1), ansokan.manad.minus(2)
    posts = (
        _post(_Slag(person, kind, kommun, anslutna), months, wanted, gap, tidigare)
        for (person, kind), months in groups.items()
    )
    return tuple(post for post in posts if post is not None)


_SETTLED_BY_HAND = (Utbetalningstyp.RETROAKTIV, Utbetalningstyp.PRESUMERAD)


def _of(groups: _Grupper, person: Personnummer, kind: str, month: Manad) -> _Manadsinkomst:
    months = groups.setdefault((person, kind), {})
    if month not in months:
        months[month] = _Manadsinkomst()
    return months[month]


def _declared_month(income: Inkomst, registered: Sequence[Registerinkomst]) -> Manad:
    """An income stated without a period takes that of the register's payment of the same kind and day, if any."""
    if income.period_fran is None:
        for payment in registered:
            same = payment.om.person == income.person and payment.om.slag == income.slag
            if same and payment.datum == income.betald:
                return inkomstmanad(payment.datum, payment.fran, payment.till)
    return inkomstmanad(income.betald, income.period_fran, income.period_till)


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
) -> Inkomstpost | None:
    """What counts: the income of `month` (M−1), else of `gap` (M−2) unless last month's calculation counted it."""
    found, unclear = months.get(month), False
    filled = found is None
    if found is None:
        month, found = gap, months.get(gap)
        if found is None or kind.arbetsinkomst:
            return None
        counted = _counted_last_month(kind, found, month, previous)
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


def _counted_last_month(
    kind: _Slag, found: _Manadsinkomst, month: Manad, previous: TidigareBerakning | None
) -> bool | None:
    """Whether last month's calculation counted these payments; None when it cannot be told.

    Staff enter days of their own, so a row dated in the month that the payment covers, or in which it was made, may
    well be this payment: counting it again would take it from the household twice.
    """
    if previous is None:
        return None
    rows = [row for row in previous.inkomster if row.slag == kind.slag and row.person in (kind.person, None)]
    days = found.uppgivna_dagar | found.register_dagar
    if any(row.datum in days for row in rows):
        return True
    months = {month, *map(Manad.of, days)}
    return None if any(row.datum is None or Manad.of(row.datum) in months for row in rows) else False


def _compare(stated: Decimal | None, registered: Decimal | None, kind: _Slag) -> Stamning:
    if registered is None:
        return Stamning.EJ_I_REGISTRET if kind.finns_i_register else Stamning.ENBART_ANSOKAN
    if stated is None:
        return Stamning.EJ_UPPGIVEN
    return Stamning.STAMMER if abs(stated - registered) <= _TOLERANCE else Stamning.AVVIKER
