"""More robots than were meant: on one database, and on two."""

import pytest
from troubled import REFERENCE, SAFETY, wait_for


def test_two_services_on_one_database_both_work_one_ticks_and_each_case_is_decided_once(trouble):
    one = trouble(2)
    robots = [one.run(), one.run()]
    wait_for(lambda: one.events("scheduler standing by"), "a scheduler that stands by")
    for reference in one.ruin.world.inkorg:
        one.until_decided(reference)
        one.ruin.assert_decided_once(reference)
    assert len(one.events("scheduler active")) == 1
    for robot in robots:
        one.stop(robot)
    one.assert_told_without_tracebacks()
    one.ruin.assert_journal_verifies()


@pytest.mark.usefixtures("in_chaos_only")
@pytest.mark.parametrize(("machine", "came"), [("the same", "beslutad"), ("another", "överlämnad")])
def test_a_second_robot_with_a_database_of_its_own_decides_nothing_that_the_first_has_decided(trouble, machine, came):
    """On the same machine it is taken for a restored one and finds what was decided; on another it reads before it
    writes."""
    one = trouble()
    assert one.run("--once").wait(SAFETY) == 0, one.ruin.log()
    another_database(one, machine)
    assert one.run("--once").wait(SAFETY) == 0, one.ruin.log()
    assert one.practice.outcomes()[REFERENCE]["status"] == came
    one.ruin.assert_decided_once(REFERENCE)


@pytest.mark.usefixtures("in_chaos_only")
def test_of_two_robots_with_a_database_each_that_write_at_once_one_stops_at_the_first_write_and_one_decides(trouble):
    """Both look before either has saved. Whoever reads back two registrations stops, before there is a decision."""
    one = trouble()
    one.ruin.configure(duration=180, margin=5, silence=170)
    one.gate("aktualisering", "submitting")
    first = one.run("--once")
    one.until_at_gate()
    database_of_the_first = another_database(one)
    assert one.run("--once").wait(SAFETY) == 0, one.ruin.log()
    one.let_go()
    assert first.wait(SAFETY) == 0, one.ruin.log()
    assert one.practice.outcomes()[REFERENCE]["status"] == "beslutad"
    use_database(one, database_of_the_first)
    outcome = one.practice.outcomes()[REFERENCE]
    assert outcome["status"] == "okänt utfall"
    assert "Det finns 2 poster där det skulle finnas en" in outcome["summary"]
    records = {write: len(found) for write, found in one.ruin.records(REFERENCE).items()}
    assert records == {**dict.fromkeys(records, 1), "aktualisering": 2}


def another_database(one, machine="another"):
    """Point the configuration at an empty database, as a careless copy of an installation does; the former one."""
    former = one.practice.folder / "database"
    use_database(one, one.practice.folder / "another", machine)
    with one.practice.database():
        one.ruin.take_in()
    return former


def use_database(one, folder, machine="the same"):
    def change(content):
        content["database"] = {"embedded": str(folder)}
        if machine == "another":
            content["outside"] = str(one.practice.folder / "outside-of-another")

    one.practice.configure("medarbetare.yaml", change)
