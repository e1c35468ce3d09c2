"""A reference is known forever, however many ask at once and whatever becomes of its case."""

import threading
from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from medarbetare.cases.models import Case, KnownReference
from medarbetare.cases.reference import digest_of, import_handled
from medarbetare.cases.register import Arrival
from medarbetare.database.dsn import Dsn
from medarbetare.journal.models import Leaf
from medarbetare.testing import Bench

NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
IMPORT, CASE = KnownReference.Source.IMPORTED, KnownReference.Source.CASE


@pytest.fixture
def bench(database: Dsn) -> Bench:
    return Bench({})


def arrive(bench: Bench, *references: str) -> list[Case]:
    arrivals = [Arrival(reference, "hushall") for reference in references]
    return bench.register.take_in(arrivals, inbox="i", department="avdelning", workflow="flode", now=NOW)


def test_four_readers_and_an_import_at_once_make_one_case_of_each_reference_or_none(bench: Bench) -> None:
    references = [f"REF-{number}" for number in range(30)]
    everybody = threading.Barrier(5)

    def read(first: int) -> None:
        try:
            everybody.wait(30)
            for reference in references[first:] + references[:first]:
                arrive(bench, reference)
        finally:
            connection.close()

    def bring_in() -> None:
        try:
            everybody.wait(30)
            import_handled("i", references[20:], NOW)
        finally:
            connection.close()

    threads = [threading.Thread(target=read, args=[first]) for first in (0, 0, 10, 25)]
    threads.append(threading.Thread(target=bring_in))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    taken = set(Case.objects.values_list("reference", flat=True))
    assert taken >= set(references[:20])
    assert Case.objects.count() == len(taken) == ProcrastinateJob.objects.count()
    assert Leaf.objects.filter(kind="case.created").count() == len(taken)
    assert KnownReference.objects.filter(source=CASE).count() == len(taken)
    assert KnownReference.objects.count() == 30
    assert bench.register.never_seen("i", references) == []


def test_a_case_that_cannot_be_made_leaves_its_reference_unknown(bench: Bench) -> None:
    with pytest.raises(Exception, match="null"):
        bench.register.take_in(
            [Arrival("REF-1", None)],  # type: ignore[arg-type]
            inbox="i",
            department="avdelning",
            workflow="flode",
            now=NOW,
        )

    assert bench.register.never_seen("i", ["REF-1"]) == ["REF-1"]
    assert len(arrive(bench, "REF-1")) == 1


def test_a_hundred_thousand_known_references_are_asked_by_one_indexed_query(bench: Bench) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_knownreference (inbox, digest, source, first_seen_at) "
            "SELECT 'i', encode(sha256(convert_to('REF-' || n, 'UTF8')), 'hex'), 'import', now() "
            "FROM generate_series(1, 100000) n"
        )
        cursor.execute("ANALYZE cases_knownreference")

    with CaptureQueriesContext(connection) as asked:
        new = bench.register.never_seen("i", [f"REF-{number}" for number in range(99_800, 100_300)])

    assert new == [f"REF-{number}" for number in range(100_001, 100_300)]
    assert len(asked) == 1
    digests = [digest_of(f"REF-{number}") for number in range(500)]
    assert "a_reference_is_known_once" in KnownReference.objects.filter(inbox="i", digest__in=digests).explain()


def test_cases_from_before_are_known_after_the_migration(bench: Bench) -> None:
    call_command("migrate", "cases", "0003", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_case (handle, inbox, reference, department, workflow, household, status, created_at, "
            "due_at, attempts, lease_token, lease_owner, waits_for, flow_version) "
            "VALUES ('gammalt', 'i', 'REF-1', 'd', 'w', 'h', 'beslutad', %s, %s, 1, 1, '', '', '')",
            [NOW, NOW],
        )

    call_command("migrate", verbosity=0)

    known = KnownReference.objects.get()
    assert (known.inbox, known.digest, known.source, known.first_seen_at) == ("i", digest_of("REF-1"), CASE, NOW)
    assert bench.register.never_seen("i", ["REF-1", "REF-2"]) == ["REF-2"]


def test_an_import_tells_what_was_new_and_changes_no_case(bench: Bench) -> None:
    arrive(bench, "REF-1")
    import_handled("i", ["REF-2"], NOW)

    first = import_handled("i", ["REF-1", "REF-2", "REF-3", "REF-4", "REF-3"], NOW)
    second = import_handled("i", ["REF-1", "REF-2", "REF-3", "REF-4"], NOW)

    assert (first.new, first.cases, first.imported_before) == (2, 1, 1)
    assert (second.new, second.cases, second.imported_before) == (0, 1, 3)
    assert arrive(bench, "REF-1", "REF-2", "REF-3", "REF-5") == [Case.objects.get(reference="REF-5")]
    assert bench.register.never_seen("annan", ["REF-1", "REF-3"]) == ["REF-1", "REF-3"]
