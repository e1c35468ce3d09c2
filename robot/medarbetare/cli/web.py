"""`web`: the pages for case workers, as a service."""

import signal
import sys
import threading
from typing import Annotated

import typer

from medarbetare.bootstrap import build_web, open_database
from medarbetare.cli.folder import configured
from medarbetare.log import configure_log


def web(
    host: Annotated[str, typer.Option(help="Adressen att lyssna på.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Porten att lyssna på; 0 tar en ledig.")] = 8000,
) -> None:
    """Webben för handläggare: Att göra, godkänna, ta över. Svarar tills den får SIGTERM. Loggar till stderr."""
    configure_log(sys.stderr)
    configuration = configured()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with open_database(configuration), build_web(configuration, host, port) as server:
        typer.echo(f"Webben svarar på {server.address}")
        stop.wait()
