"""`backup` and `restore`: the embedded database to a file and back."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from medarbetare.bootstrap import Configuration, build_journal, build_watch, open_database
from medarbetare.bootstrap.restoring import outside
from medarbetare.cli.folder import configured
from medarbetare.cli.opening import operator
from medarbetare.database.backup import dump, is_empty
from medarbetare.database.backup import restore as restore_dump
from medarbetare.database.embedded import EmbeddedServer
from medarbetare.engine.recovery import TO_DO
from medarbetare.errors import BusinessError, ConfigurationError

File = Annotated[Path, typer.Argument(metavar="FIL", help="Filen med säkerhetskopian.")]


def backup(file: File) -> None:
    """Säkerhetskopiera robotens inbyggda databas till en ny fil, medan roboten arbetar.

    Nycklarna ingår inte; utan dem går journalens innehåll i kopian inte att läsa. Spara dem för sig.
    """
    configuration = configured()
    _embedded(configuration)
    with open_database(configuration) as dsn:
        dump(dsn, file.absolute())
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"Säkerhetskopian är skriven: {file} ({file.stat().st_size / 1_000_000:.1f} MB).")
    console.print(f"Spara för sig: nycklarna, och mappen {outside(configuration).folder} (inte på samma ställe).")


def restore(file: File) -> None:
    """Läs in en säkerhetskopia i en tom inbyggd databas. Roboten beslutar sedan inget förrän den är avstämd."""
    configuration = configured()
    folder = _embedded(configuration)
    with EmbeddedServer(folder).use() as server:
        if not is_empty(server.dsn):
            raise BusinessError(
                f"Databasen i {folder} är inte tom. Stoppa roboten och webben på alla maskiner, flytta undan mappen "
                "(ta inte bort den förrän avstämningen är klar) och kör kommandot igen."
            )
        restore_dump(server.dsn, file.absolute())
    with open_database(configuration):
        watch = build_watch(configuration, build_journal(configuration), operator())
        if not watch.look():
            watch.begin(f"En säkerhetskopia har lästs in med medarbetare restore av {operator()}.", operator())
    Console(highlight=False, soft_wrap=True).print(f"Säkerhetskopian är inläst. {TO_DO}")


def _embedded(configuration: Configuration) -> Path:
    settings = configuration.installation.database
    if settings.embedded is None:
        raise ConfigurationError(
            "Databasen ligger på kommunens egen server (database: url). Säkerhetskopiera och återställ den med den "
            "serverns rutin; kör medarbetare recovery begin efter en återställning, om roboten inte själv märkt den."
        )
    return configuration.folder / settings.embedded
