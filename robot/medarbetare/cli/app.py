"""The commands, gathered."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from medarbetare import __version__
from medarbetare.cli import (
    audit,
    backup,
    browser,
    cases,
    conflicts,
    decide,
    decisions,
    demo,
    follow_up,
    inbox,
    norms,
    pausing,
    reconcile,
    recovery,
    retention,
    rules,
    schedule,
    service,
    users,
    web,
)
from medarbetare.cli.folder import use_config_folder
from medarbetare.cli.swedish import in_swedish
from medarbetare.database.trouble import DATABASE_TROUBLE, why_unavailable
from medarbetare.errors import ConfigurationError, MedarbetareError
from medarbetare.log import configure_log_beside_report

app = typer.Typer(
    name="medarbetare",
    help="Medarbetare: kommunens digitala medarbetare. Läser inkorgen, beslutar det den får, lämnar över resten.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("demo")(demo.demo)
app.command("run")(service.run)
app.command("worker")(service.worker)
app.command("web")(web.web)
app.command("decide")(decide.decide)
app.command("decisions")(decisions.decisions)
app.command("followup")(follow_up.followup)
app.command("reconcile")(reconcile.reconcile)
app.command("retention")(retention.retention)
app.command("pause")(pausing.pause)
app.command("resume")(pausing.resume)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("status")(service.status)
app.add_typer(service.config_app, name="config")
app.add_typer(schedule.schedule_app, name="schedule")
app.add_typer(cases.cases_app, name="cases")
app.add_typer(conflicts.conflicts_app, name="conflicts")
app.add_typer(inbox.inbox_app, name="inbox")
app.add_typer(recovery.recovery_app, name="recovery")
app.add_typer(users.users_app, name="users")
app.add_typer(rules.rules_app, name="rules")
app.add_typer(norms.norms_app, name="norms")
app.add_typer(audit.audit_app, name="audit")
app.add_typer(browser.browser_app, name="browser")


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"medarbetare {__version__}")
        raise typer.Exit


@app.callback()
def options(
    config: Annotated[
        Path | None, typer.Option(help="Mapp med konfigurationsfiler (eller MEDARBETARE_CONFIG).", show_default=False)
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Visa version och avsluta.")
    ] = False,
) -> None:
    """Options that come before every command."""
    use_config_folder(config)
    # What a command logs elsewhere, it says itself.
    configure_log_beside_report()


def run_app() -> None:
    """Run the command line; an error of ours is told in Swedish, without a traceback."""
    try:
        in_swedish(app)()
    except MedarbetareError as error:
        _tell(error.message)
        sys.exit(2 if isinstance(error, ConfigurationError) else 1)
    except DATABASE_TROUBLE as error:
        _tell(why_unavailable(error))
        sys.exit(1)


def _tell(error: str) -> None:
    Console(stderr=True).print(f"[bold red]Fel:[/] {escape(error)}", highlight=False, soft_wrap=True)
