"""A rent above the cap: in full while notice runs, to the cap afterwards."""

from decimal import Decimal

import pytest

from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.berakning.radrum import Radrum, Radrumslage, radrum
from arbetsfloden.ekonomiskt_bistand.register.underlag import TidigareKostnad

DECEMBER, TAK = Manad(2026, 12), Decimal(6400)


def rad(ansokt: int, godkant: int, notering: str = "") -> TidigareKostnad:
    return TidigareKostnad(slag="Hyra", ansokt=Decimal(ansokt), godkant=Decimal(godkant), notering=notering)


def judged(hyra: int, tidigare: TidigareKostnad | None) -> Radrum:
    return radrum(DECEMBER, Decimal(hyra), TAK, tidigare, 3)


def test_a_rent_within_the_cap_needs_no_notice() -> None:
    assert judged(6400, rad(6400, 6400)) == Radrum(lage=Radrumslage.BEHOVS_INTE)


@pytest.mark.parametrize("before", [None, rad(6300, 6300)])
def test_the_first_month_above_the_cap_counts_in_full_and_begins_the_notice(before: TidigareKostnad | None) -> None:
    first = judged(7900, before)
    assert (first.lage, first.hela_hyran) == (Radrumslage.FORSTA_MANADEN, True)
    assert (first.notering, first.skaligt) == ("Rådrum till 2027-02", TAK)


@pytest.mark.parametrize(
    ("note", "lage"),
    [
        ("Rådrum till 2026-12", Radrumslage.PAGAR),
        ("rådrum till  2027-01 ", Radrumslage.PAGAR),
        ("Rådrum t.o.m. december 2026", Radrumslage.PAGAR),
        ("Rådrum t.o.m. november 2026", Radrumslage.SLUT),
        # as the robot carries it on
        ("Rådrum till 2026-11. Skäligt belopp 6 400 kr", Radrumslage.SLUT),
        ("Rådrum t.o.m. december 2026.", Radrumslage.OKANT),
        ("rådrum till och med 2027-01-31", Radrumslage.OKANT),
        ("Rådrum nekat från 2026-12", Radrumslage.OKANT),
        ("Rådrum nekat. Rådrum till 2026-12", Radrumslage.OKANT),
        ("Rådrum till 2026-12 är inte aktuellt", Radrumslage.OKANT),
        ("Inget rådrum till 2026-12", Radrumslage.OKANT),
        ("Rådrum t o m november 2026", Radrumslage.OKANT),
        ("Rådrum till snart 2026", Radrumslage.OKANT),
        ("Rådrum till 2026-13", Radrumslage.OKANT),
        ("", Radrumslage.OKANT),
    ],
)
def test_the_note_of_last_months_rent_tells_how_long_notice_runs(note: str, lage: Radrumslage) -> None:
    found = judged(7900, rad(7900, 7900, note))
    assert (found.lage, found.hela_hyran) == (lage, lage is Radrumslage.PAGAR)


def test_a_rent_that_was_cut_last_month_is_cut_again() -> None:
    assert judged(7900, rad(7900, 6400)).lage is Radrumslage.SLUT


def test_a_rent_that_was_cut_last_month_begins_no_new_notice_when_it_is_raised() -> None:
    assert judged(8100, rad(7900, 6400)).lage is Radrumslage.SLUT


def test_a_note_that_cannot_be_read_for_certain_begins_no_notice_though_the_rent_is_another() -> None:
    assert judged(8100, rad(7900, 7900, "Rådrum nekat från 2026-12")).lage is Radrumslage.OKANT
