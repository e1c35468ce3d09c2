from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

from medarbetare.config import config_folder, load
from medarbetare.errors import ConfigurationError
from medarbetare.inbox import FolderInboxSettings, InboxSettings, PortalInboxSettings
from medarbetare.schedule.plan import Plan, check_names
from medarbetare.schedule.settings import Overlap, ScheduleSettings

STOCKHOLM = ZoneInfo("Europe/Stockholm")
INBOXES: dict[str, InboxSettings] = {
    "e_tjanst": PortalInboxSettings(portal="etjanst", department="eb", workflow="eb", statuses=("Inkommen",)),
    "filer": FolderInboxSettings(kind="folder", folder=Path("post"), department="eb", workflow="eb"),
    "p_tillstand": FolderInboxSettings(kind="folder", folder=Path("p"), department="park", workflow="park"),
}


def plan(text: str, inboxes: dict[str, InboxSettings] = INBOXES) -> Plan:
    return Plan(ScheduleSettings.model_validate(yaml.safe_load(text)), inboxes)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)


def upcoming(schedule: Plan, now: str, count: int = 2, errand: int = 0) -> list[tuple[str, str]]:
    """When an errand is due and when it is made, local time."""
    found = islice(schedule.upcoming(schedule.errands[errand], local(now)), count)
    shown = [[one.astimezone(STOCKHOLM).strftime("%m-%d %H:%M") for one in (p.due, p.made)] for p in found]
    return [(due, made) for due, made in shown]


def test_a_workflows_inboxes_are_read_together_but_those_that_have_a_run_of_their_own() -> None:
    schedule = plan(
        """
        overlap: queue
        runs:
          ansokningar: {workflow: eb, cron: "*/10 * * * *"}
          natt: {inboxes: [filer], cron: "0 3 * * *", overlap: skip, misfire_grace: 3600}
          avstamning: {reconciliation: true, portals: [viva], cron: "30 5 * * *"}
        """
    )
    assert [(e.run, e.inbox, e.portals) for e in schedule.errands] == [
        ("ansokningar", "e_tjanst", ("etjanst",)),
        ("natt", "filer", ()),
        ("avstamning", None, ("viva",)),
    ]
    assert [(e.overlap, e.misfire_grace) for e in schedule.errands[:2]] == [
        (Overlap.QUEUE, timedelta(minutes=10)),
        (Overlap.SKIP, timedelta(hours=1)),
    ]
    assert schedule.unread == ["p_tillstand"]


HOURS = 'opening_hours: {etjanst: {days: {mon-fri: "06:00-20:00"}}}\nclosed_eves: [julafton]\n'


def test_what_is_due_while_a_portal_is_closed_is_made_once_when_it_opens() -> None:
    schedule = plan(HOURS + 'runs: {a: {inboxes: [e_tjanst], cron: "0 5,10 * * *"}}')
    assert upcoming(schedule, "2026-12-22T12:00", 4) == [
        ("12-23 05:00", "12-23 06:00"),
        ("12-23 10:00", "12-23 10:00"),
        ("12-24 05:00", "12-28 06:00"),
        ("12-28 10:00", "12-28 10:00"),
    ]
    # What was due before now is held back still.
    assert upcoming(schedule, "2026-12-26T12:00") == [("12-24 05:00", "12-28 06:00"), ("12-28 10:00", "12-28 10:00")]
    # Made at its opening, and not again.
    assert upcoming(schedule, "2026-12-28T06:00") == [("12-28 10:00", "12-28 10:00"), ("12-29 05:00", "12-29 06:00")]


def test_a_run_that_is_due_when_its_portal_closes_or_opens() -> None:
    schedule = plan(HOURS + 'runs: {a: {inboxes: [e_tjanst], cron: "0 6,20 * * *"}}')
    assert upcoming(schedule, "2026-12-01T12:00") == [("12-01 20:00", "12-02 06:00"), ("12-02 20:00", "12-03 06:00")]
    assert upcoming(schedule, "2026-12-01T21:00") == [("12-01 20:00", "12-02 06:00"), ("12-02 20:00", "12-03 06:00")]


def test_a_folder_is_read_while_the_portal_of_its_workflow_is_closed() -> None:
    schedule = plan(HOURS + 'runs: {a: {workflow: eb, cron: "0 5 * * *"}}')
    assert upcoming(schedule, "2026-12-05T12:00", 1, errand=0) == [("12-05 05:00", "12-07 06:00")]
    assert upcoming(schedule, "2026-12-05T12:00", 1, errand=1) == [("12-06 05:00", "12-06 05:00")]


