from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from medarbetare.cases.models import Case
from medarbetare.database.dsn import Dsn
from medarbetare.errors import PortalError, SelectorError
from medarbetare.inbox import Intake, PortalInbox, PortalInboxSettings
from medarbetare.testing import Act, Bench, MemoryPortal, Sheet

NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
SETTINGS = PortalInboxSettings(
    portal="etjanst",
    department="avdelning",
    workflow="flode",
    page="lista",
    table="rader",
    next="fler",
    statuses=frozenset({"Inkommen", "Kompletterad"}),
)


Pull = Callable[[MemoryPortal], int]


@pytest.fixture
def pull(database: Dsn) -> Pull:
    bench = Bench({})
    intake = Intake("e_tjanst", SETTINGS, bench.register, bench.keys.pseudonym, lambda: NOW)
    return lambda portal: intake.pull(PortalInbox("e_tjanst", SETTINGS, lambda name: portal))


def row(reference: str, status: str = "Inkommen") -> dict[str, str]:
    return {"arendenummer": reference, "sokande": "199003072387", "status": status}


def sheet(*rows: dict[str, str], more: Callable[[], Sheet] | None = None) -> Sheet:
    return Sheet(tables={"rader": rows}, clicks={"fler": more} if more else {})


def test_pages_are_turned_by_the_names_in_the_settings_until_there_is_no_next(pull: Pull) -> None:
    last = sheet(row("C", "Kompletterad"), row("D", "Avslutad"))
    portal = MemoryPortal(
        "etjanst", {"lista": lambda: sheet(row("A"), more=lambda: sheet(row("B"), more=lambda: last))}
    )

    assert pull(portal) == 3

    assert portal.acts == [Act("open", "lista"), Act("click", "lista", "fler"), Act("click", "lista", "fler")]
    cases = Case.objects.order_by("reference")
    assert [(case.reference, case.inbox, case.created_at) for case in cases] == [
        (reference, "e_tjanst", NOW) for reference in "ABC"
    ]


def test_a_list_that_never_ends_is_the_portals_trouble(pull: Pull) -> None:
    def endless() -> Sheet:
        return sheet(row("A"), more=endless)

    portal = MemoryPortal("etjanst", {"lista": endless})

    with pytest.raises(PortalError, match="e_tjanst har fler än 200 sidor") as trouble:
        pull(portal)

    assert trouble.value.portal == "etjanst"
    assert len(portal.acts) == 201
    assert Case.objects.count() == 1


def test_a_page_without_its_list_is_not_an_empty_inbox(pull: Pull) -> None:
    portal = MemoryPortal("etjanst", {"lista": lambda: Sheet(texts={"rubrik": "Underhåll pågår"})})

    with pytest.raises(SelectorError, match="rader"):
        pull(portal)


@pytest.mark.parametrize("hopeless", ["", "..", "../../logga-ut", "A\0B", "\ud800", "A?B", "A" * 3000])
def test_a_row_with_a_reference_that_no_database_or_address_can_hold_does_not_stop_the_rows_after_it(
    pull: Pull, hopeless: str
) -> None:
    portal = MemoryPortal("etjanst", {"lista": lambda: sheet(row("A"), row(hopeless), row("B"))})

    assert pull(portal) == 3
    assert pull(portal) == 0

    references = list(Case.objects.order_by("reference").values_list("reference", flat=True))
    assert references[:2] == ["A", "B"]
    assert references[2].startswith("oanvandbar-")


@pytest.mark.parametrize("applicant", ["", "\0", "\ud800", "199003072387" * 1000])
def test_a_row_with_an_impossible_applicant_is_taken_in(pull: Pull, applicant: str) -> None:
    portal = MemoryPortal("etjanst", {"lista": lambda: sheet({**row("A"), "sokande": applicant}, row("B"))})

    assert pull(portal) == 2


def test_a_portals_original_is_fetched_by_the_names_in_the_settings() -> None:
    settings = PortalInboxSettings.model_validate(
        {**SETTINGS.model_dump(), "application_page": "visa", "application_file": "fil"}
    )
    portal = MemoryPortal("etjanst", {"visa": lambda referens: Sheet(files={"fil": f"<{referens}/>".encode()})})

    original = PortalInbox("e_tjanst", settings, lambda name: portal).original("A-1")

    assert (original.content, original.media_type, original.attachments) == (b"<A-1/>", "application/xml", None)
