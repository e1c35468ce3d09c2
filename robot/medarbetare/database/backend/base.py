"""See the package."""

from typing import Any

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that is found broken outside a transaction is let go of, so that this statement opens a new one.

    Django itself does that between web requests only. Inside a transaction a broken connection raises, as it must: what
    was done before it broke is gone.
    """

    def _cursor(self, name: str | None = None) -> Any:
        broken = self.connection is not None and self.connection.closed
        if broken and not self.in_atomic_block:
            self.close()
        return super()._cursor(name)  # type: ignore[misc] # the stubs leave it out  # type: ignore[misc]
