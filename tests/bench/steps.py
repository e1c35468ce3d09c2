"""What the engine and the journal cost by themselves: no browser, a portal that answers at once, real PostgreSQL."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from pydantic import BaseModel

from medarbetare.bootstrap import Configuration, build_journal, read_keys, today_of
from medarbetare.cases.register import Arrival, CaseRegister
from medarbetare.clock import utc_now
from medarbetare.engine import Mode, NaturalKey, Submit
from medarbetare.engine import lease as leases
from medarbetare.engine.portal import Page, Visibility
from medarbetare.engine.run import Run, Surroundings


class Record(BaseModel):
    """What the portal holds."""

    amount: int


class InstantPortal:
    """A portal in memory."""

    name = "instant"
    visibility = Visibility(limit=timedelta(0), guaranteed=True)

    def page(self, name: str, **parameters: str) -> Page:
        """Raises LookupError: nothing in this bench reads pages."""
        raise LookupError(name)


@dataclass
class Save:
    """Saves one record into a list."""

    name: str
    intended: Record
    saved: list[Record] = field(default_factory=list)
    portal: str = InstantPortal.name
    needs: Mode = Mode.AUTOMATISK

    @property
    def key(self) -> NaturalKey:
        """One record a name."""
        return NaturalKey(household="bench", month="2026-12", kind=self.name)

    def read(self) -> Sequence[Record]:
        """What is saved."""
        return list(self.saved)

    def fill(self) -> Submit:
        """The click that saves."""
        return lambda: self.saved.append(self.intended)


def milliseconds(configuration: Configuration, count: int) -> tuple[list[float], list[float]]:
    """The time of each of `count` steps with a trivial result, and of each of `count` writes. Not for a queue in use:
    the case of this bench is nobody's application."""
    keys, portal = read_keys(configuration), InstantPortal()
    journal = build_journal(configuration, keys)
    inbox = next(iter(configuration.inboxes.values()))
    register = CaseRegister(journal)
    (case,) = register.take_in(
        [Arrival("bench", "bench")], inbox="bench", department=inbox.department, workflow="bench", now=utc_now()
    )
    lease = leases.take(case.handle, "bench", timedelta(minutes=10))
    assert lease is not None
    surroundings = Surroundings(
        journal=journal,
        portals=lambda name: portal,
        pseudonym=keys.pseudonym,
        clock=utc_now,
        today=today_of(configuration),
        versions={},
    )
    run = Run(case, lease, surroundings)
    run.mode = Mode.AUTOMATISK
    steps, writes = [], []
    for number in range(count + 1):
        began = time.perf_counter()
        run.step(f"step {number}", lambda: "answer", str)
        between = time.perf_counter()
        run.write(Save(f"write {number}", Record(amount=number)))
        steps.append((between - began) * 1000)
        writes.append((time.perf_counter() - between) * 1000)
    return steps[1:], writes[1:]
