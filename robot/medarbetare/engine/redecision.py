"""Every proposal in the journal made again: the same facts and the same rules give the same decision, or it is told.

Cases are taken one at a time, so that any number of them needs no more room than one.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import Q

from medarbetare import __version__
from medarbetare.cases.models import Case
from medarbetare.engine.difference import differences
from medarbetare.engine.kept_rules import RulesChanged, RulesMissing, kept_rules
from medarbetare.engine.presentation import REREAD, STEP, forget_from
from medarbetare.engine.registry import Workflow
from medarbetare.engine.ruleset import Redecider
from medarbetare.engine.running_code import CODE
from medarbetare.errors import BusinessError, ConfigurationError, JournalError, JournalUnavailable
from medarbetare.journal.models import Leaf
from medarbetare.journal.writing import Entry, Journal

REDECISION = "redecision"
"""Kind of journal entry: that proposals were made again, by whom and over how many."""

_AT_ONCE = 500
_STARTED = "run.started"
_KINDS = (_STARTED, REREAD, STEP)


class Hindrance(StrEnum):
    """Why a proposal cannot be made again."""

    ERASED = "ärendet är gallrat"
    LOST = "ärendet är borta ur databasen utan att vara gallrat"
    RULES_MISSING = "regelverket är inte sparat"
    RULES_CHANGED = "det sparade regelverket är ändrat"
    OLD_RULES = "regelverket är skrivet för en äldre utgåva"
    OLD_EDITION = "ärendet är prövat av en äldre utgåva, som läste eller räknade annorlunda"
    UNREADABLE = "uppgifterna går inte att läsa, fast den här utgåvan skrev dem"
    UNREGISTERED = "arbetsflödet finns inte i workflows.yaml"
    JOURNAL = "journalens poster går inte att läsa"

    @property
    def is_fault(self) -> bool:
        """Whether something is not as the robot left it."""
        return self in (Hindrance.LOST, Hindrance.RULES_CHANGED, Hindrance.UNREADABLE, Hindrance.JOURNAL)


@dataclass(frozen=True)
class Different:
    """A proposal that came out otherwise: at which paths, such as `berakning.normsumma`; no values.

    `release` is the robot's version that made it, `code` the hash of the code that did, where that is another than now.
    """

    case: str
    step: str
    fields: tuple[str, ...]
    release: str
    code: str = ""


@dataclass
class Redecided:
    """What became of it: cases, proposals made again, and how many of them came out how."""

    cases: int = 0
    same: int = 0
    different: int = 0
    hindered: Counter[Hindrance] = field(default_factory=Counter)
    """Proposals that could not be made again; a case that cannot be opened counts as one."""
    examples: dict[Hindrance, str] = field(default_factory=dict)
    """The handle of the first case of each kind."""
    other_code: Counter[str] = field(default_factory=Counter)
    """Proposals that other code made than the code that now makes them again, by its hash; "" where none is told."""

    @property
    def rounds(self) -> int:
        """Proposals that were made again."""
        return self.same + self.different

    @property
    def erased(self) -> int:
        """Cases of which retention has left nothing to make again."""
        return self.hindered[Hindrance.ERASED]

    @property
    def not_made(self) -> int:
        """Proposals that are there and could not be made again: nobody knows whether they would come out the same."""
        return self.hindered.total() - self.erased

    @property
    def is_sound(self) -> bool:
        """Whether every proposal that is left was made again, and nothing differs."""
        return not self.different and not self.not_made

    def hinder(self, hindrance: Hindrance, case: str) -> None:
        """One more that cannot be made again."""
        self.hindered[hindrance] += 1
        self.examples.setdefault(hindrance, case)


class Redecision:
    """Makes proposals again. `department` is where the journal entry about it is filed.

    `codes` tells which code makes each workflow's now (see `running_code`); where it says nothing, none is compared.
    """

    def __init__(
        self,
        journal: Journal,
        workflows: Mapping[str, Workflow],
        *,
        department: str,
        codes: Mapping[str, str] | None = None,
    ) -> None:
        self._journal = journal
        self._workflows = workflows
        self._department = department
        self._codes = codes or {}
        self._deciders = {name: decider for name, flow in workflows.items() if (decider := flow.redecider())}
        self._rules: dict[tuple[str, str], Any] = {}

    def run(
        self,
        *,
        asked_by: str,
        case: str | None = None,
        since: datetime | None = None,
        on_different: Callable[[Different], None] = lambda different: None,
        on_case: Callable[[int], None] = lambda cases: None,
    ) -> Redecided:
        """Every case with a proposal, or `case` alone; with `since` only those with a proposal since then.

        `on_different` is called with each proposal that came out otherwise, `on_case` with the number of cases so far.
        Writes one journal entry. Raises JournalError when that cannot be written, or the database does not answer.
        """
        redecided = Redecided()
        for handles in self._batches(case, since):
            known = dict(Case.objects.filter(handle__in=handles).values_list("handle", "workflow"))
            for handle in handles:
                redecided.cases += 1
                self._again(handle, known.get(handle), redecided, on_different)
                on_case(redecided.cases)
        with transaction.atomic():
            self._journal.append(
                case=None,
                kind=REDECISION,
                actor=asked_by,
                department=self._department,
                payload={
                    "case": case,
                    "since": since.isoformat() if since else None,
                    "cases": redecided.cases,
                    "same": redecided.same,
                    "different": redecided.different,
                    "hindered": {why.value: number for why, number in redecided.hindered.items()},
                    "code": dict(self._codes),
                    "other_code": dict(redecided.other_code),
                },
            )
        return redecided

    def _batches(self, case: str | None, since: datetime | None) -> Iterator[list[str]]:
        """Handles of cases that ever had a proposal, also of those whose contents are erased."""
        named = Q()
        for decider in self._deciders.values():
            named |= Q(name__startswith=decider.proposal)
        if not named:
            return
        leaves = Leaf.objects.filter(named, kind=STEP, case__isnull=False)
        if case is not None:
            leaves = leaves.filter(case=case)
        if since is not None:
            leaves = leaves.filter(time__gte=since)
        last = ""
        while handles := list(
            leaves.filter(case__gt=last).order_by("case").values_list("case", flat=True).distinct()[:_AT_ONCE]
        ):
            last = handles[-1] or ""
            yield [handle for handle in handles if handle]

    def _again(
        self, handle: str, workflow: str | None, redecided: Redecided, on_different: Callable[[Different], None]
    ) -> None:
        if workflow is None:
            is_left = Leaf.objects.filter(case=handle, payload__isnull=False).exists()
            return redecided.hinder(Hindrance.LOST if is_left else Hindrance.ERASED, handle)
        if workflow not in self._workflows:
            return redecided.hinder(Hindrance.UNREGISTERED, handle)
        if workflow not in self._deciders:
            return None  # its steps happen to be called as another's proposals
        try:
            entries = self._journal.entries(handle, kinds=_KINDS)
        except JournalUnavailable:
            raise
        except JournalError:
            return redecided.hinder(Hindrance.JOURNAL, handle)
        for made in self._proposals(workflow, entries):
            now = self._codes.get(workflow)
            is_other = now is not None and made.code != now
            if is_other:
                redecided.other_code[made.code] += 1
            outcome = self._made_again(workflow, made)
            if isinstance(outcome, Hindrance):
                redecided.hinder(outcome, handle)
            elif outcome:
                redecided.different += 1
                code = made.code if is_other else ""
                on_different(Different(handle, made.entry.name, tuple(outcome), made.release, code))
            else:
                redecided.same += 1
        return None

    def _proposals(self, workflow: str, entries: list[Entry]) -> Iterator["_Made"]:
        """Each proposal of a case with what was finished before it, and what its run said of itself."""
        done: dict[str, Any] = {}
        started: dict[str, Any] = {}
        for entry in entries:
            if entry.kind == _STARTED:
                started = entry.payload
            elif entry.kind == REREAD:
                forget_from(done, entry.name)
            elif entry.kind == STEP:
                if entry.name.startswith(self._deciders[workflow].proposal):
                    yield _Made(entry, dict(done), started)
                done[entry.name] = entry.payload["result"]

    def _made_again(self, workflow: str, made: "_Made") -> list[str] | Hindrance:
        """Where it differs from what was made then; the empty list when it does not."""
        edition, decider = self._workflows[workflow].edition, self._deciders[workflow]
        is_ours = made.edition in {edition.version, *edition.continues}
        result = made.entry.payload["result"]
        try:
            rules = self._rules_of(workflow, made.versions.get(workflow) or decider.made_by(result), decider)
            if isinstance(rules, Hindrance):
                return rules
            found = differences(*decider.again(made.entry.name, result, made.before, rules))
        except (ValueError, KeyError, TypeError, BusinessError):
            # What an earlier release left may have another shape than this one reads.
            return Hindrance.UNREADABLE if is_ours and made.release == __version__ else Hindrance.OLD_EDITION
        # What another edition left may have meant something else: only that it agrees tells anything.
        return found if is_ours or not found else Hindrance.OLD_EDITION

    def _rules_of(self, workflow: str, version: str, decider: Redecider) -> Any:
        if (workflow, version) not in self._rules:
            try:
                self._rules[workflow, version] = decider.rules(kept_rules(workflow, version))
            except RulesMissing:
                self._rules[workflow, version] = Hindrance.RULES_MISSING
            except RulesChanged:
                self._rules[workflow, version] = Hindrance.RULES_CHANGED
            except ConfigurationError:
                self._rules[workflow, version] = Hindrance.OLD_RULES
        return self._rules[workflow, version]


@dataclass(frozen=True)
class _Made:
    """A finished proposal, the steps before it, and what the entry of its run's start holds."""

    entry: Entry
    before: Mapping[str, Any]
    started: Mapping[str, Any]

    @property
    def edition(self) -> str:
        return str(self.started.get("flow", ""))

    @property
    def versions(self) -> Mapping[str, str]:
        return dict(self.started.get("versions", {}))

    @property
    def release(self) -> str:
        return str(self.versions.get("medarbetare", ""))

    @property
    def code(self) -> str:
        return str(self.versions.get(CODE, ""))
