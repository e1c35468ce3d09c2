"""Configuration: YAML files read into pydantic models."""

from medarbetare.config.folders import config_folder, selectors_folder, state_folder
from medarbetare.config.installation import Installation
from medarbetare.config.loading import Strict, load, parse, read
from medarbetare.config.secret import SecretReference

__all__ = [
    "Installation",
    "SecretReference",
    "Strict",
    "config_folder",
    "load",
    "parse",
    "read",
    "selectors_folder",
    "state_folder",
]
