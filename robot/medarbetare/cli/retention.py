"""`retention`: finished cases that are over age are removed."""

from datetime import timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from medarbetare.bootstrap import build_journal, build_retention, open_database, utc_now
from medarbetare.cli.folder import configured
from medarbetare.cli.opening import operator
from medarbetare.journal.evidence import remove_old_evidence


def retention(
    dry_run: Annotated[bool, typer.Option("--provkör", help="Visa bara hur många det gäller.")] = False,
) -> None:
    """Gallra avslutade ärenden efter reglerna i retention.yaml. Går inte att ångra.

    Ärendet, dess innehåll i journalen, bevisen och nyckeln tas bort. Journalens kedja står kvar och säger att det är
    gallrat, efter vilken regel. Ansökan tas aldrig in igen. Bevis äldre än evidence.days (medarbetare.yaml) tas bort.
    """
    configuration = configured()
    console = Console(highlight=False, soft_wrap=True)
    with open_database(configuration):
        if not dry_run:
            _remove_old_evidence(configuration.installation.evidence.days, console)
        work = build_retention(configuration, build_journal(configuration))
        outlooks = work.outlook()
        if not outlooks:
            console.print(f"Ingen avdelning har en gallringsregel i {configuration.folder / 'retention.yaml'}.")
            return
        table = Table("Avdelning", "Regel", "Beslutad", "Att gallra", "Gamla som väntar på en människa")
        for one in outlooks:
            decided = "ja" if one.in_force else "nej, inget gallras"
            table.add_row(one.department, one.rule, decided, str(one.over_age), str(one.waiting))
        console.print(table)
        if not dry_run:
            console.print(f"{work.run(operator())} ärenden gallrade.")


def _remove_old_evidence(days: int, console: Console) -> None:
    """Evidence goes sooner than its case, whether or not the department has a rule."""
    removed = remove_old_evidence(utc_now() - timedelta(days=days))
    console.print(f"{removed} bevis äldre än {days} dagar borttagna.")
