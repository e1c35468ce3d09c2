"""Somebody with full rights to the database, but without the keys, changes the journal: verification tells."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from psycopg import sql

from medarbetare.database.dsn import Dsn
from medarbetare.journal.merkle import Frontier, leaf_hash
from medarbetare.journal.models import Leaf
from medarbetare.journal.writing import Entry, Journal

Connection = psycopg.Connection[tuple[Any, ...]]
TABLES = {
    "journal_leaf": "index",
    "journal_payload": "leaf_id",
    "journal_casekey": "holder",
    "journal_checkpoint": "size",
    "journal_head": "id",
}


@pytest.fixture
def filled(journal: Journal, append: Callable[..., Entry]) -> Journal:
    append(None, "start", {"version": "1"})
    append("aaa", "läs ansökan", {"belopp": "6865"})
    append("bbb", "läs ansökan", {"belopp": "10"}, department="vard")
    journal.checkpoint()
    append("aaa", "beräkna", {"summa": "1"})
    journal.checkpoint()
    append("bbb", "beräkna", {}, department="vard")
    return journal


@pytest.fixture
def intruder(database: Dsn) -> Iterator[Connection]:
    """A connection without triggers and foreign keys."""
    with database.connect() as connection:
        connection.execute("SET session_replication_role = replica")
        yield connection


@contextmanager
def restored_afterwards(intruder: Connection) -> Iterator[None]:
    for table in TABLES:
        intruder.execute(f"CREATE TEMP TABLE kept_{table} AS TABLE {table}")
    yield
    for table in TABLES:
        intruder.execute(f"DELETE FROM {table}")
        intruder.execute(f"INSERT INTO {table} SELECT * FROM kept_{table}")
        intruder.execute(f"DROP TABLE kept_{table}")


def changes(intruder: Connection, table: str, key: str) -> Iterator[tuple[str, object, str]]:
    """(column, row's key, SQL expression of the new value): the smallest changes of every column of every row."""
    columns = intruder.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s", [table]
    ).fetchall()
    for column, kind in columns:
        rows = intruder.execute(
            sql.SQL("SELECT {key}, {column} FROM {table}").format(
                key=sql.Identifier(key), column=sql.Identifier(column), table=sql.Identifier(table)
            )
        ).fetchall()
        for row, value in rows:
            for expression in expressions(f'"{column}"', kind, value, unique=column == key):
                yield column, row, expression


def expressions(column: str, kind: str, value: Any, *, unique: bool) -> list[str]:
    if value is None:
        return ["'x'"]
    if kind in ("bigint", "smallint"):
        return [f"{column} + {1000 if unique else 1}"]
    if kind == "timestamp with time zone":
        return [f"{column} + interval '1 microsecond'"]
    places = sorted({0, len(value) // 2, len(value) - 1})
    if kind == "bytea":
        return [f"set_byte({column}, {at}, get_byte({column}, {at}) # 1)" for at in places]
    nothing = ["NULL"] if column == '"case"' else []
    return nothing + [
        f"overlay({column} placing '{'y' if value[at] == 'x' else 'x'}' from {at + 1} for 1)" for at in places
    ]


@pytest.mark.parametrize("table", TABLES)
def test_the_smallest_change_of_any_column_of_any_row_is_found(
    filled: Journal, intruder: Connection, table: str
) -> None:
    key = TABLES[table]
    tried = list(changes(intruder, table, key))
    assert {column for column, _, _ in tried} == {
        name
        for (name,) in intruder.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table]
        )
    }
    unseen = []
    for column, row, expression in tried:
        with restored_afterwards(intruder):
            intruder.execute(f'UPDATE {table} SET "{column}" = {expression} WHERE {key} = %s', [row])
            problems = filled.verify().problems
            if not any(problem.startswith("journal_") and ", rad " in problem for problem in problems):
                unseen.append((column, row, expression))

    assert unseen == []
    assert filled.verify().problems == ()


