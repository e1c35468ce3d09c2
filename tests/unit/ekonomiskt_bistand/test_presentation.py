"""What a case worker is shown, made from finished steps as they stand in the journal."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from scenarier import FILES, Fall, fall, las

from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.beslut.beslut import foresla
from arbetsfloden.ekonomiskt_bistand.portaler.ssbtek import Registersvar
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.visning.presentation import presentera, visat_personnummer
from medarbetare.engine.presentation import Section


def plain(model: BaseModel) -> Any:
    return json.loads(model.model_dump_json())


def steps_of(one: Fall, regelverk: Regelverk) -> dict[str, Any]:
    """The steps' results as flow.py leaves them in the journal."""
    facts = one.underlag
    steps = {f"läs folkbokföring, person {n}": plain(person) for n, person in enumerate(facts.folkbokforing, 1)}
    if facts.arende is not None:
        steps["läs ärende"] = plain(facts.arende)
    for n, fk in enumerate(facts.fk, 1):
        about = {one.register.value: one for one in facts.registersvar if one.person == fk.person}
        steps[f"fråga SSBTEK, person {n}"] = plain(Registersvar.model_validate(about))
    steps["föreslå"] = plain(foresla(one.ansokan, facts, regelverk, one.idag))
    return steps


def by_title(sections: tuple[Section, ...]) -> dict[str, Section]:
    return {section.title: section for section in sections}


def scenario(number: int) -> Fall:
    return next(fall(las(path)) for path in FILES if las(path)["nummer"] == number)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_scenario_can_be_shown_in_tables_that_hold_together(path: Path, regelverk: Regelverk) -> None:
    one = fall(las(path))
    sections = presentera(steps_of(one, regelverk))
    assert len(by_title(sections)) == len(sections)
    for section in sections:
        assert section.rows or section.note
        assert all(len(row) == len(section.columns) for row in section.rows)
        assert section.amounts <= set(section.columns)
        assert all(isinstance(text, str) for row in section.rows for text in row)
        assert "None" not in str(section.rows)


def test_the_calculation_is_shown_to_the_krona_with_what_every_row_rests_on(regelverk: Regelverk) -> None:
    shown = by_title(presentera(steps_of(scenario(7), regelverk)))
    norm = shown["Beräkning för december 2026: norm"]
    assert (norm.rows[-1], norm.sums) == (("Summa", "13 180"), 1)
    incomes = shown["Beräkning för december 2026: inkomster"]
    (wage,) = (row for row in incomes.rows if row[0].startswith("Lön"))
    assert wage[3:5] == ("6 000", "4 500")
    assert "25 %" in wage[6]
    assert shown["Beräkning för december 2026: resultat"].rows == (
        ("Inkomster", "14 046"),
        ("Norm", "−13 180"),
        ("Kostnader", "−7 731"),
        ("Underskott, att bevilja", "6 865"),
    )
    assert shown["Regler som har prövats"].folded
    assert len(shown["Regler som har prövats"].rows) == 46


def test_register_answers_say_whom_they_are_about_where_they_come_from_and_when(regelverk: Regelverk) -> None:
    one = scenario(6)
    shown = by_title(presentera(steps_of(one, regelverk)))
    for person in one.ansokan.vuxna:
        answer = shown[f"Försäkringskassan om {visat_personnummer(person)}"]
        assert "läst 2026-12-01 07:00" in answer.note
        assert answer.rows
        assert f"Arbetsförmedlingen om {visat_personnummer(person)}" in shown
    people = shown["Personer enligt folkbokföringen"]
    assert [row[1] for row in people.rows] == [visat_personnummer(person) for person in one.ansokan.personer]


def test_the_newest_round_of_a_step_is_shown(regelverk: Regelverk) -> None:
    one = scenario(2)
    steps = steps_of(one, regelverk)
    assert one.underlag.arende is not None
    steps["läs ärende, omgång 2"] = plain(one.underlag.arende.model_copy(update={"nummer": "4799"}))
    assert ("Ärende", "4799") in by_title(presentera(steps))["Ärendet i verksamhetssystemet"].rows


def test_a_case_that_stopped_early_shows_what_there_is() -> None:
    assert presentera({}) == ()
    assert presentera({"dagens datum": "2026-12-01"}) == ()


def test_an_application_that_cannot_be_read_shows_no_section() -> None:
    original = {"media_type": "application/xml", "content_base64": "PGE+", "attachments": None}
    assert presentera({"hämta ansökan": original}) == ()


def test_a_personal_number_is_shown_in_full_with_a_hyphen() -> None:
    assert visat_personnummer(Personnummer("198501289832")) == "19850128-9832"


def test_agencies_that_know_nothing_are_told_in_one_table(regelverk: Regelverk) -> None:
    shown = by_title(presentera(steps_of(scenario(2), regelverk)))
    told = shown["Register utan uppgifter"]
    assert [row[0] for row in told.rows] == [
        "Pensionsmyndigheten",
        "A-kassan",
        "CSN",
        "Skatteverket",
        "Transportstyrelsen",
    ]
    assert not any(title.startswith("CSN om") for title in shown)


def test_a_study_aid_that_csn_pays_is_shown_with_its_decision(regelverk: Regelverk) -> None:
    shown = by_title(presentera(steps_of(scenario(17), regelverk)))
    (title,) = (one for one in shown if one.startswith("CSN om"))
    assert shown[title].rows == (("2026-11-25", "Studiemedel", "12 000", "utbetald"),)
    assert "Ärenden: Studiemedel beslutad 2026-11-01 – 2027-06-30." in shown[title].note
