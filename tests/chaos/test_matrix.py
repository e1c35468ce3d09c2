"""kill -9 of worker, supervisor and browser before and after every commit of a whole case, and at every point of a
write in between; in both skins of the case system, judged by sandkommun.

    make test    a sample: twelve kills in frames, six in grid
    make chaos   frames: every point in all three ways; grid: every point, the victim changing from point to point
"""

from collections import Counter

import pytest
from judging import WRITES
from reporting import FIGURES, TABLE

from medarbetare.bootstrap import build_journal, read_configuration
from medarbetare.cases.models import Case
from sandkommun import worlds

READ_FIRST = (
    *("dagens datum", "jävslista", "hämta ansökan", "läs folkbokföring, person 1", "läs folkbokföring, person 2"),
    *("läs folkbokföring, person 3", "läs ärende", "läs ansökans filer"),
)
FLOW = (
    *READ_FIRST,
    *("aktualisering", "fråga SSBTEK, person 1", "läs skriftväxling", "föreslå", "beräkning", "betalningsstopp"),
    *("skriv texter", "hämta beslutsbrev", "beslut", "utbetalning", "underrättelse", "underrättad"),
    *("journalanteckning", "dokument", "status i e-tjänsten"),
)
"""A whole case: the steps of the worked example, in order."""
OF_A_STEP = ("before step", "step")
OF_A_WRITE = (
    *("before intended", "intended", "pre-read", "before submitting", "submitting"),
    *("submit answered", "read-back", "before receipt", "receipt"),
)
AFTER_THE_CLICK = OF_A_WRITE[5:]
VICTIMS = ("worker", "supervisor", "browser")
POINTS = (
    *(("ärendet", point) for point in ("before begun", "begun")),
    *((step, point) for step in FLOW for point in (OF_A_WRITE if step in WRITES else OF_A_STEP)),
    *(("ärendet", point) for point in ("before outcome", "outcome")),
)
NO_BROWSER_YET = POINTS[:6]
"""Nothing has been opened."""
UNTOUCHED = {
    **{
        (step, point): place + 2 * (step == "betalningsstopp")
        for step in ("läs ansökans filer", "föreslå", "betalningsstopp", "skriv texter", "underrättad")
        for place, point in enumerate(OF_A_STEP)
    },
    **{
        (write, point): place + 2 * (write in ("aktualisering", "beräkning", "journalanteckning"))
        for write in WRITES
        for place, point in enumerate(OF_A_WRITE[:2])
    },
    **{("ärendet", point): place for place, point in enumerate(("before outcome", "outcome"))},
}
"""Points before which nothing is read: a worker just begun has no browser there. Browsers die there in cases of their
own, which suffer nothing else. The number says in which of four: between two of one case something must be read, and
nothing is between "läs ansökans filer" and "aktualisering", "föreslå" and "beräkning", "betalningsstopp" and "skriv
texter", "underrättad" and "journalanteckning"."""
PARTS = 4
"""A turn's kills are shared by so many cases, or the last would be waited for."""
ROBOTS = 3
SAFETY = 3600.0


def every_kill():
    """Every (step, boundary, victim) that there is."""
    return {
        (*point, victim) for point in POINTS for victim in VICTIMS if victim != "browser" or point not in NO_BROWSER_YET
    }


