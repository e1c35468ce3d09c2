"""`rules`: what the robot judges by, for case workers, auditors and the public."""

from pathlib import Path
from typing import Annotated

import typer
from django.template import Context, Engine
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from medarbetare.bootstrap import load_one_workflow
from medarbetare.config import config_folder
from medarbetare.engine.rulebook import Rule, Rulebook
from medarbetare.errors import BusinessError, reason_of
from medarbetare.readable import amounts

rules_app = typer.Typer(help="Reglerna som roboten prövar efter.", no_args_is_help=True)

Workflow = Annotated[
    str | None, typer.Option("--workflow", help="Arbetsflöde, om det finns flera.", show_default=False)
]

_WIDE = 160
_TEMPLATES = Path(__file__).parent / "templates"


@rules_app.command("list")
def list_rules(workflow: Workflow = None) -> None:
    """Alla regler i den ordning som de prövas."""
    book = _rulebook(workflow)
    table = Table("Nr", "Regel", "När", "Läser", "Följd", "Lagrum", title=escape(_heading(book)), title_justify="left")
    for rule in book.rules:
        action = f"{rule.action} (alltid handläggare)" if rule.always_person else rule.action
        cells = (str(rule.number), rule.name, rule.trigger, rule.sources, action, rule.law)
        table.add_row(*map(escape, cells))
    table.caption, table.caption_justify = escape(book.key), "left"
    _console().print(table, highlight=False)


@rules_app.command("explain")
def explain(
    number: Annotated[int, typer.Argument(metavar="NUMMER", help="Regelns nummer, som i rules list.")],
    workflow: Workflow = None,
) -> None:
    """En regel: när den träffar, vad den läser, vad som följer, lagrum och kommunens gränser."""
    book = _rulebook(workflow)
    rule = next((one for one in book.rules if one.number == number), None)
    if rule is None:
        numbers = f"{book.rules[0].number} till {book.rules[-1].number}"
        raise BusinessError(f"Regel {number} finns inte. Reglerna har nummer {numbers}.")
    table = Table(title=escape(f"{rule.number}. {rule.name}"), title_justify="left", show_header=False)
    for row in _told(rule):
        table.add_row(*map(escape, row))
    table.caption, table.caption_justify = escape(f"{book.key} {_rests_on(book)}"), "left"
    _console().print(table, highlight=False)


@rules_app.command("page")
def page(
    out: Annotated[Path, typer.Option("--out", help="Fil att skriva, till exempel regler.html.")],
    workflow: Workflow = None,
) -> None:
    """Reglerna som en sida för allmänheten, på enkel svenska."""
    book = _rulebook(workflow)
    # Not Django's own settings: nothing of the pages behind log-in belongs here.
    text = Engine(dirs=[str(_TEMPLATES)]).get_template("rules.html").render(Context({"book": book}))
    try:
        out.write_text(text, "utf-8")
    except OSError as error:
        raise BusinessError(f"--out: {out} kan inte skrivas ({reason_of(error)}).") from None
    typer.echo(f"{out}: {len(book.rules)} regler.")


def _rulebook(workflow: str | None) -> Rulebook:
    found = load_one_workflow(config_folder(), workflow)
    book = found.rulebook()
    if book is None:
        raise BusinessError(f"{found.title}: arbetsflödet har inga regler. En handläggare prövar allt.")
    return book


def _told(rule: Rule) -> list[tuple[str, str]]:
    always = [("Kommunens val", "prövas alltid av en handläggare")] if rule.always_person else []
    return [
        ("När", rule.trigger),
        ("Läser", rule.sources),
        ("Följd", rule.action),
        ("Vad som krävs", rule.required),
        ("Lagrum", rule.law),
        *((name, amounts(value)) for name, value in rule.limits),
        *always,
        ("För allmänheten", rule.in_plain_words),
    ]


def _heading(book: Rulebook) -> str:
    return f"{book.title}, {book.municipality}. {_rests_on(book)}"


def _rests_on(book: Rulebook) -> str:
    until = f" till {book.valid_to}" if book.valid_to else ""
    approved = f"beslutad av {book.approved}" if book.approved else "inte beslutad"
    return f"{book.source}, {approved}, gäller {book.valid_from}{until}. Regelverk {book.version[:12]}."


def _console() -> Console:
    console = Console()
    return console if console.is_terminal else Console(width=_WIDE)
