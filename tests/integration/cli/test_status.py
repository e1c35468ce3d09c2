import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from medarbetare.cases.models import Case
from medarbetare.database.dsn import Dsn
from medarbetare.database.mark import OutsideDatabase
from medarbetare.engine.breaker import Breaker, BreakerTerms
from medarbetare.engine.guarding import PortalGuard
from medarbetare.engine.holds import EVERYTHING, HoldWatch
from medarbetare.engine.models import Hold
from medarbetare.errors import Held
from medarbetare.readable import use_zone
from medarbetare.schedule.models import Tick
from medarbetare.schedule.standby import SchedulerLock
from medarbetare.testing import Bench, MemoryPortal

Medarbetare = Callable[..., Any]
_NOBODY = 65534


def test_status_tells_who_ticks_and_when_it_is_next(medarbetare: Medarbetare, database: Dsn) -> None:
    assert "Schemat sköts av: ingen, medarbetare run är inte igång" in medarbetare("status").out

    lock = SchedulerLock(database, "server-1:4242")
    assert lock.take()
    status = medarbetare("status")
    lock.release()

    assert (status.exit_code, status.err) == (0, "")
    assert "Schemat sköts av: server-1:4242" in status.out
    assert "Nästa gång för ansokningar: " in status.out
    assert "Nästa gång för avstamning: " in status.out


def test_status_tells_of_runs_that_wait_and_of_what_holds_them_back(medarbetare: Medarbetare) -> None:
    medarbetare("pause")
    assert medarbetare("schedule", "run", "avstamning", "--senare").exit_code == 0
    assert Tick.objects.get().owed

    told = medarbetare("status").out

    assert "Väntar på att köras sedan " in told
    assert ": avstamning, jämför kvitton; hålls tillbaka: allt är pausat sedan " in told
    medarbetare("resume")
    assert "avstamning, jämför kvitton; " in medarbetare("status").out


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose own clock shows UTC."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()
    use_zone(ZoneInfo("Europe/Stockholm"))


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize(("zone", "clock"), [("Europe/Stockholm", "14:05"), ("Europe/Helsinki", "15:05")])
def test_times_are_told_by_the_schedules_clock_whatever_the_machines(
    medarbetare: Medarbetare, bench: Bench, folder: Path, zone: str, clock: str
) -> None:
    schedule = yaml.safe_load((folder / "schedule.yaml").read_text("utf-8"))
    (folder / "schedule.yaml").write_text(yaml.safe_dump({**schedule, "timezone": zone}), "utf-8")
    moment = datetime(2030, 6, 1, 12, 5, tzinfo=UTC)
    case = bench.receive("REF-1", "tova")
    Case.objects.filter(pk=case.pk).update(created_at=moment)
    Hold.objects.create(what=EVERYTHING, since=moment, by="anna")

    assert f"2030-06-01 {clock}" in medarbetare("cases", "list").out
    assert f"1 juni 2030 {clock}, av anna" in medarbetare("status").out

    Hold.objects.all().delete()
    guard = PortalGuard(lambda name: MemoryPortal(name, {}), Breaker(BreakerTerms()), HoldWatch(), lambda name: moment)
    with pytest.raises(Held, match=f"öppnar 2030-06-01 {clock}"):
        guard.portal("kassa").page("lista")


def test_a_folder_for_the_mark_that_cannot_be_used_is_told_before_it_is_needed(
    medarbetare: Medarbetare, folder: Path, tmp_path: Path
) -> None:
    missing = medarbetare("config", "check")
    assert missing.exit_code == 2
    assert f"medarbetare.yaml: outside: {tmp_path / 'outside'} finns inte. Gör mappen" in missing.err
    assert "Märket utanför databasen kan inte skrivas" not in medarbetare("status").out

    (tmp_path / "outside").write_text("", "utf-8")
    wrong = medarbetare("config", "check")
    assert wrong.exit_code == 2
    assert f"outside: {tmp_path / 'outside'} är ingen mapp" in wrong.err
    status = medarbetare("status").out
    assert f"Märket utanför databasen kan inte skrivas: {tmp_path / 'outside'} är ingen mapp." in status

    (tmp_path / "outside").unlink()
    (tmp_path / "outside").mkdir()
    right = medarbetare("config", "check")
    assert (right.exit_code, right.err) == (0, "")


@pytest.fixture
def anybodys() -> Iterator[Path]:
    """A folder that every user can look into."""
    with tempfile.TemporaryDirectory(prefix="medarbetare-test-") as made:
        Path(made).chmod(0o755)
        yield Path(made)


def test_a_folder_for_the_mark_that_others_own_is_told_with_who_asks(anybodys: Path) -> None:
    owned = anybodys / "outside"
    owned.mkdir()
    assert OutsideDatabase(owned).fault() is None
    assert OutsideDatabase(owned / "saknas").fault() is None

    owned.chmod(0o500)
    with _ordinary_user():
        told, missing = OutsideDatabase(owned).fault(), OutsideDatabase(owned / "saknas").fault()

    assert told is not None
    assert "får inte läsa och skriva" in told
    assert missing is not None
    assert f"når inte {owned / 'saknas'} och får inte göra den i {owned}" in missing


@contextmanager
def _ordinary_user() -> Iterator[None]:
    """As somebody whom permissions bind."""
    if os.getuid() != 0:
        yield
        return
    os.setresuid(_NOBODY, _NOBODY, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)
