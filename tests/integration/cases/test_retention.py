"""Retention: what is over age is gone, what was known stays known, and the journal still proves everything else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction
from psycopg import sql
from pydantic import ValidationError

from medarbetare.cases.handoffs import Handoffs, Person
from medarbetare.cases.models import Case, Handoff
from medarbetare.cases.register import Arrival
from medarbetare.cases.retention import CountedFrom, Retention, RetentionRule, RetentionSettings
from medarbetare.database.dsn import Dsn
from medarbetare.engine.models import Write
from medarbetare.engine.outcome import Outcome, decided, handed_over
from medarbetare.engine.run import Run
from medarbetare.journal.erasing import Erasure, erase_again
from medarbetare.journal.merkle import inclusion_proof, verify_inclusion
from medarbetare.journal.models import Blob, CaseKey, Checkpoint, Leaf, Payload
from medarbetare.journal.note import open_checkpoint
from medarbetare.testing import INBOX, Bench

CANARY = "kanariefågel"
RULE = RetentionRule(years=5, approved_by="Socialnämnden", decision_reference="SN 2026/1", valid_from=date(2026, 1, 1))
PERSON = Person("tova", "Tova Testsson")


def flow(run: Run) -> Outcome:
    run.step("läs ansökan", lambda: {"namn": CANARY}, dict[str, str])
    return handed_over("En människa ska avgöra.") if run.case.reference.startswith("H") else decided(CANARY)


@pytest.fixture
def bench(database: Dsn) -> Bench:
    return Bench({"flode": flow})


def worked(bench: Bench, reference: str, household: str, *, years_ago: float) -> Case:
    """A case that ended so many years ago, with a write and a piece of evidence."""
    case = bench.receive(reference, household)
    bench.work_on(case)
    then = datetime.now(UTC) - timedelta(days=365.25 * years_ago)
    Case.objects.filter(pk=case.pk).update(finished_at=then)
    key = bench.keys.pseudonym(bench.department, reference)
    Write.objects.create(
        case=case,
        name="beslut",
        portal="kassa",
        department=bench.department,
        natural_key=key,
        state="receipt",
        intended_at=then,
    )
    Blob.objects.create(case=case.handle, name="0" * 64, media_type="text/html", made_at=then, sealed=b"bevis")
    case.refresh_from_db()
    return case


def retention(
    bench: Bench, rule: RetentionRule = RULE, remember: Callable[[Erasure], None] = lambda e: None
) -> Retention:
    settings = RetentionSettings(departments={bench.department: rule})
    return Retention(bench.journal, settings, lambda: datetime.now(UTC), remember)


def test_what_is_over_age_is_gone_and_every_root_and_proof_stays(bench: Bench, database: Dsn) -> None:
    old = worked(bench, "REF-1", "tova", years_ago=5.1)
    new = worked(bench, "REF-2", "sixten", years_ago=4.9)
    bench.journal.checkpoint()
    before = bench.journal.verify()
    hashes = [bytes(leaf) for leaf in Leaf.objects.order_by("index").values_list("leaf_hash", flat=True)]
    mine = list(Leaf.objects.filter(case=old.handle).values_list("index", flat=True))
    signed = open_checkpoint(
        Checkpoint.objects.get(size=before.size).note, bench.origin, bench.keys.signing.public_key()
    )
    sealed = [
        bytes(row).hex() for row in Payload.objects.filter(leaf__case=old.handle).values_list("sealed", flat=True)
    ]
    sealed.append(bytes(CaseKey.objects.get(holder=f"case:{old.handle}").wrapped).hex())
    remembered: list[Erasure] = []

    assert retention(bench, remember=remembered.append).run("kommandorad:it") == 1

    after = bench.journal.verify()
    assert (before.ok, before.erased) == (True, 0)
    assert (after.ok, after.erased, after.problems) == (True, 1, ())
    assert list(Case.objects.values_list("handle", flat=True)) == [new.handle]
    assert Write.objects.get().case_id == new.handle
    assert Blob.objects.get().case == new.handle
    rows = dump(database)
    assert [part for part in (*sealed, old.household, "REF-1") if part in rows] == []
    assert list(Leaf.objects.filter(case=old.handle).values_list("index", flat=True)) == mine
    for index in mine:
        proof = inclusion_proof(hashes, index)
        now = bytes(Leaf.objects.get(index=index).leaf_hash)
        assert verify_inclusion(proof, index, before.size, now, signed.root)

    leaf = Leaf.objects.get(kind="erasure")
    assert (leaf.case, leaf.actor, leaf.department) == (None, "kommandorad:it", bench.department)
    assert bench.journal.entry(leaf.index).payload == {
        "case": old.handle,
        "department": bench.department,
        "rule": "5 år efter att hushållets sista ärende avslutades",
        "decided_by": "Socialnämnden, SN 2026/1",
        "leaves": mine,
        "blobs": 1,
        "again": False,
    }
    assert [erasure.case for erasure in remembered] == [old.handle]
    assert CANARY in str([entry.payload for entry in bench.entries(new)])
    assert retention(bench).run("kommandorad:it") == 0


def test_an_application_whose_case_is_gone_is_not_taken_in_again(bench: Bench) -> None:
    worked(bench, "REF-1", "tova", years_ago=6)
    retention(bench).run("kommandorad:it")

    assert bench.register.never_seen(INBOX, ["REF-1", "REF-2"]) == ["REF-2"]
    made = bench.register.take_in(
        [Arrival("REF-1", "hushall")],
        inbox=INBOX,
        department=bench.department,
        workflow="flode",
        now=datetime.now(UTC),
    )
    assert made == []
    assert not Case.objects.exists()


def test_what_a_household_or_a_person_still_needs_is_kept(bench: Bench) -> None:
    worked(bench, "REF-1", "tova", years_ago=6)
    worked(bench, "REF-2", "tova", years_ago=1)
    waiting = worked(bench, "H-1", "sixten", years_ago=6)
    worked(bench, "REF-3", "alba", years_ago=6)
    part = Case.objects.get(reference="REF-3")
    Handoff.objects.create(case=part, entry=0, role="handläggare", about="tand", created_at=datetime.now(UTC))

    by_household, by_case = (
        retention(bench),
        retention(bench, RULE.model_copy(update={"counted_from": CountedFrom.CASE})),
    )

    assert [(one.over_age, one.waiting) for one in by_household.outlook(datetime.now(UTC))] == [(0, 2)]
    assert by_household.run("it") == 0
    assert [(one.over_age, one.waiting) for one in by_case.outlook(datetime.now(UTC))] == [(1, 2)]
    assert by_case.run("it") == 1

    Handoffs(bench.journal).take_over(waiting.handoffs.get().pk, PERSON, datetime(2020, 1, 1, tzinfo=UTC))
    assert by_household.run("it") == 1
    assert set(Case.objects.values_list("reference", flat=True)) == {"REF-2", "REF-3"}
    assert bench.journal.verify().problems == ()


@pytest.mark.parametrize(
    "change",
    [{"approved_by": None}, {"decision_reference": ""}, {"valid_from": None}, {"valid_from": date(2999, 1, 1)}],
)
def test_nothing_is_removed_before_it_is_decided(bench: Bench, change: dict[str, object]) -> None:
    worked(bench, "REF-1", "tova", years_ago=6)
    undecided = retention(bench, RULE.model_copy(update=change))

    assert [(one.over_age, one.in_force) for one in undecided.outlook(datetime.now(UTC))] == [(1, False)]
    assert undecided.run("it") == 0
    assert Case.objects.count() == 1


def test_a_rule_says_years_or_days_and_knows_leap_days() -> None:
    for wrong in ({}, {"years": 5, "days": 5}):
        with pytest.raises(ValidationError, match="antingen years eller days"):
            RetentionRule.model_validate(wrong)
    assert RULE.limit(datetime(2028, 2, 29, tzinfo=UTC)) == datetime(2023, 2, 28, tzinfo=UTC)
    assert RetentionRule(days=200).limit(datetime(2026, 12, 1, tzinfo=UTC)) == datetime(2026, 5, 15, tzinfo=UTC)


@pytest.fixture
def erased(bench: Bench) -> Iterator[tuple[Case, Case]]:
    """A case whose erasure stands in the journal, and one that is kept. The database is left without foreign keys."""
    gone, kept = worked(bench, "REF-1", "tova", years_ago=6), worked(bench, "REF-2", "sixten", years_ago=1)
    retention(bench).run("it")
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
    yield gone, kept
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = DEFAULT")


def test_verification_accepts_what_an_erasure_names_and_nothing_else(bench: Bench, erased: tuple[Case, Case]) -> None:
    gone, kept = erased
    assert bench.journal.verify().problems == ()

    with undone():
        Payload.objects.filter(leaf__case=kept.handle).delete()
        assert len(bench.journal.verify().problems) == Leaf.objects.filter(case=kept.handle).count()
    with undone():
        CaseKey.objects.filter(holder=f"case:{kept.handle}").delete()
        assert any("saknas men behövs" in problem for problem in bench.journal.verify().problems)
    with undone():
        # The erasure itself is gone, or damaged: it excuses nothing.
        Payload.objects.filter(leaf__kind="erasure").update(sealed=b"x" * 80)
        assert len(bench.journal.verify().problems) > Leaf.objects.filter(case=gone.handle).count()
    with undone():
        # Another case's entries cannot be passed off as the erased one's.
        Leaf.objects.filter(case=kept.handle).update(case=gone.handle)
        assert not bench.journal.verify().ok
    first = Leaf.objects.filter(case=gone.handle).order_by("index")[0]
    with undone():
        Payload.objects.create(leaf=first, sealed=b"x")
        CaseKey.objects.create(holder=f"case:{gone.handle}", department=gone.department, wrapped=b"x" * 60)
        Blob.objects.create(case=gone.handle, name="0", media_type="t", made_at=first.time, sealed=b"x")
        problems = bench.journal.verify().problems
        assert f"journal_payload, rad {first.index}: är gallrad enligt journalen, men finns kvar." in problems
        assert any(problem.startswith("journal_blob") for problem in problems)
        assert any(problem.startswith(f"journal_casekey, rad case:{gone.handle}") for problem in problems)
    assert bench.journal.verify().problems == ()


def test_an_erasure_is_applied_again_after_a_restore_as_often_as_one_likes(bench: Bench) -> None:
    remembered: list[Erasure] = []
    journal = (
        "journal_leaf",
        "journal_payload",
        "journal_casekey",
        "journal_blob",
        "journal_head",
        "journal_checkpoint",
    )
    tables = ("cases_case", "cases_handoff", "engine_write", *journal)
    old = worked(bench, "REF-1", "tova", years_ago=6)
    kept = worked(bench, "REF-2", "sixten", years_ago=6)
    back_up(*tables)
    retention(bench, remember=remembered.append).run("it")
    restore(*tables)
    assert Case.objects.count() == 2

    mine = [Erasure.model_validate_json(one.model_dump_json()) for one in remembered if one.case == old.handle]
    restored = retention(bench)

    assert [restored.erase_again(mine, "it") for _ in range(3)] == [1, 0, 0]
    assert erase_again(bench.journal, mine, "it") == 0
    assert list(Case.objects.values_list("handle", flat=True)) == [kept.handle]
    assert bench.journal.entry(Leaf.objects.get(kind="erasure").index).payload["again"] is True
    report = bench.journal.verify()
    assert (report.problems, report.erased) == ((), 1)


@contextmanager
def undone() -> Iterator[None]:
    """Puts the journal back afterwards."""
    tables = ("journal_leaf", "journal_payload", "journal_casekey", "journal_blob")
    back_up(*tables)
    yield
    restore(*tables)


def back_up(*tables: str) -> None:
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"CREATE TABLE kept_{table} AS TABLE {table}")


def restore(*tables: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in tables:
            cursor.execute(f"DELETE FROM {table}")
            cursor.execute(f"INSERT INTO {table} SELECT * FROM kept_{table}")
            cursor.execute(f"DROP TABLE kept_{table}")


def dump(database: Dsn) -> str:
    """Every row of the robot's own tables as text, but for the queue's; binary columns as hexadecimal."""
    with database.connect() as other:
        tables = other.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'procrastinate%'"
        ).fetchall()
        found = [
            other.execute(sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(name))).fetchall()
            for (name,) in tables
        ]
    return str(found)
