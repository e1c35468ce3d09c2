"""A record is found again also when the case system has damaged what was typed, so that it is never written twice."""

import pytest

from arbetsfloden.ekonomiskt_bistand.portaler.visning import same_or_damaged

HEADING = "Beslut om försörjningsstöd december 2026, ansökan 260102"


@pytest.mark.parametrize(
    "stored",
    [
        HEADING,
        HEADING.encode().decode("iso-8859-1"),
        HEADING.encode("ascii", "replace").decode(),
        HEADING.encode("ascii", "ignore").decode(),
        HEADING[:40],
        HEADING[:25].encode().decode("cp1252"),
    ],
)
def test_what_is_left_of_a_text_is_known_again(stored):
    assert same_or_damaged(stored, HEADING)


@pytest.mark.parametrize(
    "stored", ["", "åäö", "Beslut", "Beslut om avslag", HEADING.replace("260102", "260103"), "Hembesök"]
)
def test_another_text_is_another(stored):
    assert not same_or_damaged(stored, HEADING)
