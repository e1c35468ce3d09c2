"""What the pages need of the robot, put in place once per process."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from medarbetare.engine.registry import Workflow
from medarbetare.journal.writing import Journal


@dataclass(frozen=True)
class Site:
    """`practice`: the systems that the robot drives are practice systems, which the pages say.

    `practice_day` is today there; None: the day by `clock`.
    """

    municipality: str
    journal: Journal
    workflows: Mapping[str, Workflow]
    clock: Callable[[], datetime]
    zone: ZoneInfo
    practice: bool = False
    practice_day: date | None = None

    @property
    def today(self) -> date:
        """The robot's day."""
        return self.practice_day or self.clock().astimezone(self.zone).date()

    @property
    def shielded(self) -> frozenset[str]:
        """Roles that alone may see a case once it has come to them."""
        return frozenset().union(*(workflow.shielded_roles for workflow in self.workflows.values()))

    def title_of(self, workflow: str) -> str:
        """What people call a workflow; its own name when it is not registered any more."""
        return self.workflows[workflow].title if workflow in self.workflows else workflow


# Django calls views by itself and gives them nothing, so this is the one place where they can find what they need.
_sites: list[Site] = []


def use(site: Site) -> None:
    """Serve the pages of this robot from now on."""
    _sites[:] = [site]


def current() -> Site:
    """The robot whose pages are served."""
    return _sites[0]


def shown_everywhere(request: HttpRequest) -> dict[str, object]:
    """Context processor: what stands on every page."""
    site = current()
    return {"municipality": site.municipality, "practice": site.practice}
