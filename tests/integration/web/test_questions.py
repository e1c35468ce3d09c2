"""Hand-offs that ask for more than yes: the questions in the form, and the answers in the workflow."""

import re

import pytest

from medarbetare.cases.status import CaseStatus

ANSWERS = {
    "reason-1": "on",
    "answer-hyra": "6 800,50 kr",
    "answer-fran": "2026-12-01",
    "answer-kontakt": "ja",
    "answer-sort": "andrahand",
    "answer-skal": "",
    "note": "",
}


def test_every_question_has_its_kind_of_field_and_the_answers_reach_the_workflow(house, tova):
    case, handoff = house.hand_over("FRÅGA-1")
    browser = house.browser(tova)
    page = browser.get(f"/overlamning/{handoff.pk}/").content.decode()
    for told in ("Vad är hyran?", "Från vilken dag?", "Har du talat med sökanden?", "Varför? (frivillig)"):
        assert told in page
    assert 'type="date"' in page
    assert 'inputmode="decimal"' in page
    assert page.count('type="radio"') == 4
    fields = re.findall(r'<(?:input|textarea)(?![^>]*type="hidden")[^>]*id="([^"]+)"', page)
    assert sorted(fields) == sorted(re.findall(r'<label for="([^"]+)"', page))

    after = browser.post(f"/overlamning/{handoff.pk}/", ANSWERS, follow=True).content.decode()

    assert f"Ärende {case.handle} är besvarat." in after
    (told,) = house.bench.entries(case, "handoff.approved")
    answered = {name: told.payload.get(name) for name in ("hyra", "fran", "kontakt", "sort")}
    assert answered == {"hyra": "6800.50", "fran": "2026-12-01", "kontakt": True, "sort": "andrahand"}
    assert "skal" not in told.payload, "what may be left open was"
    assert house.bench.work_on(case) is CaseStatus.DECIDED
    summary = house.bench.entries(case, "case.outcome")[-1].payload["summary"]
    assert summary == "6800.50 från 2026-12-01: andrahand, True, -."


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("answer-hyra", "mycket", "«Vad är hyran?»: skriv ett belopp i kronor"),
        ("answer-hyra", "", "«Vad är hyran?» måste besvaras."),
        ("answer-fran", "igår", "«Från vilken dag?»: skriv ett datum"),
        ("answer-kontakt", "kanske", "«Har du talat med sökanden?»: svara ja eller nej."),
        ("answer-sort", "slott", "«Hur bor de?»: välj ett av hyresrätt, andrahand."),
        ("answer-skal", "å" * 1001, "«Varför?»: högst 1000 tecken."),
    ],
)
def test_a_wrong_answer_is_told_beside_its_question_and_what_was_typed_is_kept(house, tova, field, typed, told):
    case, handoff = house.hand_over("FRÅGA-1")
    answer = house.browser(tova).post(f"/overlamning/{handoff.pk}/", {**ANSWERS, field: typed})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count(told) == 2
    assert f'aria-describedby="fel-{field}"' in page
    assert page.count("aria-invalid") == 1
    kept = [value for name, value in ANSWERS.items() if name in ("answer-hyra", "answer-fran") and name != field]
    assert all(f'value="{value}"' in page for value in kept)
    assert ('value="andrahand" required checked' in page) == (field != "answer-sort")
    assert house.bench.status(case) is CaseStatus.HANDED_OVER
    assert house.bench.entries(case, "handoff.") == []
