"""`cases explain`: why a case came out as it did."""

import json
import os
from pathlib import Path
from typing import Annotated

import typer
from django.template import Context, Engine
from rich.console import Console

from medarbetare.bootstrap import build_journal, load_workflows, open_database
from medarbetare.cases.opening import open_case
from medarbetare.cli.folder import configured
from medarbetare.cli.opening import may_be_shown, operator
from medarbetare.cli.sections import print_section, wide_console
from medarbetare.clock import utc_now
from medarbetare.engine.explaining import ExplainedCase, explain_case
from medarbetare.engine.layout import TEMPLATES
from medarbetare.errors import BusinessError, reason_of
from medarbetare.readable import day_and_time

_TEMPLATES = Path(__file__).parent / "templates"


def explain(
    case: Annotated[str, typer.Argument(metavar="ÄRENDE", help="Ärendets handtag, som i cases list.")],
    as_json: Annotated[bool, typer.Option("--json", help="Skriv förklaringen som JSON.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", help="Skriv en sida att skriva ut eller lämna ut.", show_default=False)
    ] = None,
) -> None:
    """Varför ett ärende blev som det blev: belopp, källor, regler, lagrum. Att det visades antecknas i journalen."""
    configuration = configured()
    workflows = load_workflows(configuration)
    with open_database(configuration):
        found, entries = open_case(build_journal(configuration), case, operator(), may_be_shown(case, workflows))
        told = explain_case(found, entries, workflows.get(found.workflow))
        if out is not None:
            _write_page(out, told, configuration.installation.municipality)
            typer.echo(f"{out}: förklaring av ärende {case}.")
        elif as_json:
            typer.echo(json.dumps(told.data, ensure_ascii=False, indent=2))
        else:
            _print(wide_console(), told)


def _print(console: Console, told: ExplainedCase) -> None:
    console.print(f"[bold]Ärende {told.handle}[/]")
    for name, text in told.facts[1:]:
        console.print(f"{name}: {text}", markup=False, highlight=False)
    for line in told.people:
        console.print(line, markup=False, highlight=False)
    if told.ended:
        console.print(f"Så slutade robotens arbete: {told.ended}", markup=False, highlight=False)
    if told.explanation is None:
        console.print("Förklaringen kan inte visas.", markup=False, highlight=False)
        return
    for section in told.explanation.sections:
        print_section(console, section)


def _write_page(out: Path, told: ExplainedCase, municipality: str) -> None:
    """A page that stands alone, in a new file that its owner alone can read. Raises BusinessError."""
    engine = Engine(dirs=[str(_TEMPLATES), str(TEMPLATES)])
    context = Context({"told": told, "municipality": municipality, "written": day_and_time(utc_now())})
    page = engine.get_template("explanation_page.html").render(context)
    try:
        descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise BusinessError(f"--out: {out} kan inte skrivas ({reason_of(error)}). Välj en ny fil.") from None
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(page)
