"""Whether last month's calculation counted a payment: its rows have kinds, amounts and days, but no payment's name.

Staff enter days of their own, and the robot enters what was paid for a month as one row with the last payment's day.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from arbetsfloden.ekonomiskt_bistand.begrepp.belopp import hela_kronor
from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.register.underlag import TidigareBerakning, TidigareInkomst

_TOLERANCE = Decimal(1)


class Betald(NamedTuple):
    """A payment of one person's income of one kind; `manad` is the month that it belongs to."""

    belopp: Decimal
    datum: date
    manad: Manad


def rader_for(previous: TidigareBerakning, person: Personnummer, slag: str) -> list[TidigareInkomst]:
    """The rows that may be a person's: those without a person are the household's."""
    return [row for row in previous.inkomster if row.slag == slag and row.person in (person, None)]


def rad_for_dagen(rows: Iterable[TidigareInkomst], belopp: Decimal, datum: date) -> bool:
    """Whether one of the rows is of this very day and amount, which the case system has in whole kronor."""
    return any(row.datum == datum and row.belopp == hela_kronor(belopp) for row in rows)


def raknades(
    rows: Sequence[TidigareInkomst],
    one: Betald,
    alla: Sequence[Betald],
    raknad: Manad,
    *,
    stimulans: Decimal | None = None,
) -> bool:
    """Whether the rows hold a payment: by its day, or by its amount in the month in which it was made.

    `alla` are all payments of the same kind: a row of another's day is that one's. What was paid for a month, or in
    one, may stand as one row. `raknad` is the month whose incomes the rows are of. `stimulans`
    is what counts of a wage where jobbstimulans holds, None for what is no wage.
    """
    if any(row.datum == one.datum for row in rows):
        return True
    days, paid_in = {other.datum for other in alla}, Manad.of(one.datum)
    units = (
        [one],
        [other for other in alla if other.manad == one.manad],
        [other for other in alla if Manad.of(other.datum) == paid_in],
    )
    return any(_holds(row, unit, days, raknad, stimulans) for row in rows for unit in units)


def _holds(
    row: TidigareInkomst, unit: Sequence[Betald], days: Collection[date], raknad: Manad, stimulans: Decimal | None
) -> bool:
    amount = sum((one.belopp for one in unit), Decimal(0))
    if not (_same(row.belopp, amount) or (stimulans is not None and _same(row.belopp, amount * stimulans))):
        return False
    if row.datum is None:
        return all(Manad.of(one.datum) <= raknad for one in unit)
    if row.datum in days:
        return any(row.datum == one.datum for one in unit)
    return any(Manad.of(row.datum) == Manad.of(one.datum) for one in unit)


def annans_rad(row: TidigareInkomst, days: Collection[date], andra: Iterable[Betald]) -> bool:
    """Whether a row is another payment than the one of these days: by day and amount, or by month and amount.

    A month in which both were paid tells nothing.
    """
    months = set(map(Manad.of, days))
    others = [other for other in andra if other.datum not in days]
    return row.datum is not None and any(
        _same(row.belopp, other.belopp)
        and (
            row.datum == other.datum
            or (Manad.of(row.datum) == Manad.of(other.datum) and Manad.of(row.datum) not in months)
        )
        for other in (*others, *_by_month(others))
    )


def _by_month(payments: Sequence[Betald]) -> Iterable[Betald]:
    """What was paid for each month as one, as the robot enters it."""
    for month in {one.manad for one in payments}:
        of_month = [one for one in payments if one.manad == month]
        yield Betald(sum((one.belopp for one in of_month), Decimal(0)), max(one.datum for one in of_month), month)


def _same(row: Decimal, paid: Decimal) -> bool:
    return abs(row - hela_kronor(paid)) <= _TOLERANCE
