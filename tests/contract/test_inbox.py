"""What every inbox connector promises. A new connector is added to `CONNECTORS`, with a way to fill its other end."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from medarbetare.cases.models import Case
from medarbetare.database.dsn import Dsn
from medarbetare.errors import MedarbetareError, PortalError
from medarbetare.inbox import InboxSettings, PortalInbox
from medarbetare.testing import Bench, MemoryPortal, Sheet

TOVA, SIXTEN = "199003072387", "198506152399"
DEPARTMENT = "avdelning"


@dataclass(frozen=True)
class Application:
    reference: str
    person: str = TOVA
    new: bool = True


class Connector(Protocol):
    """A connector and the place that it reads."""

    def put(self, *applications: Application) -> None:
        """Let more applications arrive."""

    def fail_at(self, reference: str | None) -> None:
        """Let reading fail when it comes to this application; None mends it."""

    def pull(self) -> int:
        """Read everything there is; how many cases that made."""


class PortalConnector:
    """`PortalInbox` over an e-service that shows two applications a page."""

    def __init__(self, bench: Bench) -> None:
        self._applications: list[Application] = []
        self._broken: str | None = None
        settings = InboxSettings(
            portal="etjanst", department=DEPARTMENT, workflow="flode", statuses=frozenset({"Inkommen"})
        )
        self._inbox = PortalInbox("e_tjanst", settings, bench.register, bench.keys.pseudonym, lambda: datetime.now(UTC))
        self._portal = MemoryPortal("etjanst", {"inkorg": lambda: self._sheet(0)})

    def put(self, *applications: Application) -> None:
        self._applications.extend(applications)

    def fail_at(self, reference: str | None) -> None:
        self._broken = reference

    def pull(self) -> int:
        return self._inbox.pull(self._portal)

    def _sheet(self, first: int) -> Sheet:
        shown: Sequence[Application] = self._applications[first : first + 2]
        if any(one.reference == self._broken for one in shown):
            raise PortalError("sidan kom inte", portal="etjanst")
        rows = [
            {"arendenummer": one.reference, "sokande": one.person, "status": "Inkommen" if one.new else "Beslutad"}
            for one in shown
        ]
        more = {"nasta_sida": lambda: self._sheet(first + 2)} if len(self._applications) > first + 2 else {}
        return Sheet(tables={"arenden": rows}, clicks=more)


CONNECTORS: list[Callable[[Bench], Connector]] = [PortalConnector]


@pytest.fixture(params=CONNECTORS, ids=lambda made: made.__name__)
def connector(request: pytest.FixtureRequest, bench: Bench) -> Connector:
    made: Connector = request.param(bench)
    return made


@pytest.fixture
def bench(database: Dsn) -> Bench:
    return Bench({}, department=DEPARTMENT)


def references() -> list[str]:
    return list(Case.objects.order_by("reference").values_list("reference", flat=True))


def test_every_new_application_becomes_one_case_with_one_job(connector: Connector) -> None:
    connector.put(*(Application(f"REF-{number}") for number in range(5)))

    assert connector.pull() == 5
    assert references() == [f"REF-{number}" for number in range(5)]
    assert ProcrastinateJob.objects.count() == 5
    assert set(Case.objects.values_list("department", "workflow", "status")) == {(DEPARTMENT, "flode", "ny")}


def test_an_application_is_taken_in_once_however_often_it_is_seen(connector: Connector) -> None:
    connector.put(Application("REF-1"), Application("REF-2"), Application("REF-1"))
    assert connector.pull() == 2

    connector.put(Application("REF-3"))

    assert connector.pull() == 1
    assert connector.pull() == 0
    assert references() == ["REF-1", "REF-2", "REF-3"]


def test_what_somebody_has_dealt_with_already_is_left_alone(connector: Connector) -> None:
    connector.put(Application("REF-1", new=False), Application("REF-2"))

    assert connector.pull() == 1
    assert references() == ["REF-2"]


def test_an_empty_inbox_gives_no_cases(connector: Connector) -> None:
    assert connector.pull() == 0
    assert references() == []


def test_cases_of_one_person_share_a_pseudonym_that_does_not_tell_who_it_is(connector: Connector, bench: Bench) -> None:
    connector.put(Application("REF-1", TOVA), Application("REF-2", SIXTEN), Application("REF-3", TOVA))
    connector.pull()

    households = list(Case.objects.order_by("reference").values_list("household", flat=True))

    assert households[0] == households[2] == bench.keys.pseudonym(DEPARTMENT, TOVA)
    assert households[1] != households[0]
    assert not any(TOVA[2:] in household for household in households)


def test_what_was_taken_in_before_trouble_stays_and_the_rest_comes_next_time(connector: Connector) -> None:
    connector.put(*(Application(f"REF-{number}") for number in range(4)))
    connector.fail_at("REF-3")
    with pytest.raises(MedarbetareError):
        connector.pull()
    before = references()
    assert "REF-3" not in before
    assert ProcrastinateJob.objects.count() == len(before)

    connector.fail_at(None)

    assert connector.pull() == 4 - len(before)
    assert references() == [f"REF-{number}" for number in range(4)]
