"""The rules in force, and scenario files as applications with their facts."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scenarier import FILES, Fall, fall, las

from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk, load_regelverk
from arbetsfloden.ekonomiskt_bistand.register.underlag import Underlag

CONFIG = Path(__file__).parents[3] / "config" / "ekonomiskt_bistand"


@pytest.fixture(scope="session")
def regelverk() -> Regelverk:
    return load_regelverk(CONFIG)


@pytest.fixture(scope="session")
def bygg() -> Callable[[dict[str, Any]], Fall]:
    return fall


@pytest.fixture(name="fall", scope="session")
def scenario_case() -> Callable[[int], tuple[Ansokan, Underlag]]:
    """The application and the facts of a scenario by its number."""

    def build(number: int) -> tuple[Ansokan, Underlag]:
        (path,) = (path for path in FILES if path.name.startswith(f"{number:02}-"))
        built = fall(las(path))
        return built.ansokan, built.underlag

    return build
