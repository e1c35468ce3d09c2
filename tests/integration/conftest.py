"""A real PostgreSQL for integration tests: one server per test process, one fresh migrated database per test."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import django
import pytest
from django.db import connections
from psycopg import sql

from medarbetare.database.connection import configure
from medarbetare.database.dsn import Dsn
from medarbetare.database.embedded import EmbeddedServer
from medarbetare.database.migrating import migrate

# Test modules import models, which Django allows only after this.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "medarbetare.database.settings")
django.setup()


@pytest.fixture(scope="session")
def migrated_template() -> Iterator[Dsn]:
    """The database that every test's database is a copy of, on the server of this test process."""
    folder = Path(tempfile.mkdtemp(prefix="medarbetare-test-"))
    with EmbeddedServer(folder).use() as server:
        configure(server.dsn)
        migrate()
        connections.close_all()
        yield server.dsn
    shutil.rmtree(folder)


@pytest.fixture
def database(migrated_template: Dsn) -> Iterator[Dsn]:
    """A fresh migrated database, which Django's models use during the test."""
    name = f"test_{secrets.token_hex(6)}"
    with migrated_template.with_database("postgres").connect() as maintenance:
        maintenance.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(migrated_template.dbname)
            )
        )
    dsn = migrated_template.with_database(name)
    configure(dsn)
    yield dsn
    connections.close_all()
    with migrated_template.with_database("postgres").connect() as maintenance:
        maintenance.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
