"""One machine of several: a supervisor with a lean worker, until nothing is left to do in the database.

    LEAN_LEASE    how long a lease lasts, seconds (8)

See lean_worker.py for the rest.
"""

import asyncio
import os
import sys
from datetime import timedelta
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from medarbetare.database.connection import configure, load_models
from medarbetare.database.dsn import Dsn

load_models()

from medarbetare.engine.child import LeaseTerms  # noqa: E402
from medarbetare.engine.crew import Crew  # noqa: E402
from medarbetare.engine.supervisor import Supervisor  # noqa: E402
from medarbetare.log import configure_log  # noqa: E402
from medarbetare.testing import Bench  # noqa: E402


def main() -> None:
    """Serve until idle."""
    configure_log(sys.stdout)
    configure(Dsn({key: str(value) for key, value in conninfo_to_dict(os.environ["LEAN_DATABASE"]).items()}))
    supervisor = Supervisor(
        Bench({}).register,
        Crew((sys.executable, "-P", str(Path(__file__).with_name("lean_worker.py"))), 1, sys.stdout.fileno()),
        LeaseTerms(timedelta(seconds=int(os.environ.get("LEAN_LEASE", 8))), timedelta(seconds=2), timedelta(seconds=6)),
        put_off=timedelta(seconds=1),
        on_sweep=lambda: None,
    )
    asyncio.run(supervisor.serve(until_idle=True))


if __name__ == "__main__":
    main()
