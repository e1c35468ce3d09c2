from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from medarbetare.cases.models import Case
from medarbetare.database.dsn import Dsn
from medarbetare.errors import PortalError, SelectorError
from medarbetare.inbox import InboxSettings, PortalInbox
from medarbetare.testing import Act, Bench, MemoryPortal, Sheet

NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
SETTINGS = InboxSettings(
    portal="etjanst",
    department="avdelning",
    workflow="flode",
    page="lista",
    table="rader",
    next="fler",
    statuses=frozenset({"Inkommen", "Kompletterad"}),
)


@pytest.fixture
def inbox(database: Dsn) -> PortalInbox:
    bench = Bench({})
    return PortalInbox("e_tjanst", SETTINGS, bench.register, bench.keys.pseudonym, lambda: NOW)


def row(reference: str, status: str = "Inkommen") -> dict[str, str]:
    return {"arendenummer": reference, "sokande": "199003072387", "status": status}


def sheet(*rows: dict[str, str], more: Callable[[], Sheet] | None = None) -> Sheet:
    return Sheet(tables={"rader": rows}, clicks={"fler": more} if more else {})


def test_pages_are_turned_by_the_names_in_the_settings_until_there_is_no_next(inbox: PortalInbox) -> None:
    last = sheet(row("C", "Kompletterad"), row("D", "Avslutad"))
    portal = MemoryPortal(
        "etjanst", {"lista": lambda: sheet(row("A"), more=lambda: sheet(row("B"), more=lambda: last))}
    )

    assert inbox.pull(portal) == 3

    assert portal.acts == [Act("open", "lista"), Act("click", "lista", "fler"), Act("click", "lista", "fler")]
    cases = Case.objects.order_by("reference")
    assert [(case.reference, case.inbox, case.created_at, case.due_at) for case in cases] == [
        (reference, "e_tjanst", NOW, NOW) for reference in "ABC"
    ]


def test_a_list_that_never_ends_is_the_portals_trouble(inbox: PortalInbox) -> None:
    def endless() -> Sheet:
        return sheet(row("A"), more=endless)

    portal = MemoryPortal("etjanst", {"lista": endless})

    with pytest.raises(PortalError, match="e_tjanst har fler än 200 sidor") as trouble:
        inbox.pull(portal)

    assert trouble.value.portal == "etjanst"
    assert len(portal.acts) == 201
    assert Case.objects.count() == 1


def test_a_page_without_its_list_is_not_an_empty_inbox(inbox: PortalInbox) -> None:
    portal = MemoryPortal("etjanst", {"lista": lambda: Sheet(texts={"rubrik": "Underhåll pågår"})})

    with pytest.raises(SelectorError, match="rader"):
        inbox.pull(portal)
