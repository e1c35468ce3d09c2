"""A case worker who has been answered by word of mouth ends the wait on the case's page."""

from datetime import timedelta

import pytest

from medarbetare.cases.status import CaseStatus
from medarbetare.engine.outcome import handed_over
from medarbetare.journal.models import Leaf

WHY = "Sökanden får yttra sig till och med 2026-12-15."
DAY = timedelta(days=1)


@pytest.fixture
def case(house):
    """A case that waits for the applicant."""

    def flow(run):
        run.step("läs", lambda: {"namn": "Tova Testsson"}, dict[str, str])
        answer = run.wait_for("yttrande", lambda: None, str, every=DAY, longest=14 * DAY, why=WHY, may_end=True)
        told = run.ended("yttrande")
        return handed_over("Sökanden är hörd.", (told.note if told else str(answer),))

    house.workflow.flow = flow
    house.bench._workflows["flode"] = flow
    made = house.bench.receive("REF-1", "tova")
    assert house.bench.work_on(made) is CaseStatus.WAITING
    return made


def test_the_wait_is_ended_on_the_page_of_the_case_and_a_person_gets_what_was_said(house, tova, case):
    browser, address = house.browser(tova), f"/arende/{case.handle}/avbryt-vantan/"
    page = browser.get(f"/arende/{case.handle}/").content.decode()
    assert WHY in page
    assert f'href="{address}"' in page
    asked = browser.get(address).content.decode()
    for told in (WHY, "Vad har sagts, av vem och när?", "Det går inte att ångra."):
        assert told in asked

    done = browser.post(address, {"note": "Hon ringde: det var för två månader."}, follow=True).content.decode()

    assert "väntan är avbruten" in done
    assert "väntan avbröts, svaret antecknades av Tova Testsson (yttrande)" in done
    assert "två månader" not in done
    assert house.bench.work_on(case) is CaseStatus.HANDED_OVER
    assert house.bench.outcome(case).reasons == ("Hon ringde: det var för två månader.",)
    after = browser.get(f"/arende/{case.handle}/").content.decode()
    assert address not in after
    assert browser.get(address)["Location"] == f"/arende/{case.handle}/"
    again = browser.post(address, {"note": "En gång till."}, follow=True).content.decode()
    assert "ingenting gjordes" in again
    assert len(house.bench.entries(case, "wait.ended")) == 1


@pytest.mark.parametrize(("note", "told"), [("", "Skriv vad som har sagts"), ("a" * 1001, "1001")])
def test_without_what_was_said_the_robot_waits_on(house, tova, case, note, told):
    answer = house.browser(tova).post(f"/arende/{case.handle}/avbryt-vantan/", {"note": note})
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert house.bench.entries(case, "wait.ended") == []


def test_who_may_not_see_the_case_ends_nothing(house, case):
    others = (house.person("ivar", "it"), house.person("olle", "handläggare", department="annan"))
    for number, user in enumerate(others, 1):
        answer = house.browser(user).post(f"/arende/{case.handle}/avbryt-vantan/", {"note": "Ja."})
        assert answer.status_code == 404
        assert Leaf.objects.filter(kind="access.refused").count() == number
    assert house.bench.entries(case, "wait.ended") == []
    assert house.browser().get(f"/arende/{case.handle}/avbryt-vantan/").status_code == 302


def test_what_waits_is_listed_for_those_who_may_open_it_and_for_nobody_else(house, tova, case):
    page = house.browser(tova).get("/vantar/").content.decode()
    assert f'href="/arende/{case.handle}/"' in page
    assert case.reference in page
    assert WHY not in page
    stranger = house.person("prov", "handläggare", name="Prov Provsson", department="parkering")
    assert case.handle not in house.browser(stranger).get("/vantar/").content.decode()

    house.browser(tova).post(f"/arende/{case.handle}/avbryt-vantan/", {"note": "Hon ringde."})
    house.bench.work_on(case)
    assert "Inget ärende väntar" in house.browser(tova).get("/vantar/").content.decode()
