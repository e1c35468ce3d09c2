"""The registered workflows: which module holds each and what configuration it is given."""

import importlib
from pathlib import Path
from typing import Protocol, cast

from medarbetare.config import Strict
from medarbetare.engine.runner import Flow
from medarbetare.errors import ConfigurationError


class WorkflowEntry(Strict):
    """One workflow in config/workflows.yaml. `module` has a function `build`; `settings` is its own folder of YAML."""

    module: str
    settings: Path


class Workflow(Protocol):
    """What a workflow module's `build` returns."""

    @property
    def flow(self) -> Flow:
        """The workflow itself."""

    @property
    def version(self) -> str:
        """What decides its results besides the code: a hash of its rules, norms, delegation and texts."""


class WorkflowModule(Protocol):
    """What the registry needs of a workflow module."""

    def build(self, settings: Path) -> Workflow:
        """Load the workflow's own configuration. Raises ConfigurationError."""


def load_workflow(name: str, entry: WorkflowEntry, config_folder: Path) -> Workflow:
    """Import a workflow's module and let it load its configuration.

    Raises ConfigurationError when the module cannot be imported or its configuration is wrong.
    """
    try:
        module = cast(WorkflowModule, importlib.import_module(entry.module))
    except ImportError:
        raise ConfigurationError(
            f"workflows.yaml: arbetsflödet {name}: modulen «{entry.module}» går inte att importera. Är den installerad?"
        ) from None
    return module.build(config_folder / entry.settings)