def whole():
    """Cases that together are killed in all three ways at every point, one kill after another."""
    turns = [[(*point, VICTIMS[(place + turn) % 3]) for place, point in enumerate(POINTS)] for turn in range(3)]
    apart = [[(*point, "browser") for point in UNTOUCHED if UNTOUCHED[point] == place] for place in range(4)]
    left_out = {kill for plan in apart for kill in plan} | {(*point, "browser") for point in NO_BROWSER_YET}
    size = -(-len(POINTS) // PARTS)
    parts = [turn[start : start + size] for turn in turns for start in range(0, len(turn), size)]
    in_order = {point: place for place, point in enumerate(POINTS)}
    return [
        *([kill for kill in part if kill not in left_out] for part in parts),
        *(sorted(plan, key=lambda kill: in_order[kill[:2]]) for plan in apart),
    ]


def each_point_once():
    """Cases that together are killed at every point; worker and supervisor where a browser may not run."""
    plan = [
        (*point, VICTIMS[place % (2 if point in UNTOUCHED or point in NO_BROWSER_YET else 3)])
        for place, point in enumerate(POINTS)
    ]
    size = -(-len(plan) // PARTS)
    return [plan[start : start + size] for start in range(0, len(plan), size)]


SAMPLE = (
    (
        ("läs ärende", "before step", "worker"),
        ("aktualisering", "intended", "supervisor"),
        ("beräkning", "before submitting", "browser"),
        ("beslut", "submitting", "worker"),
        ("utbetalning", "submit answered", "supervisor"),
        ("status i e-tjänsten", "before receipt", "browser"),
    ),
    (
        ("aktualisering", "pre-read", "supervisor"),
        ("fråga SSBTEK, person 1", "step", "browser"),
        ("beslut", "submit answered", "worker"),
        ("utbetalning", "before intended", "worker"),
        ("journalanteckning", "read-back", "browser"),
        ("status i e-tjänsten", "receipt", "supervisor"),
    ),
)
SAMPLE_IN_GRID = (
    (
        ("ärendet", "begun", "worker"),
        ("beräkning", "submitting", "browser"),
        ("beslut", "submit answered", "supervisor"),
        ("utbetalning", "before submitting", "browser"),
        ("utbetalning", "submit answered", "worker"),
        ("journalanteckning", "before receipt", "worker"),
    ),
)
PLANS = {
    ("demo", False): SAMPLE,
    ("demo", True): whole(),
    ("demo-grid", False): SAMPLE_IN_GRID,
    ("demo-grid", True): each_point_once(),
}


def kill_of(deed):
    """The (step, boundary, victim) of a deed."""
    return deed["step"], deed["boundary"], deed["deed"]


def table(skin, done, statuses, points=POINTS):
    """The matrix as text: a row per point, a column per victim, how often it was killed and what came of it."""
    results = {kill_of(one): statuses[reference] for reference, deeds in done.items() for one in deeds}
    kills = Counter(kill_of(one) for deeds in done.values() for one in deeds)
    lines = [
        f"{skin}: {kills.total()} kills in {len(done)} cases: {dict(Counter(statuses.values()))}",
        f"{'step':<38} {'boundary':<18} " + " ".join(f"{victim:<14}" for victim in VICTIMS),
    ]
    for step, boundary in points:
        cells = [(kills[one], results.get(one)) for one in ((step, boundary, victim) for victim in VICTIMS)]
        if any(number for number, _ in cells):
            told = " ".join(f"{f'{number} × {came}' if number else '-':<14}" for number, came in cells)
            lines.append(f"{step:<38} {boundary:<18} {told}")
    return "\n".join(lines)


def test_the_plans_reach_every_point_in_every_way():
    kills = [kill for plan in whole() for kill in plan]
    assert len(kills) == len(set(kills))
    assert set(kills) == every_kill()
    assert sorted(kill[:2] for plan in each_point_once() for kill in plan) == sorted(POINTS)


@pytest.mark.parametrize("skin", ["demo", "demo-grid"])
def test_kill_9_at_every_point_of_a_case_leaves_one_of_each_record(chaos, record_property, whole_matrix, skin):
    planned = PLANS[skin, whole_matrix]
    world = worlds.copies(worlds.load(skin), "260107", len(planned))
    by_reference = dict(zip(world.inkorg, planned, strict=True))
    ruin = chaos(world)
    ruin.configure(duration=10, margin=2, silence=7)
    ruin.plan(by_reference)
    with ruin.practice.database():
        ruin.take_in()
        ruin.work_until_none_waits(ROBOTS if whole_matrix else len(planned), seconds=SAFETY)
        statuses = ruin.statuses()
        journal = build_journal(read_configuration(ruin.practice.config))
        entries = {case.reference: journal.entries(case.handle) for case in Case.objects.all()}

    done = {reference: ruin.deeds(reference) for reference in by_reference}
    record_property(TABLE, table(skin, done, statuses))
    record_property(
        FIGURES,
        {"name": f"crash matrix, {skin}", "kills": [kill_of(one) for it in done.values() for one in it]},
    )
    ends = [made[-1].payload for made in entries.values()]
    assert statuses == dict.fromkeys(by_reference, "beslutad"), (ends, ruin.log())
    for reference, plan in by_reference.items():
        assert [kill_of(one) for one in done[reference]] == list(plan)
        records = ruin.assert_decided_once(reference)
        for one in done[reference]:
            if one["step"] in WRITES:
                is_there = records[one["step"]][0]["time"] < one["time"]
                assert is_there == (one["boundary"] in AFTER_THE_CLICK), one
            assert one["browsers"] or one["deed"] != "browser", one
        noted = Counter((entry.kind, entry.name) for entry in entries[reference])
        assert {name for kind, name in noted if kind == "step"} == set(FLOW) - set(WRITES)
        assert {kind for (kind, _), number in noted.items() if number > 1} <= {
            "run.started",
            "write.submitting",
            "write.absent",
        }
    assert ruin.complaints() == ""
    ruin.assert_journal_verifies()
