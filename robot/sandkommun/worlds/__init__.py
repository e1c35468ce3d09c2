"""Worlds: load and check them, write them, make larger ones out of small ones."""

from sandkommun.worlds.copying import copies, only
from sandkommun.worlds.files import WorldError, dump, load, shipped
from sandkommun.worlds.model import World

__all__ = ["World", "WorldError", "copies", "dump", "load", "only", "shipped"]
