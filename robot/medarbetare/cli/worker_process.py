"""One worker process, started by a supervisor, which speaks to it through its pipes.

A program of its own, so that a worker does not carry what only people at a terminal need (4 MB).
"""

import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, BinaryIO

import stamina
import structlog

from medarbetare.database.connection import load_models
from medarbetare.database.trouble import DATABASE_TROUBLE, why_unavailable
from medarbetare.engine.messages import WITHOUT_DATABASE
from medarbetare.errors import ConfigurationError, DatabaseUnavailable, MedarbetareError
from medarbetare.log import configure_log

if TYPE_CHECKING:  # models may not be imported before they are loaded
    from medarbetare.configuration import Configuration
    from medarbetare.engine.run import Boundary

log = structlog.get_logger()

_WAITS_FOR_DATABASE = 10.0
"""Seconds: a server that restarts is back by then. A worker that ended instead would take as long to start anew."""


def main(observe: Callable[["Boundary"], None] = lambda boundary: None) -> None:
    """Carry out orders from standard input until it is closed. `observe` is called at each durable point."""
    orders = sys.stdin.buffer
    told = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # Whatever a library prints must not reach the supervisor's pipe.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    configure_log(sys.stderr)
    try:
        _serve(orders, told, observe)
    except (DatabaseUnavailable, *DATABASE_TROUBLE) as error:
        log.warning("worker without database", error=type(error).__name__, message=why_unavailable(error))
        sys.exit(WITHOUT_DATABASE)
    except MedarbetareError as error:
        log.error("worker cannot start", error=type(error).__name__, message=error.message)
        sys.exit(2 if isinstance(error, ConfigurationError) else 1)


def _serve(orders: BinaryIO, told: BinaryIO, observe: Callable[["Boundary"], None]) -> None:
    load_models()
    from medarbetare.bootstrap import build_worker
    from medarbetare.cli.folder import configured
    from medarbetare.engine.worker import teller

    configuration = configured()
    with ExitStack() as until_closed:
        _open_patiently(configuration, until_closed)
        process = build_worker(configuration, teller(told), observe=observe)
        try:
            process.worker.serve(orders)
        finally:
            process.browser.close()


def _open_patiently(configuration: "Configuration", until_closed: ExitStack) -> None:
    from medarbetare.bootstrap import open_database

    for attempt in stamina.retry_context(
        on=DatabaseUnavailable, attempts=None, timeout=_WAITS_FOR_DATABASE, wait_initial=0.2, wait_max=1.0
    ):
        with attempt:
            until_closed.enter_context(open_database(configuration, beside_browser=True))


if __name__ == "__main__":
    main()
