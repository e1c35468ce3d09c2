"""Lays a world file down in the systems' databases, in a process of its own: a large world's memory goes with it."""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from sandkommun import etjanst, folkbokforing, parkering, verksamhet
from sandkommun.agencies import people
from sandkommun.storage import Database
from sandkommun.worlds.files import load
from sandkommun.worlds.model import Kommun, World
from sandkommun.worlds.systems import SYSTEMS

PEOPLE = "personer"
"""The database that all the agencies' portals are views of."""
_FILL: dict[str, Callable[[World, Database], None]] = {
    PEOPLE: people.fill,
    "etjanst": etjanst.fill,
    "folkbokforing": folkbokforing.fill,
    "verksamhet": verksamhet.fill,
    "parkering": parkering.fill,
}
NAMES = (PEOPLE, *SYSTEMS)


def lay_down(world: str, folder: Path) -> Kommun:
    """Fill a database for each system in `folder` from a world (a shipped one's name, or a path), and a copy of each to
    begin again from. Returns the municipality without its people. Raises WorldError."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("fork")) as apart:
        return apart.submit(_fill, world, folder).result()


def database(folder: Path, name: str) -> Path:
    """Where a system's database lies."""
    return folder / f"{name}.sqlite"


def beginning(folder: Path, name: str) -> Path:
    """Where the copy lies that a reset begins again from."""
    return folder / "beginning" / f"{name}.sqlite"


def _fill(name_or_path: str, folder: Path) -> Kommun:
    world = load(name_or_path)
    (folder / "beginning").mkdir(mode=0o700)
    for name in NAMES:
        filled = Database(database(folder, name))
        if name in _FILL:
            _FILL[name](world, filled)
        filled.copy_to(beginning(folder, name))
        filled.close()
    return Kommun.model_validate(world.model_dump(include=set(Kommun.model_fields)))
