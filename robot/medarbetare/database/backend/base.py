"""See the package."""

from typing import Any

from django.db.backends.postgresql import base

IDLE_IN_TRANSACTION = "3s"
"""Longer than any transaction of ours thinks between two statements, shorter than a worker may be silent.

A process that is stopped or hangs within a transaction holds the journal's end, and with it every other process, on
every machine. The server ends its session then, and what it had begun is undone.
"""


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that is found broken outside a transaction is let go of, so that this statement opens a new one.

    Django itself does that between web requests only. Inside a transaction a broken connection raises, as it must: what
    was done before it broke is gone.
    """

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
