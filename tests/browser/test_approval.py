"""A person approves what the robot handed over: it decides in the person's name, and looks again where it must."""

import json
import sqlite3
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from scenarier import FILES, las, referens
from scenariovarld import varld

from medarbetare.bootstrap import build_journal, read_configuration
from medarbetare.cases.handoffs import Handoffs, Person
from medarbetare.cases.models import Handoff
from sandkommun import worlds

MEDICIN = las(next(path for path in FILES if path.name.startswith("90-")))
REFERENCE = "260102"
TOVA = Person("tova", "Tova Testsson")
FORBERED = "ekonomiskt_bistand/delegation.yaml"
RIKTLINJER = "ekonomiskt_bistand/kommun.yaml"


def forbered(content):
    for decision_type in content["beslutstyper"].values():
        decision_type["mode"] = "förbered"


def always_read_again(content):
    content["uppgifter_hogst_dagar"] = 0


def run(practice, reference=REFERENCE):
    done = practice.medarbetare("run", "--once")
    assert done.returncode == 0, done.stdout + done.stderr
    return practice.outcomes()[reference]


def approve(practice):
    with practice.database():
        journal = build_journal(read_configuration(practice.config))
        handoff = Handoff.objects.get(closed_at=None, about="")
        Handoffs(journal).approve(handoff.pk, TOVA, datetime.now(UTC))
        return handoff.waits_at


def amend(practice, system, kind, change):
    """Change what a system knows, as the world outside does."""
    with sqlite3.connect(practice.folder / "sandkommun" / f"{system}.sqlite") as database:
        for rowid, content in database.execute("SELECT rowid, content FROM documents WHERE kind = ?", (kind,)):
            document = json.loads(content)
            change(document)
            database.execute("UPDATE documents SET content = ? WHERE rowid = ?", (json.dumps(document), rowid))
    database.close()


def count(registered):
    return {kind: len(records) for kind, records in registered.items() if records}


DECIDED_ONCE = {
    **dict.fromkeys(["aktualiseringar", "berakningar", "brev", "beslut", "utbetalningar"], 1),
    **dict.fromkeys(["anteckningar", "dokument"], 2),
}
"""Files: the application with its registration, and the letter with a note of its own."""


@pytest.fixture
def practice(practise):
    practice = practise(worlds.only(worlds.load("demo"), REFERENCE))
    practice.configure(FORBERED, forbered)
    return practice


def test_old_facts_are_read_again_and_an_unchanged_proposal_is_carried_out(practice):
    practice.configure(RIKTLINJER, always_read_again)
    assert run(practice)["waits_at"] == "beslut"
    assert approve(practice) == "beslut"
    assert run(practice)["status"] == "beslutad"
    registered = practice.facit()["registered"]
    assert count(registered) == DECIDED_ONCE
    (utbetalning,), (anteckning, _) = registered["utbetalningar"], registered["anteckningar"]
    assert (Decimal(utbetalning["belopp"]), utbetalning["datum"]) == (3590, "2026-12-01")
    assert "godkänt förslaget" in anteckning["text"]
    assert practice.facit("etjanst")["statuses"][REFERENCE] == "Beslutad"
    assert len(practice.facit("ssbtek")["registered"]["fragor"]) == 2


def test_what_has_changed_goes_back_to_the_person_with_the_change_first(practice):
    # One krona is within what counts as the stated amount, so no other rule is triggered by it.
    def raised(person):
        for payment in person["person"].get("fk", {}).get("utbetalningar", []):
            if payment["datum"] == "2026-11-25":
                payment["brutto"], payment["netto"] = "10129", "7901"

    practice.configure(RIKTLINJER, always_read_again)
    run(practice)
    amend(practice, "personer", "person", raised)
    approve(practice)
    again = run(practice)
    assert (again["status"], again["waits_at"]) == ("överlämnad", "beslut, omgång 2")
    assert again["reasons"][0] == "Beloppet är nu 3 589 kr. När förslaget godkändes var det 3 590 kr."
    assert any("7 901" in reason for reason in again["reasons"][1:])
    assert "beslut" not in count(practice.facit()["registered"])

    approve(practice)
    assert run(practice)["status"] == "beslutad"
    registered = practice.facit()["registered"]
    assert count(registered) == DECIDED_ONCE | {"berakningar": 2}
    assert [Decimal(one["belopp"]) for one in registered["beslut"] + registered["utbetalningar"]] == [3589, 3589]


def test_another_account_is_paid_only_after_staff_have_put_it_on_file(practise):
    world = worlds.load("demo")
    asked = world.inkorg[REFERENCE]
    account = asked.konto.model_copy(update={"konto": "7654321"})
    changed = asked.model_copy(update={"konto": account})
    practice = practise(worlds.only(world.model_copy(update={"inkorg": {REFERENCE: changed}}), REFERENCE))
    first = run(practice)
    assert first["reasons"][0].startswith("Kontot i ärendet är ett annat än i ansökan.")

    approve(practice)
    still = run(practice)
    assert (still["status"], still["waits_at"]) == ("överlämnad", "beslut, omgång 2")
    assert "utbetalningar" not in count(practice.facit()["registered"])

    amend(practice, "verksamhet", "case", lambda case: case.update(konto="9999-7654321"))
    approve(practice)
    assert run(practice)["status"] == "beslutad"
    registered = practice.facit()["registered"]
    assert count(registered) == DECIDED_ONCE
    assert registered["utbetalningar"][0]["konto"] == "9999-7654321"


def test_rows_that_are_decided_apart_stay_with_people_when_the_rest_is_approved(practise):
    practice = practise(varld([MEDICIN]))
    practice.configure(FORBERED, forbered)
    handed_over = run(practice, referens(MEDICIN))
    assert any("Medicin 240 kr prövas för sig" in reason for reason in handed_over["reasons"])
    approve(practice)
    assert run(practice, referens(MEDICIN))["status"] == "beslutad"
    with practice.database():
        assert sorted(Handoff.objects.filter(closed_at=None).values_list("about", "waits_at")) == [
            ("Annan kostnad", ""),
            ("Medicin", ""),
        ]
    registered = practice.facit()["registered"]
    assert count(registered) == DECIDED_ONCE
    assert Decimal(registered["utbetalningar"][0]["belopp"]) == MEDICIN["väntat"]["belopp"]
    assert "medicin 240 kr" in registered["beslut"][0]["motivering"]
