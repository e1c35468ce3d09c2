"""See the package."""

from functools import cached_property
from typing import Any

from django.db import InternalError, OperationalError
from django.db.backends.postgresql import base
from django.db.utils import DatabaseErrorWrapper
from psycopg.errors import IdleInTransactionSessionTimeout

IDLE_IN_TRANSACTION = "5s"
"""Longer than any transaction of ours thinks between two statements (to seal an application of 20 MB takes one second),
shorter than a worker may be silent.

A process that is stopped or hangs within a transaction holds the journal's end, and with it every other process, on
every machine. The server ends its session then, and what it had begun is undone.
"""


class _Errors(DatabaseErrorWrapper):
    """A session that the server has ended is trouble with the database, as a lost connection is: no internal error."""

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        try:
            super().__exit__(kind, error, trace)
        except InternalError as raised:
            if isinstance(error, IdleInTransactionSessionTimeout):
                raise OperationalError(*raised.args) from error
            raise


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that is found broken outside a transaction is let go of, so that this statement opens a new one.

    Django itself does that between web requests only. Inside a transaction a broken connection raises, as it must: what
    was done before it broke is gone.
    """

    @cached_property
    def wrap_database_errors(self) -> DatabaseErrorWrapper:
        """What turns psycopg's errors into Django's."""
        return _Errors(self)

    def init_connection_state(self) -> None:
        """See `IDLE_IN_TRANSACTION`."""
        super().init_connection_state()
        with self.cursor() as cursor:
            cursor.execute("SELECT set_config('idle_in_transaction_session_timeout', %s, false)", [IDLE_IN_TRANSACTION])

    def _cursor(self, name: str | None = None) -> Any:
        broken = self.connection is not None and self.connection.closed
        if broken and not self.in_atomic_block:
            self.close()
        return super()._cursor(name)  # type: ignore[misc] # the stubs leave it out
