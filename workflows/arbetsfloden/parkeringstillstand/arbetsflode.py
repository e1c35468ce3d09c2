"""What the robot knows this workflow by; named in config/workflows.yaml."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from arbetsfloden.parkeringstillstand.ansokan import Ansokan, Bedomning
from arbetsfloden.parkeringstillstand.flow import LAS, SKYDDSROLL, handlagg
from arbetsfloden.parkeringstillstand.portal import PORTAL, RegistreraBeslut, spar
from medarbetare.engine import Original, Outcome, Portal
from medarbetare.engine.ceiling import Ceiling
from medarbetare.engine.decision import Decision
from medarbetare.engine.delegated import DelegatedDecision
from medarbetare.engine.follow_up import PastCase
from medarbetare.engine.presentation import Section
from medarbetare.engine.registry import Needs, Workflow
from medarbetare.engine.rereading import Application, Finished, Receipt, Traces
from medarbetare.engine.run import Run
from medarbetare.engine.runner import Edition
from medarbetare.errors import BusinessError


@dataclass(frozen=True)
class Parkeringstillstand:
    """Implements `medarbetare.engine.registry.Workflow`. It has no rules: a person judges every application."""

    title = "Parkeringstillstånd för rörelsehindrade"
    version = "utan regler"
    edition = Edition("2", continues=frozenset({"1"}))
    shielded_roles = frozenset({SKYDDSROLL})

    def flow(self, run: Run) -> Outcome:
        """Take one application from the list to its outcome."""
        return handlagg(run)

    def household(self, original: Original) -> str | None:
        """None: the list itself says who applies."""
        return None

    def present(self, steps: Mapping[str, Any]) -> tuple[Section, ...]:
        """The application, as it was read last, and the doctor's statement."""
        *_, last = ["", *_readings(steps)]
        titles = {last: "Ansökan", "läkarutlåtande": "Läkarutlåtande"}
        return tuple(
            Section(title, ("Uppgift", "Värde"), tuple((name, str(value)) for name, value in steps[step].items()))
            for step, title in titles.items()
            if steps.get(step)
        )

    def decide(self, application: bytes, facts: bytes, today: date) -> Decision:
        """Raises BusinessError: nothing is decided by rules here."""
        raise BusinessError("Parkeringstillstånd bedöms av en människa; det finns inga regler att pröva.")

    def rulebook(self) -> None:
        """There are no rules."""

    def is_shielded(self, steps: Mapping[str, Any]) -> bool:
        """Whether the system has hidden where the applicant lives, at any reading."""
        return any(Ansokan.model_validate(steps[step]).ar_skyddad for step in _readings(steps))

    def rereader(self, portals: Callable[[str], Portal]) -> "Aterlasning":
        """Decisions here are looked for after a restore, and not compared otherwise."""
        return Aterlasning(portals)

    def ruleset(self) -> Mapping[str, bytes]:
        """There are no rules."""
        return {}

    def redecider(self) -> None:
        """Nothing is proposed by rules."""

    def norm_trial(self, table: Path, month: str | None, today: date) -> None:
        """There are no norms."""

    def follow_up(self, cases: Sequence[PastCase]) -> None:
        """A permit is applied for now and then: there is nobody to follow up."""

    def delegated(self, steps: Mapping[str, Any], written: Collection[str]) -> DelegatedDecision | None:
        """What the person who judged has decided; there is no delegation order to point to."""
        if RegistreraBeslut.name not in written:
            return None
        svar = Bedomning.model_validate(steps["bedöm"])
        return DelegatedDecision(date.fromisoformat(steps["beslutsdag"]), f"{self.title}: {svar.beslut}", svar.by)

    def needs(self) -> Needs:
        """The department's own system."""
        return Needs(frozenset({PORTAL}))

    def ceilings(self) -> Mapping[str, Ceiling]:
        """Nothing is paid here."""
        return {}

    def explain(
        self, steps: Mapping[str, Any], written: Collection[str], kept: Callable[[str], Mapping[str, bytes] | None]
    ) -> None:
        """A person judges everything, and says why in the decision."""


def _readings(steps: Mapping[str, Any]) -> list[str]:
    """The finished steps that have read the application, in turn."""
    return [step for step in steps if step.startswith(LAS)]


@dataclass(frozen=True)
class Aterlasning:
    """Implements `medarbetare.engine.rereading.Rereader` for a workflow whose records nobody changes later."""

    portals: Callable[[str], Portal]

    def records(self, receipt: Receipt, steps: Mapping[str, Any]) -> Sequence[BaseModel] | None:
        """None: not compared."""
        return None

    def finished(self, steps: Mapping[str, Any]) -> Finished | None:
        """None: cannot be told."""
        return None

    def traces(self, application: Application, robot: Callable[[str], str]) -> Traces:
        """The application's decision, if the robot registered it."""
        return Traces(spar(self.portals(PORTAL), application.reference, robot(PORTAL)))


def build(settings: Path) -> Workflow:
    """The workflow; it has no configuration of its own."""
    return Parkeringstillstand()
