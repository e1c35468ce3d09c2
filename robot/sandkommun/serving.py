"""Runs the systems of a world, all in one process, and leaves nothing behind however it ends."""

import asyncio
import json
import os
import signal
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from sandkommun import (
    af,
    entrances,
    etjanst,
    fk,
    folkbokforing,
    inloggning,
    parkering,
    ssbtek,
    start,
    verksamhet,
)
from sandkommun.clock import Clock
from sandkommun.control import Control
from sandkommun.entrances import Entrances, Tls, accounts
from sandkommun.entrances.tickets import Tickets
from sandkommun.laying_down import NAMES, PEOPLE, database, lay_down
from sandkommun.storage import Database
from sandkommun.stubbornness import plans
from sandkommun.stubbornness.hitting import Faults
from sandkommun.system import System
from sandkommun.worlds.model import Kommun
from sandkommun.worlds.systems import SYSTEMS, Systemnamn

_BUILD: dict[Systemnamn, Callable[[System], Starlette]] = {
    "inloggning": inloggning.build,
    "etjanst": etjanst.build,
    "folkbokforing": folkbokforing.build,
    "ssbtek": ssbtek.build,
    "verksamhet": verksamhet.build,
    "fk": fk.build,
    "af": af.build,
    "parkering": parkering.build,
}
_SERVED = tuple(name for name in SYSTEMS if name == "start" or name in _BUILD)
_LAST_PORT = 65_535
_STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class ServeError(Exception):
    """Sandkommun cannot start or cannot go on. The text is Swedish."""


def serve(
    world: str,
    data: Path,
    port_base: int | None,
    announce: Callable[[str], None],
    *,
    latency_ms: int = 0,
    faults: str | None = None,
) -> None:
    """Serve a world (a shipped one's name, or a path) from an empty folder, announce the systems as one line of JSON,
    and stay until told to stop. `latency_ms`: so much later than the world says does every system answer.
    `faults`: a seed or the file of a plan, beside the faults of the world.

    Told to stop: SIGTERM, SIGINT, SIGHUP, or the death of the process that started this one. Must be called in the main
    thread of a process of its own. Raises ServeError, WorldError and PlanError.
    """
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        used = any(data.iterdir())
    except OSError as error:
        raise ServeError(f"Mappen {data} går inte att använda ({error.strerror}). Ange en ny mapp.") from None
    if used:
        raise ServeError(f"Mappen {data} är inte tom. Ange en ny mapp: varje start är en ny värld.")
    os.umask(0o077)
    starter = os.getppid()
    sockets = _sockets(port_base)
    kommun = lay_down(world, data).slower(latency_ms)
    if faults is not None:
        kommun = plans.added(kommun, faults)
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
    drawn = entrances.draw(kommun, data / "credentials")
    addresses = {name: _address(name, sockets, drawn) for name in _SERVED}
    sites = _sites(kommun, data, addresses, drawn)
    servers = {name: _Server(app, drawn.tls.get(name)) for name, app in sites.items()}
    running = [asyncio.create_task(server.serve(sockets=[sockets[name]])) for name, server in servers.items()]
    for server in servers.values():
        await server.answers.wait()
    announce(_announcement(kommun, data, addresses))
    while not told_to_stop.is_set() and os.getppid() == starter and not any(task.done() for task in running):
        try:
            await asyncio.wait_for(told_to_stop.wait(), 0.25)
        except TimeoutError:
            continue
    for server in servers.values():
        server.should_exit = True
    await asyncio.gather(*running)


def _sites(
    kommun: Kommun, data: Path, addresses: Mapping[Systemnamn, str], drawn: Entrances
) -> dict[Systemnamn, Starlette]:
    clock = Clock(kommun.today)
    tickets = Tickets(clock)
    databases = {name: Database(database(data, name)) for name in NAMES}
    faults = {name: Faults([fel for fel in kommun.fel if fel.system == name], clock) for name in _SERVED}
    control = Control(kommun, data, clock, databases, faults, drawn.accounts, tickets)
    sites: dict[Systemnamn, Starlette] = {}
    for name in _SERVED:
        system = System(
            name=name,
            kommun=kommun,
            clock=clock,
            database=databases[name],
            people=databases[PEOPLE],
            accounts=drawn.accounts[name],
            tickets=tickets,
            faults=faults[name],
            addresses=addresses,
        )
        sites[name] = start.build(system, control) if name == "start" else _BUILD[name](system)
    return sites


def _address(name: Systemnamn, sockets: Mapping[Systemnamn, socket.socket], drawn: Entrances) -> str:
    port = sockets[name].getsockname()[1]
    # A browser that shows a certificate goes by way of a helper of its own, which knows localhost and no name below it.
    return f"https://localhost:{port}" if name in drawn.tls else f"http://{name}.localhost:{port}"


def _sockets(port_base: int | None) -> dict[Systemnamn, socket.socket]:
    highest = _LAST_PORT - len(_SERVED) + 1
    if port_base is not None and not 1 <= port_base <= highest:
        raise ServeError(
            f"--port-base {port_base} går inte. Ange ett tal från 1 till {highest}: ett system på varje port."
        )
    sockets = {}
    for offset, name in enumerate(_SERVED):
        port = 0 if port_base is None else port_base + offset
        # The protocol by name: only then asyncio switches Nagle's delay off, which costs 40 ms a page.
        sockets[name] = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        sockets[name].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sockets[name].bind(("127.0.0.1", port))
        except OSError as error:
            raise ServeError(f"Porten {port} för {name} går inte att använda: {error.strerror}") from None
    return sockets


def _announcement(kommun: Kommun, data: Path, addresses: Mapping[Systemnamn, str]) -> str:
    credentials = (data / "credentials").absolute()
    systems: dict[str, Any] = {name: {"address": address} for name, address in addresses.items()}
    for name in set(addresses) - {"start"}:
        login = kommun.login(name)
        systems[name] |= {"credentials": str(accounts.place(credentials, name, "robot")), "login": login}
        if login == "certifikat":
            systems[name]["authority"] = str(credentials / "ca.pem")
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

    def __init__(self, app: Starlette, tls: Tls | None) -> None:
        certificate, key = tls.server if tls else (None, None)
        super().__init__(
            uvicorn.Config(
                app,
                ssl_certfile=certificate,
                ssl_keyfile=str(key) if key else None,
                ssl_ca_certs=str(tls.authority) if tls else None,
                ssl_cert_reqs=ssl.CERT_OPTIONAL,
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
