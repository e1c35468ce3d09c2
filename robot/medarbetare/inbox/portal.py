"""The inbox of an e-service, read as a case worker reads it: the list in its portal, page by page."""

from collections.abc import Callable, Iterator
from datetime import datetime

from medarbetare.cases.register import Arrival, CaseRegister
from medarbetare.config import Strict
from medarbetare.engine.portal import Page, Portal
from medarbetare.errors import PortalError

_MOST_PAGES = 200


class InboxSettings(Strict):
    """One inbox in config/inbox.yaml. `page`, `table` and `next` are names in selectors/<portal>.yaml.

    The table has the columns `arendenummer`, `sokande` and `status`; only rows with a status in `statuses` are new.
    """

    portal: str
    department: str
    workflow: str
    page: str = "inkorg"
    table: str = "arenden"
    next: str = "nasta_sida"
    statuses: frozenset[str]


class PortalInbox:
    """Reads one inbox and takes in what has never been seen before."""

    def __init__(
        self,
        name: str,
        settings: InboxSettings,
        register: CaseRegister,
        pseudonym: Callable[[str, str], str],
        clock: Callable[[], datetime],
    ) -> None:
        self._name = name
        self._settings = settings
        self._register = register
        self._pseudonym = pseudonym
        self._clock = clock

    def pull(self, portal: Portal) -> int:
        """Read every page of the list and return how many new cases it gave. Raises PortalError, SelectorError."""
        settings = self._settings
        made = 0
        for page in self._pages(portal):
            arrivals = [
                Arrival(row["arendenummer"], self._pseudonym(settings.department, row["sokande"]))
                for row in page.table(settings.table)
                if row["status"] in settings.statuses
            ]
            made += len(
                self._register.take_in(
                    arrivals,
                    inbox=self._name,
                    department=settings.department,
                    workflow=settings.workflow,
                    now=self._clock(),
                )
            )
        return made

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
