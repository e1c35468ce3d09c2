"""A PostgreSQL server as a municipality has one: reached by a URL over TCP, with a password."""

import ctypes
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest
from django.db import connections
from psycopg import sql
from psycopg.conninfo import make_conninfo
from pydantic import SecretStr

from medarbetare.database.binaries import binaries_for, server_account
from medarbetare.database.connection import configure
from medarbetare.database.dsn import Dsn
from medarbetare.database.migrating import migrate

_SAFETY = 60.0
_PR_SET_PDEATHSIG = 1
_USER = "robot"


class TcpServer:
    """An ordinary server. `administrator` may do everything there, the robot's user what it is given."""

    def __init__(self, folder: Path) -> None:
        self._account = server_account()
        self._programs = binaries_for(self._account)
        self._data = str(folder / "data")
        self.password = secrets.token_urlsafe(16)
        self._account.own(folder)
        self._initialise(folder / "password")
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = str(free.getsockname()[1])
        where = {"host": "127.0.0.1", "port": port, "user": "postgres", "password": self.password}
        self.administrator = Dsn({**where, "dbname": "postgres"})
        self._process = self._started()
        self._execute("CREATE ROLE {} LOGIN PASSWORD {}", sql.Identifier(_USER), sql.Literal(self.password))

    def new_database(self, owner: str = _USER) -> str:
        """The URL of an empty database for the robot's user, who may make no tables in it unless it is the owner's."""
        name = f"test_{secrets.token_hex(6)}"
        self._execute("CREATE DATABASE {} OWNER {}", sql.Identifier(name), sql.Identifier(owner))
        where = self.administrator.parameters
        return f"postgresql://{_USER}:{self.password}@{where['host']}:{where['port']}/{name}"

    def restart(self) -> None:
        """As an administrator does it: every session is ended. Returns when the server answers again."""
        self.end()
        self._process = self._started()

    def end(self) -> None:
        """End the server and every session."""
        self._process.send_signal(signal.SIGINT)
        self._process.wait(_SAFETY)

    def _initialise(self, given: Path) -> None:
        given.write_text(self.password, "utf-8")
        self._account.own(given)
        command = [self._programs.initdb, "-D", self._data, "-U", "postgres", "--auth=scram-sha-256"]
        options = [f"--pwfile={given}", "--encoding=UTF8", "--locale=C"]
        subprocess.run([*command, *options], check=True, capture_output=True, cwd="/", **self._account.switch())

    def _started(self) -> subprocess.Popen[bytes]:
        port = self.administrator.parameters["port"]
        settings = ("listen_addresses=127.0.0.1", f"port={port}", "unix_socket_directories=", "fsync=off")
        server = subprocess.Popen(
            [self._programs.postgres, "-D", self._data, *(part for one in settings for part in ("-c", one))],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            preexec_fn=_end_with(os.getpid()),
            **self._account.switch(),
        )
        _wait_for(self.administrator)
        return server

    def _execute(self, statement: LiteralString, *parts: sql.Composable) -> None:
        with self.administrator.connect() as connection:
            connection.execute(sql.SQL(statement).format(*parts))


@pytest.fixture(scope="session")
def tcp_server() -> Iterator[TcpServer]:
    """One server for all tests of this process."""
    folder = Path(tempfile.mkdtemp(prefix="medarbetare-test-"))
    server = TcpServer(folder)
    yield server
    server.end()
    shutil.rmtree(folder)


@pytest.fixture
def url_database(tcp_server: TcpServer) -> Iterator[str]:
    """The URL of a fresh migrated database there, which Django's models use."""
    url = tcp_server.new_database()
    configure(Dsn.of_url(SecretStr(url)))
    migrate()
    yield url
    connections.close_all()


@pytest.fixture(params=["embedded", "url"])
def any_database(request: pytest.FixtureRequest) -> str:
    """A fresh migrated database, which Django's models use, on either kind of server; how to connect to it."""
    if request.param == "url":
        return str(request.getfixturevalue("url_database"))
    return make_conninfo(**request.getfixturevalue("database").parameters)


def _wait_for(server: Dsn) -> None:
    deadline = time.monotonic() + _SAFETY
    while time.monotonic() < deadline:
        with suppress(psycopg.OperationalError), server.connect():
            return
        time.sleep(0.05)
    raise AssertionError("the server did not start")


def _end_with(parent: int) -> Callable[[], None]:
    libc = ctypes.CDLL(None)

    def prepare() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGINT)
        if os.getppid() != parent:
            os._exit(1)

    return prepare
