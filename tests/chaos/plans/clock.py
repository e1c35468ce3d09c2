"""A clock of the plans' own, for the robot, its journal and its database alike.

The engine asks the database server for the time (leases, due dates, how long ago a submit was). A function of the same
name, found before the server's own, answers with the plan's time instead, so that days pass in no time.
"""

from datetime import UTC, date, datetime, timedelta

from django.db import connection

BEGINS = datetime(2026, 12, 1, 7, 0, tzinfo=UTC)

_SCHEMA = """
CREATE SCHEMA chaos;
CREATE FUNCTION chaos.statement_timestamp() RETURNS timestamptz LANGUAGE sql STABLE
    AS $$ SELECT current_setting('chaos.now')::timestamptz $$;
"""


class Clock:
    """Moves only when told to. Use `install` once in a database of one's own."""

    def __init__(self) -> None:
        self.now = BEGINS

    @staticmethod
    def install() -> None:
        """Put the function into the database that Django uses; nothing there need survive a power cut."""
        with connection.cursor() as cursor:
            cursor.execute(_SCHEMA)
            name = connection.ops.quote_name(connection.settings_dict["NAME"])
            cursor.execute(f"ALTER DATABASE {name} SET search_path = chaos, public, pg_catalog")
            cursor.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
        connection.close()

    @property
    def today(self) -> date:
        """The day of the plan."""
        return self.now.date()

    def begin(self) -> None:
        """Start anew."""
        self.set(BEGINS)

    def pass_by(self, duration: timedelta | float) -> None:
        """So much later; a number is seconds."""
        self.set(self.now + (duration if isinstance(duration, timedelta) else timedelta(seconds=duration)))

    def set(self, moment: datetime) -> None:
        """Never backwards within a plan; the caller sees to that."""
        self.now = moment
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('chaos.now', %s, false)", [moment.isoformat()])
