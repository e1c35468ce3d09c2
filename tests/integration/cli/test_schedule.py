from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from procrastinate.contrib.django.models import ProcrastinateJob

from medarbetare.bootstrap import build_plan
from medarbetare.cli import schedule
from medarbetare.cli.folder import configured
from medarbetare.database.dsn import Dsn
from medarbetare.engine.holds import EVERYTHING
from medarbetare.engine.models import Hold, PortalStanding, Recovery
from medarbetare.schedule.models import Tick
from medarbetare.schedule.standby import SchedulerLock
from medarbetare.schedule.ticking import Ticker

Medarbetare = Callable[..., Any]
THURSDAY = datetime(2026, 12, 24, 9, 3, tzinfo=UTC)
"""Julafton, three minutes past ten."""
PAUSED = "allt är pausat sedan mån 30 nov 11:03, av anna"


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Sets the clock on the wall."""
    return lambda now: monkeypatch.setattr(schedule, "utc_now", lambda: now)


def lines(said: Any) -> list[str]:
    """The rows of the table, cells apart by one blank."""
    assert (said.exit_code, said.err) == (0, "")
    return [" ".join(line.replace("│", " ").split()) for line in said.out.splitlines() if line.startswith("│")]


def test_the_list_tells_what_comes_next(medarbetare: Medarbetare, at: Callable[[datetime], None]) -> None:
    at(datetime(2026, 12, 1, 16, 45, tzinfo=UTC))
    said = medarbetare("schedule", "list")
    assert lines(said)[:2] == [
        "tis 1 dec 17:50 ansokningar läser e_tjanst körs",
        "ons 2 dec 05:30 avstamning jämför kvitton körs",
    ]
    assert len(lines(said)) == 10
    assert "Ingen sköter schemat nu: inget görs förrän medarbetare run är igång." in said.out
    assert len(lines(medarbetare("schedule", "list", "--antal", "3"))) == 3


def test_the_list_tells_that_a_portal_is_closed_and_when_the_run_is_made_instead(
    medarbetare: Medarbetare, at: Callable[[datetime], None], database: Dsn
) -> None:
    at(THURSDAY)
    lock = SchedulerLock(database, "server:1")
    assert lock.take()
    said = medarbetare("schedule", "list", "--antal", "3")
    lock.release()
    assert lines(said) == [
        "tor 24 dec 07:00 ansokningar läser e_tjanst hålls tillbaka till mån 28 dec 06:00: "
        "portalen etjanst har stängt (Julafton)",
        "fre 25 dec 05:30 avstamning jämför kvitton körs",
        "mån 28 dec 05:30 avstamning jämför kvitton körs",
    ]
    assert "Ingen sköter schemat" not in said.out


def test_the_list_tells_of_pauses_portals_that_do_not_answer_and_restores(
    medarbetare: Medarbetare, at: Callable[[datetime], None]
) -> None:
    now = datetime(2026, 12, 1, 10, 3, tzinfo=UTC)
    at(now)
    PortalStanding.objects.create(portal="etjanst", failures=5, open_until=now + timedelta(minutes=12))
    assert lines(medarbetare("schedule", "list", "--antal", "2")) == [
        "tis 1 dec 11:10 ansokningar läser e_tjanst hålls tillbaka till tis 1 dec 11:15: "
        "portalen etjanst svarar inte (5 sidor i rad)",
        "tis 1 dec 11:20 ansokningar läser e_tjanst körs",
    ]
    PortalStanding.objects.update(login_refused_at=now)
    listed = medarbetare("schedule", "list")
    refused, nightly, *_ = lines(listed)
    assert refused.endswith("hålls tillbaka: portalen etjanst nekade robotens inloggning tis 1 dec 11:03")
    assert "Rätta användare och lösenord, sedan: medarbetare resume portal etjanst" in listed.out
    assert nightly == "ons 2 dec 05:30 avstamning jämför kvitton körs"

    Hold.objects.create(what=EVERYTHING, since=now - timedelta(days=1), by="anna")
    Tick.objects.create(errand="ansokningar: läser e_tjanst", seen_to=now - timedelta(hours=1), owed=True)
    Recovery.objects.create(noticed_at=now, why="prov")
    said = medarbetare("schedule", "list")
    assert lines(said) == [
        f"tis 1 dec 10:03 ansokningar läser e_tjanst hålls tillbaka: {PAUSED}",
        f"ons 2 dec 05:30 avstamning jämför kvitton hålls tillbaka: {PAUSED}",
    ]
    # What ends it is told once, in the words of `status`.
    assert f"A{PAUSED[1:]}. Upphäv: medarbetare resume\n" in said.out
    assert "inget beslutas eller betalas förrän en avstämning har gått igenom" in said.out


def test_a_run_is_queued_now_and_it_is_told_who_takes_it(
    medarbetare: Medarbetare, at: Callable[[datetime], None], database: Dsn
) -> None:
    at(datetime(2026, 12, 1, 10, 3, tzinfo=UTC))
    said = medarbetare("schedule", "run", "ansokningar")
    assert (said.exit_code, said.err) == (0, "")
    assert "Läser e_tjanst: köad." in said.out
    assert "Ingen tjänst är igång: det körs när medarbetare run startas." in said.out
    assert ProcrastinateJob.objects.get().args == {"inbox": "e_tjanst"}

    with database.connect() as other:
        other.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
    again = medarbetare("schedule", "run", "ansokningar")
    assert "låg redan i kö" in again.out
    assert "Tjänsten är igång och tar det." in again.out


def test_a_run_whose_portal_is_closed_is_refused_or_made_when_it_opens(
    medarbetare: Medarbetare, at: Callable[[datetime], None], database: Dsn
) -> None:
    at(THURSDAY)
    refused = medarbetare("schedule", "run", "ansokningar")
    assert refused.exit_code == 1
    assert "hålls tillbaka till mån 28 dec 06:00: portalen etjanst har stängt (Julafton)" in refused.out
    assert "--senare" in refused.err
    assert not ProcrastinateJob.objects.exists()

    wanted = medarbetare("schedule", "run", "ansokningar", "--senare")
    assert (wanted.exit_code, wanted.err) == (0, "")
    assert not ProcrastinateJob.objects.exists()
    ticker = Ticker(build_plan(configured()), SchedulerLock(database, "a:1"), clock=lambda: THURSDAY + clock[0])
    clock = [timedelta(0)]
    ticker.look()
    assert not ProcrastinateJob.objects.exists()
    clock[0] = timedelta(days=4)
    ticker.look()
    ticker._lock.release()
    assert ProcrastinateJob.objects.get().args == {"inbox": "e_tjanst"}


def test_a_run_that_is_paused_is_refused_and_one_that_there_is_not_is_told_with_those_that_exist(
    medarbetare: Medarbetare, at: Callable[[datetime], None], folder: Path
) -> None:
    at(datetime(2026, 12, 1, 10, 3, tzinfo=UTC))
    Hold.objects.create(what=EVERYTHING, since=datetime(2026, 12, 1, 9, tzinfo=UTC), by="anna")
    paused = medarbetare("schedule", "run", "avstamning")
    assert paused.exit_code == 1
    assert "allt är pausat sedan tis 1 dec 10:00, av anna" in paused.out
    assert "Inget av avstamning körs nu." in paused.err

    unknown = medarbetare("schedule", "run", "lasning")
    assert unknown.exit_code == 2
    assert "Schemat har ingen körning «lasning». De som finns: ansokningar, avstamning." in unknown.err


def test_an_inbox_that_nothing_reads_is_told(medarbetare: Medarbetare, folder: Path) -> None:
    (folder / "schedule.yaml").write_text(yaml.safe_dump({"runs": {}}), "utf-8")
    said = medarbetare("schedule", "list")
    assert (said.exit_code, said.err) == (0, "")
    assert "Inget är schemalagt." in said.out
    assert "Inkorgar som ingen körning läser: e_tjanst" in said.out
