"""Applications from the inbox to the decision, in the browser, judged by what the practice municipality registered.

The demonstration's municipality in both skins of its case system: only the selector file differs.
"""

from decimal import Decimal
from typing import Any

import pytest

from sandkommun import worlds
from sandkommun.worlds.faults import Fel

GRANTED = {"260101": "11490", "260102": "3590", "260106": "9360", "260107": "6865"}
_OWN = ("id", "time", "registrerad", "berakning", "till", "storlek", "sha256")
"""What another order of work makes others: numbers and times, and the letters that tell of them."""


def amounts(records):
    return {record["arende"]: Decimal(record["belopp"]) for record in records}


def told(outcomes):
    return {ref: (one["status"], one["summary"], one["reasons"]) for ref, one in outcomes.items()}


def records(facit: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """What was registered, without numbers and times of its own."""
    return {
        kind: sorted(({k: v for k, v in one.items() if k not in _OWN} for one in made), key=str)
        for kind, made in facit["registered"].items()
    }


@pytest.fixture(scope="module")
def runs(practise_once):
    """The demonstration's municipality in each skin, when the robot has worked through its inbox."""
    made = {}
    for skin, world in (("frames", "demo"), ("grid", "demo-grid")):
        practice = practise_once(worlds.load(world), workers=2)
        done = practice.medarbetare("run", "--once", timeout=240)
        assert done.returncode == 0, done.stdout + done.stderr
        made[skin] = practice
    return made


def test_the_demo_world_is_decided_and_handed_over_as_the_scenarios_say(runs):
    practice = runs["frames"]
    outcomes = practice.outcomes()
    assert {ref: o["status"] for ref, o in outcomes.items()} == {
        **dict.fromkeys(GRANTED, "beslutad"),
        "260122": "stoppad",
        "260103": "överlämnad",
        "260124": "överlämnad",
        "235212": "överlämnad",
    }
    assert "Anmälan om sjukfrånvaro" in outcomes["235212"]["summary"]
    assert "underskott 3 997 kr" in outcomes["260103"]["summary"]
    assert outcomes["260103"]["waits_at"] == "beslut"
    assert any("Tillägg" in reason for reason in outcomes["260124"]["reasons"])
    registered = practice.facit()["registered"]
    assert sorted(amounts(registered["beslut"]).values()) == sorted(Decimal(a) for a in GRANTED.values())
    assert amounts(registered["utbetalningar"]) == amounts(registered["beslut"])
    assert len(registered["utbetalningar"]) == len(registered["beslut"]) == 4
    assert len(registered["aktualiseringar"]) == 6
    assert len(registered["anteckningar"]) == 2 * 4
    files = [one["namn"] for one in registered["dokument"]]
    assert (len([name for name in files if name.startswith("ansokan-")]), len(files)) == (6, 6 + 4)
    statuses = practice.facit("etjanst")["statuses"]
    assert {ref for ref, status in statuses.items() if status == "Beslutad"} == set(GRANTED)


def test_every_application_ends_alike_on_both_skins(runs):
    assert told(runs["grid"].outcomes()) == told(runs["frames"].outcomes())


def test_the_same_records_are_in_both_skins(runs):
    grid = records(runs["grid"].facit())
    assert len(grid["beslut"]) == len(grid["utbetalningar"]) == 4
    assert grid == records(runs["frames"].facit())


def test_the_configurations_differ_in_nothing_but_the_selector_file(runs):
    frames, grid = ((runs[skin].config / "portals.yaml").read_text("utf-8") for skin in ("frames", "grid"))
    selectors = [[line for line in text.splitlines() if "selectors" in line] for text in (frames, grid)]
    assert selectors[0] != selectors[1]
    assert len(selectors[0]) == len(selectors[1])
    assert [line.replace("verksamhet_grid", "verksamhet") for line in selectors[1]] == selectors[0]


@pytest.mark.parametrize(
    ("world", "letters", "time"),
    # In grid the letter stands with the documents, which are read once before: the application's own.
    [("demo", "/brev.do", 1), ("demo-grid", "/api/arende/*/dokument", 2)],
)
def test_a_draft_that_staff_decide_on_before_the_letter_is_fetched_is_handed_over_at_once(
    practise, world, letters, time
):
    overtaken = Fel(fel="kollega", system="verksamhet", sida=letters, gang=time, varde="beslutar")
    practice = practise(worlds.only(worlds.load(world), "260101").model_copy(update={"fel": (overtaken,)}))
    done = practice.medarbetare("run", "--once")
    assert done.returncode == 0, done.stdout + done.stderr
    outcome = practice.outcomes()["260101"]
    assert outcome["status"] == "överlämnad"
    assert "inget utkast att göra beslutsbrev av" in outcome["summary"]
    assert [one["user"] for one in practice.facit()["registered"]["beslut"]] != ["robot"]


def test_a_robot_whose_workers_do_not_start_says_so_and_ends(practise):
    practice = practise(worlds.only(worlds.load("demo"), "260122"))
    practice.configure("medarbetare.yaml", lambda content: content.update(browser="/nowhere/chromium"))
    done = practice.medarbetare("run", "--once")
    assert done.returncode == 1
    assert "Arbetarprocessen startar inte" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert practice.outcomes() == {}
