"""Applications from the inbox to the decision, in the browser, judged by what the practice municipality registered."""

from decimal import Decimal

from sandkommun import worlds

GRANTED = {"260101": "11490", "260102": "3590", "260106": "9360", "260107": "6865"}


def amounts(records):
    return {record["arende"]: Decimal(record["belopp"]) for record in records}


def test_the_demo_world_is_decided_and_handed_over_as_the_scenarios_say(practise):
    practice = practise(worlds.load("demo"), workers=2)
    done = practice.medarbetare("run", "--once", timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    outcomes = practice.outcomes()
    assert {ref: o["status"] for ref, o in outcomes.items()} == {
        **dict.fromkeys(GRANTED, "beslutad"),
        "260122": "stoppad",
        "260103": "överlämnad",
        "260124": "överlämnad",
        "235212": "överlämnad",
    }
    assert "Anmälan om sjukfrånvaro" in outcomes["235212"]["summary"]
    assert "underskott 3997 kr" in outcomes["260103"]["summary"]
    assert outcomes["260103"]["waits_at"] == "beslut"
    assert any("Tillägg" in reason for reason in outcomes["260124"]["reasons"])
    registered = practice.facit()["registered"]
    assert sorted(amounts(registered["beslut"]).values()) == sorted(Decimal(a) for a in GRANTED.values())
    assert amounts(registered["utbetalningar"]) == amounts(registered["beslut"])
    assert len(registered["utbetalningar"]) == len(registered["beslut"]) == 4
    assert len(registered["aktualiseringar"]) == 6
    assert len(registered["anteckningar"]) == 4
    statuses = practice.facit("etjanst")["statuses"]
    assert {ref for ref, status in statuses.items() if status == "Beslutad"} == set(GRANTED)


def test_a_robot_whose_workers_do_not_start_says_so_and_ends(practise):
    practice = practise(worlds.only(worlds.load("demo"), "260122"))
    practice.configure("medarbetare.yaml", lambda content: content.update(browser="/nowhere/chromium"))
    done = practice.medarbetare("run", "--once")
    assert done.returncode == 1
    assert "Arbetarprocessen startar inte" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert practice.outcomes() == {}
