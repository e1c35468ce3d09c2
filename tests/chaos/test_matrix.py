"""kill -9 of worker, supervisor and browser at every durable boundary of every write, judged by sandkommun."""

from collections import Counter
from itertools import product

from sandkommun import worlds

WRITES = ("aktualisering", "beräkning", "beslut", "utbetalning", "journalanteckning", "status i e-tjänsten")
BOUNDARIES = ("intended", "pre-read", "submitting", "submit answered", "read-back", "receipt")
VICTIMS = ("worker", "supervisor", "browser")
BEFORE_THE_CLICK = BOUNDARIES[:3]
ROBOTS = 3


def whole():
    """Cases that together are killed in all three ways at every boundary of every write, one kill after another.

    Two cases share a turn, three writes each, the victim changing from boundary to boundary. After a kill at a receipt
    no browser runs when the next write is intended, so browsers die there in a case of their own, which suffers nothing
    else.
    """
    shared = [
        [
            (write, boundary, VICTIMS[(WRITES.index(write) + step + turn) % 3])
            for write in writes
            for step, boundary in enumerate(BOUNDARIES)
        ]
        for turn in range(3)
        for writes in (WRITES[:3], WRITES[3:])
    ]
    apart = [(write, "intended", "browser") for write in WRITES]
    return [*([kill for kill in plan if kill not in apart] for plan in shared), apart]


def sample():
    """Two cases, each killed once at every write and once at every boundary, each victim four times in all."""
    return [
        [
            (write, BOUNDARIES[(number + 3 * turn) % 6], VICTIMS[(number + turn) % 3])
            for number, write in enumerate(WRITES)
        ]
        for turn in range(2)
    ]


def kill_of(deed):
    """The (write, boundary, victim) of a deed."""
    return deed["write"], deed["boundary"], deed["deed"]


def table(done, statuses):
    """The matrix as text: a row per write and boundary, a column per victim, how often it was killed and what came."""
    results = {kill_of(one): statuses[reference] for reference, deeds in done.items() for one in deeds}
    kills = Counter(kill_of(one) for deeds in done.values() for one in deeds)
    lines = [f"{'write':<20} {'boundary':<16} " + " ".join(f"{victim:<14}" for victim in VICTIMS)]
    for write, boundary in product(WRITES, BOUNDARIES):
        cells = [(kills[one], results.get(one, "-")) for one in ((write, boundary, victim) for victim in VICTIMS)]
        lines.append(f"{write:<20} {boundary:<16} " + " ".join(f"{f'{n} × {came}':<14}" for n, came in cells))
    return "\n".join(lines)


def test_kill_9_at_every_boundary_of_every_write_leaves_one_decision_and_one_payment(
    chaos, record_property, whole_matrix
):
    """A sample of twelve kills; with `--whole-matrix` (make chaos) all of them."""
    planned = whole() if whole_matrix else sample()
    kills = [kill for plan in planned for kill in plan]
    if whole_matrix:
        assert sorted(kills) == sorted(product(WRITES, BOUNDARIES, VICTIMS))
    for part, every in enumerate((WRITES, BOUNDARIES, VICTIMS)):
        assert {kill[part] for kill in kills} == set(every)
    world = worlds.copies(worlds.load("demo"), "260107", len(planned))
    by_reference = dict(zip(world.inkorg, planned, strict=True))
    ruin = chaos(world)
    ruin.configure(duration=10, margin=2, silence=7)
    ruin.plan(by_reference)
    with ruin.practice.database():
        ruin.take_in()
        ruin.work_off(ROBOTS)
        statuses = ruin.statuses()

    done = {reference: ruin.deeds(reference) for reference in by_reference}
    record_property("chaos table", table(done, statuses))
    assert statuses == dict.fromkeys(by_reference, "beslutad"), ruin.log()
    for reference, plan in by_reference.items():
        assert [kill_of(one) for one in done[reference]] == plan
        records = ruin.assert_decided_once(reference)
        for one in done[reference]:
            is_there = records[one["write"]][0]["time"] < one["time"]
            assert is_there == (one["boundary"] not in BEFORE_THE_CLICK), one
            assert one["browsers"] or one["deed"] != "browser", one
    assert ruin.complaints() == ""
    ruin.assert_journal_verifies()
