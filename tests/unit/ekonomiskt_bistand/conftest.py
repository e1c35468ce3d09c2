"""The rules in force, and scenario files as applications with their facts."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scenarier import Fall, fall

from arbetsfloden.ekonomiskt_bistand.regelverk import Regelverk, load_regelverk

CONFIG = Path(__file__).parents[3] / "config" / "ekonomiskt_bistand"


@pytest.fixture(scope="session")
def regelverk() -> Regelverk:
    return load_regelverk(CONFIG)


@pytest.fixture(scope="session")
def bygg() -> Callable[[dict[str, Any]], Fall]:
    return fall
