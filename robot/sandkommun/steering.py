"""Moves a running world from outside, through its start page: its date forward, or all of it back to the beginning."""

import json
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

_TIMEOUT_S = 60


class SteeringError(Exception):
    """The world is not running, or does not do as told. The text is Swedish."""


def tick(data: Path, step: str) -> str:
    """Move the date of the world that is served from a folder by `1d`, `3d`, `1month` …; returns the new date.

    Raises SteeringError.
    """
    return _post(data, "/tick", {"steg": step})


def reset(data: Path) -> str:
    """Make everything in the world as it was at the start; returns its date. Raises SteeringError."""
    return _post(data, "/reset", {})


def _post(data: Path, path: str, fields: dict[str, str]) -> str:
    file = data / "sandkommun.json"
    try:
        address = str(json.loads(file.read_text("utf-8"))["systems"]["start"]["address"])
    except FileNotFoundError:
        raise SteeringError(f"{file} finns inte. Är sandkommun startad med den mappen?") from None
    # By number: not every resolver knows *.localhost.
    direct = f"http://127.0.0.1:{address.rpartition(':')[2]}{path}"
    request = urllib.request.Request(direct, urllib.parse.urlencode(fields).encode(), {"Accept": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310
            return str(json.load(answer)["today"])
    except urllib.error.HTTPError as error:
        raise SteeringError(str(json.load(error).get("fel", f"HTTP {error.code}"))) from None
    except urllib.error.URLError:
        raise SteeringError(f"Ingen sandkommun svarar på {direct}. Den som startades i {data} är avslutad.") from None
