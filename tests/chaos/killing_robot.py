"""`medarbetare run --once` without the inboxes, with violent workers. Ends with the process that started it."""

import ctypes
import os
import signal
import sys
from pathlib import Path

from medarbetare.database.connection import load_models

load_models()

from medarbetare.bootstrap import build_supervisor, open_database, read_configuration  # noqa: E402
from medarbetare.cli.service import serve  # noqa: E402
from medarbetare.config import config_folder  # noqa: E402
from medarbetare.log import configure_log  # noqa: E402

PR_SET_PDEATHSIG = 1


def main(starter: int) -> None:
    """Serve until idle. `starter` is the process whose end is also the end of this one."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != starter:
        return
    configure_log(sys.stdout)
    configuration = read_configuration(config_folder())
    worker = (sys.executable, "-P", str(Path(__file__).with_name("killing_worker.py")))
    with open_database(configuration):
        supervisor = build_supervisor(configuration, log_to=sys.stdout.fileno(), command=worker)
        serve(supervisor, until_idle=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
