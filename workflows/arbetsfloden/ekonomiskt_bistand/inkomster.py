"""Which incomes belong to the applied month, and whether the application and Försäkringskassan agree on them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from arbetsfloden.ekonomiskt_bistand.ansokan import Ansokan
from arbetsfloden.ekonomiskt_bistand.fakta import Fakta
from arbetsfloden.ekonomiskt_bistand.kommun import Kommun
from arbetsfloden.ekonomiskt_bistand.manad import Manad
from arbetsfloden.ekonomiskt_bistand.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.underlag import FkSvar, TidigareBerakning, Utbetalningstyp

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
    svar: FkSvar | None = None

    def months(self) -> set[Manad]:
        return set(self.uppgivet) | set(self.register)

    def belopp(self, month: Manad) -> Decimal:
        """The register's amount where it has answered, else the stated one."""
        return self.register[month] if month in self.register else self.uppgivet.get(month, Decimal(0))

    def dagar(self, month: Manad) -> set[date]:
        """The days of payment by the same source as the amount."""
        return self.register_dagar[month] if month in self.register else self.uppgivna_dagar[month]


def sammanstall(
    ansokan: Ansokan, svar: Iterable[FkSvar], tidigare: TidigareBerakning | None, kommun: Kommun
) -> tuple[Inkomstpost, ...]:
    """The incomes that belong to the applied month M: those of M−1, and of M−2 where a benefit is missing in M−1.

    A retroactive or presumed payment is left out: a person settles it. The application's incomes come first.
    """
    groups: dict[tuple[Personnummer, str], _Grupp] = {}
    answers = {answer.person: answer for answer in svar}
    for income in ansokan.inkomster:
        month = _declared_month(
            income.betald, income.period_fran, income.period_till, income.slag, answers.get(income.person), kommun
        )
        group = groups.setdefault((income.person, income.slag), _Grupp())
        group.uppgivet[month] += income.belopp
        group.uppgivna_dagar[month].add(income.betald)
    for answer in answers.values():
        _add_register(groups, answer, kommun)
    return tuple(
        post
        for (person, kind), group in groups.items()
        for post in _posts(person, kind, group, ansokan.manad, tidigare, kommun)
    )


def _declared_month(
    paid: date, first: date | None, last: date | None, kind: str, answer: FkSvar | None, kommun: Kommun
) -> Manad:
    """An income stated without a period takes that of the register's payment of the same kind and day, if any."""
    if first is None and answer is not None:
        for payment in answer.utbetalningar:
            if payment.datum == paid and kommun.slag_for_fk(payment.forman) == kind:
                return inkomstmanad(payment.datum, payment.period_fran, payment.period_till)
    return inkomstmanad(paid, first, last)


def _add_register(groups: dict[tuple[Personnummer, str], _Grupp], answer: FkSvar, kommun: Kommun) -> None:
    for payment in answer.utbetalningar:
        if payment.typ in (Utbetalningstyp.RETROAKTIV, Utbetalningstyp.PRESUMERAD):
            continue
        kind = kommun.slag_for_fk(payment.forman) or payment.forman
        month = inkomstmanad(payment.datum, payment.period_fran, payment.period_till)
        group = groups.setdefault((answer.person, kind), _Grupp())
        group.register[month] += payment.netto
        group.register_dagar[month].add(payment.datum)
        group.svar = answer


def _posts(
    person: Personnummer, kind: str, group: _Grupp, applied: Manad, previous: TidigareBerakning | None, kommun: Kommun
) -> Iterator[Inkomstpost]:
    month, filled, unclear = applied.minus(1), False, False
    if month not in group.months():
        rule = kommun.inkomstslag.get(kind)
        month = applied.minus(2)
        if month not in group.months() or (rule is not None and rule.arbetsinkomst):
            return
        counted = _counted_last_month(person, kind, group, month, previous)
        if counted is True:
            return
        filled, unclear = True, counted is None
    stated, register = group.uppgivet.get(month), group.register.get(month)
    rule = kommun.inkomstslag.get(kind)
    has_register = rule is not None and bool(rule.fk_former)
    yield Inkomstpost(
        person=person,
        slag=kind,
        stamning=_compare(stated, register, has_register),
        belopp=group.belopp(month),
        uppgivet=stated,
        registrerat=register,
        manad=month,
        datum=max(group.dagar(month)),
        luckfylld=filled,
        oklart=unclear,
        kalla=group.svar.lasning.kalla if register is not None and group.svar else "Ansökan",
        tidpunkt=group.svar.lasning.tidpunkt if register is not None and group.svar else None,
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
