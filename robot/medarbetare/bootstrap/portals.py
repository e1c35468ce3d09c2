"""Other people's systems as the robot reaches them: the portals in one browser, their guard, the inboxes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.db import transaction

from medarbetare.bootstrap.common import build_plan
from medarbetare.browser import Browser, find_browser
from medarbetare.clock import utc_now
from medarbetare.config import selectors_folder
from medarbetare.configuration import Configuration
from medarbetare.engine.breaker import Breaker, BreakerTerms
from medarbetare.engine.guarding import PortalGuard
from medarbetare.engine.holds import HoldWatch
from medarbetare.engine.registry import Workflow
from medarbetare.engine.run import ROBOT
from medarbetare.errors import ConfigurationError
from medarbetare.inbox import FolderInbox, Inbox, InboxSettings, PortalInbox, PortalInboxSettings
from medarbetare.journal.writing import Journal
from medarbetare.services import HttpService

log = structlog.get_logger()


@dataclass
class Portals:
    """Every portal in one browser, and the guard through which all work reaches them."""

    browser: Browser
    guard: PortalGuard
    holds: HoldWatch


def build_portals(
    configuration: Configuration, journal: Journal, on_progress: Callable[[], None] = lambda: None
) -> Portals:
    """Every portal, none opened yet. Raises BrowserMissing, and ConfigurationError when a selector file is wrong."""
    settings = configuration.installation.breaker
    terms = BreakerTerms(
        settings.failures, timedelta(seconds=settings.first_pause), timedelta(seconds=settings.longest_pause)
    )
    breaker, holds, hours = Breaker(terms, on_progress), HoldWatch(), build_plan(configuration).hours
    browser = _build_browser(configuration, journal, breaker, on_progress)
    services = {
        name: HttpService(settings, on_progress, breaker.log_in_turn)
        for name, settings in configuration.services.items()
    }
    guard = PortalGuard(
        browser.portal,
        breaker,
        holds,
        lambda portal: hours.opens_at(portal, utc_now()),
        lambda name: _service(services, name),
    )
    return Portals(browser, guard, holds)


def _service(services: Mapping[str, HttpService], name: str) -> HttpService:
    try:
        return services[name]
    except KeyError:
        known = ", ".join(sorted(services)) or "inga"
        raise ConfigurationError(f"Tjänsten «{name}» är inte konfigurerad. Konfigurerade tjänster: {known}.") from None


def _build_browser(
    configuration: Configuration, journal: Journal, breaker: Breaker, on_progress: Callable[[], None]
) -> Browser:

    def healed(portal: str, page: str, element: str, candidate: str) -> None:
        log.warning("selector healed", portal=portal, page=page, element=element, candidate=candidate)
        with transaction.atomic():
            journal.append(
                case=None,
                kind="selector.healed",
                name=f"{portal}.{page}.{element}",
                actor=ROBOT,
                department=next(iter(configuration.installation.journal.department_keys)),
                payload={"candidate": candidate},
            )

    return Browser(
        find_browser(configuration.installation.browser),
        list(configuration.portals.values()),
        selectors_folder(),
        on_progress=on_progress,
        on_heal=healed,
        log_in_turn=breaker.log_in_turn,
    )


def build_inboxes(
    configuration: Configuration,
    portals: PortalGuard,
    workflows: Mapping[str, Workflow],
    on_progress: Callable[[], None],
) -> dict[str, Inbox]:
    """Every inbox by its name."""

    def build(name: str, settings: InboxSettings) -> Inbox:
        if isinstance(settings, PortalInboxSettings):
            return PortalInbox(name, settings, portals.portal)
        household = workflows[settings.workflow].household
        folder = configuration.folder / settings.folder
        return FolderInbox(name, folder, household, on_progress, configuration.schedule.zone)

    return {name: build(name, settings) for name, settings in configuration.inboxes.items()}
