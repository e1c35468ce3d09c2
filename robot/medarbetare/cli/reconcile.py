"""`reconcile`: the robot's receipts and open hand-offs against what the case system holds now."""

import json
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from medarbetare.bootstrap import (
    Configuration,
    build_browser,
    build_journal,
    build_reconciliation,
    load_workflows,
    open_database,
)
from medarbetare.cli.folder import configured
from medarbetare.cli.opening import operator
from medarbetare.cli.service import refuse_root
from medarbetare.engine.reconciling import Report
from medarbetare.errors import MedarbetareError
from medarbetare.log import configure_log

DIFFERS = 1
UNREAD = 2


def reconcile(
    as_json: Annotated[bool, typer.Option("--json", help="Skriv JSON i stället för en tabell.")] = False,
) -> None:
    """Jämför robotens beslut och utbetalningar, och öppna överlämningar, med vad verksamhetssystemet visar nu.

    Skriver inget där. Avslutar med 0 när allt stämmer, 1 när något skiljer sig, 2 när något inte kunde läsas.
    """
    configure_log(sys.stderr)
    configuration = configured()
    refuse_root(configuration)
    try:
        report = _reconciled(configuration)
    except MedarbetareError as error:
        # Not 1, which says that everything was read and something differs.
        typer.echo(f"Fel: {error.message}", err=True)
        raise typer.Exit(UNREAD) from None
    if as_json:
        typer.echo(json.dumps(_plain(report), ensure_ascii=False, indent=2))
    else:
        _print(report, Console(highlight=False))
    if report.unread:
        raise typer.Exit(UNREAD)
    if report.unsettled:
        raise typer.Exit(DIFFERS)


def _reconciled(configuration: Configuration) -> Report:
    with open_database(configuration, beside_browser=True):
        journal = build_journal(configuration)
        workflows = load_workflows(configuration)
        browser = build_browser(configuration, journal)
        try:
            return build_reconciliation(configuration, journal, workflows, browser).run(asked_by=operator())
        finally:
            browser.close()


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
        (report.unread, "Kunde inte läsas; se loggen"),
    ):
        if handles:
            console.print(f"{told}: {', '.join(handles)}", soft_wrap=True)
