"""The conflict-of-interest list at the command line: numbers come from the keyboard or a pipe, and never out again."""

import getpass
import io
import sys
from collections.abc import Callable
from typing import Any

import pytest

from medarbetare.engine.models import Conflict
from medarbetare.testing import Bench

Medarbetare = Callable[..., Any]
TOVA, LINN = "19900307-2387", "198802189897"


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """What the next command reads from standard input."""

    def use(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO(text))

    return use


def test_people_are_added_listed_and_removed_without_their_numbers_being_shown(
    medarbetare: Medarbetare, bench: Bench, typed: Callable[[str], None]
) -> None:
    case = bench.receive("REF-1", "199003072387")
    typed(f"{TOVA}\n\n{LINN}\n")
    added = medarbetare("conflicts", "add", "--orsak", "anställd", "--till", "2999-12-31")
    assert (added.exit_code, added.err) == (0, "")
    assert "2 tillagda, 0 ändrade" in added.out
    assert case.handle in added.out

    listed = medarbetare("conflicts", "list").out
    assert listed.count("anställd") == 2
    assert "kommandorad:" in listed
    assert "2999-12-31" in listed

    typed(TOVA)
    removed = medarbetare("conflicts", "remove")
    assert "1 borttagna" in removed.out
    row = Conflict.objects.get()
    assert medarbetare("conflicts", "remove", "--rad", str(row.pk)).exit_code == 0
    assert "Ingen står på jävslistan" in medarbetare("conflicts", "list").out
    everything = added.out + listed + removed.out
    assert not any(number in everything for number in (TOVA, LINN, "199003072387"))


def test_at_a_terminal_the_number_is_asked_for_unseen(
    medarbetare: Medarbetare, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdin", terminal)
    monkeypatch.setattr(getpass, "getpass", lambda prompt: TOVA)

    assert "1 tillagda" in medarbetare("conflicts", "add", "--orsak", "närstående").out
    assert "1 ändrade" in medarbetare("conflicts", "add", "--orsak", "anställd").out
    assert Conflict.objects.get().why == "anställd"


def test_what_will_not_do_is_told(medarbetare: Medarbetare, typed: Callable[[str], None]) -> None:
    typed("19900307-2388")
    wrong = medarbetare("conflicts", "add", "--orsak", "anställd")
    assert (wrong.exit_code, "kontrollsiffra" in wrong.err, "2388" in wrong.err) == (1, True, False)
    past = medarbetare("conflicts", "add", "--orsak", "anställd", "--till", "2020-01-01")
    assert "har redan varit" in past.err
    elsewhere = medarbetare("conflicts", "remove", "--department", "annan")
    assert "Ange avdelning" in elsewhere.err
    assert not Conflict.objects.exists()
