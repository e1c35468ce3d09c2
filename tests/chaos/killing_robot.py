"""The service without the inboxes, with other workers than usual. Ends with the process that started it.

killing_robot.py STARTER killing_worker.py --once     works until nothing is left to do
killing_robot.py STARTER naming_worker.py             works until SIGTERM, as `medarbetare worker` does
"""

import ctypes
import os
import signal
import sys
from contextlib import ExitStack
from pathlib import Path

from medarbetare.database.connection import load_models

load_models()

from medarbetare.bootstrap import build_supervisor, open_database, read_configuration  # noqa: E402
from medarbetare.cli.service import serve  # noqa: E402
from medarbetare.config import config_folder  # noqa: E402
from medarbetare.errors import DatabaseUnavailable  # noqa: E402
from medarbetare.log import configure_log  # noqa: E402

PR_SET_PDEATHSIG = 1


def main(starter: int, worker: str, *, until_idle: bool) -> None:
    """`starter` is the process whose end is also the end of this one."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != starter:
        return
    configure_log(sys.stdout)
    configuration = read_configuration(config_folder())
    command = (sys.executable, "-P", str(Path(__file__).with_name(worker)))
    with ExitStack() as until_closed:
        try:
            until_closed.enter_context(open_database(configuration))
        except DatabaseUnavailable:
            # As with `medarbetare run`: whoever starts it, systemd or a test, starts it again.
            sys.exit(os.EX_TEMPFAIL)
        serve(build_supervisor(configuration, log_to=sys.stdout.fileno(), command=command), until_idle=until_idle)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], until_idle="--once" in sys.argv)
