"""`browser install`."""

import typer
from rich.console import Console

from medarbetare.browser import install
from medarbetare.log import configure_log

browser_app = typer.Typer(help="Webbläsaren.", no_args_is_help=True)


@browser_app.callback()
def about() -> None:
    """Webbläsaren som roboten arbetar i."""


@browser_app.command("install")
def install_browser() -> None:
    """Hitta en webbläsare eller hämta en, och pröva att den fungerar."""
    configure_log()
    console = Console()
    install(lambda line: console.print(line, highlight=False, soft_wrap=True))
