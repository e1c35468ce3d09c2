"""Scenario 2 in the modes below automatisk: what may be written, and what may not."""

import pytest

from sandkommun import worlds

REFERENCE = "260102"


def set_mode(practice, mode):
    def change(content):
        for decision_type in content["beslutstyper"].values():
            decision_type["mode"] = mode

    practice.configure("ekonomiskt_bistand/delegation.yaml", change)


@pytest.fixture
def worked_in_mode(practise):
    def work(mode):
        practice = practise(worlds.only(worlds.load("demo"), REFERENCE))
        set_mode(practice, mode)
        done = practice.medarbetare("run", "--once")
        assert done.returncode == 0, done.stdout + done.stderr
        return practice.outcomes()[REFERENCE], practice.facit()["registered"], practice.facit("etjanst")["statuses"]

    return work


def written(registered):
    return {kind: len(records) for kind, records in registered.items() if records}


def test_forbered_registers_and_drafts_and_leaves_the_decision_to_a_person(worked_in_mode):
    outcome, registered, statuses = worked_in_mode("förbered")
    assert outcome["status"] == "överlämnad"
    assert "bifall 3 590 kr" in outcome["summary"]
    assert written(registered) == {"aktualiseringar": 1, "berakningar": 1, "dokument": 1}
    assert statuses[REFERENCE] == "Inkommen"


def test_an_unapproved_guideline_puts_the_decision_back_to_a_person_who_is_told_why(practise):
    practice = practise(worlds.only(worlds.load("demo"), REFERENCE))
    practice.configure("ekonomiskt_bistand/kommun.yaml", lambda content: content.pop("approved_by"))
    done = practice.medarbetare("run", "--once")
    assert done.returncode == 0, done.stdout + done.stderr
    outcome = practice.outcomes()[REFERENCE]
    assert (outcome["status"], outcome["waits_at"]) == ("överlämnad", "beslut")
    assert outcome["reasons"] == ["Roboten får inte besluta själv: riktlinjerna saknar godkännande."]
    assert written(practice.facit()["registered"]) == {"aktualiseringar": 1, "berakningar": 1, "dokument": 1}
    assert practice.facit("etjanst")["statuses"][REFERENCE] == "Inkommen"


def test_skugga_proposes_and_writes_nothing_anywhere(worked_in_mode):
    outcome, registered, statuses = worked_in_mode("skugga")
    assert outcome["status"] == "skuggad"
    assert "bifall 3 590 kr" in outcome["summary"]
    assert written(registered) == {}
    assert statuses[REFERENCE] == "Inkommen"
