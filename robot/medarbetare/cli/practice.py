"""The practice municipality as a process beside the robot, and a configuration that points at it.

Sandkommun is other people's systems: it is started as a program and known by its addresses and log-ins only.
"""

import fcntl
import json
import os
import secrets
import shutil
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import yaml

from medarbetare.clock import utc_now
from medarbetare.config import SecretReference, config_folder, state_folder
from medarbetare.errors import ConfigurationError, TechnicalError
from medarbetare.journal.keys import generate_keys
from medarbetare.readable import local

_KEPT = 5
_SECONDS_TO_START = 60.0
_DEPARTMENT = "ekonomiskt_bistand"
_USUAL_SKIN = "frames"


class PracticeMunicipality:
    """Runs `python -m sandkommun serve` while the context is open. Its processes end with this one, however it ends."""

    def __init__(self, world: str, data: Path, first_port: int | None, faults: str | None = None) -> None:
        ports = [] if first_port is None else ["--port-base", str(first_port)]
        plan = [] if faults is None else ["--faults", faults]
        self._command = [
            sys.executable,
            "-P",
            "-m",
            "sandkommun",
            "serve",
            "--world",
            world,
            "--data",
            str(data),
            *ports,
            *plan,
        ]
        self._log = data.with_suffix(".log")
        self._process: subprocess.Popen[str] | None = None
        self._told: dict[str, Any] = {}

    def __enter__(self) -> Self:
        with open(self._log, "w", encoding="utf-8") as log:
            process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        self._process = process
        too_late = threading.Timer(_SECONDS_TO_START, process.kill)
        too_late.start()
        assert process.stdout is not None
        line = process.stdout.readline()
        too_late.cancel()
        if not line:
            process.wait()
            why = self._log.read_text("utf-8").strip().splitlines()
            raise TechnicalError(f"Sandkommun startade inte: {why[-1] if why else 'inget svar'}")
        self._told = json.loads(line)
        return self

    @property
    def addresses(self) -> dict[str, str]:
        """The address of each system."""
        return {name: system["address"] for name, system in self._told["systems"].items()}

    @property
    def guidelines(self) -> dict[str, Any]:
        """The municipality's own guidelines: what to change in which of the department's configuration files."""
        local: dict[str, Any] = self._told["lokalt"]
        return merged({"kommun": {"kommun": self._told["kommun"]}}, local)

    def selectors(self, system: str) -> str:
        """The selector file for a system in the skin that it has here."""
        skin = self._told["systems"][system].get("skin", _USUAL_SKIN)
        return system if skin == _USUAL_SKIN else f"{system}_{skin}"

    @property
    def today(self) -> str:
        """The date in the practice world."""
        return str(self._told["today"])

    def authority(self, system: str) -> str:
        """The file with the certificate of who vouches for a system that is logged in to by certificate."""
        return str(self._told["systems"][system]["authority"])

    def logs_in_elsewhere(self, system: str) -> bool:
        """Whether a system sends its users to a log-in that it shares with others."""
        return bool(self._told["systems"][system]["login"] == "sso")

    def log_in(self, system: str) -> Mapping[str, str | None]:
        """User, password, TOTP secret and certificate of the robot in a system, as far as it needs them."""
        with open(self._told["systems"][system]["credentials"], encoding="utf-8") as file:
            found: dict[str, str | None] = json.load(file)
        return found

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait()


def new_demo_folder() -> Path:
    """A folder of its own for one demonstration. Older ones beyond the last few, not in use, are removed."""
    parent = state_folder() / "demo"
    parent.mkdir(parents=True, exist_ok=True)
    for old in sorted(path for path in parent.iterdir() if path.is_dir())[: -(_KEPT - 1)]:
        _remove_unused(old)
    folder = parent / f"{local(utc_now()):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    folder.mkdir(mode=0o711)
    # Held until this process ends, however it ends; nobody removes the folder meanwhile.
    fcntl.flock(os.open(folder / "in-use", os.O_CREAT | os.O_RDWR, 0o600), fcntl.LOCK_SH)
    return folder


def _remove_unused(folder: Path) -> None:
    descriptor = os.open(folder / "in-use", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    except BlockingIOError:
        return
    finally:
        os.close(descriptor)


def write_practice_configuration(folder: Path, municipality: PracticeMunicipality, workers: int) -> Path:
    """The packaged configuration with this machine's addresses, log-ins and keys; returns its folder."""
    config = folder / "config"
    shutil.copytree(config_folder(), config)
    secret_folder = folder / "secrets"
    secret_folder.mkdir(mode=0o700)
    keys = generate_keys(folder / "keys", [_DEPARTMENT])
    _write(
        config / "medarbetare.yaml",
        {
            "municipality": "Sandkommun",
            "database": {"embedded": str(folder / "database")},
            "outside": str(folder / "outside"),
            "journal": {
                "origin": "sandkommun.example/journal",
                "signing_key": _as_yaml(keys.signing),
                "department_keys": {name: _as_yaml(key) for name, key in keys.departments.items()},
            },
            "workers": workers,
            "practice_date": municipality.today,
        },
    )
    usual = yaml.safe_load((config / "portals.yaml").read_text("utf-8"))["portals"]
    portals = [_portal(portal["name"], municipality, secret_folder) for portal in usual]
    _write(config / "portals.yaml", {"portals": portals})
    # One practises also at night and on Sundays.
    schedule = yaml.safe_load((config / "schedule.yaml").read_text("utf-8"))
    _write(config / "schedule.yaml", {**schedule, "opening_hours": {}})
    for name, guidelines in municipality.guidelines.items():
        file = config / _DEPARTMENT / f"{name}.yaml"
        if not file.is_file():
            known = ", ".join(sorted(one.stem for one in file.parent.glob("*.yaml")))
            raise ConfigurationError(f"Världens lokalt.{name}: det finns ingen sådan fil. De som finns: {known}.")
        _write(file, merged(yaml.safe_load(file.read_text("utf-8")), guidelines))
    return config


def merged(usual: Mapping[str, Any], local: Mapping[str, Any]) -> dict[str, Any]:
    """The usual with what is said locally put in its place, also inside parts of the same name."""
    result = dict(usual)
    for key, value in local.items():
        inside = isinstance(value, Mapping) and isinstance(result.get(key), Mapping)
        result[key] = merged(result[key], value) if inside else value
    return result


def _portal(name: str, municipality: PracticeMunicipality, folder: Path) -> dict[str, Any]:
    given = municipality.log_in(name)
    references: dict[str, Any] = {}
    for part in ("user", "password", "totp"):
        if secret := given.get(part):
            path = folder / f"{name}-{part}"
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(descriptor, "w", encoding="utf-8") as file:
                file.write(secret)
            references[part] = {"file": str(path)}
    if given.get("certificate"):
        files = {"file": given["certificate"], "key": given["key"], "authority": municipality.authority(name)}
        references = {"certificate": files}
    if municipality.logs_in_elsewhere(name):
        references["login_address"] = municipality.addresses["inloggning"]
    place = {"name": name, "address": municipality.addresses[name], "selectors": municipality.selectors(name)}
    # What Sandkommun keeps from its lists shows within three seconds, by its own list of faults.
    return {**place, **references, "visibility": {"limit_s": 4, "guaranteed": True}}


def _as_yaml(reference: SecretReference) -> dict[str, str]:
    return {key: str(value) for key, value in reference.model_dump(exclude_none=True).items()}


def _write(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(yaml.safe_dump(dict(content), allow_unicode=True, sort_keys=False), encoding="utf-8")
