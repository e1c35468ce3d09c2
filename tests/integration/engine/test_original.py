"""The application as it lies in its inbox: fetched once, kept sealed byte for byte, whatever it holds."""

import pytest

from medarbetare.cases.opening import open_case
from medarbetare.cases.status import CaseStatus
from medarbetare.database.dsn import Dsn
from medarbetare.engine import Original, Outcome, decided, handed_over
from medarbetare.engine.original import Attachment
from medarbetare.engine.presentation import finished_steps
from medarbetare.engine.run import Run
from medarbetare.errors import BusinessError
from medarbetare.testing import Bench

CONTENT = b"<a>\x00\xe5\xff\r\n</a>"


def fetch(run: Run) -> Outcome:
    original = run.step("hämta ansökan", run.original, Original)
    return decided(f"{len(original.content)} byte, {run.inbox_portal}")


def test_a_run_fetches_its_own_application_once_and_keeps_it_byte_for_byte(database: Dsn) -> None:
    bench = Bench({"flode": fetch})
    case = bench.receive("REF-1", "tova")
    attachment = Attachment(name="a\u202e\x07.pdf", size=1, kind="")
    bench.originals = {"REF-1": Original.of(CONTENT, (attachment,)), "REF-2": Original.of(b"annan")}

    run = bench.begin(case)
    run.step("hämta ansökan", run.original, Original)
    bench.originals.clear()

    assert bench.work_on(case) is CaseStatus.DECIDED
    (step,) = bench.entries(case, "step")
    kept = Original.model_validate(step.payload["result"])
    assert (kept.content, kept.attachments) == (CONTENT, (attachment,))


def test_an_application_that_is_not_there_waits_and_then_goes_to_it(database: Dsn) -> None:
    bench = Bench({"flode": fetch})
    case = bench.receive("REF-1", "tova")

    statuses = [bench.work_on(case) for _ in range(bench.patience.attempts_per_case)]

    assert statuses == [CaseStatus.WAITING] * (len(statuses) - 1) + [CaseStatus.HANDED_OVER]
    assert case.handoffs.get().role == "it"


def test_a_run_knows_whether_its_inbox_has_a_portal_in_which_a_status_can_be_set(database: Dsn) -> None:
    bench = Bench({"flode": fetch})
    assert bench.begin(bench.receive("REF-1", "tova")).inbox_portal is None

    bench.inbox_portal = "etjanst"

    assert bench.begin(bench.receive("REF-2", "tova")).inbox_portal == "etjanst"


def test_what_no_database_column_can_hold_is_kept_in_the_journal(database: Dsn) -> None:
    def flow(run: Run) -> Outcome:
        text = run.step("läs", lambda: "a\x00b\x1b\u2028", str)
        return handed_over(f"Läste {text}", (text,))

    def refusing(run: Run) -> Outcome:
        raise BusinessError("Fältet \x00 är fel.")

    bench = Bench({"flode": flow, "vagrar": refusing})
    for workflow in ("flode", "vagrar"):
        case = bench.receive(f"REF-{workflow}", "tova", workflow)
        assert bench.work_on(case) is CaseStatus.HANDED_OVER
        assert "\x00" in bench.entries(case, "case.outcome")[0].payload["summary"]
        assert bench.journal.verify().ok


@pytest.mark.parametrize(("megabytes", "is_opened"), [(10, True), (20, False)])
def test_an_application_too_large_to_be_read_is_kept_but_not_opened_for_every_look(
    database: Dsn, megabytes: int, is_opened: bool
) -> None:
    bench = Bench({"flode": fetch})
    case = bench.receive("REF-1", "tova")
    bench.originals = {"REF-1": Original.of(b"x" * megabytes * 1_000_000)}
    bench.work_on(case)

    _, entries = open_case(bench.journal, case.handle, "person:tova")
    assert ("hämta ansökan" in finished_steps(entries)) is is_opened
    assert [entry.name for entry in entries if entry.kind == "step"] == ["hämta ansökan"]

    _, entries = open_case(bench.journal, case.handle, "person:tova", largest=None)
    kept = Original.model_validate(finished_steps(entries)["hämta ansökan"])
    assert len(kept.content) == megabytes * 1_000_000
