"""Another department's workflow on the same engine, whole, against the practice municipality in a browser."""

from datetime import UTC, datetime, timedelta

import pytest

from medarbetare.bootstrap import build_journal, read_configuration
from medarbetare.cases.handoffs import Handoffs, Person
from medarbetare.cases.models import Case, Handoff
from sandkommun import worlds

PIA = Person("pia", "Pia Provsson")
ANSWERS = {"beslut": "Bevilja", "giltigt_till": "2028-11-30", "motivering": "Går 60 meter med rollator."}


@pytest.fixture
def practice(practise):
    """The demo world, of which the robot works in the parking department alone."""
    practice = practise(worlds.load("demo"))
    place = practice.folder / "parkering-losenord"
    told = practice.municipality.log_in("parkering")
    place.write_text(told["password"], "utf-8")
    place.chmod(0o600)
    user = practice.folder / "parkering-user"
    user.write_text(told["user"], "utf-8")
    portal = {
        "name": "parkering",
        "address": practice.municipality.addresses["parkering"],
        "user": {"file": str(user)},
        "password": {"file": str(place)},
        "visibility": {"limit_s": 1, "guaranteed": True},
    }
    workflow = {"module": "arbetsfloden.parkeringstillstand.arbetsflode", "settings": "."}
    inbox = {
        "portal": "parkering",
        "department": "ekonomiskt_bistand",
        "workflow": "parkeringstillstand",
        "page": "ansokningar",
        "statuses": ["Inkommen", "Under utredning"],
    }
    practice.configure("portals.yaml", lambda content: content.update(portals=[portal]))
    practice.configure("workflows.yaml", lambda content: content.update(workflows={"parkeringstillstand": workflow}))
    practice.configure("inbox.yaml", lambda content: content.update(inboxes={"parkering": inbox}))
    practice.configure(
        "schedule.yaml",
        lambda content: content.update(
            runs={"parkering": {"workflow": "parkeringstillstand", "cron": "0 * * * *"}}, opening_hours={}
        ),
    )
    return practice


def run_once(practice):
    done = practice.medarbetare("run", "--once")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def test_one_is_decided_by_a_person_and_one_waits_for_a_statement(practice):
    run_once(practice)
    with practice.database():
        found = {case.reference: case for case in Case.objects.all()}
        assert {ref: case.status for ref, case in found.items()} == {
            "7001": "överlämnad",
            "7002": "överlämnad",
            "7003": "väntar",
        }
        wait = found["7003"].due_at - datetime.now(UTC)
        assert timedelta(hours=23) < wait < timedelta(hours=25)
        assert found["7003"].attempts == 0
        journal = build_journal(read_configuration(practice.config))
        handoff = Handoff.objects.get(case=found["7001"])
        Handoffs(journal).approve(handoff.pk, PIA, datetime.now(UTC), answers=ANSWERS)

    run_once(practice)

    with practice.database():
        assert Case.objects.get(reference="7001").status == "beslutad"
    [decision] = practice.facit("parkering")["registered"]["beslut"]
    assert (decision["ansokan"], decision["beslut"], decision["till"]) == ("7001", "Beviljad", "2028-11-30")
    assert decision["motivering"] == ANSWERS["motivering"]
