"""The configuration folder of this call."""

import os
from pathlib import Path

from medarbetare.bootstrap import Configuration, read_configuration
from medarbetare.config import config_folder
from medarbetare.config.folders import CONFIG_VARIABLE


def use_config_folder(folder: Path | None) -> None:
    """Make `folder` the configuration folder of this process and of those it starts."""
    if folder is not None:
        os.environ[CONFIG_VARIABLE] = str(folder.absolute())


def configured() -> Configuration:
    """The configuration, read. Raises ConfigurationError."""
    return read_configuration(config_folder())
