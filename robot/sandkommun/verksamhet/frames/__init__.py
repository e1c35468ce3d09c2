"""The skin "frames": frameset, Latin-1, tables without labels, and no word about what it saved."""

from sandkommun.verksamhet.frames.pages import build

__all__ = ["build"]
