"""Point Django at a database."""

import os

import django
from django.apps import apps
from django.db import connections

from medarbetare.database.dsn import Dsn

LEAN = "medarbetare.database.settings"
"""The settings of a process that serves no people: without log-in and sessions, to keep worker processes small."""


def load_models(settings: str = LEAN) -> None:
    """Load the apps of a settings module, so that models may be imported. No database is touched.

    Does nothing when apps are loaded already. What this process was started with does not count: a worker started by
    the command line has settings of its own.
    """
    if not apps.ready:
        os.environ["DJANGO_SETTINGS_MODULE"] = settings
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
