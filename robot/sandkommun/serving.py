"""Runs the four systems, a process each, and leaves nothing behind however it ends."""

import asyncio
import ctypes
import json
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from sandkommun import accounts, etjanst, folkbokforing, ssbtek, verksamhet
from sandkommun.accounts import Account
from sandkommun.storage import Database
from sandkommun.worlds.model import SYSTEMS, Systemnamn, World

Build = Callable[[World, Database, Mapping[str, Account]], Starlette]
BUILD: dict[Systemnamn, Build] = {
    "etjanst": etjanst.build,
    "folkbokforing": folkbokforing.build,
    "ssbtek": ssbtek.build,
    "verksamhet": verksamhet.build,
}
_READY_WITHIN = 30.0
_STOP_WITHIN = 3.0
_STOP_SIGNALS = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
_PR_SET_PDEATHSIG = 1


class ServeError(Exception):
    """Sandkommun cannot start or cannot go on. The text is Swedish."""


@dataclass(frozen=True)
class _Child:
    name: Systemnamn
    pid: int
    ready: int
    """A pipe: one byte when the system answers, end of file when its process is gone."""


def serve(world: World, data: Path, port_base: int | None, announce: Callable[[str], None]) -> None:
    """Start all systems in an empty folder, announce them as one line of JSON, and stay until told to stop.

    Told to stop: SIGTERM, SIGINT, SIGHUP, or the death of the process that started this one. Must be called in the main
    thread of a process of its own. Raises ServeError.
    """
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(data.iterdir()):
        raise ServeError(f"Mappen {data} är inte tom. Ange en ny mapp: varje start är en ny värld.")
    os.umask(0o077)
    starter = os.getppid()
    signal.pthread_sigmask(signal.SIG_BLOCK, {*_STOP_SIGNALS, signal.SIGCHLD})
    sockets = _sockets(port_base)
    credentials = data / "credentials"
    credentials.mkdir(mode=0o700)
    users = {name: accounts.draw(credentials, name, with_totp=name == "verksamhet") for name in SYSTEMS}
    children: list[_Child] = []
    try:
        for name in SYSTEMS:
            children.append(_start(name, world, data, sockets, users[name], children))
        _wait_until_ready(children, data)
        announce(_announcement(world, data, sockets))
        _stay(starter, data)
    finally:
        _stop(children)


def _sockets(port_base: int | None) -> dict[Systemnamn, socket.socket]:
    sockets = {}
    for offset, name in enumerate(SYSTEMS):
        port = 0 if port_base is None else port_base + offset
        sockets[name] = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        sockets[name].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sockets[name].bind(("127.0.0.1", port))
        except OSError as error:
            raise ServeError(f"Porten {port} för {name} går inte att använda: {error.strerror}") from None
    return sockets


def _announcement(world: World, data: Path, sockets: Mapping[Systemnamn, socket.socket]) -> str:
    systems = {
        name: {
            "address": f"http://{name}.localhost:{sockets[name].getsockname()[1]}",
            "credentials": str(accounts.place((data / "credentials").absolute(), name, "robot")),
        }
        for name in SYSTEMS
    }
    line = json.dumps({"today": world.today.isoformat(), "pid": os.getpid(), "systems": systems}, ensure_ascii=False)
    unfinished = data / "sandkommun.json.part"
    unfinished.write_text(line + "\n", "utf-8")
    unfinished.replace(data / "sandkommun.json")
    return line


def _start(
    name: Systemnamn,
    world: World,
    data: Path,
    sockets: Mapping[Systemnamn, socket.socket],
    users: Mapping[str, Account],
    earlier: list[_Child],
) -> _Child:
    """Fork one system's process: it inherits the world, its accounts and its socket, so no secret travels anywhere."""
    parent = os.getpid()
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return _Child(name, pid, reading)
    status = 1
    try:
        _die_with(parent)
        os.setsid()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {*_STOP_SIGNALS, signal.SIGCHLD})
        _log_to(data / f"{name}.log")
        for unneeded in (reading, *(child.ready for child in earlier)):
            os.close(unneeded)
        for other, its_socket in sockets.items():
            if other != name:
                its_socket.close()
        app = BUILD[name](world, Database(data / f"{name}.sqlite"), users)
        asyncio.run(_Server(app, writing).serve(sockets=[sockets[name]]))
        status = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
        raise
    finally:
        sys.stderr.flush()
        os._exit(status)


class _Server(uvicorn.Server):
    """Uvicorn, quiet, telling through a pipe when it answers."""

    def __init__(self, app: Starlette, ready: int) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                log_level="error",
                access_log=False,
                lifespan="off",
                server_header=False,
                timeout_graceful_shutdown=1,
            )
        )
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        os.write(self._ready, b"!")


def _die_with(parent: int) -> None:
    """The kernel kills this process when its parent's main thread ends, however that happens."""
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:
        os._exit(1)


def _log_to(file: Path) -> None:
    log = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)


def _wait_until_ready(children: list[_Child], data: Path) -> None:
    deadline = time.monotonic() + _READY_WITHIN
    for child in children:
        answers, _, _ = select.select([child.ready], [], [], max(0.0, deadline - time.monotonic()))
        if not answers or os.read(child.ready, 1) != b"!":
            raise ServeError(f"{child.name} startade inte. Se {data / f'{child.name}.log'}")


def _stay(starter: int, data: Path) -> None:
    while True:
        told = signal.sigtimedwait({*_STOP_SIGNALS, signal.SIGCHLD}, 0.25)
        if told is not None and told.si_signo == signal.SIGCHLD:
            raise ServeError(f"Ett av systemen har slutat. Se loggarna i {data}")
        if told is not None or os.getppid() != starter:
            return


def _stop(children: list[_Child]) -> None:
    """Ask each system to end, wait a little, kill what is left, and collect them all."""
    for child in children:
        with suppress(ProcessLookupError):
            os.kill(child.pid, signal.SIGTERM)
    left, deadline = {child.pid for child in children}, time.monotonic() + _STOP_WITHIN
    while left and time.monotonic() < deadline:
        left -= {pid for pid in left if os.waitpid(pid, os.WNOHANG)[0]}
        time.sleep(0.01)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
