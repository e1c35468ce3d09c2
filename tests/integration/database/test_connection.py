import signal
import subprocess
import sys
import time
from typing import Any

import pytest
from django.db import connection, transaction
from pydantic import SecretStr

from medarbetare.database.connection import configure
from medarbetare.database.dsn import Dsn
from medarbetare.database.migrating import migrate, require_version
from medarbetare.errors import ConfigurationError, DatabaseUnavailable
from medarbetare.journal.sequencing import lock_end

MIGRATE = """
import sys
from medarbetare.database.connection import configure
from medarbetare.database.dsn import Dsn
from medarbetare.database.migrating import migrate, require_version
configure(Dsn(dict(argument.split("=", 1) for argument in sys.argv[1:])))
migrate()
"""
HANGS = """
import os, signal, sys
from django.db import transaction
from medarbetare.database.connection import configure
from medarbetare.database.dsn import Dsn
configure(Dsn(dict(argument.split("=", 1) for argument in sys.argv[1:])))
from medarbetare.journal.sequencing import lock_end
with transaction.atomic():
    lock_end()
    print("holds the end", flush=True)
    os.kill(os.getpid(), signal.SIGSTOP)
    lock_end()
"""


def test_migrating_an_up_to_date_database_is_quick(database: Dsn) -> None:
    migrate()
    start = time.perf_counter()
    migrate()

    assert time.perf_counter() - start < 0.3


def test_two_processes_that_migrate_at_once_both_succeed(database: Dsn) -> None:
    empty = f"{database.dbname}_empty"
    with database.with_database("postgres").connect() as maintenance:
        maintenance.execute(f"CREATE DATABASE {empty}")
    arguments = [f"{key}={value}" for key, value in database.with_database(empty).parameters.items()]
    robots = [
        subprocess.Popen([sys.executable, "-c", MIGRATE, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for _ in range(2)
    ]

    assert [robot.communicate(timeout=60)[0] for robot in robots] == [b"", b""]
    assert [robot.returncode for robot in robots] == [0, 0]
    with database.with_database(empty).connect() as other:
        assert other.execute("SELECT id, size FROM journal_head").fetchall() == [(1, 0)]


def test_a_process_stopped_within_a_transaction_holds_up_the_others_for_seconds_only(database: Dsn) -> None:
    migrate()
    arguments = [f"{key}={value}" for key, value in database.parameters.items()]
    hanging = subprocess.Popen(
        [sys.executable, "-c", HANGS, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert hanging.stdout is not None
    assert hanging.stdout.readline() == "holds the end\n"

    with transaction.atomic(), connection.cursor() as cursor:
        # More than the server waits, and less than the silence after which a worker is killed.
        cursor.execute("SET LOCAL lock_timeout = '9s'")
        lock_end()

    hanging.send_signal(signal.SIGCONT)
    _, told = hanging.communicate(timeout=60)
    assert hanging.returncode == 1
    # Trouble with the database to whoever waits such trouble out, and no fault of the statement.
    assert "django.db.utils.OperationalError: terminating connection due to idle-in-transaction timeout" in told


def test_database_that_cannot_be_reached_is_told_as_such(database: Dsn) -> None:
    configure(database.with_database("finns_inte"))

    with pytest.raises(DatabaseUnavailable, match=r"svarar inte .*finns_inte"):
        migrate()


def test_database_url_becomes_djangos_connection_with_its_options(database: Dsn) -> None:
    url = SecretStr("postgresql://robot:hemlig@db.example:5433/medarbetare?sslmode=verify-full")

    dsn = Dsn.of_url(url)

    found = dsn.django()
    # A server that is gone without a word is noticed in half a minute.
    assert found["OPTIONS"].pop("keepalives_idle") == "10"
    found["OPTIONS"] = {key: value for key, value in found["OPTIONS"].items() if not key.startswith("keepalives")}
    assert found == {
        "NAME": "medarbetare",
        "USER": "robot",
        "PASSWORD": "hemlig",
        "HOST": "db.example",
        "PORT": "5433",
        "OPTIONS": {"connect_timeout": 10, "sslmode": "verify-full"},
    }
    assert "hemlig" not in repr(dsn)


@pytest.mark.parametrize("url", ["postgresql://robot:hemlig@[", "hemlig", "postgresql://robot:hemlig@db.example"])
def test_broken_database_url_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        Dsn.of_url(SecretStr(url))
    assert "hemlig" not in str(raised.value)


def test_models_use_the_configured_database(database: Dsn) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database(), current_setting('TimeZone')")
        assert cursor.fetchone() == (database.dbname, "UTC")


def test_a_user_who_may_not_make_tables_is_told_what_to_ask_for(tcp_server: Any) -> None:
    configure(Dsn.of_url(SecretStr(tcp_server.new_database(owner="postgres"))))

    with pytest.raises(DatabaseUnavailable, match=r"GRANT USAGE, CREATE ON SCHEMA public TO robot;") as raised:
        migrate()
    assert tcp_server.password not in str(raised.value)


def test_a_wrong_password_is_told_without_being_repeated(tcp_server: Any) -> None:
    configure(Dsn.of_url(SecretStr(tcp_server.new_database().replace(tcp_server.password, "kanariefagel"))))

    with pytest.raises(DatabaseUnavailable, match="password authentication failed") as raised:
        migrate()
    assert "kanariefagel" not in str(raised.value)


def test_a_server_that_is_too_old_is_refused() -> None:
    with pytest.raises(DatabaseUnavailable, match=r"PostgreSQL 13\. Roboten behöver 14"):
        require_version(130011)
    require_version(140000)
