"""What every inbox connector promises. A new connector is added to `CONNECTORS`, with a way to fill its other end."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from medarbetare.cases.models import Case
from medarbetare.database.dsn import Dsn
from medarbetare.engine import Original
from medarbetare.errors import BusinessError, MedarbetareError, PortalError, TechnicalError
from medarbetare.inbox import FolderInbox, FolderInboxSettings, Inbox, Intake, PortalInbox, PortalInboxSettings
from medarbetare.testing import Bench, MemoryPortal, Sheet

TOVA, SIXTEN = "199003072387", "198506152399"
DEPARTMENT = "avdelning"


@dataclass(frozen=True)
class Application:
    """`content` is its file; without it, one that tells the person."""

    reference: str
    person: str = TOVA
    new: bool = True
    content: bytes = b""

    @property
    def file(self) -> bytes:
        return self.content or json.dumps({"person": self.person}).encode()


class Connector(Protocol):
    """A connector and the place that it reads."""

    inbox: Inbox

    def put(self, *applications: Application) -> None:
        """Let more applications arrive."""

    def fail_at(self, reference: str | None) -> None:
        """Let reading fail when it comes to this application; None mends it."""

    def take_away(self, reference: str) -> None:
        """Let an application be gone."""

    def pull(self) -> int:
        """Read everything there is; how many cases that made."""


class PortalConnector:
    """`PortalInbox` over an e-service that shows two applications a page."""

    def __init__(self, bench: Bench, folder: Path) -> None:
        self._applications: list[Application] = []
        self._broken: str | None = None
        settings = PortalInboxSettings(
            portal="etjanst", department=DEPARTMENT, workflow="flode", statuses=frozenset({"Inkommen"})
        )
        self._intake = Intake("inkorg", settings, bench.register, bench.keys.pseudonym, lambda: datetime.now(UTC))
        portal = MemoryPortal("etjanst", {"inkorg": lambda: self._sheet(0), "arende": self._one})
        self.inbox: Inbox = PortalInbox("inkorg", settings, lambda name: portal)

    def put(self, *applications: Application) -> None:
        self._applications.extend(applications)

    def fail_at(self, reference: str | None) -> None:
        self._broken = reference

    def take_away(self, reference: str) -> None:
        self._applications = [one for one in self._applications if one.reference != reference]

    def pull(self) -> int:
        return self._intake.pull(self.inbox)

    def _sheet(self, first: int) -> Sheet:
        shown: Sequence[Application] = self._applications[first : first + 2]
        if any(one.reference == self._broken for one in shown):
            raise PortalError("sidan kom inte", portal="etjanst")
        rows = [
            {
                "arendenummer": one.reference,
                "sokande": f"{one.person[:8]}-{one.person[8:]}",
                "status": "Inkommen" if one.new else "Beslutad",
            }
            for one in shown
        ]
        more = {"nasta_sida": lambda: self._sheet(first + 2)} if len(self._applications) > first + 2 else {}
        return Sheet(tables={"arenden": rows}, clicks=more)

    def _one(self, referens: str) -> Sheet:
        found = [one for one in self._applications if one.reference == referens]
        if not found:
            raise PortalError("sidan kom inte", portal="etjanst")
        return Sheet(files={"xml": found[0].file})


class FolderConnector:
    """`FolderInbox` over a folder; whoever drops files there does as its description says."""

    def __init__(self, bench: Bench, folder: Path) -> None:
        self._folder = folder / "inkorg"
        (self._folder / "klara").mkdir(parents=True)
        settings = FolderInboxSettings(kind="folder", folder=self._folder, department=DEPARTMENT, workflow="flode")
        self._intake = Intake("inkorg", settings, bench.register, bench.keys.pseudonym, lambda: datetime.now(UTC))
        self.inbox: Inbox = FolderInbox("inkorg", self._folder, self._household)

    def put(self, *applications: Application) -> None:
        for one in applications:
            unfinished = self._folder / ".unfinished"
            unfinished.write_bytes(one.file)
            unfinished.rename((self._folder if one.new else self._folder / "klara") / f"{one.reference}.json")

    def fail_at(self, reference: str | None) -> None:
        away = self._folder.with_name("borta")
        if reference is None:
            away.rename(self._folder)
        else:
            self._folder.rename(away)

    def take_away(self, reference: str) -> None:
        (self._folder / f"{reference}.json").unlink()

    def pull(self) -> int:
        return self._intake.pull(self.inbox)

    def _household(self, original: Original) -> str | None:
        return str(json.loads(original.content)["person"])


CONNECTORS: list[Callable[[Bench, Path], Connector]] = [PortalConnector, FolderConnector]


@pytest.fixture(params=CONNECTORS, ids=lambda made: made.__name__)
def connector(request: pytest.FixtureRequest, bench: Bench, tmp_path: Path) -> Connector:
    made: Connector = request.param(bench, tmp_path)
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


@pytest.mark.parametrize("reference", ["REF 1", "åäö", "-rm", "a" * 65, "REF\n1", "REF\x7f1", "REF\u202e1", TOVA])
def test_a_hopeless_reference_becomes_a_hand_off_and_stops_nothing_after_it(
    connector: Connector, reference: str
) -> None:
    connector.put(Application(reference), Application("REF-2"))

    assert connector.pull() == 2
    assert connector.pull() == 0

    stand_in, plain = sorted(references(), key=lambda one: one == "REF-2")
    assert plain == "REF-2"
    assert stand_in.startswith("oanvandbar-")
    with pytest.raises(BusinessError, match="inte kan användas") as handed_over:
        connector.inbox.original(stand_in)
    assert reference not in handed_over.value.message


@pytest.mark.parametrize("content", [b"<a>\xe5</a>", b'{"a": "\\u0000"}', b"\x00\xff\xfe", b"", b"\r\n" * 1000])
def test_an_original_is_fetched_byte_for_byte_whatever_it_holds(connector: Connector, content: bytes) -> None:
    connector.put(Application("REF-1", content=content or b" "))
    connector.pull()

    original = connector.inbox.original("REF-1")

    assert original.content == (content or b" ")
    assert Original.model_validate_json(original.model_dump_json()) == original


def test_a_file_that_does_not_tell_whose_it_is_is_taken_in_all_the_same(connector: Connector) -> None:
    connector.put(Application("REF-1", content=b"\xff{"), Application("REF-2", content=b"[]"), Application("REF-3"))

    assert connector.pull() == 3


def test_an_original_of_twenty_megabytes_is_kept_and_one_of_forty_is_handed_over(connector: Connector) -> None:
    connector.put(Application("REF-20", content=b"x" * 20_000_000), Application("REF-40", content=b"x" * 40_000_000))
    connector.pull()

    assert len(connector.inbox.original("REF-20").content) == 20_000_000
    with pytest.raises(BusinessError, match="40 MB; roboten läser högst 32 MB"):
        connector.inbox.original("REF-40")


def test_an_application_that_is_gone_is_the_machines_trouble_and_not_a_decision(connector: Connector) -> None:
    connector.put(Application("REF-1"))
    connector.pull()
    connector.take_away("REF-1")

    with pytest.raises(TechnicalError):
        connector.inbox.original("REF-1")
