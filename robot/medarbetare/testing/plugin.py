"""Fixtures for pytest. In `conftest.py`: pytest_plugins = ["medarbetare.testing.plugin"]. Loads the models."""

from collections.abc import Iterator

import pytest

from medarbetare.database.dsn import Dsn
from medarbetare.testing import fresh_copy, migrated_server


@pytest.fixture(scope="session")
def migrated_template() -> Iterator[Dsn]:
    """The database that every test's database is a copy of, on a server of this test process."""
    with migrated_server() as dsn:
        yield dsn


@pytest.fixture
def database(migrated_template: Dsn) -> Iterator[Dsn]:
    """A fresh migrated database, which Django's models use during the test."""
    with fresh_copy(migrated_template) as dsn:
        yield dsn
