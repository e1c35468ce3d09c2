"""The case system: one register of cases and records, and the skins in which its users see it."""

from starlette.applications import Starlette

from sandkommun.system import System
from sandkommun.verksamhet import frames, grid
from sandkommun.verksamhet.filling import fill

__all__ = ["build", "fill"]


def build(system: System) -> Starlette:
    """The case system's web site in the skin that the world chose."""
    return grid.build(system) if system.val.skin == "grid" else frames.build(system)