@pytest.mark.parametrize("table", TABLES)
def test_a_row_removed_from_any_table_is_found(filled: Journal, intruder: Connection, table: str) -> None:
    rows = [row for (row,) in intruder.execute(f"SELECT {TABLES[table]} FROM {table}").fetchall()]
    unseen = []
    for row in rows:
        with restored_afterwards(intruder):
            intruder.execute(f"DELETE FROM {table} WHERE {TABLES[table]} = %s", [row])
            if filled.verify().ok:
                unseen.append(row)

    assert unseen == []
    assert filled.verify().ok


@pytest.mark.parametrize(
    "insertion",
    [
        """INSERT INTO journal_leaf
           SELECT 5, "case", kind, name, time, actor, department, signed, payload_hash, leaf_hash
           FROM journal_leaf WHERE index = 4""",
        "INSERT INTO journal_payload SELECT 99, sealed FROM journal_payload WHERE leaf_id = 4",
        """INSERT INTO journal_casekey
           SELECT 'case:ccc', department, wrapped FROM journal_casekey WHERE holder = 'case:aaa'""",
        "INSERT INTO journal_checkpoint SELECT 2, note FROM journal_checkpoint WHERE size = 3",
        "INSERT INTO journal_head SELECT 2, size, frontier FROM journal_head",
    ],
)
def test_an_inserted_row_is_found(filled: Journal, intruder: Connection, insertion: str) -> None:
    with restored_afterwards(intruder):
        intruder.execute(insertion)
        assert not filled.verify().ok
    assert filled.verify().ok


@pytest.mark.parametrize(
    "swap",
    [
        "UPDATE journal_leaf SET index = CASE index WHEN 1 THEN 1003 ELSE 1001 END WHERE index IN (1, 3);"
        "UPDATE journal_leaf SET index = index - 1000 WHERE index > 1000",
        "UPDATE journal_payload SET leaf_id = CASE leaf_id WHEN 1 THEN 1003 ELSE 1001 END WHERE leaf_id IN (1, 3);"
        "UPDATE journal_payload SET leaf_id = leaf_id - 1000 WHERE leaf_id > 1000",
        "UPDATE journal_checkpoint c SET note = o.note FROM journal_checkpoint o WHERE c.size <> o.size",
    ],
)
def test_swapped_rows_are_found(filled: Journal, intruder: Connection, swap: str) -> None:
    with restored_afterwards(intruder):
        for statement in swap.split(";"):
            intruder.execute(statement)
        assert not filled.verify().ok
    assert filled.verify().ok


def test_journal_cut_off_below_a_checkpoint_is_found_although_everything_else_fits(
    filled: Journal, intruder: Connection
) -> None:
    intruder.execute("DELETE FROM journal_payload WHERE leaf_id >= 3")
    intruder.execute("DELETE FROM journal_leaf WHERE index >= 3")
    rewrite_head(intruder)

    assert filled.verify().problems == (
        "journal_checkpoint, rad 4: journalen är kortare, 3 poster: poster är borttagna.",
    )


def test_a_leaf_rewritten_with_fitting_hashes_is_found_by_the_signed_checkpoint(
    filled: Journal, intruder: Connection
) -> None:
    leaf = Leaf.objects.get(index=3)
    leaf.actor = "worker 2"
    intruder.execute(
        "UPDATE journal_leaf SET actor = %s, leaf_hash = %s WHERE index = 3",
        [leaf.actor, leaf_hash(leaf.hashed_bytes())],
    )
    rewrite_head(intruder)

    assert filled.verify().problems == (
        "journal_checkpoint, rad 4: den underskrivna roten är inte roten av raderna i journal_leaf.",
    )


def test_values_that_python_cannot_hold_are_a_problem_and_not_a_crash(filled: Journal, intruder: Connection) -> None:
    for change in ("index = 9007199254740993", "time = 'infinity'", "department = 'okand'"):
        with restored_afterwards(intruder):
            intruder.execute(f"UPDATE journal_leaf SET {change} WHERE index = 4")
            assert not filled.verify().ok
    assert filled.verify().ok


def rewrite_head(intruder: Connection) -> None:
    frontier = Frontier()
    for (stored,) in intruder.execute("SELECT leaf_hash FROM journal_leaf ORDER BY index").fetchall():
        frontier = frontier.append(stored)
    intruder.execute("UPDATE journal_head SET size = %s, frontier = %s", [frontier.size, frontier.to_bytes()])
