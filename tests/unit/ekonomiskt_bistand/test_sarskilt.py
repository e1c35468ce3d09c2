"""Conflict of interest and other letters end at a person, with nothing written anywhere."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from arbetsfloden.ekonomiskt_bistand.arbetsflode import EkonomisktBistand
from arbetsfloden.ekonomiskt_bistand.formular.inlasning import las_ansokan
from arbetsfloden.ekonomiskt_bistand.handlaggning.avslut import SKYDDSROLL
from arbetsfloden.ekonomiskt_bistand.handlaggning.sarskilt import JAVSROLL
from arbetsfloden.ekonomiskt_bistand.portaler import folkbokforing, verksamhet
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from medarbetare.cases.access import group_of, visible
from medarbetare.cases.models import Absence, Case
from medarbetare.cases.staff import Colleague, Staff
from medarbetare.cases.status import CaseStatus
from medarbetare.database.dsn import Dsn
from medarbetare.engine.conflicts import ASKED, Conflicts
from medarbetare.engine.models import Write
from medarbetare.engine.original import Original
from medarbetare.engine.outcome import Outcome, decided, handed_over, stopped
from medarbetare.engine.run import Run
from medarbetare.errors import PortalError
from medarbetare.readable import local
from medarbetare.testing import Bench, MemoryPortal, Sheet

LINN, TOVA = "198802189897", "199003072387"
POSTING = (Path(__file__).parent / "format" / "ateransokan.json").read_bytes()
BREV = """<?xml version="1.0" encoding="UTF-8"?>
<FlowInstance xmlns="http://www.oeplatform.org/version/2.0/schemas/flowinstance"><Header><Flow><FamilyID>977</FamilyID>
<Version>2</Version><Name>Överklagande av beslut</Name></Flow><FlowInstanceID>260555</FlowInstanceID>
<Posted>2026-12-03T08:15:00</Posted></Header><Values><klagande>19880218-9897</klagande></Values></FlowInstance>""".encode()


HILDA = "Hilda Handläggarsson"
UTAN_NUMMER = BREV.replace(b"<klagande>19880218-9897</klagande>", b"")
OM_TOVA = BREV.replace(
    b"<klagande>19880218-9897</klagande>",
    f"<applicant><citizenIdentifier>{LINN}</citizenIdentifier></applicant><om>{TOVA}</om>".encode(),
)
ANNANS = BREV.replace(b"19880218-9897", b"19900307-2387")


def folkbokford(personnummer: str, skydd: str = "Ingen", medlem: str = LINN) -> Sheet:
    uppgifter = dict.fromkeys(("namn", "adress", "kommun", "civilstand", "medborgarskap"), "-")
    return Sheet(
        texts={"personnummer": personnummer, "skyddsmarkering": skydd, **uppgifter},
        tables={"hushall": [{"personnummer": medlem, "namn": "-", "relation": "Sökande"}]},
    )


def arendets_sida(personnummer: str, sokande: str = LINN, medlem: str = LINN, handlaggare: str = HILDA) -> Sheet:
    return Sheet(
        texts={"sokande": sokande, "handlaggare": handlaggare},
        tables={"hushall": [{"personnummer": medlem}]},
    )


def med_skydd(skyddade: set[str]) -> Callable[..., Sheet]:
    """Folkbokföring's page of each person, some of whom are protected."""
    return lambda personnummer: folkbokford(
        personnummer, "Sekretessmarkering" if personnummer in skyddade else "Ingen", medlem=personnummer
    )


def svarar(bench: Bench, name: str, page: Callable[..., Sheet]) -> MemoryPortal:
    """What a portal shows of a person from now on."""
    portal = MemoryPortal(name, {"person": page})
    bench.portals[name] = portal
    return portal


@pytest.fixture
def bench(database: Dsn, regelverk: Regelverk) -> Bench:
    """The workflow, and a household known to both portals. Beslut, förslag and skydd have ended so before."""
    earlier: dict[str, Callable[[], Outcome]] = {
        "beslut": lambda: decided("Bifall."),
        "förslag": lambda: handed_over("Förslag."),
        "skydd": lambda: stopped("Får inte.", SKYDDSROLL),
    }

    def flow(run: Run) -> Outcome:
        kind = run.reference.split("-")[0]
        return earlier[kind]() if kind in earlier else EkonomisktBistand(regelverk).flow(run)

    bench = Bench({"flode": flow})
    svarar(bench, folkbokforing.PORTAL, folkbokford)
    svarar(bench, verksamhet.PORTAL, arendets_sida)
    return bench


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


def test_a_letter_goes_to_the_households_own_case_worker(bench: Bench) -> None:
    assert worked(bench, "brev-1", LINN).worker == HILDA


def test_an_absent_worker_has_somebody_who_covers_for_letters_too(bench: Bench) -> None:
    group = group_of(bench.department, "handläggare")
    people = [Colleague("hilda", HILDA, frozenset({group})), Colleague("tova", "Tova Testsson", frozenset({group}))]
    today = date(2026, 12, 1)
    staff = Staff(people, [Absence(user="hilda", first=today, last=today, cover="tova")], {}, today)
    outcome = worked(bench, "brev-1", LINN)
    assert staff.taker(staff.named(outcome.worker, group), group) == "tova"


