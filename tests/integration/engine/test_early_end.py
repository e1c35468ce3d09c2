"""A case that ended, or went to a person, before any proposal: what was read, why it ended, who has it, what would have
had to differ."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, cast

import pytest
from django.contrib.auth.models import Group, User

from medarbetare.cases.handoffs import Handoffs, Person
from medarbetare.cases.models import Case, Handoff
from medarbetare.cases.status import CaseStatus
from medarbetare.clock import utc_now
from medarbetare.engine.conflicts import ASKED
from medarbetare.engine.explaining import ExplainedCase, explain_case
from medarbetare.engine.explanation import Explanation
from medarbetare.engine.mode import Mode
from medarbetare.engine.outcome import Outcome, decided, handed_over, shadowed, stopped, waiting
from medarbetare.engine.registry import Workflow
from medarbetare.engine.run import Run
from medarbetare.errors import BusinessError, PortalError
from medarbetare.testing import Bench, MemoryPortal, Sheet

BenchWith = Callable[..., Bench]
SHIELDED = "särskild"
TOVA = Person("tova", "Tova Testsson")


class Unproposing:
    """A workflow that came to no proposal."""

    title = "Flöde"
    shielded_roles = frozenset({SHIELDED})

    def explain(
        self, steps: Mapping[str, Any], written: Collection[str], kept: Callable[[str], Mapping[str, bytes] | None]
    ) -> Explanation | None:
        return None


def explained(bench: Bench, case: Case) -> tuple[ExplainedCase, Explanation]:
    case.refresh_from_db()
    told = explain_case(case, bench.entries(case), cast(Workflow, Unproposing()))
    assert told.explanation is not None
    return told, told.explanation


def read_then(end: Callable[[Run], Outcome]) -> Callable[[Run], Outcome]:
    """A workflow that reads one thing and then comes to an end."""

    def flow(run: Run) -> Outcome:
        run.step("läs ansökan", lambda: "Tova Testsson", str)
        return end(run)

    return flow


def raises(error: Exception) -> Callable[[Run], Outcome]:
    def end(run: Run) -> Outcome:
        raise error

    return end


def test_what_a_person_must_take_over_tells_what_was_read_why_it_ended_and_who_has_it(bench_with: BenchWith) -> None:
    bench = bench_with(read_then(raises(BusinessError("Ansökan går inte att läsa: månaden saknas."))))
    case = bench.receive("REF-1", "tova")
    assert bench.work_on(case) is CaseStatus.HANDED_OVER
    told, one = explained(bench, case)
    assert told.outcome.startswith("Roboten lämnade över ärendet till en människa, innan den hade räknat")
    assert one.decided_by == "Inte roboten. Ärendet ligger hos handläggare: gruppen, ingen särskild."
    assert one.data["skal"] == [{"skal": "Ansökan går inte att läsa: månaden saknas.", "lagrum": ""}]
    assert [step["steg"] for step in one.data["steg"]] == ["läs ansökan"]
    assert (one.data["skrivningar"], len(one.data["forsok"])) == ([], 1)
    assert told.data["förklaring"] == one.data
    titles = [section.title for section in one.sections]
    assert titles == ["Utfall", "Skäl", "Steg som blev klara", "Försök"]
    assert "Tova Testsson" not in str(one.data)


def test_whom_it_was_assigned_to_is_named_until_a_person_has_taken_it_over(bench_with: BenchWith) -> None:
    bench = bench_with(lambda run: handed_over("En människa avgör.", worker="Tova Testsson"))
    user = User.objects.create_user("tova", first_name="Tova", last_name="Testsson")
    user.groups.add(Group.objects.create(name=f"{bench.department}: handläggare"))
    case = bench.receive("REF-1", "tova")
    bench.work_on(case)
    _, one = explained(bench, case)
    assert one.decided_by == "Inte roboten. Ärendet ligger hos handläggare: Tova Testsson."

    Handoffs(bench.journal).take_over(Handoff.objects.get().pk, TOVA, utc_now())
    told, one = explained(bench, case)
    assert one.decided_by == "En handläggare har tagit över ärendet och avgör det."
    assert any("togs över av Tova Testsson" in line for line in told.people)


def test_a_technical_give_up_asks_nothing_of_the_applicant(bench_with: BenchWith) -> None:
    bench = bench_with(read_then(raises(PortalError("Kassan svarar inte.", portal="kassa"))))
    case = bench.receive("REF-1", "tova")
    while bench.work_on(case) is CaseStatus.WAITING:
        _, waits = explained(bench, case)
        assert waits.outcome == "Roboten är inte klar med ärendet, och det finns inget förslag än."
        assert waits.decided_by == "Ingen än. Roboten har ärendet."
    told, one = explained(bench, case)
    assert told.outcome == "Roboten kom inte vidare av tekniska skäl, innan den hade räknat eller föreslagit något."
    assert told.note.startswith("Ingenting i ansökan. Det tekniska hindret behöver vara undanröjt")
    assert one.decided_by.startswith("Inte roboten. Ärendet ligger hos it:")
    assert "efter 5 försök: Kassan svarar inte." in one.data["skal"][0]["skal"]
    assert [attempt["hur"].split(":")[0] for attempt in one.data["forsok"]] == [*4 * ["väntar"], "överlämnad"]


def test_a_write_of_unknown_outcome_is_told_with_its_portal(bench_with: BenchWith, betala: Any) -> None:
    rows: list[dict[str, str]] = []
    pages = {
        "lista": lambda: Sheet(tables={"betalningar": rows}),
        "ny": lambda: Sheet(
            fields={"vem", "belopp"}, commits={"spara": lambda row: rows.append({**row, "belopp": "1.00"})}
        ),
    }

    def pays(run: Run) -> Outcome:
        run.mode = Mode.AUTOMATISK
        run.write(betala(run.portal("kassa"), "tova"))
        return decided("Betalt.")

    bench = bench_with(read_then(pays), MemoryPortal("kassa", pages))
    case = bench.receive("REF-1", "tova")
    assert bench.work_on(case) is CaseStatus.UNKNOWN_OUTCOME
    told, one = explained(bench, case)
    assert told.outcome.startswith("Det går inte att avgöra om något som roboten registrerade blev sparat.")
    assert one.data["skrivningar"] == [{"vad": "utbetalning", "var": "kassa", "lage": "okänt utfall"}]


def test_a_conflict_of_interest_is_told_with_its_law_and_names_nobody(bench_with: BenchWith) -> None:
    def flow(run: Run) -> Outcome:
        run.step(ASKED, lambda: True, bool)
        return stopped("Ärendet handläggs i särskild ordning.", SHIELDED)

    bench = bench_with(flow)
    case = bench.receive("REF-1", "tova")
    bench.work_on(case)
    told, one = explained(bench, case)
    assert one.data["skal"] == [
        {
            "skal": "Någon som ärendet gäller eller nämner står på jävslistan.",
            "lagrum": "16–18 §§ förvaltningslagen",
        }
    ]
    assert one.decided_by == "Inte roboten. Den som har särskild behörighet har ärendet."
    assert "jävslistan" in told.note


def test_another_stop_does_not_say_what_it_was_for(bench_with: BenchWith) -> None:
    bench = bench_with(lambda run: stopped("Ärendet får inte handläggas av roboten.", SHIELDED))
    case = bench.receive("REF-1", "tova")
    bench.work_on(case)
    told, one = explained(bench, case)
    assert told.note == "Det som stoppade ärendet. Vad det är ser bara den som har särskild behörighet."
    assert one.decided_by == "Inte roboten. Den som har särskild behörighet har ärendet."
    assert one.data["steg"] == []


@pytest.mark.parametrize(
    ("end", "told"),
    [
        (lambda run: decided("Registrerat."), "Ärendet är beslutat."),
        (lambda run: shadowed("Läst."), "Ärendet lästes utan att något skrevs."),
        (lambda run: waiting("Svar saknas."), "Roboten är inte klar med ärendet"),
        (lambda run: run.approval("fråga", handed_over("Får det skickas?")), "Roboten väntar på en människas svar"),
    ],
    ids=["decided", "shadowed", "waiting", "asked"],
)
def test_every_other_end_has_its_sentence(bench_with: BenchWith, end: Callable[[Run], Outcome], told: str) -> None:
    bench = bench_with(read_then(end))
    case = bench.receive("REF-1", "tova")
    bench.work_on(case)
    assert explained(bench, case)[1].outcome.startswith(told)


def test_an_attempt_that_was_cut_off_is_told(bench_with: BenchWith) -> None:
    class CutOff(BaseException):
        """The worker is killed."""

    cuts = [CutOff()]

    def end(run: Run) -> Outcome:
        if cuts:
            raise cuts.pop()
        return handed_over("En människa avgör.")

    bench = bench_with(read_then(end))
    case = bench.receive("REF-1", "tova")
    with pytest.raises(CutOff):
        bench.work_on(case)
    _, one = explained(bench, case)
    assert [attempt["hur"] for attempt in one.data["forsok"]] == ["pågår eller avbröts"]
    bench.work_on(case)
    _, one = explained(bench, case)
    assert [attempt["hur"] for attempt in one.data["forsok"]] == ["avbröts", "överlämnad: En människa avgör."]


def test_the_robots_versions_and_their_code_are_told(bench_with: BenchWith) -> None:
    bench = bench_with(lambda run: waiting("Svar saknas."))
    case = bench.receive("REF-1", "tova")
    bench.work_on(case)
    entries = bench.entries(case)
    (started,) = [entry for entry in entries if entry.kind == "run.started"]
    assert "Robotens version" not in dict(explained(bench, case)[0].facts)
    told = []
    for versions in ({"medarbetare": "0.1.0"}, {"medarbetare": "0.1.0", "kod": "0123456789ab"}):
        started.payload["versions"] = versions
        told.append(dict(explain_case(case, entries, cast(Workflow, Unproposing())).facts)["Robotens version"])
    assert told == ["0.1.0", "0.1.0, kod 0123456789ab"]
