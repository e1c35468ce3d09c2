"""Django settings. Importing them needs no environment; `connection.configure` fills in the database."""

from typing import Any

INSTALLED_APPS = [
    "procrastinate.contrib.django",
    "medarbetare.journal",
    "medarbetare.cases",
    "medarbetare.engine",
    "medarbetare.schedule",
]

DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "medarbetare.database.backend",
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "sv"

LOGGING_CONFIG = None
"""The robot's own logging is set up elsewhere; Django must not add handlers that could print personal data."""
