"""Moves a running world from outside, through its start page: its date forward, or all of it back to the beginning."""

import json
import urllib.error
import urllib.parse
import urllib.request
from http.client import HTTPException
from pathlib import Path

_TIMEOUT_S = 60
_UNREADABLE = (ValueError, KeyError, TypeError)


class RemoteError(Exception):
    """The world is not running, or does not do as told. The text is Swedish."""


def tick(data: Path, step: str) -> str:
    """Move the date of the world that is served from a folder by `1d`, `3d`, `1month` …; returns the new date.

    Raises RemoteError.
    """
    return _post(data, "/tick", {"steg": step})


def reset(data: Path) -> str:
    """Make everything in the world as it was at the start; returns its date. Raises RemoteError."""
    return _post(data, "/reset", {})


def _post(data: Path, path: str, fields: dict[str, str]) -> str:
    # By number: not every resolver knows *.localhost.
    direct = f"http://127.0.0.1:{_port(data)}{path}"
    request = urllib.request.Request(direct, urllib.parse.urlencode(fields).encode(), {"Accept": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310
            return str(json.load(answer)["today"])
    except urllib.error.HTTPError as error:
        raise RemoteError(_told(error)) from None
    except (OSError, HTTPException):
        raise RemoteError(f"Ingen sandkommun svarar på {direct}. Den som startades i {data} är avslutad.") from None
    except _UNREADABLE:
        raise RemoteError(
            f"Det som svarar på {direct} är ingen sandkommun. Den som startades i {data} är avslutad."
        ) from None


def _port(data: Path) -> int:
    file = data / "sandkommun.json"
    try:
        address = str(json.loads(file.read_text("utf-8"))["systems"]["start"]["address"])
        return int(address.rpartition(":")[2])
    except OSError:
        raise RemoteError(f"{file} finns inte. Är sandkommun startad med den mappen?") from None
    except _UNREADABLE:
        raise RemoteError(f"{file} går inte att läsa. Starta sandkommun med en ny mapp.") from None


def _told(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.load(error)["fel"])
    except (OSError, HTTPException, *_UNREADABLE):
        return f"Sandkommun svarade HTTP {error.code}. Det den skulle göra blev kanske inte gjort."
