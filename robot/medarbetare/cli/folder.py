"""What a call of the command line concerns: its configuration folder, its department."""

import os
from pathlib import Path

from medarbetare.bootstrap import Configuration, read_configuration
from medarbetare.config import config_folder
from medarbetare.config.folders import CONFIG_VARIABLE
from medarbetare.errors import BusinessError


def use_config_folder(folder: Path | None) -> None:
    """Make `folder` the configuration folder of this process and of those it starts."""
    if folder is not None:
        os.environ[CONFIG_VARIABLE] = str(folder.absolute())


def configured() -> Configuration:
    """The configuration, read. Raises ConfigurationError."""
    return read_configuration(config_folder())


def chosen_department(configuration: Configuration, wanted: str | None) -> str:
    """The department that was asked for, or the only one. Raises BusinessError."""
    known = list(configuration.installation.journal.department_keys)
    if wanted is None and len(known) == 1:
        return known[0]
    if wanted not in known:
        raise BusinessError(f"Ange avdelning med --department, en av: {', '.join(known)}.")
    return wanted
