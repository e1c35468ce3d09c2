"""The browser room: portals, pages and elements by name. The only importer of Playwright."""

from medarbetare.browser.evidence import BrowserEvidence
from medarbetare.browser.install import find_browser, install
from medarbetare.browser.portal import Browser, WebPortal
from medarbetare.browser.selector_file import SelectorFile, load_selectors
from medarbetare.browser.settings import PortalSettings, Timeouts, VisibilitySettings

__all__ = [
    "Browser",
    "BrowserEvidence",
    "PortalSettings",
    "SelectorFile",
    "Timeouts",
    "VisibilitySettings",
    "WebPortal",
    "find_browser",
    "install",
    "load_selectors",
]
