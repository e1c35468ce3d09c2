"""`cases retry`: cases that the robot gave up go back to it, in the operator's own name."""

import getpass
from collections.abc import Callable
from typing import Any

import pytest

from medarbetare.cases.handoffs import Handoffs, Person
from medarbetare.cases.models import Case, Handoff
from medarbetare.cases.status import CaseStatus
from medarbetare.clock import utc_now
from medarbetare.engine.outcome import Outcome, decided, handed_over
from medarbetare.engine.run import Run
from medarbetare.errors import SelectorError
from medarbetare.testing import Bench

Medarbetare = Callable[..., Any]


class Changed:
    """A workflow on a page that somebody has changed."""

    def __init__(self) -> None:
        self.is_mended = False

    def flow(self, run: Run) -> Outcome:
        if run.reference.startswith("HAND"):
            return handed_over("Hyran är oklar.")
        if not self.is_mended:
            raise SelectorError("Fältet «belopp» saknas.")
        return decided("Klart.")


@pytest.fixture
def changed() -> Changed:
    return Changed()


@pytest.fixture
def bench(bench: Bench, changed: Changed) -> Bench:
    return Bench({"flode": changed.flow}, department="ekonomiskt_bistand")


def given_up(bench: Bench, reference: str) -> Case:
    case = bench.receive(reference, reference)
    while bench.work_on(case) is not CaseStatus.HANDED_OVER:
        pass
    return case


def test_all_that_it_has_go_on_when_the_page_is_mended(
    bench: Bench, changed: Changed, medarbetare: Medarbetare
) -> None:
    first, second = given_up(bench, "REF-1"), given_up(bench, "REF-2")
    judged = given_up(bench, "HAND-1")
    changed.is_mended = True

    told = medarbetare("cases", "retry", "--alla-hos-it", "--orsak", "Fältet heter något annat.")

    assert (told.exit_code, told.err) == (0, "")
    for case in (first, second):
        assert f"{case.handle}: roboten försöker igen." in told.out
        (entry,) = bench.entries(case, "handoff.retried")
        assert (entry.actor, entry.payload["note"]) == (
            f"kommandorad:{getpass.getuser()}",
            "Fältet heter något annat.",
        )
        assert bench.work_on(case) is CaseStatus.DECIDED
    assert judged.handle not in told.out
    assert bench.status(judged) is CaseStatus.HANDED_OVER
    assert "Inga fler ärenden" in medarbetare("cases", "retry", "--alla-hos-it").out


def test_those_that_cannot_are_told_and_the_others_go_on(bench: Bench, medarbetare: Medarbetare) -> None:
    case, judged, taken = given_up(bench, "REF-1"), given_up(bench, "HAND-1"), given_up(bench, "REF-2")
    Handoffs(bench.journal).take_over(Handoff.objects.get(case=taken).pk, Person("tova", "Tova Testsson"), utc_now())

    told = medarbetare("cases", "retry", judged.handle, taken.handle, "saknas", case.handle, case.handle)

    assert told.exit_code == 1
    lines = told.out.splitlines()
    assert [line.split(":")[0] for line in lines] == [judged.handle, taken.handle, "saknas", case.handle]
    for line, why in zip(lines, ("ta ställning", "redan övertagen", "finns inte", "försöker igen"), strict=True):
        assert why in line
    assert bench.status(case) is CaseStatus.WAITING


@pytest.mark.parametrize("arguments", [(), ("abc", "--alla-hos-it")])
def test_either_handles_or_all_must_be_said(bench: Bench, medarbetare: Medarbetare, arguments: tuple[str, ...]) -> None:
    refused = medarbetare("cases", "retry", *arguments)
    assert refused.exit_code == 1
    assert "Ange ärendenas handtag eller --alla-hos-it." in refused.err
