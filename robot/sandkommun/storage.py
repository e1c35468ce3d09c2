"""One system's SQLite file: what the world says, what was registered since, who is logged in, every request."""

import json
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import time
from typing import Any

Json = dict[str, Any]

_SCHEMA = """
CREATE TABLE documents (kind TEXT, key TEXT, content TEXT NOT NULL, PRIMARY KEY (kind, key));
CREATE TABLE records (
    id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, subject TEXT NOT NULL, time REAL NOT NULL,
    user TEXT NOT NULL, history INTEGER NOT NULL, content TEXT NOT NULL);
CREATE INDEX records_of ON records (kind, subject, id);
CREATE TABLE sessions (id TEXT PRIMARY KEY, user TEXT NOT NULL, complete INTEGER NOT NULL, requests INTEGER NOT NULL);
CREATE TABLE requests (
    id INTEGER PRIMARY KEY AUTOINCREMENT, time REAL NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL, user TEXT,
    status INTEGER NOT NULL);
CREATE TABLE counted (logged_in_requests INTEGER NOT NULL);
INSERT INTO counted VALUES (0);
"""


@dataclass(frozen=True)
class Record:
    """Something registered in a system. `time` is epoch seconds; `history` came with the world."""

    id: int
    kind: str
    subject: str
    time: float
    user: str
    history: bool
    content: Json


@dataclass(frozen=True)
class Session:
    """A log-in. `complete` when every step of it is done; `requests` answered since."""

    id: str
    user: str
    complete: bool
    requests: int


class Database:
    """The file of one system. Used by its process only, from one thread; every call is durable when it returns."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.executescript(_SCHEMA)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Everything inside is saved, or nothing."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def put(self, kind: str, key: str, content: Json) -> None:
        """Lay down a document of the world."""
        self._connection.execute("INSERT INTO documents VALUES (?, ?, ?)", (kind, key, json.dumps(content)))

    def document(self, kind: str, key: str) -> Json | None:
        row = self._connection.execute(
            "SELECT content FROM documents WHERE kind = ? AND key = ?", (kind, key)
        ).fetchone()
        return None if row is None else dict(json.loads(row[0]))

    def documents(self, kind: str) -> list[Json]:
        rows = self._connection.execute("SELECT content FROM documents WHERE kind = ? ORDER BY rowid", (kind,))
        return [dict(json.loads(row[0])) for row in rows]

    def add(self, kind: str, subject: str, user: str, content: Json, *, history: bool = False) -> int:
        """Register something; returns its number."""
        cursor = self._connection.execute(
            "INSERT INTO records (kind, subject, time, user, history, content) VALUES (?, ?, ?, ?, ?, ?)",
            (kind, subject, time(), user, history, json.dumps(content)),
        )
        return int(cursor.lastrowid or 0)

    def change(self, record: Record, content: Json) -> None:
        """Give a record other content."""
        self._connection.execute("UPDATE records SET content = ? WHERE id = ?", (json.dumps(content), record.id))

    def records(self, kind: str, subject: str | None = None) -> list[Record]:
        """Records of one kind in order of number, of one subject or of all."""
        where, values = ("", (kind,)) if subject is None else (" AND subject = ?", (kind, subject))
        rows = self._connection.execute(
            f"SELECT id, kind, subject, time, user, history, content FROM records WHERE kind = ?{where} ORDER BY id",  # noqa: S608
            values,
        )
        return [
            Record(number, kind, subject, when, user, bool(history), json.loads(content))
            for number, kind, subject, when, user, history, content in rows
        ]

    def start_session(self, user: str, *, complete: bool) -> str:
        """Log a user in, wholly or as far as the first step; returns the session's secret."""
        session = secrets.token_urlsafe(24)
        self._connection.execute("INSERT INTO sessions VALUES (?, ?, ?, 0)", (session, user, complete))
        return session

    def session(self, session: str) -> Session | None:
        row = self._connection.execute(
            "SELECT id, user, complete, requests FROM sessions WHERE id = ?", (session,)
        ).fetchone()
        return None if row is None else Session(row[0], row[1], bool(row[2]), row[3])

    def complete_session(self, session: str) -> None:
        """The last step of the log-in is done."""
        self._connection.execute("UPDATE sessions SET complete = 1 WHERE id = ?", (session,))

    def end_session(self, session: str) -> None:
        self._connection.execute("DELETE FROM sessions WHERE id = ?", (session,))

    def count_request(self, session: str) -> tuple[int, int]:
        """Count one more logged-in request: how many this session has made, and how many the system has had."""
        with self.together():
            of_session = self._connection.execute(
                "UPDATE sessions SET requests = requests + 1 WHERE id = ? RETURNING requests", (session,)
            ).fetchone()
            of_system = self._connection.execute(
                "UPDATE counted SET logged_in_requests = logged_in_requests + 1 RETURNING logged_in_requests"
            ).fetchone()
        return int(of_session[0]), int(of_system[0])

    def record_request(self, began: float, method: str, path: str, user: str | None, status: int) -> None:
        self._connection.execute(
            "INSERT INTO requests (time, method, path, user, status) VALUES (?, ?, ?, ?, ?)",
            (began, method, path, user, status),
        )

    def requests(self) -> list[Json]:
        """Every request, by time of arrival."""
        rows = self._connection.execute("SELECT time, method, path, user, status FROM requests ORDER BY time, id")
        return [dict(zip(("time", "method", "path", "user", "status"), row, strict=True)) for row in rows]
