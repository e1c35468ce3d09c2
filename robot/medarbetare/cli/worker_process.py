"""One worker process, started by a supervisor, which speaks to it through its pipes.

A program of its own, so that a worker does not carry what only people at a terminal need (4 MB).
"""

import os
import sys

from medarbetare.database.connection import load_models


def main() -> None:
    """Carry out orders from standard input until it is closed."""
    orders = sys.stdin.buffer
    told = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # Whatever a library prints must not reach the supervisor's pipe.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    load_models()
    from medarbetare.bootstrap import build_worker, open_database
    from medarbetare.cli.folder import configured
    from medarbetare.engine.worker import teller
    from medarbetare.log import configure_log

    configure_log(sys.stderr)
    configuration = configured()
    with open_database(configuration, beside_browser=True):
        process = build_worker(configuration, teller(told))
        try:
            process.worker.serve(orders)
        finally:
            process.browser.close()


if __name__ == "__main__":
    main()
