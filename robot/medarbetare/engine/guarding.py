"""The way into every portal and service: only when it is open, not paused, and answering."""

from collections.abc import Callable
from datetime import datetime

from medarbetare.engine.breaker import Breaker
from medarbetare.engine.holds import HoldWatch
from medarbetare.engine.portal import Page, Portal, Reply, Service, no_services
from medarbetare.errors import Held, LoginRefused, PortalError
from medarbetare.readable import day_and_time


class PortalGuard:
    """Gives portals whose pages can only be reached when they may.

    `opens_at` tells when a portal opens next, None when it is open now.
    """

    def __init__(
        self,
        portals: Callable[[str], Portal],
        breaker: Breaker,
        holds: HoldWatch,
        opens_at: Callable[[str], datetime | None],
        services: Callable[[str], Service] = no_services,
    ) -> None:
        self._portals = portals
        self._breaker = breaker
        self._holds = holds
        self._opens_at = opens_at
        self._services = services

    def portal(self, name: str) -> Portal:
        """The portal called `name`, guarded. Raises what the portals themselves raise for a name that is not known."""
        return _GuardedPortal(self._portals(name), self)

    def service(self, name: str) -> Service:
        """The service called `name`, guarded in the same way."""
        return _GuardedService(self._services(name), self)

    def check(self, name: str) -> None:
        """Raises Held when the portal may not be used now."""
        self._holds.check_portal(name)
        opens = self._opens_at(name)
        if opens is not None:
            raise Held(f"Portalen {name} är stängd och öppnar {day_and_time(opens)}.", until=opens)
        self._breaker.check(name)

    def failed(self, name: str, error: PortalError) -> None:
        """Count a page that did not come; a refused log-in is told at once."""
        if isinstance(error, LoginRefused):
            self._holds.forget()
        else:
            self._breaker.failed(name, error.message)

    def arrived(self, name: str) -> None:
        """A page came."""
        self._breaker.arrived(name)


class _GuardedPortal:
    """Implements `medarbetare.engine.portal.Portal`.

    Pages are guarded when they are gone to, never between a form and the click that saves it.
    """

    def __init__(self, portal: Portal, guard: PortalGuard) -> None:
        self.name = portal.name
        self.visibility = portal.visibility
        self._portal = portal
        self._guard = guard

    def page(self, name: str, **parameters: str) -> Page:
        """Go to a page by fresh navigation. Raises Held, and what the portal raises."""
        self._guard.check(self.name)
        try:
            page = self._portal.page(name, **parameters)
        except PortalError as error:
            self._guard.failed(self.name, error)
            raise
        self._guard.arrived(self.name)
        return page


class _GuardedService:
    """Implements `medarbetare.engine.portal.Service`. An answer with the service's own error is an answer too."""

    def __init__(self, service: Service, guard: PortalGuard) -> None:
        self.name = service.name
        self._service = service
        self._guard = guard

    def ask(self, body: bytes, *, content_type: str) -> Reply:
        """Send one question. Raises Held, and what the service raises."""
        self._guard.check(self.name)
        try:
            reply = self._service.ask(body, content_type=content_type)
        except PortalError as error:
            self._guard.failed(self.name, error)
            raise
        self._guard.arrived(self.name)
        return reply
