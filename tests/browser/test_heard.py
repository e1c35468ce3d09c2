"""The applicant in a case, in the practice municipality: heard, asked, answering after days in the e-service."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from scenarier import FILES, las, referens
from scenariovarld import varld

from medarbetare.bootstrap import build_journal, read_configuration
from medarbetare.cases.handoffs import Handoffs, Person
from medarbetare.cases.models import Case, Handoff
from sandkommun import remote, worlds
from sandkommun.worlds.applications import Kompletteringssvar
from sandkommun.worlds.systems import Systemval

TOVA = Person("tova", "Tova Testsson")


def scenario(number):
    return las(next(path for path in FILES if path.name.startswith(f"{number:02}-")))


def run(practice):
    done = practice.medarbetare("run", "--once")
    assert done.returncode == 0, done.stdout + done.stderr
    (outcome,) = practice.outcomes().values()
    return outcome


def approve(practice, **answers):
    with practice.database():
        handoff = Handoff.objects.get(closed_at=None, about="")
        journal = build_journal(read_configuration(practice.config))
        Handoffs(journal).approve(handoff.pk, TOVA, datetime.now(UTC), answers=answers)


def days_pass(practice, days):
    """In the municipality; a case that looks once a day is due."""
    remote.tick(practice.folder / "sandkommun", f"{days}d")
    with practice.database():
        Case.objects.update(due_at=datetime.now(UTC) - timedelta(seconds=1))


def messages(practice):
    return practice.facit("etjanst")["registered"]["meddelanden"]


@pytest.mark.parametrize(
    ("number", "skin", "kod", "belopp"),
    [
        (16, "frames", "03 Avslag försörjningsstöd", 0),
        (14, "grid", "02 Delvis bifall försörjningsstöd", 12090),
    ],
)
def test_an_adverse_decision_is_made_when_the_applicant_has_been_heard(practise, number, skin, kod, belopp):
    text = scenario(number)
    world = varld([text])
    application = world.inkorg[referens(text)]
    answers = (Kompletteringssvar(pa=1, efter_dagar=2, text="Jag har inget att säga."),)
    world = world.model_copy(update={"inkorg": {referens(text): application.model_copy(update={"svar": answers})}})
    practice = practise(world.model_copy(update={"system": {"verksamhet": Systemval(skin=skin)}}))
    first = run(practice)
    assert (first["status"], first["waits_at"], messages(practice)) == ("överlämnad", "kommunicering", [])

    approve(practice)
    assert run(practice)["status"] == "väntar"
    (told,) = messages(practice)
    assert "innan vi beslutar" in told["text"].lower()
    days_pass(practice, 2)
    again = run(practice)
    assert (again["status"], again["waits_at"]) == ("överlämnad", "beslut, omgång 2")
    assert "«Jag har inget att säga.»" in again["reasons"][0]

    children = {"barnens_situation": "Barnen har mat och bostad."} if application.barn else {}
    approve(practice, bedomning="Det finns inget särskilt skäl att räkna på annat sätt.", **children)
    assert run(practice)["status"] == "beslutad"
    registered = practice.facit()["registered"]
    (beslut,) = registered["beslut"]
    assert (beslut["kod"], Decimal(beslut["belopp"]), beslut["beslutsfattare"]) == (kod, belopp, "Tova Testsson")
    assert [Decimal(one["belopp"]) for one in registered["utbetalningar"]] == ([belopp] if belopp else [])
    assert len(messages(practice)) == 3
    sent = messages(practice)[-1]["text"]
    assert "Det finns inget särskilt skäl att räkna på annat sätt." in sent
    assert "förvaltningsrätten" in sent
    assert practice.facit("etjanst")["statuses"][referens(text)] == "Beslutad"


def test_a_co_applicant_who_has_not_signed_is_asked_to_and_waited_for(practise):
    world = worlds.load("demo")
    reference, one = next((ref, one) for ref, one in world.inkorg.items() if getattr(one, "medsokande", None))
    signs = one.medsokande.model_copy(update={"signerat": False})
    unsigned = one.model_copy(update={"medsokande": signs})
    practice = practise(worlds.only(world.model_copy(update={"inkorg": {reference: unsigned}}), reference))
    assert run(practice)["status"] == "väntar"
    (asked,) = messages(practice)
    assert "Medsökanden har inte undertecknat ansökan." in asked["text"]
    assert practice.facit("etjanst")["statuses"][reference] == "Väntar på komplettering"
    (note,) = practice.facit()["registered"]["anteckningar"]
    assert note["rubrik"].startswith("Begäran om komplettering")
    assert "Medsökanden har inte undertecknat ansökan." in note["text"]
