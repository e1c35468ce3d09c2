"""Finding a browser, and getting one where there is none."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

from medarbetare.browser.chromium import first_line, sandbox
from medarbetare.errors import BrowserMissing

Say = Callable[[str], None]

_SYSTEM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_PACKAGES = ("chromium-headless-shell", "libatomic1")
_ADMINISTRATOR = "sudo apt-get install --no-install-recommends chromium-headless-shell libatomic1 chromium-sandbox"
_SECONDS_TO_INSTALL = 600


def find_browser(configured: Path | None = None) -> Path:
    """The browser to use: the configured one, else Playwright's own, else the system's.

    Raises BrowserMissing when the configured one is not there or when there is none; the text says how to get one.
    """
    if configured is not None:
        if os.access(configured, os.X_OK) and configured.is_file():
            return configured
        raise BrowserMissing(f"Den konfigurerade webbläsaren {configured} finns inte eller får inte köras.")
    found = next(_candidates(), None)
    if found is None:
        raise BrowserMissing(_advice("Ingen webbläsare hittades."))
    return found


def install(say: Say, configured: Path | None = None) -> Path:
    """Make sure that a browser is there and that a page really opens in it; gives the browser.

    Tries what is there, then (root on Debian or Ubuntu) the package manager, then Playwright's download. Each step is
    told through `say`. Raises BrowserMissing with the line for the administrator when every way fails.
    """
    problem = _try(say, configured)
    if problem is None:
        return find_browser(configured)
    if configured is None:
        for way in (_by_package_manager, _by_download):
            if way(say):
                problem = _try(say, None)
                if problem is None:
                    return find_browser()
    raise BrowserMissing(_advice(problem))


def check(executable: Path) -> None:
    """Start Playwright's driver and the browser, and open a page. Raises BrowserMissing with the reason if not."""
    missing = _driver_fault()
    if missing is not None:
        raise BrowserMissing(missing)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=executable, chromium_sandbox=sandbox())
            page = browser.new_page()
            page.set_content("<title>redo</title>")
            title = page.title()
            browser.close()
    except Error as error:
        raise BrowserMissing(f"Webbläsaren {executable} kan inte öppna en sida: {first_line(error)}") from None
    if title != "redo":
        raise BrowserMissing(f"Webbläsaren {executable} visar inte den sida som den fick.")


def _candidates() -> Iterator[Path]:
    root = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    for pattern in (
        "chromium_headless_shell-*/*/headless_shell",
        "chromium_headless_shell-*/*/chrome-headless-shell",
        "chromium-*/*/chrome",
    ):
        yield from sorted((path for path in root.glob(pattern) if os.access(path, os.X_OK)), reverse=True)
    for name in _SYSTEM_NAMES:
        path = shutil.which(name)
        if path is not None:
            yield Path(path)


def _try(say: Say, configured: Path | None) -> str | None:
    """What is wrong with the browser that is there, or None."""
    try:
        executable = find_browser(configured)
        check(executable)
    except BrowserMissing as missing:
        say(missing.message.partition("\n")[0])
        return missing.message.partition("\n")[0]
    say(f"Webbläsaren {executable} fungerar.")
    return None


def _driver_fault() -> str | None:
    """Why Playwright's driver does not start, or None. It needs libatomic1, which a bare Debian lacks."""
    command = [sys.executable, "-m", "playwright", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return None
    what = "biblioteket libatomic1 saknas" if "libatomic" in done.stderr else f"felkod {done.returncode}"
    return f"Playwrights drivrutin startar inte: {what}."


def _by_package_manager(say: Say) -> bool:
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return False
    say(f"Installerar {' och '.join(_PACKAGES)} med apt-get.")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return _run(say, [apt, "-q", "update"], environment) and _run(
        say, [apt, "-q", "install", "-y", "--no-install-recommends", *_PACKAGES], environment
    )


def _by_download(say: Say) -> bool:
    say("Hämtar Playwrights egen webbläsare.")
    command = [sys.executable, "-m", "playwright", "install", "chromium-headless-shell"]
    return _run(say, command, dict(os.environ))


def _run(say: Say, command: list[str], environment: dict[str, str]) -> bool:
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=_SECONDS_TO_INSTALL, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        say(f"Det gick inte: {type(error).__name__}.")
        return False
    if done.returncode != 0:
        say(f"Det gick inte: {_reason(done.stderr or done.stdout) or f'felkod {done.returncode}'}")
    return done.returncode == 0


def _reason(printed: str) -> str:
    """The latest line that names an error, or the last line: Playwright ends with the trace of a call."""
    lines = printed.strip().splitlines()
    named = [line for line in lines if line.startswith(("E: ", "Error: "))] or lines
    return named[-1][:200] if named else ""


def _advice(problem: str) -> str:
    return f"{problem}\nBe den som administrerar datorn att köra:\n  {_ADMINISTRATOR}"