def test_the_packaged_schedule_is_right() -> None:
    settings = load(config_folder() / "schedule.yaml", ScheduleSettings)
    schedule = Plan(settings, {"e_tjanst": INBOXES["e_tjanst"].model_copy(update={"workflow": "ekonomiskt_bistand"})})
    assert [errand.name for errand in schedule.errands] == ["ansokningar: läser e_tjanst", "avstamning: jämför kvitton"]
    assert upcoming(schedule, "2026-12-04T20:00", 1) == [("12-07 07:00", "12-07 07:00")]
    assert upcoming(schedule, "2026-12-04T20:00", 1, errand=1) == [("12-07 05:30", "12-07 05:30")]


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        ("{a: {workflow: eb, cron: varje timme}}", "1: runs.a.cron: fann «varje timme»: väntade fem cron-fält"),
        ('{a: {workflow: eb, cron: "0 8 * * 1-5"}}', "veckodagar skrivs som namn"),
        ('{a: {cron: "0 8 * * *"}}', "runs.a: väntade ett av workflow: namn, inboxes: [namn, …] och reconciliation"),
        ('{a: {workflow: eb, reconciliation: true, cron: "0 8 * * *"}}', "väntade ett av workflow"),
        ('{a: {workflow: eb, portals: [viva], cron: "0 8 * * *"}}', "portals hör till reconciliation"),
        ('{a: {inboxes: [], cron: "0 8 * * *"}}', "minst 1"),
        ('{a: {workflow: eb, cron: "0 8 * * *", overlap: both}}', "väntade något av 'skip' eller 'queue'"),
        ('{a: {workflow: eb, cron: "0 8 * * *", misfire_grace: 5}}', "väntade minst 60 (sekunder)"),
        ('{"två ord": {workflow: eb, cron: "0 8 * * *"}}', "två ord"),
        ("{}\ntimezone: Mars/Olympus", "väntade en tidszon som Europe/Stockholm"),
        (
            '{a: {reconciliation: true, portals: [x, y], cron: "0 8 * * *"}}\n'
            'opening_hours: {x: {days: {mon: "08:00-12:00"}}, y: {days: {mon: "12:00-16:00", tue: "08:00-12:00"}}}',
            "runs.a: x och y är aldrig öppna samtidigt",
        ),
    ],
)
def test_a_wrong_schedule_is_refused_when_it_is_read(tmp_path: Path, runs: str, expected: str) -> None:
    path = tmp_path / "schedule.yaml"
    path.write_text(f"runs: {runs}\n", "utf-8")

    with pytest.raises(ConfigurationError) as refused:
        load(path, ScheduleSettings)
    assert expected in refused.value.message
    assert "schedule.yaml:" in refused.value.message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("runs: {a: {inboxes: [post], cron: '0 8 * * *'}}", "runs.a: inkorgen «post» finns inte. Det som finns: e_tj"),
        ("runs: {a: {workflow: bygg, cron: '0 8 * * *'}}", "runs.a: arbetsflödet «bygg» finns inte. Det som finns: eb"),
        (
            "runs: {a: {reconciliation: true, portals: [viva], cron: '0 8 * * *'}}",
            "runs.a: portalen «viva» finns inte. Det som finns: etjanst.",
        ),
        ("runs: {}\nopening_hours: {e_tjanst: {days: {mon: '08:00-12:00'}}}", "opening_hours: portalen «e_tjanst»"),
        ("runs: {a: {workflow: tom, cron: '0 8 * * *'}}", "runs.a: det finns ingen inkorg att läsa"),
        (
            "runs: {a: {workflow: park, cron: '0 8 * * *'}, b: {inboxes: [p_tillstand], cron: '0 9 * * *'}}",
            "runs.a: det finns ingen inkorg att läsa",
        ),
    ],
)
def test_a_schedule_names_what_there_is(text: str, expected: str) -> None:
    settings = ScheduleSettings.model_validate(yaml.safe_load(text))
    with pytest.raises(ConfigurationError) as refused:
        check_names(
            settings,
            file=Path("schedule.yaml"),
            portals=("etjanst",),
            inboxes=INBOXES,
            workflows=("eb", "park", "tom"),
        )
    assert f"schedule.yaml: {expected}" in refused.value.message
