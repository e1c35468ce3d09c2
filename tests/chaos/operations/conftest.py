"""See `troubled`."""

from collections.abc import Callable
from typing import Any

import pytest
from troubled import Trouble

from sandkommun import worlds


@pytest.fixture
def trouble(chaos: Callable[..., Any]) -> Callable[..., Trouble]:
    """Starts a practice municipality with applications that wait to be decided."""

    def start(households: int = 1, *, workers: int = 1, database: str = "", taken_in: bool = True) -> Trouble:
        ruin = chaos(worlds.copies(worlds.load("demo"), "260107", households))
        ruin.configure(duration=12, margin=3, silence=8, workers=workers)
        if database:
            ruin.use_database(database)
        if taken_in:
            with ruin.practice.database():
                ruin.take_in()
        return Trouble(ruin)

    return start


@pytest.fixture
def in_chaos_only(whole_matrix: bool) -> None:
    """For a test that is too slow for `make test`, where a quicker one stands for it."""
    if not whole_matrix:
        pytest.skip("with --whole-matrix (make chaos)")
