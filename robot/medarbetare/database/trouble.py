"""What ails the database, in words for whoever is woken by it at night."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
from django import db
from django.db import connections
from psycopg import errors

from medarbetare.errors import JournalUnavailable

DATABASE_TROUBLE = (
    db.OperationalError,
    db.InterfaceError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
    JournalUnavailable,
)
"""What is raised when the database does not answer or cannot store; says nothing about what was asked of it."""

_FULL_BELOW = 48 * 1024 * 1024
"""Bytes. PostgreSQL stops when it finds no room for its next write-ahead file, 16 MB, and starts with some."""


def why_unavailable(error: BaseException) -> str:
    """A sentence about what ails the configured database: what happened, where, what to do. No personal data."""
    folder = _embedded_folder()
    place = str(folder) if folder is not None else _address()
    if any(isinstance(cause, errors.DiskFull) for cause in _causes(error)) or _is_full(folder):
        what = f"Disken är full där robotens databas ligger ({place}). Gör plats på den."
    else:
        log = f"läs {folder / 'postgres.log'}" if folder is not None else "se efter att PostgreSQL är igång där och nås"
        what = f"Robotens databas svarar inte ({place}{_told(error)}): {log}."
    return f"{what} Utan journal skrivs inget i någon portal; roboten går vidare av sig själv."


def _told(error: BaseException) -> str:
    """What PostgreSQL or its library says of a connection; of a statement it may quote what was stored."""
    told = next((one for one in _causes(error) if isinstance(one, psycopg.Error)), None)
    if told is None or told.sqlstate is not None or not str(told):
        return ""
    return f", «{str(told).strip().splitlines()[0].rpartition('failed: ')[2].strip()[:160]}»"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _embedded_folder() -> Path | None:
    passfile = connections.settings["default"].get("OPTIONS", {}).get("passfile")
    socket = str(connections.settings["default"].get("HOST", "")).startswith("/")
    return Path(passfile).parent if passfile and socket else None


def _address() -> str:
    configured = connections.settings["default"]
    return f"{configured.get('HOST') or 'denna maskin'}:{configured.get('PORT') or 5432}"


def _is_full(folder: Path | None) -> bool:
    try:
        return folder is not None and shutil.disk_usage(folder).free < _FULL_BELOW
    except OSError:
        return False
