"""`norms`: what a new table of amounts would mean before it holds, and how it is put in."""

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from medarbetare.bootstrap import build_journal, department_of_the_robot, load_workflows, open_database, today_of
from medarbetare.cli.folder import configured
from medarbetare.cli.opening import operator
from medarbetare.cli.sections import print_section, wide_console
from medarbetare.configuration import Configuration
from medarbetare.engine.adding_norms import add_norms
from medarbetare.engine.registry import Workflow, load_workflow
from medarbetare.engine.ruleset import NormTrial
from medarbetare.engine.trying_norms import Tried, try_norms
from medarbetare.errors import BusinessError

norms_app = typer.Typer(help="Normtabeller: prova nästa års innan den gäller, och lägg in den.", no_args_is_help=True)


_File = Annotated[Path, typer.Argument(metavar="FIL", help="Den nya tabellen (YAML), var den än ligger.")]
_Month = Annotated[
    str | None,
    typer.Option("--month", help="Ansökningar om vilken månad, ÅÅÅÅ-MM. Annars den senaste.", show_default=False),
]
_Accept = Annotated[
    bool, typer.Option("--godta", help="Gå vidare fast belopp faller eller stiger mycket jämfört med året före.")
]
_Workflow = Annotated[
    str | None, typer.Option("--workflow", help="Arbetsflöde, om flera har normtabeller.", show_default=False)
]


@norms_app.command("try")
def try_table(file: _File, month: _Month = None, accept: _Accept = False, workflow: _Workflow = None) -> None:
    """Pröva en ny normtabell: vad som saknas, mot året före, och vad den hade betytt för en månads hushåll.

    Ändrar inget och visar inga personuppgifter; att det gjordes antecknas i journalen.
    """
    configuration, console = configured(), wide_console()
    name, trial = _trial(configuration, workflow, file, month)
    print_section(console, trial.compared)
    _print_each(console, "Att rätta", trial.missing)
    _refuse_doubtful(console, trial, accept)
    with open_database(configuration):
        _show_effect(configuration, console, name, trial, file)
    console.print(trial.next_steps, markup=False, highlight=False, soft_wrap=True)


@norms_app.command("add")
def add_table(
    file: _File,
    approved_by: Annotated[
        str | None,
        typer.Option("--approved-by", help="Vem som har godkänt tabellen, till exempel nämnden.", show_default=False),
    ] = None,
    reference: Annotated[
        str | None, typer.Option("--reference", help="Beslutets nummer eller paragraf.", show_default=False)
    ] = None,
    month: _Month = None,
    accept: _Accept = False,
    workflow: _Workflow = None,
) -> None:
    """Pröva en ny normtabell som norms try gör, fråga efter godkännandet och lägg in den bland tabellerna.

    Godkännandet skrivs in i filen. En fil som redan finns ändras aldrig, och avbryts kommandot är inget ändrat.
    """
    configuration, console = configured(), wide_console()
    name, trial = _trial(configuration, workflow, file, month)
    print_section(console, trial.compared)
    _print_each(console, "Att rätta", trial.obstacles)
    if trial.obstacles:
        raise BusinessError("Tabellen lades inte in. Rätta filen och kör igen.")
    _print_each(console, "Observera", trial.remarks)
    _refuse_doubtful(console, trial, accept)
    with open_database(configuration):
        _show_effect(configuration, console, name, trial, file)
        new = trial.approved(
            approved_by or typer.prompt("Godkänd av (till exempel Socialnämnden)"),
            reference or typer.prompt("Beslutets nummer eller paragraf"),
        )
        entry = configuration.workflows[name]
        place = add_norms(
            new,
            configuration.folder / entry.settings,
            lambda: load_workflow(name, entry, configuration.folder),
            build_journal(configuration),
            name,
            asked_by=operator(),
            department=department_of_the_robot(configuration),
        )
    console.print(f"Inlagd: {place}", markup=False, highlight=False, soft_wrap=True)
    console.print(new.told, markup=False, highlight=False, soft_wrap=True)


def _print_each(console: Console, before: str, sentences: Iterable[str], style: str = "yellow") -> None:
    for sentence in sentences:
        console.print(f"{before}: {sentence}", style=style, markup=False, highlight=False, soft_wrap=True)


def _refuse_doubtful(console: Console, trial: NormTrial, accept: bool) -> None:
    _print_each(console, "Tveksamt", trial.doubtful, "red")
    if trial.doubtful and not accept:
        raise BusinessError(
            f"{len(trial.doubtful)} belopp ser ut som skrivfel. Rätta filen, eller kör igen med --godta om de är rätt."
        )


def _show_effect(configuration: Configuration, console: Console, name: str, trial: NormTrial, file: Path) -> None:
    tried = try_norms(
        trial,
        build_journal(configuration),
        name,
        asked_by=operator(),
        department=department_of_the_robot(configuration),
        table=sha256(file.read_bytes()).hexdigest(),
    )
    _print_effect(console, trial, tried)


def _trial(configuration: Configuration, chosen: str | None, file: Path, month: str | None) -> tuple[str, NormTrial]:
    """The trial of the one workflow that has norm tables, or of the chosen one."""
    today = today_of(configuration)()
    workflows = load_workflows(configuration)
    if chosen is not None and chosen not in workflows:
        raise BusinessError(f"--workflow: «{chosen}» finns inte. De som finns: {', '.join(workflows)}.")
    asked: dict[str, Workflow] = {chosen: workflows[chosen]} if chosen is not None else workflows
    trials = {name: trial for name, flow in asked.items() if (trial := flow.norm_trial(file, month, today))}
    if len(trials) != 1:
        told = "Inget arbetsflöde har normtabeller" if not trials else "Flera arbetsflöden har normtabeller"
        raise BusinessError(f"{told}. Ange ett med --workflow: {', '.join(workflows)}.")
    return next(iter(trials.items()))


def _print_effect(console: Console, trial: NormTrial, tried: Tried) -> None:
    sections = trial.effect()
    for section in sections:
        print_section(console, section)
    if not sections:
        console.print("Journalen har inga ansökningar att pröva tabellen på, för den månaden.")
    if tried.unreadable:
        console.print(f"Ärenden som inte kunde läsas och inte är med: {tried.unreadable}.", style="yellow")
