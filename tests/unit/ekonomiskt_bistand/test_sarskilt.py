"""Conflict of interest and other letters end at a person, with nothing asked or written anywhere."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from arbetsfloden.ekonomiskt_bistand.arbetsflode import EkonomisktBistand
from arbetsfloden.ekonomiskt_bistand.formular.inlasning import las_ansokan
from arbetsfloden.ekonomiskt_bistand.handlaggning.avslut import SKYDDSROLL
from arbetsfloden.ekonomiskt_bistand.handlaggning.sarskilt import JAVSROLL
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from medarbetare.cases.access import group_of, visible
from medarbetare.cases.models import Case
from medarbetare.cases.status import CaseStatus
from medarbetare.database.dsn import Dsn
from medarbetare.engine.conflicts import ASKED, Conflicts
from medarbetare.engine.models import Write
from medarbetare.engine.original import Original
from medarbetare.engine.outcome import Outcome, decided, handed_over, stopped
from medarbetare.engine.run import Run
from medarbetare.readable import local
from medarbetare.testing import Bench

LINN, TOVA = "198802189897", "199003072387"
POSTING = (Path(__file__).parent / "format" / "ateransokan.json").read_bytes()
BREV = """<?xml version="1.0" encoding="UTF-8"?>
<FlowInstance xmlns="http://www.oeplatform.org/version/2.0/schemas/flowinstance"><Header><Flow><FamilyID>977</FamilyID>
<Version>2</Version><Name>Överklagande av beslut</Name></Flow><FlowInstanceID>260555</FlowInstanceID>
<Posted>2026-12-03T08:15:00</Posted></Header><Values><klagande>19880218-9897</klagande></Values></FlowInstance>""".encode()


@pytest.fixture
def bench(database: Dsn, regelverk: Regelverk) -> Bench:
    """The workflow with no portal to ask. What is called beslut, förslag and skydd has ended so before."""
    earlier: dict[str, Callable[[], Outcome]] = {
        "beslut": lambda: decided("Bifall."),
        "förslag": lambda: handed_over("Förslag."),
        "skydd": lambda: stopped("Får inte.", SKYDDSROLL),
    }

    def flow(run: Run) -> Outcome:
        kind = run.reference.split("-")[0]
        return earlier[kind]() if kind in earlier else EkonomisktBistand(regelverk).flow(run)

    return Bench({"flode": flow})


def worked(bench: Bench, reference: str, person: str, content: bytes = BREV) -> Outcome:
    bench.originals[reference] = Original.of(content)
    case = bench.receive(reference, person)
    bench.work_on(case)
    assert not Write.objects.exists()
    return bench.outcome(case)


def test_a_letter_is_handed_over_with_its_law_and_the_households_settled_cases(bench: Bench) -> None:
    for reference, person in (("beslut-1", LINN), ("beslut-2", TOVA), ("förslag-1", LINN), ("beslut-3", LINN)):
        worked(bench, reference, person)
    handles = {one.reference: one.handle for one in Case.objects.all()}

    outcome = worked(bench, "brev-1", LINN)

    assert (outcome.status, outcome.role, outcome.waits_at) == (CaseStatus.HANDED_OVER, "handläggare", "")
    assert outcome.summary.startswith("Ett överklagande («Överklagande av beslut») har kommit in. Det är ingen ansökan")
    law, earlier = outcome.reasons
    assert "senast 2026-12-10" in law
    today = local(datetime.now(UTC)).date()
    assert f"{handles['beslut-3']} (beslutad {today}), {handles['beslut-1']} (beslutad {today})." in earlier
    assert handles["beslut-2"] not in earlier
    assert handles["förslag-1"] not in earlier


def test_a_letter_from_a_household_unknown_to_the_robot_says_so(bench: Bench) -> None:
    assert "Roboten har inget avgjort ärende för hushållet" in worked(bench, "brev-1", LINN).reasons[1]


def test_a_letter_from_a_shielded_household_goes_to_those_who_alone_may_see_it(bench: Bench) -> None:
    worked(bench, "skydd-1", LINN)
    outcome = worked(bench, "brev-1", LINN)
    assert (outcome.status, outcome.role) == (CaseStatus.STOPPED, SKYDDSROLL)
    assert "46 §" in outcome.reasons[0]


def put_on_the_list(bench: Bench, person: str) -> None:
    listed = Conflicts(bench.journal, bench.department, bench.keys.pseudonym, lambda: datetime.now(UTC))
    listed.add([person], by="kommandorad:prov", why="anställd", until=None)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (BREV, LINN),
        (f"<trasig>{TOVA}".encode(), TOVA),
        *((POSTING, person.digits) for person in las_ansokan(Original.of(POSTING)).personer),
    ],
)
def test_nothing_is_asked_when_a_file_names_anybody_on_the_list(bench: Bench, content: bytes, named: str) -> None:
    put_on_the_list(bench, named)
    assert worked(bench, "ansökan-1", "någon annan", content).role == JAVSROLL


def test_who_is_in_conflict_is_seen_by_the_appointed_only_with_all_that_was_there_before(
    bench: Bench, regelverk: Regelverk
) -> None:
    workflow = EkonomisktBistand(regelverk)
    worked(bench, "förslag-1", LINN)
    worked(bench, "förslag-2", TOVA)
    put_on_the_list(bench, LINN)

    outcome = worked(bench, "brev-1", LINN)

    assert (outcome.status, outcome.role) == (CaseStatus.STOPPED, JAVSROLL)
    assert outcome.summary == "Ärendet handläggs i särskild ordning av utsedd funktion."
    assert outcome.reasons == (outcome.summary,)
    groups = [group_of(bench.department, role) for role in ("handläggare", JAVSROLL)]

    def seen(*who: str) -> set[str]:
        return {one.case.reference for one in visible(who, workflow.shielded_roles)}

    assert seen(groups[0]) == {"förslag-2"}
    assert seen(groups[1]) == {"brev-1"}
    assert seen(*groups) == {"förslag-1", "förslag-2", "brev-1"}
    assert workflow.is_shielded({ASKED: True})
    assert not workflow.is_shielded({ASKED: False})


def test_the_payment_stop_is_the_municipalitys_and_says_its_limits(regelverk: Regelverk) -> None:
    stop = regelverk.kommun.betalningsstopp
    assert list(EkonomisktBistand(regelverk).ceilings().values()) == [stop.tak]
    assert f"i fler än {stop.antal_per_dag} ärenden" in stop.skal
