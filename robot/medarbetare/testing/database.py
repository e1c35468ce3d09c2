"""A real PostgreSQL to test on, started here and gone afterwards."""

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connections
from psycopg import sql

from medarbetare.database.connection import configure
from medarbetare.database.dsn import Dsn
from medarbetare.database.embedded import EmbeddedServer
from medarbetare.database.migrating import migrate


@contextmanager
def migrated_server() -> Iterator[Dsn]:
    """A server of its own with a migrated database, which Django's models use while the context is open."""
    folder = Path(tempfile.mkdtemp(prefix="medarbetare-test-"))
    try:
        with EmbeddedServer(folder).use() as server:
            configure(server.dsn)
            migrate()
            connections.close_all()
            yield server.dsn
            connections.close_all()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def fresh_copy(migrated: Dsn) -> Iterator[Dsn]:
    """A copy of a migrated database at rest, for one test; Django's models use it while the context is open."""
    name = f"test_{secrets.token_hex(6)}"
    with migrated.with_database("postgres").connect() as maintenance:
        maintenance.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(migrated.dbname))
        )
    dsn = migrated.with_database(name)
    configure(dsn)
    try:
        yield dsn
    finally:
        connections.close_all()
        with migrated.with_database("postgres").connect() as maintenance:
            maintenance.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
