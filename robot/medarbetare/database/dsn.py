"""Where a database is and how to get in, without the password in arguments, environment or `repr`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict
from pydantic import SecretStr

from medarbetare.errors import ConfigurationError

CONNECT_TIMEOUT_SECONDS = 10
# A server that has gone away without a word is noticed within half a minute, not after two hours.
_KEEPALIVE = {"keepalives_idle": "10", "keepalives_interval": "5", "keepalives_count": "4"}


@dataclass(frozen=True)
class Dsn:
    """libpq connection parameters (PostgreSQL manual, 32.1.2), such as host, dbname, user and passfile."""

    parameters: Mapping[str, str] = field(repr=False)

    @classmethod
    def of_url(cls, url: SecretStr) -> "Dsn":
        """Read `postgresql://…` or `key=value` form. Raises ConfigurationError, which never repeats the text."""
        try:
            found = conninfo_to_dict(url.get_secret_value())
        except psycopg.ProgrammingError:
            raise ConfigurationError(
                "database_url kan inte tolkas. Väntade postgresql://användare@värd:port/databas?sslmode=verify-full."
            ) from None
        if not found.get("dbname"):
            raise ConfigurationError("database_url saknar databasens namn (postgresql://…/namn).")
        return cls({key: str(value) for key, value in found.items() if value is not None})

    @property
    def dbname(self) -> str:
        return self.parameters["dbname"]

    def with_database(self, name: str) -> "Dsn":
        """The same server and user, another database."""
        return Dsn({**self.parameters, "dbname": name})

    def connect(self, *, autocommit: bool = True) -> psycopg.Connection[tuple[Any, ...]]:
        """A connection outside Django. Raises psycopg.OperationalError."""
        return psycopg.connect(
            **{"connect_timeout": str(CONNECT_TIMEOUT_SECONDS), **self.parameters},  # type: ignore[arg-type]
            autocommit=autocommit,
        )

    def django(self) -> dict[str, Any]:
        """The same as an entry of Django's DATABASES (without ENGINE)."""
        options = {"connect_timeout": CONNECT_TIMEOUT_SECONDS, **_KEEPALIVE, **self.parameters}
        named = {key: options.pop(name, "") for key, name in _DJANGO_NAMES.items()}
        return {**named, "OPTIONS": options}


_DJANGO_NAMES = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
