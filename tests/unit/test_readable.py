import pytest

from medarbetare.readable import amount, amounts


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ("Bifall 3997 kr för maj.", "Bifall 3_997_kr för maj."),
        ("tak 1 006 865,50 kr.", "tak 1_006_865,50_kr."),
        ("(240 kr)", "(240_kr)"),
        ("-3997 kr", "-3_997_kr"),
        ("år 2026, 12 krav, ärende 20261201", "år 2026, 12 krav, ärende 20261201"),
        ("3_997_kr", "3_997_kr"),
    ],
)
def test_amounts_in_a_text_are_grouped_and_stay_on_one_line(stored: str, read: str) -> None:
    hard = "\N{NO-BREAK SPACE}"
    assert amounts(stored.replace("_", hard)) == read.replace("_", hard)


@pytest.mark.parametrize(
    ("stored", "read"),
    [("6 800", "6_800"), ("-3997,50", "-3_997,50"), ("", ""), ("Kvar", "Kvar"), ("12000 kr", "12_000_kr")],
)
def test_a_cell_with_an_amount_is_grouped_and_stays_on_one_line(stored: str, read: str) -> None:
    assert amount(stored) == read.replace("_", "\N{NO-BREAK SPACE}")
