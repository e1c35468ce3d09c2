"""What the robot knows this workflow by; named in config/workflows.yaml."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from arbetsfloden.ekonomiskt_bistand.avslut import SKYDDSROLL
from arbetsfloden.ekonomiskt_bistand.avstamning import Avstamning
from arbetsfloden.ekonomiskt_bistand.beslut_pa_fil import besluta_pa_fil
from arbetsfloden.ekonomiskt_bistand.flow import handlagg
from arbetsfloden.ekonomiskt_bistand.inlasning import sokande
from arbetsfloden.ekonomiskt_bistand.presentation import ar_skyddad, presentera
from arbetsfloden.ekonomiskt_bistand.regelsida import regelsida
from arbetsfloden.ekonomiskt_bistand.regelverk import Regelverk, load_regelverk
from medarbetare.engine import Original, Outcome, Portal
from medarbetare.engine.decision import Decision
from medarbetare.engine.presentation import Section
from medarbetare.engine.registry import Workflow
from medarbetare.engine.rulebook import Rulebook
from medarbetare.engine.run import Run
from medarbetare.engine.runner import Edition


@dataclass(frozen=True)
class EkonomisktBistand:
    """The workflow with the municipality's rules. Implements `medarbetare.engine.registry.Workflow`."""

    regelverk: Regelverk
    title = "Återansökan om ekonomiskt bistånd"
    edition = Edition("2")

    @property
    def version(self) -> str:
        """Hash of norms, guidelines, delegation and texts."""
        return self.regelverk.version

    def flow(self, run: Run) -> Outcome:
        """Take one application from the inbox to its outcome."""
        return handlagg(run, self.regelverk)

    def household(self, original: Original) -> str | None:
        """The applicant's identity number."""
        person = sokande(original)
        return person.digits if person is not None else None

    def present(self, steps: Mapping[str, Any]) -> tuple[Section, ...]:
        """The calculation, the register answers and the rules, for a case worker."""
        return presentera(steps)

    def decide(self, application: bytes, facts: bytes, today: date) -> Decision:
        """The proposal on files, with every rule."""
        return besluta_pa_fil(application, facts, self.regelverk, today)

    def rulebook(self) -> Rulebook:
        """The 46 rules with the municipality's limits."""
        return regelsida(self.regelverk)

    @property
    def shielded_roles(self) -> frozenset[str]:
        """Protected people are not looked up again."""
        return frozenset({SKYDDSROLL})

    def is_shielded(self, steps: Mapping[str, Any]) -> bool:
        """Whether any register has marked any of the persons."""
        return ar_skyddad(steps)

    def rereader(self, portals: Callable[[str], Portal]) -> Avstamning:
        """Reads a household's decisions and payments again."""
        return Avstamning(portals, self.regelverk.delegation.koder)


def build(settings: Path) -> Workflow:
    """Load the workflow's configuration. Raises ConfigurationError."""
    return EkonomisktBistand(load_regelverk(settings))
