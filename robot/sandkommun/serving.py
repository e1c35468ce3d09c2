"""Runs the systems of a world, all in one process, and leaves nothing behind however it ends."""

import asyncio
import json
import os
import signal
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from sandkommun import accounts, etjanst, folkbokforing, ssbtek, start, verksamhet
from sandkommun.clock import Clock
from sandkommun.control import Control
from sandkommun.laying_down import NAMES, PEOPLE, database, lay_down
from sandkommun.storage import Database
from sandkommun.stubbornness.hitting import Faults
from sandkommun.system import System
from sandkommun.worlds.model import Kommun
from sandkommun.worlds.systems import SYSTEMS, Systemnamn

_BUILD: dict[Systemnamn, Callable[[System], Starlette]] = {
    "etjanst": etjanst.build,
    "folkbokforing": folkbokforing.build,
    "ssbtek": ssbtek.build,
    "verksamhet": verksamhet.build,
}
_SERVED = tuple(name for name in SYSTEMS if name == "start" or name in _BUILD)
_STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class ServeError(Exception):
    """Sandkommun cannot start or cannot go on. The text is Swedish."""


def serve(world: str, data: Path, port_base: int | None, announce: Callable[[str], None]) -> None:
    """Serve a world (a shipped one's name, or a path) from an empty folder, announce the systems as one line of JSON,
    and stay until told to stop.

    Told to stop: SIGTERM, SIGINT, SIGHUP, or the death of the process that started this one. Must be called in the main
    thread of a process of its own. Raises ServeError and WorldError.
    """
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(data.iterdir()):
        raise ServeError(f"Mappen {data} är inte tom. Ange en ny mapp: varje start är en ny värld.")
    os.umask(0o077)
    starter = os.getppid()
    sockets = _sockets(port_base)
    kommun = lay_down(world, data)
    asyncio.run(_serve(kommun, data, sockets, starter, announce))


async def _serve(
    kommun: Kommun,
    data: Path,
    sockets: Mapping[Systemnamn, socket.socket],
    starter: int,
    announce: Callable[[str], None],
) -> None:
    told_to_stop = asyncio.Event()
    for number in _STOP_SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, told_to_stop.set)
    servers = {name: _Server(app) for name, app in _sites(kommun, data, sockets).items()}
    running = [asyncio.create_task(server.serve(sockets=[sockets[name]])) for name, server in servers.items()]
    for server in servers.values():
        await server.answers.wait()
    announce(_announcement(kommun, data, sockets))
    while not told_to_stop.is_set() and os.getppid() == starter and not any(task.done() for task in running):
        try:
            await asyncio.wait_for(told_to_stop.wait(), 0.25)
        except TimeoutError:
            continue
    for server in servers.values():
        server.should_exit = True
    await asyncio.gather(*running)


def _sites(kommun: Kommun, data: Path, sockets: Mapping[Systemnamn, socket.socket]) -> dict[Systemnamn, Starlette]:
    clock = Clock(kommun.today)
    databases = {name: Database(database(data, name)) for name in NAMES}
    faults = {name: Faults([fel for fel in kommun.fel if fel.system == name], clock) for name in _SERVED}
    credentials = data / "credentials"
    credentials.mkdir(mode=0o700)
    addresses = {name: _address(name, sockets) for name in _SERVED}
    control = Control(kommun, data, clock, databases, faults)
    sites: dict[Systemnamn, Starlette] = {}
    for name in _SERVED:
        users = accounts.draw(credentials, name, with_totp=kommun.login(name) == "engangskod")
        system = System(
            name=name,
            kommun=kommun,
            clock=clock,
            database=databases[name],
            people=databases[PEOPLE],
            accounts=users,
            faults=faults[name],
            addresses=addresses,
        )
        sites[name] = start.build(system, control) if name == "start" else _BUILD[name](system)
    return sites


def _address(name: Systemnamn, sockets: Mapping[Systemnamn, socket.socket]) -> str:
    return f"http://{name}.localhost:{sockets[name].getsockname()[1]}"


def _sockets(port_base: int | None) -> dict[Systemnamn, socket.socket]:
    sockets = {}
    for offset, name in enumerate(_SERVED):
        port = 0 if port_base is None else port_base + offset
        sockets[name] = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        sockets[name].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sockets[name].bind(("127.0.0.1", port))
        except OSError as error:
            raise ServeError(f"Porten {port} för {name} går inte att använda: {error.strerror}") from None
    return sockets


def _announcement(kommun: Kommun, data: Path, sockets: Mapping[Systemnamn, socket.socket]) -> str:
    systems: dict[str, Any] = {
        name: {
            "address": _address(name, sockets),
            "credentials": str(accounts.place((data / "credentials").absolute(), name, "robot")),
            "login": kommun.login(name),
        }
        for name in _SERVED
    }
    systems["verksamhet"]["skin"] = kommun.systemval("verksamhet").skin
    told = {
        "today": kommun.today.isoformat(),
        "kommun": kommun.kommun,
        "pid": os.getpid(),
        "lokalt": kommun.lokalt,
        "systems": systems,
    }
    line = json.dumps(told, ensure_ascii=False)
    unfinished = data / "sandkommun.json.part"
    unfinished.write_text(line + "\n", "utf-8")
    unfinished.replace(data / "sandkommun.json")
    return line


class _Server(uvicorn.Server):
    """Uvicorn, quiet, beside others in one process, telling when it answers."""

    def __init__(self, app: Starlette) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=_Connection,
                log_level="error",
                access_log=False,
                lifespan="off",
                server_header=False,
                timeout_graceful_shutdown=1,
            )
        )
        self.answers = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.answers.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are this program's own matter."""
        yield


class _Connection(H11Protocol):
    """Lets a site see the connection that a request came by, to break it off or to see who is at its other end."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        app = self.app

        async def with_connection(scope: Scope, receive: Receive, send: Send) -> None:
            await app({**scope, "connection": transport}, receive, send)

        self.app = with_connection
