"""Portals: lazily opened, logged in, kept between cases, made again when lost."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from playwright.sync_api import Page

from medarbetare.browser.chromium import Chromium
from medarbetare.browser.fault import Faults
from medarbetare.browser.login import LoginGuard, log_in
from medarbetare.browser.navigation import Navigation, OnHeal
from medarbetare.browser.page import WebPage
from medarbetare.browser.selector_file import SelectorFile, load_selectors
from medarbetare.browser.session import DocumentReplaced, Session
from medarbetare.browser.settings import PortalSettings
from medarbetare.errors import ConfigurationError, PortalError, SessionLost

LogInTurn = Callable[[str], AbstractContextManager[Callable[[], None]]]
"""The right to log in to a portal, by its name, for as long as the context lasts; gives what is called just before a
password is sent. Raises Held when it is not given."""


class WebPortal:
    """Implements `medarbetare.engine.portal.Portal`. Used from one thread only."""

    def __init__(
        self,
        settings: PortalSettings,
        selectors: SelectorFile,
        chromium: Chromium,
        on_progress: Callable[[], None],
        on_heal: OnHeal,
        log_in_turn: LogInTurn | None,
    ) -> None:
        self.name = settings.name
        self.visibility = settings.as_visibility()
        self._settings = settings
        self._selectors = selectors
        self._chromium = chromium
        self._on_progress = on_progress
        self._on_heal = on_heal
        self._faults = Faults(f"selectors/{settings.selectors_name}.yaml")
        self._guard = LoginGuard(settings.name)
        self._log_in_turn = log_in_turn
        self._navigation: Navigation | None = None

    def page(self, name: str, **parameters: str) -> WebPage:
        """Go to a page by fresh navigation and return it once it has arrived.

        A lost session is made again once, unless a form has been filled in and not saved: then SessionLost is raised,
        and the next call logs in. Raises PortalError, SelectorError, BrowserMissing and ConfigurationError.
        """
        navigation = self._logged_in()
        in_the_middle = navigation.writing is not None
        try:
            return self._visit(navigation, name, parameters)
        except SessionLost:
            if in_the_middle:
                raise
        return self._visit(self._logged_in(), name, parameters)

    def rest(self) -> None:
        """Empty the windows and free their memory, before a pause in the work; the portal stays logged in."""
        if self._navigation is None or not self._navigation.session.usable:
            return
        try:
            self._navigation.session.rest()
        except (PortalError, DocumentReplaced):
            # Nothing was asked of the portal; what ails it shows, and is dealt with, when its next page is fetched.
            self._navigation.session.give_up()

    @contextmanager
    def shown(self) -> Iterator[Mapping[str, Page]]:
        """The windows that are open, by name, to look at and not to touch; none before log-in and after trouble."""
        if self._navigation is None or not self._navigation.session.usable:
            yield {}
            return
        with self._navigation.session.looking() as windows:
            yield windows

    def close(self) -> None:
        """Close the portal's context. The next page opens and logs in anew."""
        navigation, self._navigation = self._navigation, None
        if navigation is not None:
            navigation.session.close()

    def _visit(self, navigation: Navigation, name: str, parameters: dict[str, str]) -> WebPage:
        try:
            mark = navigation.visit(name, parameters)
        except DocumentReplaced:
            raise navigation.session.failed(f"sidan «{name}» försvann medan den hämtades") from None
        return WebPage(navigation, self._faults, name, parameters, mark)

    def _logged_in(self) -> Navigation:
        if self._navigation is not None and self._navigation.session.usable:
            return self._navigation
        self.close()
        session = Session(self._chromium, self._settings, self._on_progress)
        navigation = Navigation(session, self._selectors, self._faults, self._on_heal)
        try:
            self._log_in(session, navigation)
        except BaseException:
            session.close()
            raise
        self._navigation = navigation
        return navigation

    def _log_in(self, session: Session, navigation: Navigation) -> None:
        if self._selectors.login is None:
            return
        without_signs = self._selectors.model_copy(update={"session_lost": ()})
        before = Navigation(session, without_signs, self._faults, self._on_heal)
        with self._turn():
            try:
                log_in(before, self._selectors.login, self._settings, self._guard)
            except DocumentReplaced:
                raise session.failed("sidan försvann under inloggningen") from None
        navigation.adopt(before)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """This portal's turn to log in. Whoever gives turns remembers what was refused, and what has been resumed."""
        if self._log_in_turn is None:
            yield
            return
        with self._log_in_turn(self.name) as before_password:
            self._guard.forget()
            self._guard.before_password = before_password
            yield


class Browser:
    """All portals of a worker process in one Chromium, which reaches their hosts and nothing else."""

    def __init__(
        self,
        executable: Path,
        portals: Sequence[PortalSettings],
        selectors: Path,
        *,
        on_progress: Callable[[], None],
        on_heal: Callable[[str, str, str, str], None],
        log_in_turn: LogInTurn | None = None,
    ) -> None:
        """`selectors` is the folder with the selector files. `on_progress` is called before and after each operation,
        `on_heal` with portal, page, element and the candidate used. Every log-in is made within `log_in_turn`.

        Raises ConfigurationError when a selector file is wrong. No browser is started yet.
        """
        self._chromium = Chromium(executable, portals)
        self._portals: dict[str, WebPortal] = {}
        for settings in portals:
            file = load_selectors(selectors / f"{settings.selectors_name}.yaml")
            heal = _of_portal(on_heal, settings.name)
            self._portals[settings.name] = WebPortal(settings, file, self._chromium, on_progress, heal, log_in_turn)

    def portal(self, name: str) -> WebPortal:
        """The portal called `name`. Raises ConfigurationError when none is configured."""
        try:
            return self._portals[name]
        except KeyError:
            known = ", ".join(sorted(self._portals)) or "inga"
            raise ConfigurationError(
                f"Portalen «{name}» är inte konfigurerad. Konfigurerade portaler: {known}."
            ) from None

    def rest(self) -> None:
        """Empty every portal's windows and free their memory, before a pause in the work."""
        for portal in self._portals.values():
            portal.rest()

    def close(self) -> None:
        """Close every portal, the browser and its driver."""
        for portal in self._portals.values():
            portal.close()
        self._chromium.close()


def _of_portal(on_heal: Callable[[str, str, str, str], None], portal: str) -> OnHeal:
    return lambda page, element, candidate: on_heal(portal, page, element, candidate)
