"""What the robot knows this workflow by; named in config/workflows.yaml."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from arbetsfloden.ekonomiskt_bistand.beslut_pa_fil import besluta_pa_fil
from arbetsfloden.ekonomiskt_bistand.efterat.normprov import Normprov
from arbetsfloden.ekonomiskt_bistand.efterat.omrakning import Omraknare
from arbetsfloden.ekonomiskt_bistand.efterat.uppfoljning import folj_upp
from arbetsfloden.ekonomiskt_bistand.flow import handlagg
from arbetsfloden.ekonomiskt_bistand.forklaring.av_arende import forklara_arende
from arbetsfloden.ekonomiskt_bistand.formular.inlasning import sokande
from arbetsfloden.ekonomiskt_bistand.handlaggning.avstamning import Avstamning
from arbetsfloden.ekonomiskt_bistand.handlaggning.delegationsbeslut import delegationsbeslut
from arbetsfloden.ekonomiskt_bistand.handlaggning.lasning import behov
from arbetsfloden.ekonomiskt_bistand.handlaggning.sarskilt import SARSKILDA_ROLLER
from arbetsfloden.ekonomiskt_bistand.regelverk.kommun import BETALNINGSSTOPP
from arbetsfloden.ekonomiskt_bistand.regelverk.regelsida import regelsida
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk, load_regelverk
from arbetsfloden.ekonomiskt_bistand.visning.presentation import ar_skyddad, presentera
from medarbetare.engine import Original, Outcome, Portal
from medarbetare.engine.ceiling import Ceiling
from medarbetare.engine.conflicts import ASKED
from medarbetare.engine.decision import Decision
from medarbetare.engine.delegated import DelegatedDecision
from medarbetare.engine.explanation import Explanation
from medarbetare.engine.follow_up import FollowUp, PastCase
from medarbetare.engine.presentation import Section
from medarbetare.engine.registry import Needs, Workflow
from medarbetare.engine.rulebook import Rulebook
from medarbetare.engine.run import Run
from medarbetare.engine.runner import Edition


@dataclass(frozen=True)
class EkonomisktBistand:
    """The workflow with the municipality's rules. Implements `medarbetare.engine.registry.Workflow`."""

    regelverk: Regelverk
    title = "Återansökan om ekonomiskt bistånd"
    edition = Edition("5", continues=frozenset({"4"}))

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
        """Neither protected people nor those in a conflict of interest are looked up again."""
        return SARSKILDA_ROLLER

    def is_shielded(self, steps: Mapping[str, Any]) -> bool:
        """Whether any register has marked any of the persons, or any of them is on the conflict-of-interest list."""
        return steps.get(ASKED) is True or ar_skyddad(steps)

    def rereader(self, portals: Callable[[str], Portal]) -> Avstamning:
        """Reads a household's decisions and payments again."""
        return Avstamning(portals, self.regelverk.delegation.koder)

    def ruleset(self) -> Mapping[str, bytes]:
        """The files of norms, guidelines, delegation and texts."""
        return self.regelverk.filer

    def redecider(self) -> Omraknare:
        """Makes proposals again from what was read then."""
        return Omraknare()

    def norm_trial(self, table: Path, month: str | None, today: date) -> Normprov:
        """Next year's norm, tried on the households of a month."""
        return Normprov.av_fil(table, self.regelverk, month, today)

    def explain(
        self, steps: Mapping[str, Any], written: Collection[str], kept: Callable[[str], Mapping[str, bytes] | None]
    ) -> Explanation | None:
        """Every amount with its row, source, rule and law, and what would have had to differ."""
        return forklara_arende(steps, written, self.regelverk, kept)

    def delegated(self, steps: Mapping[str, Any], written: Collection[str]) -> DelegatedDecision | None:
        """The decision with its place in the delegation order as it was then."""
        return delegationsbeslut(steps, written)

    def needs(self) -> Needs:
        """Folkbokföring, the case system, and the ways to the registers that are chosen."""
        return behov(self.regelverk.anslutningar)

    def follow_up(self, cases: Sequence[PastCase]) -> FollowUp | None:
        """What tells that the household drifts from the main flow, by the municipality's limits."""
        return folj_upp(cases, self.regelverk.kommun)

    def ceilings(self) -> Mapping[str, Ceiling]:
        """What the robot may decide by itself in a day."""
        return {BETALNINGSSTOPP: self.regelverk.kommun.betalningsstopp.tak}


def build(settings: Path) -> Workflow:
    """Load the workflow's configuration. Raises ConfigurationError."""
    return EkonomisktBistand(load_regelverk(settings))
