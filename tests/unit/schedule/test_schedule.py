from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from medarbetare.config import load
from medarbetare.errors import ConfigurationError
from medarbetare.schedule import ScheduleSettings

STOCKHOLM = ZoneInfo("Europe/Stockholm")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("inboxes: {e_tjanst: varje timme}", "väntade fem cron-fält för e_tjanst"),
        ('inboxes: {e_tjanst: "61 * * * *"}', "väntade fem cron-fält för e_tjanst"),
        ('inboxes: {e_tjanst: "0 8 * * 1-5"}', "veckodagar skrivs som namn"),
        ("timezone: Mars/Olympus\ninboxes: {}", "väntade en tidszon som Europe/Stockholm"),
    ],
)
def test_a_wrong_schedule_is_refused_when_it_is_read(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "schedule.yaml"
    path.write_text(text, "utf-8")

    with pytest.raises(ConfigurationError) as refused:
        load(path, ScheduleSettings)
    assert expected in refused.value.message
    assert "schedule.yaml:1: " in refused.value.message


def test_a_schedule_follows_the_clock_on_the_wall_and_the_working_week() -> None:
    trigger = ScheduleSettings(inboxes={}).trigger("0 8 * * mon-fri")
    fired = [datetime(2026, 10, 22, 12, tzinfo=STOCKHOLM)]
    while len(fired) < 4:
        fired.append(trigger.get_next_fire_time(fired[-1], fired[-1] + timedelta(seconds=1)))

    # Summer time ends on Sunday the 25th.
    assert [time.isoformat() for time in fired[1:]] == [
        "2026-10-23T08:00:00+02:00",
        "2026-10-26T08:00:00+01:00",
        "2026-10-27T08:00:00+01:00",
    ]
