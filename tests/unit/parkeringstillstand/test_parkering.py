"""The smallest workflow, on a real database and a portal in memory."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from arbetsfloden.parkeringstillstand.arbetsflode import build
from medarbetare.database.dsn import Dsn
from medarbetare.engine.original import Original
from medarbetare.engine.rereading import Application
from medarbetare.errors import TechnicalError
from medarbetare.testing import Bench, CaseStatus, MemoryPortal, Sheet

STATEMENT = {
    **{"utlatandets_datum": "2026-11-18", "lakare": "Lena Läkarsson", "diagnos": "Artros"},
    **{"gangstracka": "60 meter", "varaktighet": "24 månader", "bedomning": "Måste vila."},
}
GRANTED = {"beslut": "Bevilja", "giltigt_till": "2028-11-30", "motivering": "Går 60 meter."}


class Parking:
    """The department's system with one application."""

    def __init__(self) -> None:
        self.address = "Provgatan 1"
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
            **{"tidigare_tillstand": "", "beskrivning": "Orkar inte gå."},
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
    parking.address = "Skyddade uppgifter"
    assert parking.bench.work_on(parking.bench.receive("7001", "tova")) is CaseStatus.STOPPED


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
