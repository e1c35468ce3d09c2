"""The web at the end of a demonstration, with the robot still at work beside it."""

import os
import secrets
from datetime import timedelta
from pathlib import Path

from rich.console import Console

from medarbetare.bootstrap import Configuration, build_supervisor, build_web
from medarbetare.cases.access import group_of
from medarbetare.cli.service import serve
from medarbetare.cli.users import ROLES, add_user

USER = "handlaggare"
_NAME = "Hilda Handläggarsson"


def serve_practice_web(configuration: Configuration, password: Path, port: int, log_to: int, console: Console) -> None:
    """Serve the web, and let the robot carry out what is approved there, until Ctrl-C.

    `password` is the file with that of the practice log-in. Raises TechnicalError when the port cannot be used.
    """

    def settled(case: str, status: str, took: timedelta) -> None:
        console.print(f"  {case}: {status} ({took.total_seconds():.1f} s)", highlight=False)

    with build_web(configuration, "127.0.0.1", port) as server:
        for line in (
            f"\n[bold]Webben för handläggare: {server.address}[/]",
            f"Logga in som {USER}; lösenordet står i {password}",
            "Godkänn en överlämning, så utför roboten den genast. Avsluta med Ctrl-C.\n",
        ):
            console.print(line, highlight=False, soft_wrap=True)
        serve(build_supervisor(configuration, log_to=log_to, on_settled=settled))


def add_practice_user(configuration: Configuration, folder: Path) -> Path:
    """Add the practice log-in, whom the practice case system names as case worker; gives the file with the password.

    Before the robot works: a hand-off goes to those who can log in when it is made.
    """
    file = folder / "webb-password"
    password = secrets.token_urlsafe(16)
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as written:
        written.write(password + "\n")
    departments = configuration.installation.journal.department_keys
    add_user(USER, _NAME, [group_of(department, role) for department in departments for role in ROLES], password)
    return file
