"""Bring the database's tables up to date."""

from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder

from medarbetare.errors import DatabaseUnavailable

_LOCK = int.from_bytes(b"migrate", "big")
"""Key of the advisory lock: two robots that start together must not migrate together."""


def migrate() -> None:
    """Apply the migrations that are missing, one process at a time. Does nothing, and quickly, when there are none.

    Raises DatabaseUnavailable.
    """
    try:
        if _applied() >= _on_disk():
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
            try:
                call_command("migrate", verbosity=0, interactive=False)
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
    except DatabaseError as error:
        raise DatabaseUnavailable(
            f"Robotens databas kunde inte nås eller uppgraderas ({type(error).__name__}). Läs databasens logg."
        ) from error


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