def test_a_co_applicants_letter_goes_to_the_case_worker_of_their_case(bench: Bench) -> None:
    svarar(bench, verksamhet.PORTAL, lambda personnummer: arendets_sida(personnummer, medlem=TOVA))
    assert worked(bench, "brev-1", TOVA, ANNANS).worker == HILDA


@pytest.mark.parametrize("page", [Sheet(texts={"ingen_person": "-"}), arendets_sida(LINN, handlaggare="")])
def test_a_letter_from_somebody_whom_no_case_worker_has_goes_to_the_group(bench: Bench, page: Sheet) -> None:
    svarar(bench, verksamhet.PORTAL, lambda personnummer: page)
    outcome = worked(bench, "brev-1", LINN)
    assert (outcome.status, outcome.role, outcome.worker) == (CaseStatus.HANDED_OVER, "handläggare", "")


@pytest.mark.parametrize(
    "page",
    [folkbokford(LINN, "Sekretessmarkering"), folkbokford(LINN, "Ny kod"), folkbokford(LINN, medlem="")],
    ids=["protected", "an unknown mark", "a hidden member of the household"],
)
def test_of_a_protected_sender_the_case_system_is_never_asked(bench: Bench, page: Sheet) -> None:
    svarar(bench, folkbokforing.PORTAL, lambda personnummer: page)
    system = svarar(bench, verksamhet.PORTAL, arendets_sida)
    outcome = worked(bench, "brev-1", LINN)
    assert (outcome.status, outcome.role, outcome.worker) == (CaseStatus.STOPPED, SKYDDSROLL, "")
    assert "46 §" in outcome.reasons[0]
    assert system.acts == []


def test_nothing_more_is_asked_of_somebody_whom_folkbokforing_does_not_know(bench: Bench) -> None:
    svarar(bench, folkbokforing.PORTAL, lambda personnummer: Sheet(texts={"ingen_person": "-"}))
    system = svarar(bench, verksamhet.PORTAL, arendets_sida)
    outcome = worked(bench, "brev-1", LINN)
    assert (outcome.status, outcome.worker, system.acts) == (CaseStatus.HANDED_OVER, "", [])


@pytest.mark.parametrize(
    "content",
    [UTAN_NUMMER, BREV.replace(b"9897<", b"9898<")],
    ids=["no number", "a number that cannot be right"],
)
def test_a_letter_that_does_not_tell_who_sent_it_goes_to_the_group_and_nobody_is_asked(
    bench: Bench, content: bytes
) -> None:
    asked = [
        svarar(bench, folkbokforing.PORTAL, folkbokford),
        svarar(bench, verksamhet.PORTAL, arendets_sida),
    ]
    outcome = worked(bench, "brev-1", LINN, content)
    assert (outcome.status, outcome.role, outcome.worker) == (CaseStatus.HANDED_OVER, "handläggare", "")
    assert [portal.acts for portal in asked] == [[], []]


@pytest.mark.parametrize("skyddad", [True, False])
def test_of_two_of_whom_nothing_tells_who_sent_it_both_are_looked_at_and_no_case_worker_is_asked_for(
    bench: Bench, skyddad: bool
) -> None:
    svarar(bench, folkbokforing.PORTAL, med_skydd({TOVA} if skyddad else set()))
    system = svarar(bench, verksamhet.PORTAL, arendets_sida)
    outcome = worked(bench, "brev-1", LINN, BREV.replace(b"</Values>", f"<om>{TOVA}</om></Values>".encode()))
    role = SKYDDSROLL if skyddad else "handläggare"
    assert (outcome.role, outcome.worker, system.acts) == (role, "", [])


@pytest.mark.parametrize("skyddad", [True, False])
def test_a_protected_person_whom_an_unprotected_sender_names_shields_the_letter(bench: Bench, skyddad: bool) -> None:
    svarar(bench, folkbokforing.PORTAL, med_skydd({TOVA} if skyddad else set()))
    system = svarar(bench, verksamhet.PORTAL, arendets_sida)
    outcome = worked(bench, "brev-1", LINN, OM_TOVA)
    if skyddad:
        assert (outcome.status, outcome.role, outcome.worker) == (CaseStatus.STOPPED, SKYDDSROLL, "")
        assert system.acts == []
    else:
        assert (outcome.status, outcome.role, outcome.worker) == (CaseStatus.HANDED_OVER, "handläggare", HILDA)


def test_a_system_that_does_not_answer_keeps_no_letter_from_people(bench: Bench) -> None:
    def down(personnummer: str) -> Sheet:
        raise PortalError("Svarar inte.", portal=folkbokforing.PORTAL)

    svarar(bench, folkbokforing.PORTAL, down)
    bench.originals["brev-1"] = Original.of(BREV)
    case = bench.receive("brev-1", LINN)
    tried = [bench.work_on(case) for _ in range(bench.patience.attempts_per_case)]
    assert tried[-2:] == [CaseStatus.WAITING, CaseStatus.HANDED_OVER]
    outcome = bench.outcome(case)
    assert (outcome.role, outcome.worker, outcome.gave_up) == ("handläggare", "", False)
    assert "46 §" in outcome.reasons[0]
    assert "skyddade personuppgifter" in outcome.reasons[-1]


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
