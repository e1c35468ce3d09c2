"""The browser, one of its pages, or its driver ends in the middle of a case."""

import psutil
from processes import below, is_browser, send

RENDERER, BROWSER, DRIVER = "a page", "the browser", "the driver"


def ends(worker, victim):
    """Kill -9 of what belongs to a worker; how many processes that was."""
    chosen = {
        RENDERER: lambda one: "--type=renderer" in one.cmdline(),
        BROWSER: is_browser,
        DRIVER: lambda one: one.name() == "node" or "run-driver" in one.cmdline(),
    }
    victims = below(worker, chosen[victim])
    send(victims)
    psutil.wait_procs(victims, 20)
    return len(victims)


PLAN = [
    (RENDERER, "aktualisering", "pre-read"),
    (BROWSER, "beräkning", "submitting"),
    (DRIVER, "beslut", "submitting"),
]
MORE = [
    (DRIVER, "utbetalning", "submit answered"),
    (RENDERER, "beslut", "submitting"),
    (BROWSER, "beslut", "read-back"),
]


def test_whatever_ends_of_the_browser_the_case_goes_on_and_is_decided_once(trouble, whole_matrix):
    plan = PLAN + MORE if whole_matrix else PLAN
    one = trouble(len(plan))
    references = list(one.ruin.world.inkorg)
    for reference, (_, write, boundary) in zip(references, plan, strict=True):
        one.gate(write, boundary, reference)
    robot = one.run()
    for reference, (victim, _, _) in zip(references, plan, strict=True):
        worker = one.until_at_gate(reference)
        assert ends(worker, victim)
        one.let_go(reference)
    for reference in references:
        one.until_decided(reference)
        one.ruin.assert_decided_once(reference)
    one.stop(robot)
    assert len(one.events("browser ended")) >= len(plan)
    one.assert_told_without_tracebacks()
    one.ruin.assert_journal_verifies()
