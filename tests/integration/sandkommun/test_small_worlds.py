"""The ten worlds that tests use most: each is read, each is served, each contains what its line in the README says."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sandkommun import worlds
from sandkommun.running import Running, running
from sandkommun.worlds import World
from sandkommun.worlds.applications import Ansokan
from sandkommun.worlds.faultlist import CATALOGUE

FOLDER = Path(__file__).parents[2] / "worlds"
FILES = sorted(FOLDER.glob("*.yaml"))


def _application(world: World) -> Ansokan:
    one = next(iter(world.inkorg.values()))
    assert isinstance(one, Ansokan)
    return one


def _ensam(world: World) -> bool:
    one = _application(world)
    return len(world.personer) == 1 and not one.inkomster and not world.personer[one.sokande].fk.utbetalningar


def _par(world: World) -> bool:
    kinds = {(row.person, row.typ) for row in _application(world).inkomster}
    return kinds == {("pia", "Aktivitetsstöd"), ("par", "Aktivitetsstöd")}


def _barnfamilj(world: World) -> bool:
    years = {world.personer[row.person].personnummer[:4] for row in _application(world).barn}
    return len(years) == 3 and len({row.typ for row in _application(world).inkomster}) == 3


def _lon(world: World) -> bool:
    case = next(iter(world.arenden.values()))
    return case.jobbstimulans is not None and any(row.typ == "Lön" for row in _application(world).inkomster)


def _samma_namn(world: World) -> bool:
    return len(world.personer) == 2 and len({person.namn for person in world.personer.values()}) == 1


def _signerar(world: World) -> bool:
    other = _application(world).medsokande
    return other is not None and not other.signerat and other.signerar_efter_dagar == 1


def _komplettering(world: World) -> bool:
    (answer,) = _application(world).svar
    return answer.efter_dagar == 2 and len(answer.bilagor) == 1


def _stor_inkorg(world: World) -> bool:
    return len(world.inkorg) == 25 and len({one.status for one in world.inkorg.values()}) > 2


def _envis(world: World) -> bool:
    return {one.fel for one in world.fel} == set(CATALOGUE) and world.personal is not None


CONTAINS: dict[str, Callable[[World], bool]] = {
    "ensam": _ensam,
    "par": _par,
    "barnfamilj": _barnfamilj,
    "lon": _lon,
    "skyddad": lambda world: world.personer["svea"].skydd == "Skyddad folkbokföring",
    "tva-med-samma-namn": _samma_namn,
    "medsokande-signerar": _signerar,
    "komplettering": _komplettering,
    "stor-inkorg": _stor_inkorg,
    "envis": _envis,
}


def test_there_are_ten_and_the_readme_tells_of_each() -> None:
    readme = (FOLDER / "README.md").read_text("utf-8")
    assert {file.stem for file in FILES} == set(CONTAINS)
    assert all(f"| `{file.name}` |" in readme for file in FILES)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_contains_what_its_line_says(file: Path) -> None:
    assert CONTAINS[file.stem](worlds.load(file))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_is_served(file: Path, data: Path) -> None:
    world = worlds.load(file)
    with running(file, data) as sandkommun:
        _has_the_same_inbox(sandkommun, world)
        assert sandkommun.announced["today"] == world.today.isoformat()


def _has_the_same_inbox(sandkommun: Running, world: World) -> None:
    statuses = sandkommun.facit("etjanst")["statuses"]
    assert set(statuses) == set(world.inkorg)


def test_calculations_of_the_small_worlds_add_up() -> None:
    for file in FILES:
        for nr, case in worlds.load(file).arenden.items():
            for one in case.berakningar:
                total = sum(row.belopp for row in one.inkomster) - sum(row.godkant for row in one.kostnader)
                assert total - one.normsumma == one.resultat, (file.stem, nr)
