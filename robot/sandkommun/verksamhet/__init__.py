"""The case system: frames, Latin-1, tables without labels, and no word about what it saved."""

from sandkommun.verksamhet.pages import build

__all__ = ["build"]
