"""One system's SQLite file: what the world says, what was registered since, who is logged in, every request."""

import json
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import time
from typing import Any

Json = dict[str, Any]

_SCHEMA = """
CREATE TABLE documents (kind TEXT, key TEXT, content TEXT NOT NULL, PRIMARY KEY (kind, key));
CREATE TABLE records (
    id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, subject TEXT NOT NULL, time REAL NOT NULL,
    user TEXT NOT NULL, history INTEGER NOT NULL, visible_from REAL NOT NULL, content TEXT NOT NULL);
CREATE INDEX records_of ON records (kind, subject, id);
CREATE TABLE changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT, time REAL NOT NULL, user TEXT NOT NULL, what TEXT NOT NULL,
    kind TEXT NOT NULL, key TEXT NOT NULL, content TEXT NOT NULL);
CREATE TABLE sessions (id TEXT PRIMARY KEY, user TEXT NOT NULL, complete INTEGER NOT NULL, requests INTEGER NOT NULL);
CREATE TABLE requests (
    id INTEGER PRIMARY KEY AUTOINCREMENT, time REAL NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL, user TEXT,
    status INTEGER NOT NULL, hits TEXT NOT NULL);
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
    """The file of one system. Used by one process at a time, from one thread; every call is durable when it returns."""

    def __init__(self, path: Path) -> None:
        """Open a system's file; a new one is made when there is none."""
        new = not path.exists()
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        if new:
            self._connection.executescript(_SCHEMA)
        self.restored = 0
        """How often everything was made as in a copy: whoever keeps something of this file in memory reads it anew."""

    def close(self) -> None:
        self._connection.close()

    def copy_to(self, path: Path) -> None:
        """Write the whole file to another one."""
        with closing(sqlite3.connect(path)) as copy:
            self._connection.backup(copy)

    def restore(self, path: Path) -> None:
        """Make everything as it is in a copy; whoever was logged in no longer is."""
        with closing(sqlite3.connect(path)) as copy:
            copy.backup(self._connection)
        self.restored += 1

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

    def put(self, kind: str, key: str, content: Json, *, user: str | None = None) -> None:
        """Lay down a document of the world, or give it other content. `user`: who does it, after the start."""
        text = json.dumps(content)
        self._connection.execute("INSERT OR REPLACE INTO documents VALUES (?, ?, ?)", (kind, key, text))
        if user is not None:
            self._changed(user, "uppdaterat", kind, key, text)

    def document(self, kind: str, key: str) -> Json | None:
        row = self._connection.execute(
            "SELECT content FROM documents WHERE kind = ? AND key = ?", (kind, key)
        ).fetchone()
        return None if row is None else dict(json.loads(row[0]))

    def documents(self, kind: str) -> list[Json]:
        rows = self._connection.execute("SELECT content FROM documents WHERE kind = ? ORDER BY rowid", (kind,))
        return [dict(json.loads(row[0])) for row in rows]

    def add(
        self, kind: str, subject: str, user: str, content: Json, *, history: bool = False, visible_after: float = 0
    ) -> int:
        """Register something; returns its number. `visible_after`: seconds until lists show it."""
        text, now = json.dumps(content), time()
        cursor = self._connection.execute(
            "INSERT INTO records (kind, subject, time, user, history, visible_from, content)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (kind, subject, now, user, history, now + visible_after, text),
        )
        number = int(cursor.lastrowid or 0)
        if not history:
            self._changed(user, "registrerat", kind, str(number), text)
        return number

    def change(self, record: Record, content: Json, user: str) -> None:
        """Give a record other content."""
        text = json.dumps(content)
        self._connection.execute("UPDATE records SET content = ? WHERE id = ?", (text, record.id))
        self._changed(user, "ändrat", record.kind, str(record.id), text)

    def _changed(self, user: str, what: str, kind: str, key: str, content: str) -> None:
        self._connection.execute(
            "INSERT INTO changes (time, user, what, kind, key, content) VALUES (?, ?, ?, ?, ?, ?)",
            (time(), user, what, kind, key, content),
        )

    def changes(self) -> list[Json]:
        """Every change since the start, in order: time (epoch seconds), user, what, kind, key, content afterwards."""
        rows = self._connection.execute("SELECT time, user, what, kind, key, content FROM changes ORDER BY id")
        return [
            {"time": when, "user": user, "what": what, "kind": kind, "key": key, "content": json.loads(content)}
            for when, user, what, kind, key, content in rows
        ]

    def records(self, kind: str, subject: str | None = None, *, hidden: bool = True) -> list[Record]:
        """Records of one kind in order of number, of one subject or of all; without those that lists do not show yet
        when `hidden` is false."""
        where, values = ("", (kind,)) if subject is None else (" AND subject = ?", (kind, subject))
        if not hidden:
            where += f" AND visible_from <= {time()!r}"
        rows = self._connection.execute(
            f"SELECT id, kind, subject, time, user, history, content FROM records WHERE kind = ?{where} ORDER BY id",  # noqa: S608
            values,
        )
        return [
            Record(number, kind, subject, when, user, bool(history), json.loads(content))
            for number, kind, subject, when, user, history, content in rows
        ]

    def note(self, user: str, what: str, kind: str, key: str, content: Json) -> None:
        """Write down in the list of changes what is neither document nor record."""
        self._changed(user, what, kind, key, json.dumps(content))

    def start_session(self, user: str, *, complete: bool) -> str:
        """Log a user in, wholly or as far as the first step; returns the session's secret."""
        session = secrets.token_urlsafe(24)
        self._connection.execute("INSERT INTO sessions VALUES (?, ?, 0, 0)", (session, user))
        if complete:
            self.complete_session(session)
        return session

    def session(self, session: str) -> Session | None:
        row = self._connection.execute(
            "SELECT id, user, complete, requests FROM sessions WHERE id = ?", (session,)
        ).fetchone()
        return None if row is None else Session(row[0], row[1], bool(row[2]), row[3])

    def complete_session(self, session: str) -> None:
        """The last step of the log-in is done."""
        row = self._connection.execute(
            "UPDATE sessions SET complete = 1 WHERE id = ? RETURNING user", (session,)
        ).fetchone()
        if row is not None:
            self.note(row[0], "påbörjad", "session", row[0], {})

    def end_session(self, session: str, by: str, why: str) -> None:
        """Log a user out, if the session is there. `by`: who does it; `why`: in a few words, for the changes."""
        row = self._connection.execute("DELETE FROM sessions WHERE id = ? RETURNING user", (session,)).fetchone()
        if row is not None:
            self.note(by, "avslutad", "session", row[0], {"orsak": why})

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

    def record_request(
        self, began: float, method: str, path: str, user: str | None, status: int, hits: list[str]
    ) -> None:
        self._connection.execute(
            "INSERT INTO requests (time, method, path, user, status, hits) VALUES (?, ?, ?, ?, ?, ?)",
            (began, method, path, user, status, " ".join(hits)),
        )

    def requests(self) -> list[Json]:
        """Every request, by time of arrival."""
        rows = self._connection.execute("SELECT time, method, path, user, status, hits FROM requests ORDER BY time, id")
        names = ("time", "method", "path", "user", "status", "fel")
        return [dict(zip(names, (*row[:-1], row[-1].split()), strict=True)) for row in rows]
