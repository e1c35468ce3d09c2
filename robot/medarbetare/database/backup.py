"""Backups of the embedded database, made and read by PostgreSQL's own pg_dump and pg_restore.

A municipality's own server has a routine of its own; nothing here concerns it. The keys are in no backup: what it holds
of the journal cannot be opened without them.
"""

import os
import subprocess
from pathlib import Path

from medarbetare.database.binaries import binaries_for, own_account
from medarbetare.database.dsn import Dsn
from medarbetare.errors import BusinessError, DatabaseUnavailable, reason_of

_OPTIONS = ("--no-owner", "--no-privileges")
_TABLES = "SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"


def dump(dsn: Dsn, file: Path) -> None:
    """Write the whole database to a new file that only its owner may read, while others work; all of it or nothing.

    Raises BusinessError when the file is there already or cannot be written, DatabaseUnavailable when pg_dump fails.
    """
    if file.exists():
        raise BusinessError(f"{file} finns redan. Välj ett annat namn; en säkerhetskopia skrivs aldrig över.")
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as written:
            _run([binaries_for(own_account()).pg_dump, "--format=custom", *_OPTIONS], dsn, stdout=written.fileno())
            os.fsync(written.fileno())
        draft.rename(file)
    except OSError as error:
        raise BusinessError(f"{file} kan inte skrivas ({reason_of(error)}).") from None
    finally:
        draft.unlink(missing_ok=True)


def is_empty(dsn: Dsn) -> bool:
    """Whether the database has no table at all."""
    with dsn.connect() as connection:
        row = connection.execute(_TABLES).fetchone()
    return row is not None and row[0] == 0


def restore(dsn: Dsn, file: Path) -> None:
    """Read a backup into an empty database, in one transaction.

    Raises BusinessError when the database is not empty or the file is not there, DatabaseUnavailable when pg_restore
    fails: then the database is as empty as before.
    """
    if not is_empty(dsn):
        raise BusinessError("Databasen är inte tom. En säkerhetskopia läses bara in i en tom databas.")
    program = binaries_for(own_account()).pg_restore
    try:
        with open(file, "rb") as read:
            _run([program, "--exit-on-error", "--single-transaction", *_OPTIONS], dsn, "--dbname", stdin=read.fileno())
    except OSError as error:
        raise BusinessError(f"{file} kan inte läsas ({reason_of(error)}).") from None


def _run(command: list[str], dsn: Dsn, *before_name: str, stdin: int | None = None, stdout: int | None = None) -> None:
    parameters = dict(dsn.parameters)
    # The password lies in a file; nothing secret stands among the arguments.
    environment = {"PATH": "/usr/bin:/bin", "PGPASSFILE": parameters.pop("passfile")}
    options = ["--host", parameters["host"], "--username", parameters["user"], "--no-password"]
    done = subprocess.run(
        [*command, *options, *before_name, dsn.dbname],
        stdin=subprocess.DEVNULL if stdin is None else stdin,
        stdout=subprocess.DEVNULL if stdout is None else stdout,
        stderr=subprocess.PIPE,
        check=False,
        cwd="/",
        env=environment,
    )
    if done.returncode:
        # Only the first line: those after it may quote a row.
        why = done.stderr.decode("utf-8", "replace").strip().splitlines()
        told = f"Programmet säger: «{why[0]}»" if why else f"Programmet avslutade med {done.returncode} utan ett ord."
        raise DatabaseUnavailable(f"PostgreSQL:s program {Path(command[0]).name} lyckades inte. {told}")
