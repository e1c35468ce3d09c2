"""`decide`: what the rules say of an application and facts that lie in files."""

import json
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from medarbetare.bootstrap import load_one_workflow
from medarbetare.cli.sections import print_section, wide_console
from medarbetare.clock import utc_now
from medarbetare.config import config_folder
from medarbetare.errors import BusinessError, reason_of
from medarbetare.readable import amounts, local


def decide(
    application: Annotated[Path, typer.Option("--application", help="Ansökan, som e-tjänsten lämnar den.")],
    facts: Annotated[Path, typer.Option("--facts", help="Uppgifterna, YAML eller JSON.")],
    today: Annotated[
        str | None, typer.Option("--today", help="Dagen, ÅÅÅÅ-MM-DD. Förval: i dag.", show_default=False)
    ] = None,
    workflow: Annotated[
        str | None, typer.Option("--workflow", help="Arbetsflöde, om det finns flera.", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Skriv förslaget som JSON.")] = False,
) -> None:
    """Beslut på filer med hela sitt spår, utan webbläsare och databas. Skriver ut personuppgifter; inget sparas."""
    try:
        day = date.fromisoformat(today) if today else local(utc_now()).date()
    except ValueError:
        raise BusinessError("--today: dagen skrivs ÅÅÅÅ-MM-DD, till exempel 2026-12-01.") from None
    found = load_one_workflow(config_folder(), workflow)
    decision = found.decide(_read(application, "--application"), _read(facts, "--facts"), day)
    if as_json:
        typer.echo(json.dumps(decision.data, ensure_ascii=False, indent=2))
        return
    console = wide_console()
    console.print(f"[bold]{escape(amounts(decision.summary))}[/]", highlight=False)
    for section in decision.sections:
        print_section(console, section)


def _read(path: Path, option: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BusinessError(f"{option}: filen kan inte läsas ({reason_of(error)}).") from None
