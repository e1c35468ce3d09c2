"""What a world may say of attachments, answers, signatures and parking permits, and what it may not."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandkommun import worlds
from sandkommun.etjanst.attachments import of_world
from sandkommun.worlds import World, WorldError
from sandkommun.worlds.applications import Ansokan, Bilaga


def told(**more: Any) -> World:
    """The demo, with more said of kim's application."""
    content = worlds.load("demo").model_dump(mode="json", exclude_defaults=True)
    content["inkorg"]["260103"] |= more
    return World.model_validate(content)


def file(file_id: str, **more: Any) -> dict[str, Any]:
    return {"filnamn": "kvitto.pdf", "fil_id": file_id, **more}


def unsigned(**more: Any) -> dict[str, Any]:
    return {"person": "par", **more}


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        ({"medsokande": unsigned(signerat=True, signerar_efter_dagar=1)}, "förutsätter signerat: false"),
        ({"bilagor": [file("1"), file("1")]}, "fil_id 1 finns flera gånger"),
        ({"bilagor": [file("1")], "svar": [{"text": "Här.", "bilagor": [file("1")]}]}, "fil_id 1 finns flera"),
        ({"svar": [{"text": "Ett."}, {"text": "Två."}]}, "meddelande 1 har flera svar"),
        ({"bilagor": [{"filnamn": "brev.docx", "fil_id": "1"}]}, "ska sluta på .pdf"),
        ({"bilagor": [file("1", fil="saknas/kvitto.pdf")]}, "filen saknas/kvitto.pdf finns inte"),
        ({"bilagor": [file("1/2")]}, "fil_id"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(tmp_path: Path, more: dict[str, Any], wrong: str) -> None:
    world = tmp_path / "fel.yaml"
    demo = worlds.load("demo").model_dump(mode="json", exclude_defaults=True)
    demo["inkorg"]["260103"] |= more
    world.write_text(json.dumps(demo), "utf-8")
    with pytest.raises(WorldError, match=wrong):
        worlds.load(world)


def test_what_is_said_of_answers_and_files_is_read_back_as_it_was(tmp_path: Path) -> None:
    world = told(bilagor=[file("1", slag="kvitto", text="Bröd 30 kr")], svar=[{"text": "Här.", "bilagor": [file("2")]}])
    written = tmp_path / "varld.yaml"
    written.write_text(worlds.dump(world), "utf-8")
    assert worlds.load(written) == world
    application = world.inkorg["260103"]
    assert isinstance(application, Ansokan)
    assert [one.fil_id for one in application.alla_bilagor] == ["1", "2"]


@pytest.mark.parametrize(
    "slag", ["handling", "kvitto", "hyresavi", "kontoutdrag", "lönespecifikation", "intyg", "foto"]
)
@pytest.mark.parametrize(("name", "start"), [("a.pdf", b"%PDF"), ("a.png", b"\x89PNG"), ("a.JPG", b"\xff\xd8\xff")])
def test_a_file_of_every_kind_is_what_its_name_says_and_the_same_every_time(slag: str, name: str, start: bytes) -> None:
    stated = Bilaga.model_validate({"filnamn": name, "fil_id": "1", "slag": slag, "text": "Åäö – 240 kr"})
    attachment = of_world(stated, "Kim Kostnadsson", "2026-12-01T06:22:17")
    assert attachment.file().startswith(start)
    assert attachment.file() == attachment.file()


def test_the_people_of_some_applications_bring_their_permits_and_nobody_elses() -> None:
    world = worlds.only(worlds.load("demo"), "260101")
    assert (list(world.parkering.ansokningar), list(world.parkering.utlatanden)) == (["7001"], ["7001"])
    assert list(world.parkering.tillstand) == ["2023-00012"]
    assert worlds.copies(worlds.load("demo"), "260101", 2).parkering.ansokningar == {}
