"""A worker process: one main thread that carries out orders from its supervisor, one after another.

Playwright and the ORM share this thread, because Playwright's objects cannot be touched from another.
"""

import signal
from collections.abc import Callable
from typing import BinaryIO, Protocol

import structlog
from django.db import close_old_connections

from medarbetare.database.trouble import DATABASE_TROUBLE, why_unavailable
from medarbetare.engine.lease import Lease, give_back
from medarbetare.engine.messages import ORDERS, Done, Failed, Order, Passed, PullInbox, Stopped, Told, WorkOnCase
from medarbetare.engine.run import Boundary, StopSignal
from medarbetare.engine.runner import CaseRunner
from medarbetare.errors import LeaseLost, MedarbetareError, StopRequested

log = structlog.get_logger()


class InboxPuller(Protocol):
    """Reads one inbox and takes in what is new; gives how many cases that made."""

    def __call__(self, inbox: str) -> int:
        """Raises MedarbetareError when the inbox cannot be read."""


class Worker:
    """Carries out orders until its supervisor closes the pipe."""

    def __init__(
        self,
        runner: CaseRunner,
        pull_inbox: InboxPuller,
        reconcile: Callable[[], dict[str, int]],
        stop: StopSignal,
        tell: Callable[[Told], None],
        ready: Callable[[], None],
        rest: Callable[[], None],
    ) -> None:
        self._runner = runner
        self._pull_inbox = pull_inbox
        self._reconcile = reconcile
        self._stop = stop
        self._tell = tell
        self._ready = ready
        self._rest = rest

    def serve(self, orders: BinaryIO) -> None:
        """Read orders, one a line, until the pipe is closed. SIGTERM leaves the order at hand after its step."""
        signal.signal(signal.SIGTERM, lambda *_: self._stop.request())
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        self._ready()
        while line := orders.readline():
            # A connection that went with its server, during the last order or since, is made anew.
            close_old_connections()
            told = self._carry_out(ORDERS.validate_json(line))
            # Whoever wants more than this order left closes the pipe.
            self._stop.forget()
            self._rest()
            self._tell(told)

    def _carry_out(self, order: Order) -> Told:
        try:
            if isinstance(order, WorkOnCase):
                return self._work_on(Lease(order.case, order.token))
            if isinstance(order, PullInbox):
                return Done(new_cases=self._pull_inbox(order.inbox))
            return Done(reconciled=self._reconcile())
        except StopRequested:
            return Stopped()
        except DATABASE_TROUBLE as error:
            log.error("order not carried out", error=type(error).__name__, message=why_unavailable(error))
            return Failed(error=type(error).__name__, of_database=True)
        except MedarbetareError as error:
            log.warning("order not carried out", error=type(error).__name__, message=error.message)
            return Failed(error=type(error).__name__)
        except Exception as error:  # noqa: BLE001 - told to the supervisor, which puts the case off
            log.error("order failed", error=type(error).__name__)
            return Failed(error=type(error).__name__)

    def _work_on(self, lease: Lease) -> Told:
        try:
            return Done(status=self._runner.run(lease).status.value)
        except StopRequested:
            give_back(lease)
            return Stopped()
        except LeaseLost:
            log.warning("lease lost", case=lease.case)
            return Stopped()


def teller(pipe: BinaryIO) -> Callable[[Told], None]:
    """A function that writes what the worker tells to its supervisor's pipe."""

    def tell(message: Told) -> None:
        pipe.write(message.model_dump_json().encode() + b"\n")
        pipe.flush()

    return tell


def tell_passed(tell: Callable[[Told], None]) -> Callable[[Boundary], None]:
    """An observer of boundaries that tells the supervisor of each."""
    return lambda boundary: tell(Passed(case=boundary.case, step=boundary.step, point=boundary.point))
