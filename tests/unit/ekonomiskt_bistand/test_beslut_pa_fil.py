"""The decision on files: every scenario as the e-service's file and a file of facts."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from scenarier import FILES, FOLDER, fall, las, referens
from scenariovarld import varld

from arbetsfloden.ekonomiskt_bistand.beslut_pa_fil import besluta_pa_fil, las_underlag
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from medarbetare.errors import BusinessError
from sandkommun.etjanst.documents import flow_instance
from sandkommun.etjanst.form import of_application
from sandkommun.worlds.applications import Ansokan

EXAMPLE = FOLDER / "exempel"
TODAY = date(2026, 12, 1)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
@pytest.mark.parametrize("form", ["yaml", "json"])
def test_a_scenario_decided_on_files_comes_out_the_same(path: Path, form: str, regelverk: Regelverk) -> None:
    text = las(path)
    world = varld([text])
    applied = world.inkorg[referens(text)]
    assert isinstance(applied, Ansokan)
    facts = fall(text).underlag.model_dump_json(indent=1)
    if form == "yaml":
        facts = yaml.safe_dump(json.loads(facts), allow_unicode=True)
    decision = besluta_pa_fil(
        flow_instance(of_application(referens(text), applied, world)), facts.encode(), regelverk, text["idag"]
    )
    expected = text["väntat"]
    assert decision.data["slag"] == expected["förslag"]
    assert decision.data["belopp"] == (None if expected["belopp"] == "inget" else str(expected["belopp"]))
    hindering = [rule["nummer"] for rule in decision.data["regler"] if rule["utfall"] in "HWX"]
    assert hindering == expected.get("regler", [])


def test_every_rule_is_told_with_what_it_saw_where_when_and_by_which_law(regelverk: Regelverk) -> None:
    decision = besluta_pa_fil(
        (EXAMPLE / "ansokan.xml").read_bytes(), (EXAMPLE / "uppgifter.yaml").read_bytes(), regelverk, TODAY
    )
    assert decision.summary == "Bifall 3590 kr för december 2026. Roboten beslutar och betalar."
    (rules,) = (section for section in decision.sections if section.title == "Regler som prövades och inte hindrade")
    assert rules.columns == ("Regel", "Följd", "Vad regeln såg", "Källa", "Lagrum")
    assert len(rules.rows) == 46
    assert (
        "17. Regelbunden inkomst",
        "räkna",
        "Aktivitetsstöd 7 900 kr: stämmer med registret",
        "FK, PM, SO, CSN, ansökan, 2026-12-01 07:00",
        "12 kap. 1 § SoL",
    ) in rules.rows
    titles = [section.title for section in decision.sections]
    order = ["Utfall", "De närmaste gränserna", "Riksnorm", "Kostnader", "Inkomster", "Resultat", rules.title, "Källor"]
    assert [title for title in titles if title in order] == order
    assert decision.data["forklaring"]["summor"]["resultat"] == "-3590"


def test_an_application_in_the_other_format_is_decided_too(regelverk: Regelverk) -> None:
    application = Path(__file__).parent / "format" / "ateransokan.json"
    decision = besluta_pa_fil(application.read_bytes(), (EXAMPLE / "uppgifter.yaml").read_bytes(), regelverk, TODAY)
    assert decision.data["slag"] == "vanta"
    assert decision.data["skal"] == ["Folkbokföringen har inte svarat för alla i hushållet."]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda facts: facts["arende"].pop("lasning"), "Uppgifterna, arende.lasning: saknas."),
        (lambda facts: facts["fk"][0].update(kalstatus="OK"), "fk.0.kalstatus: är okänt"),
        (lambda facts: facts["folkbokforing"][0].update(person=199001259887), "folkbokforing.0.person: ska vara text"),
        (lambda facts: facts["fk"][0].update(status="kanske"), "fk.0.status: är inget av de ord"),
    ],
)
def test_a_fault_in_the_facts_is_told_by_its_path_and_not_by_what_stands_there(change: Any, told: str) -> None:
    facts = yaml.safe_load((EXAMPLE / "uppgifter.yaml").read_text("utf-8"))
    change(facts)
    with pytest.raises(BusinessError) as raised:
        las_underlag(yaml.safe_dump(facts, allow_unicode=True).encode())
    assert told in raised.value.message
    assert "19900125" not in raised.value.message


@pytest.mark.parametrize(
    ("facts", "told"),
    [(b"a: [", "se rad 1"), (b"\xff\xfe", "UTF-8"), (b"- 1", "hela filen"), (b"[" * 5000, "varken giltig")],
)
def test_what_is_no_facts_at_all_is_told(facts: bytes, told: str) -> None:
    with pytest.raises(BusinessError, match=told):
        las_underlag(facts)
