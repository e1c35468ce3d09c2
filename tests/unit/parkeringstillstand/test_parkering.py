"""The smallest workflow, on a real database and a portal in memory."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from arbetsfloden.parkeringstillstand.arbetsflode import build
from medarbetare.cases.models import Case, Handoff
from medarbetare.database.dsn import Dsn
from medarbetare.engine.mode import Mode
from medarbetare.engine.original import Original
from medarbetare.engine.presentation import finished_steps
from medarbetare.engine.rereading import Application
from medarbetare.errors import TechnicalError
from medarbetare.testing import Bench, CaseStatus, MemoryPortal, Sheet

STATEMENT = {
    **{"utlatandets_datum": "2026-11-18", "lakare": "Lena Läkarsson", "diagnos": "Artros"},
    **{"gangstracka": "60 meter", "varaktighet": "24 månader", "bedomning": "Måste vila."},
}
HOME, HIDDEN = "Provgatan 1", "Skyddade uppgifter"
GRANTED = {"beslut": "Bevilja", "giltigt_till": "2028-11-30", "motivering": "Går 60 meter."}


class Parking:
    """The department's system with one application."""

    def __init__(self) -> None:
        self.address = HOME
        self.describes = "Orkar inte gå."
        self.statement: dict[str, str] = {}
        self.decision: dict[str, str] = {}
        self.portal = MemoryPortal("parkering", {"ansokan": self._page})
        self.bench = Bench({"parkering": build(Path()).flow}, [self.portal])

    def _page(self, referens: str) -> Sheet:
        texts = {
            **{
                "namn": "Tova Testsson",
                "personnummer": "19900307-2387",
                "adress": self.address,
                "avser": "Nytt tillstånd",
            },
            **{"tidigare_tillstand": "", "beskrivning": self.describes},
            **(self.statement or {"inget_utlatande": "Inget läkarutlåtande har kommit in."}),
            **self.decision,
        }
        fields = {"bevilja", "avsla", "giltigt_fran", "giltigt_till", "motivering"}
        return Sheet(texts=texts, fields=fields, commits={"spara_beslut": self._decide})

    def _decide(self, typed: dict[str, str]) -> None:
        assert not self.decision
        self.decision = {
            "beslutat": "Beviljad" if typed.get("bevilja") else "Avslagen",
            "fran": typed.get("giltigt_fran", ""),
            "till": typed.get("giltigt_till", ""),
            "beslutets_motivering": typed["motivering"],
            "beslutat_av": "medarbetare",
        }


@pytest.fixture
def parking(database: Dsn) -> Parking:
    return Parking()


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (GRANTED, ("Beviljad", "2026-12-01", "2028-11-30")),
        ({"beslut": "Avslå", "motivering": "Går obehindrat."}, ("Avslagen", "", "")),
    ],
)
def test_what_a_person_answers_is_registered_once(parking: Parking, answers: Any, expected: Any) -> None:
    parking.statement = STATEMENT
    case = parking.bench.receive("7001", "tova")
    assert parking.bench.work_on(case) is CaseStatus.HANDED_OVER

    parking.bench.answer(case, answers)

    assert parking.bench.work_on(case) is CaseStatus.DECIDED
    assert tuple(parking.decision[name] for name in ("beslutat", "fran", "till")) == expected
    assert parking.portal.commits() == ["ansokan"]


def test_a_statement_is_waited_for_three_weeks_and_then_a_person_takes_over(parking: Parking) -> None:
    case = parking.bench.receive("7001", "tova")
    for _ in range(21):
        assert parking.bench.work_on(case) is CaseStatus.WAITING
        parking.bench.let_pass(timedelta(days=1))
    assert parking.bench.work_on(case) is CaseStatus.HANDED_OVER


def test_a_hidden_address_stops_the_case(parking: Parking) -> None:
    parking.address = HIDDEN
    assert parking.bench.work_on(parking.bench.receive("7001", "tova")) is CaseStatus.STOPPED


@pytest.mark.parametrize("comes", [True, False], ids=["with a statement", "when time is up"])
def test_an_address_hidden_while_the_statement_was_waited_for_stops_the_case_before_others_see_it(
    parking: Parking, comes: bool
) -> None:
    case = parking.bench.receive("7001", "tova")
    assert parking.bench.work_on(case) is CaseStatus.WAITING

    parking.address, parking.statement = HIDDEN, STATEMENT if comes else {}
    parking.bench.let_pass(timedelta(days=21))
    assert parking.bench.work_on(case) is CaseStatus.STOPPED
    assert Handoff.objects.get().role == "skyddade personuppgifter"
    assert build(Path()).is_shielded(finished_steps(parking.bench.entries(case)))


def judged(parking: Parking) -> Case:
    """A case that a person judged after some days."""
    parking.statement = STATEMENT
    case = parking.bench.receive("7001", "tova")
    parking.bench.work_on(case)
    parking.bench.let_pass(timedelta(days=3))
    parking.bench.answer(case, GRANTED)
    return case


def test_an_address_hidden_while_a_person_judged_stops_the_case_before_anything_is_registered(parking: Parking) -> None:
    case = judged(parking)
    parking.address = HIDDEN
    assert parking.bench.work_on(case) is CaseStatus.STOPPED
    assert parking.portal.commits() == []
    assert build(Path()).is_shielded(finished_steps(parking.bench.entries(case)))


def test_an_application_changed_since_it_was_judged_goes_to_a_person_and_is_shown_as_it_is_now(
    parking: Parking,
) -> None:
    case = judged(parking)
    parking.describes = "Kan gå igen."
    assert parking.bench.work_on(case) is CaseStatus.HANDED_OVER
    assert "har ändrats sedan den bedömdes" in parking.bench.outcome(case).summary
    assert parking.portal.commits() == []
    shown, _ = build(Path()).present(finished_steps(parking.bench.entries(case)))
    assert ("beskrivning", "Kan gå igen.") in shown.rows


def test_what_was_read_before_the_decision_is_read_again_when_the_decision_was_held_back(parking: Parking) -> None:
    case = judged(parking)
    parking.bench.highest_mode = Mode.FORBERED
    assert parking.bench.work_on(case) is CaseStatus.WAITING

    parking.bench.highest_mode, parking.address = Mode.AUTOMATISK, HIDDEN
    parking.bench.let_pass(timedelta(days=3))
    assert parking.bench.work_on(case) is CaseStatus.STOPPED
    assert parking.portal.commits() == []


def test_a_person_who_takes_days_is_asked_once(parking: Parking) -> None:
    case = judged(parking)
    parking.bench.let_pass(timedelta(days=3))
    assert parking.bench.work_on(case) is CaseStatus.DECIDED
    assert len(parking.portal.commits()) == 1


def test_after_a_restore_the_robots_own_decision_is_found_without_the_applications_file(parking: Parking) -> None:
    def no_file() -> Original:
        raise TechnicalError("Ansökan har ingen fil.")

    reader = build(Path()).rereader(lambda name: parking.portal)
    application = Application("7001", no_file, "parkering")
    assert reader.traces(application, lambda portal: "medarbetare").found == ()

    parking._decide({"bevilja": "True", "giltigt_fran": "2026-12-01", "motivering": "Går 60 meter."})
    (trace,) = reader.traces(application, lambda portal: "medarbetare").found
    assert (trace.name, trace.decides, len(trace.records)) == ("beslut", True, 1)
    assert reader.traces(application, lambda portal: "någon annan").found == ()
