"""The registered workflows: which module holds each and what configuration it is given."""

import importlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol, cast

from medarbetare.config import Strict
from medarbetare.engine.ceiling import Ceiling
from medarbetare.engine.decision import Decision
from medarbetare.engine.delegated import DelegatedDecision
from medarbetare.engine.explanation import Explanation
from medarbetare.engine.follow_up import FollowUp, PastCase
from medarbetare.engine.original import Original
from medarbetare.engine.portal import Portal
from medarbetare.engine.presentation import Section
from medarbetare.engine.rereading import Rereader
from medarbetare.engine.rulebook import Rulebook
from medarbetare.engine.ruleset import NormTrial, Redecider
from medarbetare.engine.runner import Edition, Flow
from medarbetare.errors import ConfigurationError


class WorkflowEntry(Strict):
    """One workflow in config/workflows.yaml. `module` has a function `build`; `settings` is its own folder of YAML."""

    module: str
    settings: Path


@dataclass(frozen=True)
class Needs:
    """What a workflow goes to, by the names in config/portals.yaml."""

    portals: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()


class Workflow(Protocol):
    """What a workflow module's `build` returns."""

    @property
    def flow(self) -> Flow:
        """The workflow itself."""

    @property
    def title(self) -> str:
        """What people call it, in Swedish."""

    @property
    def version(self) -> str:
        """What decides its results besides the code: a hash of its rules, norms, delegation and texts."""

    @property
    def edition(self) -> Edition:
        """The version of the workflow's steps, and which earlier versions it can go on from.

        Raised whenever a step or a write is added, renamed or given another meaning; see workflows/README.md.
        """

    def household(self, original: Original) -> str | None:
        """Whose application it is: cases with one answer are worked on one at a time. None when it does not say.

        Asked by an inbox whose list does not tell. Must not raise for anything that a file may hold.
        """

    def present(self, steps: Mapping[str, Any]) -> tuple[Section, ...]:
        """What a person who takes a hand-off needs to see. `steps` holds finished steps' results as in the journal."""

    def decide(self, application: bytes, facts: bytes, today: date) -> Decision:
        """The pure decision on files, with its trace. Raises BusinessError that tells what is wrong with a file."""

    def rulebook(self) -> Rulebook | None:
        """The workflow's rules, told to people; None when it has none and a person judges everything."""

    @property
    def shielded_roles(self) -> frozenset[str]:
        """Roles whose hand-offs concern people whom the robot must not look up again."""

    def is_shielded(self, steps: Mapping[str, Any]) -> bool:
        """Whether what was read so far concerns people whom only a shielded role may see."""

    def rereader(self, portals: Callable[[str], Portal]) -> Rereader:
        """Reads one household's records again, for the reconciliation."""

    def ruleset(self) -> Mapping[str, bytes]:
        """The files that its rules stand in, by name, UTF-8 without personal data; `version` is `version_of` them.

        Empty when it has no rules.
        """

    def redecider(self) -> Redecider | None:
        """Makes its proposals again from a case's steps; None when it proposes nothing by rules."""

    def norm_trial(self, table: Path, month: str | None, today: date) -> NormTrial | None:
        """A new table of amounts to be tried on the cases of a month (by default the latest one with any).

        None when it has no such tables. Raises ConfigurationError when the file is wrong, BusinessError for `month`.
        """

    def follow_up(self, cases: Sequence[PastCase]) -> FollowUp | None:
        """What there is to follow up of a household with these cases, the newest first; None: it is not followed up.

        Asked when a case has ended. Facts that come to hold later are stated now, with the day from which they hold.
        """

    def delegated(self, steps: Mapping[str, Any], written: Collection[str]) -> DelegatedDecision | None:
        """The decision that was registered in a case, for the list to the board; None when none was.

        `written` are the writes with a receipt, by name. Raises ValueError or KeyError when the steps cannot be read.
        """

    def needs(self) -> Needs:
        """The portals and services that it goes to, as it is configured; those of inboxes need not be told."""

    def ceilings(self) -> Mapping[str, Ceiling]:
        """The ceilings under which it reserves with `run.within_ceiling`, by kind; empty where it pays nothing."""

    def explain(
        self, steps: Mapping[str, Any], written: Collection[str], kept: Callable[[str], Mapping[str, bytes] | None]
    ) -> Explanation | None:
        """Why the case came out as it did; None when it came to no proposal, or a person judges everything.

        Then the engine tells of its end, see `early_end`.

        `written` are the writes with a receipt, by name. `kept` gives the files of the rules of a version, None when
        they are not kept. Raises ValueError, KeyError or
        BusinessError when the steps cannot be read.
        """


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
