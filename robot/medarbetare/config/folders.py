"""Where configuration and selectors are found: the environment, the installed package, the checkout."""

import os
from importlib import resources
from pathlib import Path

from medarbetare.errors import ConfigurationError

CONFIG_VARIABLE = "MEDARBETARE_CONFIG"
SELECTORS_VARIABLE = "MEDARBETARE_SELECTORS"
STATE_VARIABLE = "MEDARBETARE_STATE"

_CHECKOUT = Path(__file__).resolve().parents[3]


def config_folder() -> Path:
    """The folder of *.yaml files. Raises ConfigurationError when there is none."""
    return _data_folder("config", CONFIG_VARIABLE)


def selectors_folder() -> Path:
    """The folder of <portal>.yaml files. Raises ConfigurationError when there is none."""
    return _data_folder("selectors", SELECTORS_VARIABLE)


def state_folder() -> Path:
    """Where the robot keeps its embedded database and its demonstrations."""
    if chosen := os.environ.get(STATE_VARIABLE):
        return Path(chosen)
    if os.geteuid() == 0:
        return Path("/var/lib/medarbetare")
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "medarbetare"


def _data_folder(kind: str, variable: str) -> Path:
    chosen = os.environ.get(variable)
    packaged = Path(str(resources.files("medarbetare"))) / "data" / kind
    for folder in [Path(chosen)] if chosen else [packaged, _CHECKOUT / kind]:
        if folder.is_dir():
            return folder
    raise ConfigurationError(f"Mappen {kind} finns inte ({chosen or packaged}). Ange den i {variable}.")
