from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction

from medarbetare.database.dsn import Dsn
from medarbetare.journal.keys import JournalKeys, generate_keys
from medarbetare.journal.writing import Entry, Journal


class Clock:
    """A clock that goes one second every time it is read."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 8, 0, 0, 123456, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def journal(database: Dsn, tmp_path: Path, clock: Clock) -> Journal:
    made = generate_keys(tmp_path / "keys", ["ekonomi", "vard"])
    keys = JournalKeys.read(made.departments, made.signing)
    return Journal(keys, origin="medarbetare.exempelby.example/journal", clock=clock)


@pytest.fixture
def append(journal: Journal) -> Callable[..., Entry]:
    """Append one entry in a transaction of its own."""

    def appended(case: str | None, name: str, payload: dict[str, object], department: str = "ekonomi") -> Entry:
        with transaction.atomic():
            return journal.append(
                case=case, kind="step", name=name, actor="worker 1", department=department, payload=payload
            )

    return appended
