"""What runs for months: the supervisor of the worker processes, and the pages for case workers."""

import sys
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from medarbetare.bootstrap.common import build_journal, load_workflows, read_keys
from medarbetare.bootstrap.restoring import Sweep, build_watch
from medarbetare.cases.register import CaseRegister
from medarbetare.clock import utc_now
from medarbetare.config.folders import CONFIG_VARIABLE
from medarbetare.configuration import Configuration
from medarbetare.engine.child import LeaseTerms
from medarbetare.engine.crew import Crew
from medarbetare.engine.messages import Passed
from medarbetare.engine.supervisor import Supervisor

if TYPE_CHECKING:
    from medarbetare.web.serving import WebServer


def build_supervisor(
    configuration: Configuration,
    *,
    log_to: int | None = None,
    command: tuple[str, ...] = (),
    on_passed: Callable[[Passed], None] = lambda passed: None,
    on_settled: Callable[[str, str, timedelta], None] = lambda case, status, took: None,
) -> Supervisor:
    """The supervisor of this machine's worker processes."""
    lease = configuration.installation.lease
    journal = build_journal(configuration)
    return Supervisor(
        CaseRegister(journal),
        Crew(
            command=command or (sys.executable, "-P", "-m", "medarbetare.cli.worker_process"),
            size=configuration.installation.workers,
            log_to=log_to,
            environment={CONFIG_VARIABLE: str(configuration.folder.absolute())},
        ),
        LeaseTerms(
            duration=timedelta(seconds=lease.duration),
            margin=timedelta(seconds=lease.margin),
            silence=timedelta(seconds=lease.silence),
        ),
        put_off=timedelta(seconds=configuration.installation.patience.wait_between_attempts),
        on_sweep=Sweep(journal, build_watch(configuration, journal)),
        keep_failed_jobs=timedelta(days=configuration.installation.queue.keep_failed_days),
        on_passed=on_passed,
        on_settled=on_settled,
    )


def build_web(configuration: Configuration, host: str, port: int) -> "WebServer":
    """The pages for case workers, not yet served. Port 0 takes a free one.

    Raises ConfigurationError when they would be served to others without encryption, TechnicalError when the port
    cannot be used.
    """
    # Here and not above: a worker process has neither use nor room for them.
    from medarbetare.web.context import Site
    from medarbetare.web.serving import WebServer, prepare

    installation = configuration.installation
    keys = read_keys(configuration)
    journal = build_journal(configuration, keys)
    build_watch(configuration, journal).look()
    site = Site(
        municipality=installation.municipality,
        journal=journal,
        workflows=load_workflows(configuration),
        clock=utc_now,
        zone=configuration.schedule.zone,
        practice=installation.practice_date is not None,
        practice_day=installation.practice_date,
    )
    address = installation.web.address
    prepare(site, secret=keys.session_secret(), address=address)
    return WebServer(host, port, encrypted=address is not None and address.startswith("https:"))
