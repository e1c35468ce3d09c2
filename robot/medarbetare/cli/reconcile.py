"""`reconcile`: the robot's receipts and open hand-offs against what the case system holds now."""

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from medarbetare.bootstrap import (
    Configuration,
    build_inboxes,
    build_journal,
    build_portals,
    build_reconciliation,
    build_restore,
    build_watch,
    load_workflows,
    open_database,
)
from medarbetare.cli.folder import configured
from medarbetare.cli.opening import operator
from medarbetare.cli.recovery import print_restored
from medarbetare.cli.service import refuse_root
from medarbetare.engine.reconciling import Report
from medarbetare.engine.reconciling_restore import Restored
from medarbetare.errors import MedarbetareError

DIFFERS = 1
UNREAD = 2


def reconcile(
    as_json: Annotated[bool, typer.Option("--json", help="Skriv JSON i stället för en tabell.")] = False,
) -> None:
    """Jämför robotens beslut och utbetalningar, och öppna överlämningar, med vad verksamhetssystemet visar nu.

    Skriver inget där. Är databasen återställd från en äldre säkerhetskopia letar den först upp vad kopian har glömt.
    Avslutar med 0 när allt stämmer, 1 när något skiljer sig, 2 när något inte kunde läsas.
    """
    configuration = configured()
    refuse_root(configuration)
    try:
        report, restored = _reconciled(configuration)
    except MedarbetareError as error:
        # Not 1, which says that everything was read and something differs.
        typer.echo(f"Fel: {error.message}", err=True)
        raise typer.Exit(UNREAD) from None
    console = Console(highlight=False)
    if as_json:
        plain = _plain(report) | ({"restored": restored.model_dump(mode="json")} if restored is not None else {})
        typer.echo(json.dumps(plain, ensure_ascii=False, indent=2))
    else:
        if restored is not None:
            print_restored(restored, console)
        _print(report, console)
    if report.unread or (restored is not None and not restored.passed):
        raise typer.Exit(UNREAD)
    if report.unsettled:
        raise typer.Exit(DIFFERS)


def _reconciled(configuration: Configuration) -> tuple[Report, Restored | None]:
    """What the reconciliation found, and before that what a restored backup had forgotten, if it was restored."""
    with open_database(configuration, beside_browser=True):
        journal = build_journal(configuration)
        workflows = load_workflows(configuration)
        portals, restored = build_portals(configuration, journal), None
        try:
            if build_watch(configuration, journal, operator()).look():
                inboxes = build_inboxes(configuration, portals.guard, workflows, lambda: None)
                restore = build_restore(configuration, journal, workflows, portals.guard, inboxes)
                restored = restore.run(asked_by=operator())
            reconciliation = build_reconciliation(configuration, journal, workflows, portals.guard)
            return reconciliation.run(asked_by=operator()), restored
        finally:
            portals.browser.close()


def _plain(report: Report) -> dict[str, object]:
    """The report without the records themselves: they are personal data and stand in the journal."""
    plain = report.model_dump(mode="json", exclude={"found": {"__all__": {"difference": {"records"}}}})
    texts = [one.difference.text for one in report.found]
    found = [{**one, "text": text} for one, text in zip(plain.pop("found"), texts, strict=True)]
    return {"counts": report.counts(), "differences": found, **plain}


def _print(report: Report, console: Console) -> None:
    if report.found:
        table = Table("Ärende", "Avdelning", "Vad", "Läge", title="Skillnader", title_justify="left")
        for one in report.found:
            standing = "hanterad" if one.settled else "ny, lämnas över" if one.is_new else "väntar på handläggare"
            table.add_row(one.case, one.department, one.difference.text, standing)
        console.print(table)
    counted = report.counts()
    console.print(
        f"{counted['compared']} kvitton jämförda: {counted['differences']} skillnader, "
        f"varav {counted['new_differences']} nya och {counted['unsettled']} som ingen har hanterat."
    )
    for handles, told in (
        (report.closed, "Avslutade av handläggare i verksamhetssystemet"),
        (report.busy, "Inte jämförda, roboten arbetar med dem"),
        (report.shielded, "Inte jämförda, hushållet har särskild handläggning"),
        (report.unread, "Kunde inte läsas (varför: medarbetare reconcile 2> logg.jsonl)"),
    ):
        if handles:
            console.print(f"{told}: {', '.join(handles)}", soft_wrap=True)
