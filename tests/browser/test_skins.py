"""The same robot and workflow on both skins of the case system: only the selector file differs."""

from typing import Any

import pytest

from sandkommun import worlds

APPLICATIONS = ("260102", "260107", "260124")
_OWN = ("id", "time", "registrerad", "berakning")


def records(facit: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """What was registered, without numbers and times of its own."""
    return {
        kind: sorted(({k: v for k, v in one.items() if k not in _OWN} for one in made), key=str)
        for kind, made in facit["registered"].items()
    }


@pytest.fixture(scope="module")
def runs(practise_once):
    made = {}
    for skin in ("frames", "grid"):
        world = worlds.only(worlds.load("demo"), *APPLICATIONS)
        content = world.model_dump(mode="json", exclude_defaults=True)
        content["system"] = {"verksamhet": {"skin": skin}}
        practice = practise_once(worlds.World.model_validate(content))
        done = practice.medarbetare("run", "--once", timeout=240)
        assert done.returncode == 0, done.stdout + done.stderr
        made[skin] = practice
    return made


def test_every_application_ends_alike_on_both_skins(runs):
    frames, grid = (runs[skin].outcomes() for skin in ("frames", "grid"))
    assert {ref: one["status"] for ref, one in grid.items()} == {
        "260102": "beslutad",
        "260107": "beslutad",
        "260124": "överlämnad",
    }
    assert {ref: (one["status"], one["summary"], one["reasons"]) for ref, one in frames.items()} == {
        ref: (one["status"], one["summary"], one["reasons"]) for ref, one in grid.items()
    }


def test_the_same_records_are_in_both(runs):
    frames, grid = (records(runs[skin].facit()) for skin in ("frames", "grid"))
    assert len(grid["beslut"]) == len(grid["utbetalningar"]) == 2
    assert grid == frames
