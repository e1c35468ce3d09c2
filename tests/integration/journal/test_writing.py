import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from medarbetare.database.dsn import Dsn
from medarbetare.errors import JournalError
from medarbetare.journal.merkle import root_of
from medarbetare.journal.models import CaseKey, Checkpoint, Leaf
from medarbetare.journal.note import open_checkpoint
from medarbetare.journal.writing import Entry, Journal

Append = Callable[..., Entry]


def test_entries_of_a_case_come_back_in_order_with_their_payloads(journal: Journal, append: Append) -> None:
    append("aaa", "läs ansökan", {"belopp": "6865", "hushåll": [{"ålder": 3}]})
    append("bbb", "läs ansökan", {"belopp": "1"})
    append("aaa", "beräkna", {})

    entries = journal.entries("aaa")

    assert [(entry.index, entry.name, entry.payload) for entry in entries] == [
        (0, "läs ansökan", {"belopp": "6865", "hushåll": [{"ålder": 3}]}),
        (2, "beräkna", {}),
    ]
    assert entries[0].time == datetime(2026, 3, 2, 8, 0, 1, 123456, tzinfo=UTC)
    assert journal.entry(1).payload == {"belopp": "1"}
    assert journal.entries("zzz") == []
    assert journal.verify().ok


def test_payload_is_not_in_clear_in_the_database_nor_in_repr(append: Append, database: Dsn) -> None:
    entry = append("aaa", "läs", {"text": "kanariefågel"})

    with database.connect() as other:
        rows = other.execute(
            "SELECT l::text, p::text, encode(p.sealed, 'escape') FROM journal_leaf l, journal_payload p"
        )
        assert "kanarie" not in str(rows.fetchall())
    assert "kanarie" not in repr(entry)


def test_entry_of_a_rolled_back_transaction_never_was(journal: Journal, append: Append) -> None:
    with transaction.atomic():
        journal.append(case="aaa", kind="step", actor="w", department="ekonomi", payload={})
        transaction.set_rollback(True)

    assert append("bbb", "läs", {}).index == 0
    assert set(CaseKey.objects.values_list("holder", flat=True)) == {"case:bbb"}
    assert journal.verify().ok


def test_append_outside_a_transaction_is_refused(journal: Journal) -> None:
    with pytest.raises(JournalError, match="transaktion"):
        journal.append(case="aaa", kind="step", actor="w", department="ekonomi", payload={})


@pytest.mark.parametrize("payload", [{"x": float("nan")}, {"x": object()}, {"x": 2**60}, {1: "x"}])
def test_payload_that_json_cannot_hold_is_refused(append: Append, payload: dict[str, object]) -> None:
    with pytest.raises(JournalError, match="JSON"):
        append("aaa", "läs", payload)
    assert not Leaf.objects.exists()


def test_text_that_the_database_cannot_hold_is_a_journal_error(append: Append) -> None:
    with pytest.raises(JournalError, match="DataError"):
        append("aaa", "n" * 129, {})


def test_case_belongs_to_one_department(append: Append) -> None:
    append("aaa", "läs", {})

    with pytest.raises(JournalError, match="vard"):
        append("aaa", "läs", {}, department="vard")


def test_entries_that_concern_no_case_have_a_key_for_each_department(journal: Journal, append: Append) -> None:
    append(None, "start", {"version": "1"})
    append(None, "start", {"version": "1"}, department="vard")

    assert set(CaseKey.objects.values_list("holder", flat=True)) == {"department:ekonomi", "department:vard"}
    assert journal.verify().ok


def test_writers_in_parallel_make_one_unbroken_row(journal: Journal, append: Append) -> None:
    def write(case: str) -> None:
        try:
            for number in range(15):
                append(case, f"steg {number}", {"n": number})
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=[case]) for case in ("aaa", "bbb", "aaa", "ccc")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert list(Leaf.objects.order_by("index").values_list("index", flat=True)) == list(range(60))
    assert journal.verify().ok


def test_checkpoint_signs_the_tree_and_is_not_repeated(journal: Journal, append: Append) -> None:
    for number in range(5):
        append("aaa", f"steg {number}", {})

    signed = journal.checkpoint()

    assert signed is not None
    tree = open_checkpoint(signed.note, "medarbetare.exempelby.example/journal", journal._keys.signing.public_key())
    hashes = [bytes(leaf) for leaf in Leaf.objects.order_by("index").values_list("leaf_hash", flat=True)]
    assert (tree.size, tree.root) == (5, root_of(hashes))
    assert journal.checkpoint() is None
    assert Checkpoint.objects.get().note == signed.note


def test_checkpoint_inside_a_transaction_is_refused(journal: Journal) -> None:
    with pytest.raises(JournalError, match="transaktion"), transaction.atomic():
        journal.checkpoint()


def test_checkpoint_of_a_shortened_journal_is_refused(journal: Journal, append: Append, database: Dsn) -> None:
    append("aaa", "läs", {})
    journal.checkpoint()
    with database.connect() as other:
        other.execute("UPDATE journal_head SET size = 0, frontier = ''")

    with pytest.raises(JournalError, match="borttagna eller ändrade"):
        journal.checkpoint()


def test_checkpoint_is_due_when_an_entry_has_been_unsigned_for_a_minute(
    journal: Journal, append: Append, clock: Callable[[], datetime]
) -> None:
    assert journal.due_checkpoint() is None
    append("aaa", "läs", {})
    assert journal.due_checkpoint() is None

    signed = journal.due_checkpoint(timedelta(seconds=2))

    assert signed is not None
    assert signed.size == 1
    assert journal.due_checkpoint(timedelta(0)) is None


def test_entry_changed_behind_the_journals_back_is_not_read(journal: Journal, append: Append, database: Dsn) -> None:
    append("aaa", "läs", {})
    with database.connect() as other:
        other.execute("UPDATE journal_leaf SET name = 'lös'")

    with pytest.raises(JournalError, match="ändrad"):
        journal.entries("aaa")


def test_what_is_larger_than_asked_for_is_left_sealed_and_the_rest_is_opened(
    journal: Journal, append: Append, database: Dsn
) -> None:
    append("aaa", "läs", {"text": "liten"})
    append("aaa", "hämta", {"text": "x" * 20_000})
    append("aaa", "räkna", {"text": "y" * 5_000})

    some = journal.entries("aaa", largest=10_000)

    assert [(entry.index, entry.name) for entry in some] == [(0, "läs"), (1, "hämta"), (2, "räkna")]
    assert [len(entry.payload.get("text", "")) for entry in some] == [5, 0, 5_000]
    assert [len(entry.payload["text"]) for entry in journal.entries("aaa", largest=30_000)] == [5, 20_000, 5_000]
    assert [len(entry.payload["text"]) for entry in journal.entries("aaa")] == [5, 20_000, 5_000]

    Leaf.objects.filter(index=1).update(actor="någon annan")
    with pytest.raises(JournalError, match="ändrad"):
        journal.entries("aaa", largest=10_000)
