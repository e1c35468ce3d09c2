"""Point Django at a database."""

import os

import django
from django.apps import apps
from django.db import connections

from medarbetare.database.dsn import Dsn


def load_models() -> None:
    """Load the apps, so that models may be imported. No database is touched."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "medarbetare.database.settings")
    if not apps.ready:
        django.setup()


def configure(dsn: Dsn, *, beside_browser: bool = False) -> None:
    """Make Django's default connection use `dsn` and load the apps; needed once before any model is imported.

    May be called again to move to another database; this thread's open connections are closed then.
    `beside_browser` switches off Django's guard against running inside an event loop: Playwright's synchronous
    interface keeps a loop running in the very thread that also uses the models, and nothing else runs in that loop.
    """
    load_models()
    if beside_browser:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    connections.close_all()
    connections.settings["default"].update(dsn.django())
