"""The inbox of an e-service, read as a case worker reads it: the list in its portal, page by page."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Literal

from medarbetare.engine.original import Original
from medarbetare.engine.portal import Page, Portal
from medarbetare.errors import BusinessError, PortalError
from medarbetare.inbox.contract import LARGEST_ORIGINAL, InboxEntry, Seen, stands_in

_MOST_PAGES = 200
_DAY = len("2026-12-01")


class PortalInboxSettings(InboxEntry):
    """One inbox in config/inbox.yaml. All names of pages and elements are names in selectors/<portal>.yaml.

    `page` holds the list, `table` is the list with the columns `arendenummer`, `sokande` and `status`, `next` leads to
    its next page; only rows with a status in `statuses` are new. The column `received` begins with the day on which the
    application came in (2026-12-01); only `ownership` asks for it. `application_page` shows one application and is
    given `referens`; `application_file` is the link to its file there.
    """

    kind: Literal["portal"] = "portal"
    portal: str
    page: str = "inkorg"
    table: str = "arenden"
    next: str = "nasta_sida"
    received: str = "inkommet"
    statuses: frozenset[str]
    application_page: str = "arende"
    application_file: str = "xml"


class PortalInbox:
    """Implements `medarbetare.inbox.contract.Inbox` over an e-service's portal, opened when it is first needed."""

    def __init__(self, name: str, settings: PortalInboxSettings, open_portal: Callable[[str], Portal]) -> None:
        self._name = name
        self._settings = settings
        self._open = open_portal

    @property
    def portal(self) -> str:
        """The e-service's portal."""
        return self._settings.portal

    def arrivals(self) -> Iterator[Sequence[Seen]]:
        """Each page's rows with a status that means new. Raises PortalError, SelectorError."""
        for batch in self.everything():
            yield [seen for seen in batch if seen.is_new]

    def everything(self) -> Iterator[Sequence[Seen]]:
        """Each page's rows. Raises PortalError, SelectorError."""
        for page in self._pages(self._open(self._settings.portal)):
            yield [
                Seen(
                    row["arendenummer"],
                    partial(row.__getitem__, "sokande"),
                    partial(self._received, row),
                    is_new=row["status"] in self._settings.statuses,
                )
                for row in page.table(self._settings.table)
            ]

    def original(self, reference: str) -> Original:
        """Download the application's file. Raises BusinessError, PortalError, SelectorError."""
        settings = self._settings
        if stands_in(reference):
            raise BusinessError(
                f"Inkorgen {self._name} har en ansökan vars ärendenummer inte kan användas (tomt, för långt eller med "
                f"otillåtna tecken). Leta upp den i {settings.portal} och handlägg den där."
            )
        page = self._open(settings.portal).page(settings.application_page, referens=reference)
        content = page.download(settings.application_file)
        if len(content) > LARGEST_ORIGINAL:
            raise BusinessError(
                f"Ansökans fil är {len(content) // 1_000_000} MB; roboten läser högst {LARGEST_ORIGINAL // 1_000_000} "
                f"MB. Läs den i {settings.portal}."
            )
        return Original.of(content)

    def _received(self, row: Mapping[str, str]) -> date | None:
        try:
            return date.fromisoformat(row.get(self._settings.received, "").strip()[:_DAY])
        except ValueError:
            return None

    def _pages(self, portal: Portal) -> Iterator[Page]:
        page = portal.page(self._settings.page)
        yield page
        for _ in range(_MOST_PAGES):
            if not page.has(self._settings.next):
                return
            page.click(self._settings.next)
            yield page
        raise PortalError(
            f"Inkorgen {self._name} har fler än {_MOST_PAGES} sidor. Kontrollera att sista sidan saknar «nästa».",
            portal=portal.name,
        )
