"""A new norm table looked over before it holds: what it lacks, and which amounts look mistyped."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

from arbetsfloden.ekonomiskt_bistand.begrepp.belopp import kronor
from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.regelverk.normer import Normtabell, Status, aldersband_text

_LARGEST_RISE = Decimal("0.15")
"""A larger rise between two years is more likely a typing error than a decision."""


def kolumner(tabell: Normtabell) -> dict[str, Decimal]:
    """Every amount of a table by what people call it."""
    children = {aldersband_text(band): getattr(tabell.barn, band) for band in type(tabell.barn).model_fields}
    amounts = {"Ensamstående": tabell.ensam, "Sambor, båda tillsammans": tabell.par}
    amounts |= {f"Barn {age}": amount for age, amount in children.items()}
    if tabell.barn_lunch_borta is not None:
        lunch = tabell.barn_lunch_borta
        bands = [band for band in type(lunch).model_fields if band != "status"]
        amounts |= {f"Barn {aldersband_text(band)}, lunch borta": getattr(lunch, band) for band in bands}
    for persons, amount in enumerate(tabell.gemensamt, 1):
        amounts[f"Gemensamma kostnader, {_persons(persons)}"] = amount
    if tabell.prisbasbelopp is not None:
        amounts["Prisbasbelopp"] = tabell.prisbasbelopp
    return amounts


def forra_tabellen(tabell: Normtabell, tabeller: Sequence[Normtabell]) -> Normtabell | None:
    """The table that the new one follows; None for the first."""
    earlier = [one for one in tabeller if one.valid_from < tabell.valid_from]
    return max(earlier, key=lambda one: one.valid_from, default=None)


def brister(tabell: Normtabell, tabeller: Sequence[Normtabell]) -> Iterator[str]:
    """What the table lacks as it is, beside the tables that there are; Swedish sentences, like the ones below."""
    yield from hinder(tabell, tabeller)
    for field, what in (("approved_by", "vem som har godkänt tabellen"), ("decision_reference", "beslutets nummer")):
        if not getattr(tabell, field):
            yield f"{field} saknas: skriv {what}. Utan det beslutar roboten inte själv."
    yield from anmarkningar(tabell, tabeller)


def anmarkningar(tabell: Normtabell, tabeller: Sequence[Normtabell]) -> Iterator[str]:
    """What the table may do without."""
    if tabell.prisbasbelopp is None:
        yield "prisbasbelopp saknas: barns lön lämnas då alltid till en handläggare."
    forra = forra_tabellen(tabell, tabeller)
    if forra is not None and forra.valid_to is not None and forra.valid_to < tabell.valid_from - timedelta(days=1):
        yield f"Mellan {forra.namn} (till {forra.valid_to}) och den nya (från {tabell.valid_from}) finns ingen norm."


def hinder(tabell: Normtabell, tabeller: Sequence[Normtabell]) -> Iterator[str]:
    """What keeps the robot from deciding by the table even when it is approved."""
    if not tabell.source.strip():
        yield "source saknas: skriv var beloppen är hämtade."
    if tabell.status is Status.ESTIMATE:
        yield "status är estimate: uppskattade belopp visas för handläggare men avgör aldrig ett beslut."
    if tabell.valid_from != Manad.of(tabell.valid_from).first:
        yield f"valid_from {tabell.valid_from} är inte den första i en månad: månaden får då ingen norm."
    if tabell.valid_to is not None and tabell.valid_to < tabell.valid_from:
        yield f"valid_to {tabell.valid_to} ligger före valid_from: tabellen gäller aldrig."
    elif tabell.valid_to is not None and tabell.valid_to != Manad.of(tabell.valid_to).last:
        yield f"valid_to {tabell.valid_to} är inte den sista i en månad: månaden får då ingen norm."
    yield from _next_to(tabell, tabeller)


def tveksamt(tabell: Normtabell, forra: Normtabell | None) -> Iterator[str]:
    """Amounts that a typing error would explain: lower than the year before, much higher, or lower for more people."""
    now = kolumner(tabell)
    before = kolumner(forra) if forra is not None else {}
    for name, amount in now.items():
        old = before.get(name)
        if old is None or amount == old:
            continue
        if amount < old:
            yield f"{name}: {kronor(amount)} kr är lägre än {kronor(old)} kr året före."
        elif amount > old * (1 + _LARGEST_RISE):
            yield f"{name}: {kronor(amount)} kr är mer än 15 procent högre än {kronor(old)} kr året före."
    for persons, (fewer, more) in enumerate(pairwise(tabell.gemensamt), 2):
        if more < fewer:
            told = f"Gemensamma kostnader, {_persons(persons)}"
            yield f"{told}: {kronor(more)} kr är lägre än för {_persons(persons - 1)}."
    if tabell.par < tabell.ensam:
        yield f"Sambor, båda tillsammans: {kronor(tabell.par)} kr är lägre än för en ensamstående."


def _next_to(tabell: Normtabell, tabeller: Sequence[Normtabell]) -> Iterator[str]:
    others = [one for one in tabeller if (one.namn, one.valid_from) != (tabell.namn, tabell.valid_from)]
    for one in others:
        if one.namn == tabell.namn:
            yield f"namn: en annan tabell heter också {tabell.namn}."
        if _same_time(one, tabell):
            yield f"Tabellen gäller samtidigt som {one.namn}. Ändra datumen: konfigurationen godtas inte annars."


def _same_time(one: Normtabell, other: Normtabell) -> bool:
    starts_late = one.valid_to is not None and one.valid_to < other.valid_from
    ends_early = other.valid_to is not None and other.valid_to < one.valid_from
    return not (starts_late or ends_early)


def _persons(number: int) -> str:
    return "1 person" if number == 1 else f"{number} personer"
