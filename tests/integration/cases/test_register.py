from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import ConnectorException
from psycopg import sql

from medarbetare.cases.models import Case
from medarbetare.cases.register import Arrival, defer
from medarbetare.cases.status import CaseStatus
from medarbetare.database.dsn import Dsn
from medarbetare.engine.effect import NaturalKey
from medarbetare.engine.models import Write
from medarbetare.engine.outcome import Outcome, handed_over
from medarbetare.engine.run import Run
from medarbetare.journal.models import Leaf
from medarbetare.testing import Bench

NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
PERSON = "199003072387"


@pytest.fixture
def bench(database: Dsn) -> Bench:
    return Bench({"flode": lambda run: handed_over("klart")})


def arrive(bench: Bench, *references: str, household: str = "hushall") -> list[Case]:
    arrivals = [Arrival(reference, household) for reference in references]
    return bench.register.take_in(arrivals, inbox="i", department="avdelning", workflow="flode", now=NOW)


def test_a_reference_makes_one_case_and_one_job_however_often_it_is_seen(bench: Bench) -> None:
    made = arrive(bench, "REF-1", "REF-2", "REF-1")
    assert [case.reference for case in made] == ["REF-1", "REF-2"]
    assert arrive(bench, "REF-2", "REF-1") == []

    Case.objects.update(status=CaseStatus.DECIDED)
    assert arrive(bench, "REF-1") == []

    assert Case.objects.count() == ProcrastinateJob.objects.count() == 2
    assert Leaf.objects.filter(kind="case.created").count() == 2


def test_the_job_of_a_case_waits_for_its_household_and_is_queued_once(bench: Bench) -> None:
    (case,) = arrive(bench, "REF-1", household="pseudonym")

    assert defer(case) is False

    job = ProcrastinateJob.objects.get()
    assert (job.task_name, job.queue_name, job.args) == ("run_case", "cases", {"case": case.handle})
    assert job.lock == "household:pseudonym"
    assert job.queueing_lock == f"case:{case.handle}"


def test_a_case_whose_job_cannot_be_queued_does_not_exist(bench: Bench) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'full'; END $$;"
            "CREATE TRIGGER refuse BEFORE INSERT ON procrastinate_jobs EXECUTE FUNCTION refuse()"
        )
    with pytest.raises(ConnectorException):
        arrive(bench, "REF-1")

    assert not Case.objects.exists()
    assert not Leaf.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER refuse ON procrastinate_jobs")
    assert len(arrive(bench, "REF-1")) == 1


def test_an_inbox_and_a_reference_are_unique_in_the_database_itself(bench: Bench) -> None:
    arrive(bench, "REF-1")

    with pytest.raises(DatabaseError, match="a_reference_is_unique_forever"):
        Case.objects.create(
            inbox="i", reference="REF-1", department="d", workflow="w", household="h", created_at=NOW, due_at=NOW
        )


def test_no_table_holds_an_identity_number(database: Dsn) -> None:
    def flow(run: Run) -> Outcome:
        run.step("läs ansökan", lambda: {"personnummer": PERSON}, dict[str, str])
        return handed_over(f"{PERSON} ska kontrolleras")

    bench = Bench({"flode": flow})
    case = bench.receive("REF-1", household=PERSON)
    key = NaturalKey(PERSON, "2026-12", "beslut").canonical()
    Write.objects.create(
        case=case,
        name="beslut",
        portal="kassa",
        department="avdelning",
        natural_key=bench.keys.pseudonym("avdelning", key),
        state="intended",
        intended_at=NOW,
    )
    bench.work_on(case)

    rows = dump(database)

    assert case.handle in rows
    for form in (PERSON, PERSON[2:], f"{PERSON[:8]}-{PERSON[8:]}", PERSON.encode().hex(), PERSON[2:].encode().hex()):
        assert form not in rows


def dump(database: Dsn) -> str:
    """Every row of every table as text; binary columns show as hexadecimal."""
    with database.connect() as other:
        tables = other.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        found = [
            other.execute(sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(name))).fetchall()
            for (name,) in tables
        ]
    return str(found)
