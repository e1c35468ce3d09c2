"""`norms try`: what a new table of amounts would mean, before it holds."""

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
from medarbetare.engine.registry import Workflow
from medarbetare.engine.ruleset import NormTrial
from medarbetare.engine.trying_norms import Tried, try_norms
from medarbetare.errors import BusinessError

norms_app = typer.Typer(help="Normtabeller: prova nästa års innan den gäller.", no_args_is_help=True)


@norms_app.command("try")
def try_table(
    file: Annotated[Path, typer.Argument(metavar="FIL", help="Den nya tabellen (YAML), var den än ligger.")],
    month: Annotated[
        str | None,
        typer.Option("--month", help="Ansökningar om vilken månad, ÅÅÅÅ-MM. Annars den senaste.", show_default=False),
    ] = None,
    accept: Annotated[
        bool, typer.Option("--godta", help="Gå vidare fast belopp faller eller stiger mycket jämfört med året före.")
    ] = False,
    workflow: Annotated[
        str | None, typer.Option("--workflow", help="Arbetsflöde, om flera har normtabeller.", show_default=False)
    ] = None,
) -> None:
    """Pröva en ny normtabell: vad som saknas, mot året före, och vad den hade betytt för en månads hushåll.

    Ändrar inget och visar inga personuppgifter; att det gjordes antecknas i journalen.
    """
    configuration, console = configured(), wide_console()
    name, trial = _trial(configuration, workflow, file, month)
    print_section(console, trial.compared)
    for sentence in trial.missing:
        console.print(f"Att rätta: {sentence}", style="yellow", markup=False, highlight=False, soft_wrap=True)
    for sentence in trial.doubtful:
        console.print(f"Tveksamt: {sentence}", style="red", markup=False, highlight=False, soft_wrap=True)
    if trial.doubtful and not accept:
        raise BusinessError(
            f"{len(trial.doubtful)} belopp ser ut som skrivfel. Rätta filen, eller kör igen med --godta om de är rätt."
        )
    with open_database(configuration):
        tried = try_norms(
            trial,
            build_journal(configuration),
            name,
            asked_by=operator(),
            department=department_of_the_robot(configuration),
            table=sha256(file.read_bytes()).hexdigest(),
        )
    _print_effect(console, trial, tried)
    console.print(trial.next_steps, markup=False, highlight=False, soft_wrap=True)


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
