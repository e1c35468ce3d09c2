"""Seeded plans of faults against the whole robot: worker processes, browser, both skins, judged by sandkommun's record.

A few seeds in `make test`; `--seeds-in-browser N` (make chaos) runs the first N and prints what came.
"""

import itertools
from collections import Counter
from decimal import Decimal

import pytest
from judging import Household, was_overtaken

from sandkommun import worlds
from sandkommun.stubbornness.plans import added

GRANTED = {"260101": "11490", "260102": "3590", "260106": "9360", "260107": "6865"}
OTHERS = ("260103", "260122")
SKINS = ("demo", "demo-grid")
ENDS = {"beslutad", "överlämnad", "väntar", "stoppad", "okänt utfall"}
IN_SHORT = (24,)
FAILED_ONCE: tuple[int, ...] = (37,)
"""Seeds that found a fault in the robot. They are run for ever."""

TIMES = 4
TABLE = "browser plans"


def pytest_generate_tests(metafunc):
    whole = metafunc.config.getoption("--whole-matrix")
    asked = metafunc.config.getoption("--seeds-in-browser") or (50 if whole else None)
    seeds = range(1, asked + 1) if asked else IN_SHORT
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", sorted({*seeds, *FAILED_ONCE}))


@pytest.fixture
def practice(practise, seed):
    """A municipality that misbehaves by the plan of a seed; even seeds have the other skin."""
    world = worlds.only(worlds.load(SKINS[seed % 2 == 0]), *GRANTED, *OTHERS)
    made = practise(added(world, str(seed)), workers=2)
    made.configure(
        "medarbetare.yaml",
        lambda content: content.update(patience={"attempts_per_case": 3, "wait_between_attempts": 2}),
    )
    return made


def work_off(practice):
    """Let robots work, one after the other, until no case waits or a portal is left alone for longer; what is left."""
    for _ in range(TIMES):
        done = practice.medarbetare("run", "--once", timeout=400)
        assert done.returncode in (0, 1), done.stdout[-3000:] + done.stderr[-3000:]
        assert "Traceback" not in done.stdout + done.stderr
        outcomes = practice.outcomes()
        if done.returncode == 0 and all(one["status"] != "väntar" for one in outcomes.values()):
            break
    return outcomes


def judge(world_people, outcomes, case_system):
    """What is wrong, by the case system's own record; nothing when all is well."""
    registered = case_system["registered"]
    wrong = [f"{ref} ended {one['status']}" for ref, one in outcomes.items() if one["status"] not in ENDS]
    for ref, person in world_people.items():
        made = {
            kind: [one for one in registered[kind] if one["sokande"] == person and one["user"] == "robot"]
            for kind in ("beslut", "utbetalningar")
        }
        status = outcomes.get(ref, {}).get("status", "not taken in")
        for kind, records in made.items():
            amounts = [Decimal(one["belopp"]) for one in records]
            if len(amounts) > 1:
                wrong.append(f"{ref}: {len(amounts)} {kind}")
            if ref not in GRANTED and amounts:
                wrong.append(f"{ref}: {kind} for an application that is not the robot's to decide")
            right = [amount == Decimal(GRANTED.get(ref, "0")) for amount in amounts]
            if not all(right) and status != "okänt utfall":
                wrong.append(f"{ref}: {kind} of {amounts[0]}, {status}")
            if status == "beslutad" and len(amounts) != 1:
                wrong.append(f"{ref}: decided with {len(amounts)} {kind}")
        by_staff = [one for one in registered["beslut"] if one["sokande"] == person and one["user"] != "robot"]
        if made["beslut"] and by_staff and not overtook(ref, made["beslut"], by_staff, case_system):
            wrong.append(f"{ref}: staff had decided when the robot looked, and it decided too, {status}")
    return wrong


def overtook(ref, by_robot, by_staff, case_system):
    """Whether staff decided between the robot's last look and its own decision, which no robot can see."""
    one = Household(ref, by_robot[0]["arende"])
    one.robot["beslut"], one.staff["beslut"] = by_robot, by_staff
    return was_overtaken(one, case_system)


def faults_met(practice):
    systems = practice.municipality.addresses
    kept = [name for name in ("etjanst", "folkbokforing", "ssbtek", "verksamhet") if name in systems]
    return Counter(
        fault
        for request in itertools.chain.from_iterable(practice.facit(name)["requests"] for name in kept)
        for fault in request["fel"]
    )


def test_whatever_a_seeded_plan_does_nothing_is_decided_twice_or_wrongly(practice, seed, record_property):
    outcomes = work_off(practice)
    world = worlds.load(SKINS[seed % 2 == 0])
    people = {ref: world.personer[world.inkorg[ref].sokande].personnummer for ref in (*GRANTED, *OTHERS)}
    wrong = judge(people, outcomes, practice.facit())
    came = Counter(one["status"] for one in outcomes.values())
    met = " ".join(f"{name}×{times}" for name, times in sorted(faults_met(practice).items()))
    line = (
        f"{seed:>5} {SKINS[seed % 2 == 0]:<10} {', '.join(f'{n} {what}' for what, n in sorted(came.items())):<60} {met}"
    )
    record_property(TABLE, line)
    assert wrong == [], line
    verified = practice.medarbetare("audit", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
