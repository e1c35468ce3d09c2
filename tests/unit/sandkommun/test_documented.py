"""The world file's page: its examples are right worlds, and there is no key that they do not show."""

import re
import shutil
from collections import defaultdict
from importlib.resources import files
from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel

from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import load_regelverk
from medarbetare.cli.practice import merged
from sandkommun import worlds
from sandkommun.generating import generate
from sandkommun.worlds import World
from sandkommun.worlds.applications import Ansokan
from sandkommun.worlds.elements import Element
from sandkommun.worlds.faults import Plan
from sandkommun.worlds.model import Kommun

PAGE = (files("sandkommun") / "VARLDSFIL.md").read_text("utf-8")
WHOLE, LOCAL = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
ELSEWHERE = {Element, Kommun, Plan}
"""Elements that are no part of a world by themselves."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("documented")
    (folder / "blankett.xml").write_text("<blankett/>", "utf-8")
    (folder / "world.yaml").write_text(WHOLE.replace("fil: FIL", f"fil: {folder / 'blankett.xml'}"), "utf-8")
    return worlds.load(folder / "world.yaml")


def elements(part: object) -> list[BaseModel]:
    """Every element that a part of a world is made of."""
    if isinstance(part, BaseModel):
        inside = [found for _, value in part for found in elements(value)]
        return [part, *inside]
    if isinstance(part, dict):
        return [found for value in part.values() for found in elements(value)]
    if isinstance(part, list | tuple):
        return [found for value in part for found in elements(value)]
    return []


def kinds(kind: type[Element]) -> set[type[Element]]:
    """A kind of element and all that are made from it."""
    return {kind}.union(*(kinds(one) for one in kind.__subclasses__()))


def own_keys(kind: type[Element]) -> set[str]:
    """The keys that a kind of element has and what it is made from has not."""
    inherited = {name for base in kind.__bases__ if issubclass(base, Element) for name in base.model_fields}
    return set(kind.model_fields) - inherited


def test_every_key_of_every_element_is_shown(world: World) -> None:
    shown: dict[type, set[str]] = defaultdict(set)
    for element in elements(world):
        for kind in type(element).__mro__:
            shown[kind] |= element.model_fields_set
    missing = {kind.__name__: own_keys(kind) - shown[kind] for kind in kinds(Element) - ELSEWHERE}
    assert {name: keys for name, keys in missing.items() if keys} == {}


def test_the_example_can_be_copied_and_cut_out_with_all_its_keys(world: World) -> None:
    one = worlds.only(world, "260107")
    assert (one.inkorg.keys(), one.arenden, one.personer) == ({"260107": 0}.keys(), world.arenden, world.personer)
    assert (one.fel, one.personal, one.lokalt, one.system) == (world.fel, world.personal, world.lokalt, world.system)
    copied = worlds.copies(world, "260107", 2)
    assert len(copied.personer) == 2 * len(world.personer)
    assert (copied.fel, copied.personal, copied.lokalt) == (world.fel, world.personal, world.lokalt)
    for nr, case in copied.arenden.items():
        original = world.arenden["4707"]
        assert (case.bevakningar, case.narvaro, case.dokument) == (
            original.bevakningar,
            original.narvaro,
            original.dokument,
        ), nr
    for ref, entry in copied.inkorg.items():
        assert isinstance(entry, Ansokan), ref
        original_entry = world.inkorg["260107"]
        assert isinstance(original_entry, Ansokan)
        assert (entry.svar, entry.bilagor) == (original_entry.svar, original_entry.bilagor)
        assert entry.medsokande is not None
        assert entry.medsokande.person in copied.personer
        assert copied.personer[entry.sokande].csn == world.personer["linn"].csn


def test_the_example_survives_being_written_and_read(world: World, tmp_path: Path) -> None:
    (tmp_path / "again.yaml").write_text(worlds.dump(world), "utf-8")
    assert worlds.load(tmp_path / "again.yaml") == world


def test_the_robots_configuration_is_right_with_what_is_stated_locally(world: World, tmp_path: Path) -> None:
    packaged = Path(__file__).parents[3] / "config" / "ekonomiskt_bistand"
    generated = generate(1, 1, world.today)["lokalt"]
    for number, stated in enumerate((yaml.safe_load(LOCAL)["lokalt"], world.lokalt, generated)):
        folder = tmp_path / str(number)
        shutil.copytree(packaged, folder)
        for name, local in stated.items():
            usual = yaml.safe_load((packaged / f"{name}.yaml").read_text("utf-8"))
            assert set(local) <= set(usual), name
            (folder / f"{name}.yaml").write_text(yaml.safe_dump(merged(usual, local), allow_unicode=True), "utf-8")
        assert load_regelverk(folder).version != load_regelverk(packaged).version
