"""`retention`: finished cases that are over age are removed."""

from datetime import timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from medarbetare.bootstrap import build_journal, build_retention, open_database
from medarbetare.cli.folder import configured
from medarbetare.cli.opening import operator
from medarbetare.clock import utc_now
from medarbetare.journal.evidence import count_old_evidence, remove_old_evidence


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
        days = configuration.installation.evidence.days
        limit = utc_now() - timedelta(days=days)
        # Evidence goes sooner than its case, whether or not the department has a rule.
        count = count_old_evidence(limit) if dry_run else remove_old_evidence(limit)
        console.print(f"Bevis äldre än {days} dagar: {count} {'att ta bort' if dry_run else 'borttagna'}.")
        work = build_retention(configuration, build_journal(configuration))
        outlooks = work.outlook(limit)
        if not outlooks:
            console.print(f"Ingen avdelning har en gallringsregel i {configuration.folder / 'retention.yaml'}.")
            return
        table = Table("Avdelning", "Regel", "Beslutad", "Att gallra", "Deras bevis", "Gamla som väntar på en människa")
        for one in outlooks:
            decided = "ja" if one.in_force else "nej, inget gallras"
            table.add_row(one.department, one.rule, decided, str(one.over_age), str(one.evidence), str(one.waiting))
        console.print(table)
        if dry_run:
            console.print("Inget är borttaget. Utan --provkör tas det bort som regeln är beslutad för.")
        else:
            console.print(f"Gallrade ärenden: {work.run(operator())}.")
