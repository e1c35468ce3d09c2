"""Finding a browser, and what is said when there is none."""

from pathlib import Path

import pytest

from medarbetare.browser import find_browser, install
from medarbetare.browser.chromium import resolver_rule
from medarbetare.browser.install import _reason
from medarbetare.errors import BrowserMissing


def _program(path: Path, text: str = "exit 0") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without browsers: an empty path and an empty folder of Playwright's."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "playwright"))
    monkeypatch.setenv("PLAYWRIGHT_DOWNLOAD_HOST", "http://127.0.0.1:9")
    return tmp_path


def test_the_configured_browser_goes_before_playwrights_and_that_before_the_systems(bare: Path):
    system = _program(bare / "bin" / "chromium")
    assert find_browser() == system
    own = _program(bare / "playwright" / "chromium_headless_shell-1" / "chrome-linux" / "headless_shell")
    assert find_browser() == own
    configured = _program(bare / "egen")
    assert find_browser(configured) == configured
    with pytest.raises(BrowserMissing, match="borta"):
        find_browser(bare / "borta")


def test_when_every_way_fails_the_line_for_the_administrator_is_told(bare: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("os.geteuid", lambda: 0)
    _program(bare / "bin" / "apt-get", f'echo "$*" >> {bare}/apt; echo "E: inget nät" >&2; exit 100')
    said: list[str] = []
    with pytest.raises(BrowserMissing) as raised:
        install(said.append)
    assert raised.value.message.endswith(
        "sudo apt-get install --no-install-recommends chromium-headless-shell libatomic1 chromium-sandbox"
    )
    assert (bare / "apt").read_text() == "-q update\n"
    assert "Det gick inte: E: inget nät" in said


@pytest.mark.parametrize(
    ("printed", "told"),
    [
        ("Error: getaddrinfo ENOTFOUND\n    at a call {\n  code: 1\n}\n", "Error: getaddrinfo ENOTFOUND"),
        ("inget\nsista raden\n", "sista raden"),
        ("", ""),
    ],
)
def test_the_line_that_names_the_error_is_told(printed: str, told: str):
    assert _reason(printed) == told


def test_a_browser_that_opens_no_page_is_not_good_enough(bare: Path):
    broken = _program(bare / "trasig", "exit 1")
    with pytest.raises(BrowserMissing, match="kan inte öppna en sida"):
        install(lambda _: None, broken)


def test_a_driver_without_its_library_is_told_by_the_librarys_name(bare: Path, monkeypatch: pytest.MonkeyPatch):
    node = _program(bare / "node", 'echo "error while loading shared libraries: libatomic.so.1" >&2; exit 127')
    monkeypatch.setenv("PLAYWRIGHT_NODEJS_PATH", str(node))
    with pytest.raises(BrowserMissing, match="libatomic1 saknas"):
        install(lambda _: None, _program(bare / "egen"))


def test_only_the_configured_hosts_resolve():
    assert resolver_rule(["a.se", "b.se"]) == "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE a.se, EXCLUDE b.se"
