"""`cases …`: what became of each application."""

from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from medarbetare.bootstrap import build_journal, load_workflows, open_database
from medarbetare.cases.access import group_of
from medarbetare.cases.delay import delay_of
from medarbetare.cases.models import Case, Handoff
from medarbetare.cases.opening import LARGEST_SHOWN, open_case, outcome_of
from medarbetare.cases.staff import Staff
from medarbetare.cli import ending_waits, explaining, retrying, settling
from medarbetare.cli.folder import configured
from medarbetare.cli.opening import may_be_shown, operator, shown, worked
from medarbetare.clock import utc_now
from medarbetare.engine.presentation import KINDS
from medarbetare.engine.story import stories
from medarbetare.errors import BusinessError
from medarbetare.readable import amounts, day_and_time, local

cases_app = typer.Typer(help="Ärendena och deras stegloggar.", no_args_is_help=True)
cases_app.command("unknown")(settling.unknown)
cases_app.command("settle")(settling.settle)
cases_app.command("retry")(retrying.retry)
cases_app.command("answered")(ending_waits.answered)
cases_app.command("evidence")(settling.evidence)
cases_app.command("explain")(explaining.explain)


@cases_app.command("list")
def list_cases(
    limit: Annotated[int, typer.Option("--antal", help="Så många, de senaste först.")] = 50,
) -> None:
    """Ärendena, de senaste först, och hos vem det som väntar ligger. Visar inga personuppgifter om sökande."""
    configuration = configured()
    with open_database(configuration):
        whole = (Column(name, no_wrap=True) for name in ("Ärende", "Kom in"))
        table = Table(next(whole), "Ansökan", "Status", next(whole), "Dagar", "Försök", "Hos")
        today = local(utc_now()).date()
        people, cases = Staff.read(today), list(Case.objects.order_by("-created_at")[:limit])
        waiting: dict[str, list[str]] = {}
        for handoff in Handoff.objects.filter(case__in=cases, closed_at=None).order_by("pk").select_related("case"):
            group = group_of(handoff.case.department, handoff.role)
            waiting.setdefault(handoff.case_id, []).append(people.taker(handoff.assigned_to, group) or "gruppen")
        for case in cases:
            created, whom = day_and_time(case.created_at), ", ".join(dict.fromkeys(waiting.get(case.handle, [])))
            waited = delay_of(case, today)
            table.add_row(
                case.handle,
                escape(case.reference),
                case.status,
                created,
                " ".join(filter(None, (str(waited.days), waited.mark))) if waited else "",
                str(case.attempts),
                whom,
            )
        Console().print(table)


@cases_app.command("show")
def show_case(
    case: Annotated[str, typer.Argument(metavar="ÄRENDE", help="Ärendets handtag, som i cases list.")],
    post: Annotated[int | None, typer.Option("--post", help="Visa hela innehållet i en post.")] = None,
) -> None:
    """Ett ärendes steglogg. Att det visades antecknas i journalen."""
    configuration = configured()
    workflows = load_workflows(configuration)
    console = Console()
    with open_database(configuration):
        # A whole entry is asked for by its number; for the log, no application's file need be opened.
        journal, largest = build_journal(configuration), LARGEST_SHOWN if post is None else None
        found, entries = open_case(journal, case, operator(), may_be_shown(case, workflows), largest=largest)
        if post is not None:
            entry = next((entry for entry in entries if entry.index == post), None)
            if entry is None:
                raise BusinessError(f"Ärende {case} har ingen post {post}.")
            console.print(
                f"Post {entry.index}: {KINDS.get(entry.kind, entry.kind)} {entry.name}".rstrip(), markup=False
            )
            console.print(shown(entry), markup=False, highlight=False, soft_wrap=True)
            return
        outcome = outcome_of(entries)
        console.print(f"[bold]Ärende {found.handle}[/], ansökan {escape(found.reference)}: {found.status}")
        if waited := delay_of(found, local(utc_now()).date()):
            console.print(f"Sedan ansökan: {waited.told}. {waited.notice}".rstrip(), highlight=False)
        if outcome is not None:
            console.print(amounts(outcome.payload["summary"]), markup=False, highlight=False)
            for reason in outcome.payload["reasons"]:
                if reason != outcome.payload["summary"]:
                    console.print(f"  • {amounts(reason)}", markup=False, highlight=False)
        for story in stories(found, entries, journal):
            settling.tell(console, story)
        table = Table("Post", "Tid", "Vad", "Steg", "Vem")
        for entry in entries:
            time = local(entry.time).strftime("%H:%M:%S.%f")[:-3]
            table.add_row(str(entry.index), time, KINDS.get(entry.kind, entry.kind), escape(entry.name), entry.actor)
        console.print(table)
        console.print(
            f"Roboten arbetade {worked(entries).total_seconds():.1f} s. Hela innehållet i en post: --post NUMMER"
        )
