"""A sandkommun for tests and benches: started as its own process, asked what truly happened, stopped."""

import json
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sandkommun.entrances import accounts
from sandkommun.entrances.accounts import Account
from sandkommun.storage import Json
from sandkommun.worlds import World, dump
from sandkommun.worlds.model import Systemnamn


@dataclass(frozen=True)
class Running:
    """A sandkommun that answers. `announced` is the line that `serve` printed."""

    announced: Json
    data: Path

    @property
    def pid(self) -> int:
        """The process that started the systems; they die with it."""
        return int(self.announced["pid"])

    def address(self, system: Systemnamn) -> str:
        """The address for a browser: http://<system>.localhost:<port>."""
        return str(self.announced["systems"][system]["address"])

    def direct(self, system: Systemnamn) -> str:
        """The same address by number, for programs whose resolver does not know *.localhost."""
        scheme, _, rest = self.address(system).partition("://")
        return f"{scheme}://127.0.0.1:{rest.rpartition(':')[2]}"

    def trust(self, system: Systemnamn) -> ssl.SSLContext | None:
        """What makes a program believe a system that is served with TLS; None for the others."""
        authority = self.announced["systems"][system].get("authority")
        return ssl.create_default_context(cafile=authority) if authority else None

    def account(self, system: Systemnamn, user: str = "robot") -> Account:
        """A user's password and one-time code."""
        return accounts.read(accounts.place(self.data / "credentials", system, user))

    def facit(self, system: Systemnamn = "verksamhet") -> Json:
        """What a system has registered since its start, and every request it got."""
        judge = f"{self.direct(system)}/_facit"
        with urllib.request.urlopen(judge, timeout=10, context=self.trust(system)) as answer:  # noqa: S310
            return dict(json.load(answer))


@contextmanager
def running(world: World | Path, data: Path, *options: str) -> Iterator[Running]:
    """Serve a world, or a world file, from a folder that is empty or not there yet, with further options of `serve`;
    everything has ended when the context ends.

    Raises RuntimeError when it does not start.
    """
    if isinstance(world, Path):
        file = world
    else:
        file = data.with_name(f"{data.name}.yaml")
        file.write_text(dump(world), "utf-8")
    command = [sys.executable, "-m", "sandkommun", "serve", "--world", str(file), "--data", str(data), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line:
                raise RuntimeError(f"sandkommun did not start; its logs lie in {data}")
            yield Running(json.loads(line), data)
        finally:
            process.terminate()
