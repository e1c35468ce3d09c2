"""The robot's database restored from an older backup, with its own commands; judged by the case system's record."""

import json
import shutil

from medarbetare.bootstrap import build_journal, read_configuration
from medarbetare.cases.models import Case
from sandkommun import worlds

DECIDED_BEFORE, FORGOTTEN, PROTECTED, NEW = "260101", "260102", "260122", "260107"
RECORDS = ("beslut", "utbetalningar")


def owned(practice, *references):
    """The robot takes in these applications only."""

    def change(content):
        for inbox in content["inboxes"].values():
            inbox["ownership"] = {"references": "|".join(references)}

    practice.configure("inbox.yaml", change)


def shown_as(practice, name):
    def change(content):
        (system,) = (one for one in content["portals"] if one["name"] == "verksamhet")
        system.update({"shown_as": name} if name else {})
        if not name:
            system.pop("shown_as", None)

    practice.configure("portals.yaml", change)


def done(practice, *command):
    ended = practice.medarbetare(*command, timeout=600)
    assert "Traceback" not in ended.stderr, ended.stderr
    return ended


def worked(practice):
    ended = done(practice, "run", "--once")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def statuses(practice):
    with practice.database():
        assert build_journal(read_configuration(practice.config)).verify().ok
        return dict(Case.objects.values_list("reference", "status"))


def registered(practice):
    """How many of each kind of record each case in the case system has got since the start."""
    held = practice.facit()["registered"]
    return {kind: sorted(one["arende"] for one in held[kind]) for kind in (*RECORDS, "aktualiseringar")}


def test_what_a_backup_has_forgotten_is_never_done_twice(practise):
    world = worlds.only(worlds.load("demo"), DECIDED_BEFORE, FORGOTTEN, PROTECTED, NEW)
    practice = practise(world, workers=2)
    owned(practice, DECIDED_BEFORE)
    worked(practice)
    copy = practice.folder / "kopia"
    assert "Säkerhetskopian är skriven" in done(practice, "backup", str(copy)).stdout
    owned(practice, DECIDED_BEFORE, FORGOTTEN, PROTECTED)
    worked(practice)
    assert registered(practice)["beslut"] == ["4701", "4702"]

    refused = done(practice, "restore", str(copy))
    assert refused.returncode == 1
    assert "inte tom" in refused.stderr
    shutil.move(practice.folder / "database", practice.folder / "database.old")
    assert "beslutar och betalar inget" in done(practice, "restore", str(copy)).stdout
    assert statuses(practice) == {DECIDED_BEFORE: "beslutad"}

    # A new application comes, and what the robot has registered cannot be told from others': nothing is decided.
    owned(practice, DECIDED_BEFORE, PROTECTED, NEW)
    shown_as(practice, "någon annan")
    assert "recognised" in worked(practice)
    held = registered(practice)
    assert held["beslut"] == held["utbetalningar"] == ["4701", "4702"]
    assert held["aktualiseringar"] == ["4701", "4702", "4707"]
    assert statuses(practice) == {DECIDED_BEFORE: "beslutad", PROTECTED: "stoppad", NEW: "väntar"}
    asked = done(practice, "recovery", "status")
    assert asked.returncode == 1
    assert "medarbetare reconcile" in asked.stdout

    shown_as(practice, None)
    told = json.loads(done(practice, "reconcile", "--json").stdout)["restored"]
    assert told["passed"]
    assert len(told["adopted"]) == 1
    assert done(practice, "recovery", "status").returncode == 0
    owned(practice, DECIDED_BEFORE, FORGOTTEN, PROTECTED, NEW)
    worked(practice)

    held = registered(practice)
    assert held["beslut"] == held["utbetalningar"] == held["aktualiseringar"] == ["4701", "4702", "4707"]
    assert statuses(practice) == {
        DECIDED_BEFORE: "beslutad",
        FORGOTTEN: "beslutad",
        PROTECTED: "stoppad",
        NEW: "beslutad",
    }
    verified = done(practice, "audit", "verify")
    assert verified.returncode == 0
    assert "Databasen har återställts från en äldre säkerhetskopia" in verified.stdout
