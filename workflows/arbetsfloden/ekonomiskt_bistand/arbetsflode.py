"""What the robot knows this workflow by; named in config/workflows.yaml."""

from dataclasses import dataclass
from pathlib import Path

from arbetsfloden.ekonomiskt_bistand.flow import handlagg
from arbetsfloden.ekonomiskt_bistand.regelverk import Regelverk, load_regelverk
from medarbetare.engine import Outcome
from medarbetare.engine.run import Run


@dataclass(frozen=True)
class EkonomisktBistand:
    """The workflow with the municipality's rules. Implements `medarbetare.engine.registry.Workflow`."""

    regelverk: Regelverk

    @property
    def version(self) -> str:
        """Hash of norms, guidelines, delegation and texts."""
        return self.regelverk.version

    def flow(self, run: Run) -> Outcome:
        """Take one application from the inbox to its outcome."""
        return handlagg(run, self.regelverk)


def build(settings: Path) -> EkonomisktBistand:
    """Load the workflow's configuration. Raises ConfigurationError."""
    return EkonomisktBistand(load_regelverk(settings))
