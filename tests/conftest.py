"""Shared by all tests: models, a real PostgreSQL, and a robot at work in a practice municipality.

One server per test process, one fresh migrated database per test.
"""

import json
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
import yaml

from medarbetare.database.connection import load_models
from medarbetare.database.dsn import Dsn

load_models("medarbetare.web.settings")

from medarbetare.bootstrap import build_journal, open_database, read_configuration  # noqa: E402
from medarbetare.cases.models import Case  # noqa: E402
from medarbetare.cli.practice import PracticeMunicipality, write_practice_configuration  # noqa: E402
from medarbetare.testing import fresh_copy  # noqa: E402
from sandkommun import worlds  # noqa: E402

pytest_plugins = ["medarbetare.testing.plugin"]
"""The database of each test: the fixtures that workflow authors have."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--whole-matrix`: see tests/chaos/test_matrix.py; the others: test_random_kills.py, test_fault_plans.py there."""
    parser.addoption("--whole-matrix", action="store_true", help="kill in all three ways at every boundary")
    parser.addoption("--applications", type=int, help="random kills: how many applications")
    parser.addoption("--kills", type=int, help="random kills: how many")
    parser.addoption("--seed", type=int, default=1, help="random kills: which violence")
    parser.addoption("--seeds-in-browser", type=int, help="fault plans in the browser: how many")
    parser.addoption("--seeds", type=int, help="fault plans: how many")
    parser.addoption("--plan", type=int, help="fault plans: the plan of this seed alone, with its story")


@pytest.fixture(autouse=True)
def _same_environment() -> Iterator[None]:
    """The configuration folder that a command of this test chose is not there for the next test."""
    before = dict(os.environ)
    yield
    if os.environ != before:
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture
def whole_matrix(request: pytest.FixtureRequest) -> bool:
    """Whether the crash matrix is run whole."""
    return bool(request.config.getoption("--whole-matrix"))


@dataclass
class Practice:
    """A practice municipality, and a configuration with which a robot works in it."""

    folder: Path
    config: Path
    municipality: PracticeMunicipality

    def facit(self, system: str = "verksamhet") -> dict[str, Any]:
        """What a system really holds and was asked, by its own record: the judge."""
        address = urlsplit(self.municipality.addresses[system])
        authority = self.municipality.authority(system) if address.scheme == "https" else None
        trusted = ssl.create_default_context(cafile=authority) if authority else None
        judge = f"{address.scheme}://127.0.0.1:{address.port}/_facit"
        with urlopen(judge, timeout=10, context=trusted) as answer:  # noqa: S310
            return dict(json.load(answer))

    def configure(self, file: str, change: Callable[[dict[str, Any]], None]) -> None:
        """Change one of the robot's configuration files."""
        path = self.config / file
        content = yaml.safe_load(path.read_text("utf-8"))
        change(content)
        path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")

    def command(self, *arguments: str) -> list[str]:
        """The robot's command line with this configuration."""
        return [sys.executable, "-m", "medarbetare", "--config", str(self.config), *arguments]

    def medarbetare(self, *arguments: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """Run a command of the robot to its end."""
        return subprocess.run(
            self.command(*arguments), capture_output=True, text=True, timeout=timeout, check=False, cwd="/"
        )

    @contextmanager
    def database(self) -> Iterator[None]:
        """The robot's database, open in this process."""
        with open_database(read_configuration(self.config)):
            yield

    def outcomes(self) -> dict[str, dict[str, Any]]:
        """What became of each application, by its reference: status, summary and reasons."""
        with self.database():
            journal = build_journal(read_configuration(self.config))
            return {
                case.reference: {
                    "status": case.status,
                    **next((e.payload for e in reversed(journal.entries(case.handle)) if e.kind == "case.outcome"), {}),
                }
                for case in Case.objects.all()
            }


@contextmanager
def _practising() -> Iterator[Callable[..., Practice]]:
    with ExitStack() as stack:

        def start(world: Any, *, workers: int = 1) -> Practice:
            folder = Path(tempfile.mkdtemp(prefix="medarbetare-test-"))
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            folder.chmod(0o711)
            file = folder / "world.yaml"
            file.write_text(worlds.dump(world), "utf-8")
            municipality = stack.enter_context(PracticeMunicipality(str(file), folder / "sandkommun", None))
            config = write_practice_configuration(folder, municipality, workers)
            return Practice(folder, config, municipality)

        yield start


@pytest.fixture
def practise() -> Iterator[Callable[..., Practice]]:
    """Starts practice municipalities; each call gives one, and all are gone after the test."""
    with _practising() as start:
        yield start


@pytest.fixture(scope="module")
def practise_once() -> Iterator[Callable[..., Practice]]:
    """The same for a whole module: what one run did is looked at by many tests."""
    with _practising() as start:
        yield start


@pytest.fixture(scope="module")
def database_once(migrated_template: Dsn) -> Iterator[Dsn]:
    """The same for a whole module, whose tests tidy up after themselves."""
    with fresh_copy(migrated_template) as dsn:
        yield dsn


@pytest.fixture
def databases(migrated_template: Dsn) -> Callable[[], AbstractContextManager[Dsn]]:
    """Makes fresh migrated databases, one after another, each used by Django's models until it is left."""
    return lambda: fresh_copy(migrated_template)
