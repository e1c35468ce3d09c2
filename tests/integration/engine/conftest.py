from collections.abc import Callable

import pytest

from medarbetare.database.dsn import Dsn
from medarbetare.engine.portal import Portal
from medarbetare.engine.runner import Flow
from medarbetare.testing import Bench


@pytest.fixture
def bench_with(database: Dsn) -> Callable[..., Bench]:
    """A bench on the test's database, with one workflow and some portals."""

    def made(flow: Flow, *portals: Portal) -> Bench:
        return Bench({"flode": flow}, portals)

    return made
