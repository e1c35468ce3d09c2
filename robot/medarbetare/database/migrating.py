"""Bring the database's tables up to date."""

from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from typing import Any, cast

from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.exceptions import MigrationSchemaMissing
from django.db.migrations.recorder import MigrationRecorder
from psycopg.errors import InsufficientPrivilege

from medarbetare.database.trouble import DATABASE_TROUBLE, why_unavailable
from medarbetare.errors import DatabaseUnavailable

OLDEST = 140000
"""The oldest server that will do: 14, for idle_session_timeout (the standby scheduler)."""

_LOCK = int.from_bytes(b"migrate", "big")
"""Key of the advisory lock: two robots that start together must not migrate together."""


def migrate() -> None:
    """Apply the migrations that are missing, one process at a time. Does nothing, and quickly, when there are none.

    Raises DatabaseUnavailable.
    """
    try:
        connection.ensure_connection()
        require_version(cast(Any, connection).pg_version)
        if _applied() >= _on_disk():
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
            try:
                call_command("migrate", verbosity=0, interactive=False)
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
    except DatabaseError as error:
        if isinstance(error, DATABASE_TROUBLE):
            raise DatabaseUnavailable(why_unavailable(error)) from error
        if isinstance(error, MigrationSchemaMissing) or isinstance(error.__cause__, InsufficientPrivilege):
            raise DatabaseUnavailable(_without_rights()) from error
        raise DatabaseUnavailable(
            f"Robotens databas kunde inte uppgraderas ({type(error).__name__}). Läs databasens logg."
        ) from error


def require_version(version: int) -> None:
    """`version` as libpq gives it, 140011 for 14.11. Raises DatabaseUnavailable for one that is too old."""
    if version < OLDEST:
        raise DatabaseUnavailable(
            f"Databasservern är PostgreSQL {version // 10000}. Roboten behöver {OLDEST // 10000} eller senare: "
            "uppgradera servern, eller peka database.url i medarbetare.yaml på en nyare."
        )


def _without_rights() -> str:
    user, name = connection.settings_dict["USER"], connection.settings_dict["NAME"]
    return (
        f"Användaren {user} får inte göra tabeller i databasen {name}. Låt databasens administratör köra "
        f"ALTER DATABASE {name} OWNER TO {user}; eller, ansluten till {name}: GRANT USAGE, CREATE ON SCHEMA public TO "
        f"{user};"
    )


def _applied() -> set[tuple[str, str]]:
    return set(MigrationRecorder(connection).applied_migrations())


def _on_disk() -> set[tuple[str, str]]:
    """(app, migration) of every migration that is installed, by name alone: loading them all takes ten times longer."""
    return {
        (app.label, module.name)
        for app in apps.get_app_configs()
        if find_spec(f"{app.name}.migrations")
        for module in iter_modules(import_module(f"{app.name}.migrations").__path__)
    }
