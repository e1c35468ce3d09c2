"""The scenarios of tests/scenarios, as pure functions."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from arbetsfloden.ekonomiskt_bistand.beslut import Forslag, foresla
from arbetsfloden.ekonomiskt_bistand.regelverk import Regelverk

FILES = sorted((Path(__file__).parents[2] / "scenarios").glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_scenario_comes_out_as_the_case_worker_expects(
    path: Path, bygg: Callable[[dict[str, Any]], Any], regelverk: Regelverk
) -> None:
    fall = bygg(yaml.safe_load(path.read_text("utf-8")))
    forslag = foresla(fall.ansokan, fall.underlag, regelverk, fall.idag)
    assert forslag.slag == fall.vantat["förslag"], forslag.skal
    assert forslag.belopp == (None if fall.vantat["belopp"] == "inget" else fall.vantat["belopp"])
    assert [rule.nummer for rule in forslag.regler if rule.hindrar] == fall.vantat.get("regler", [])
    if "norm" in fall.vantat:
        assert forslag.berakning is not None
        assert forslag.berakning.normsumma == fall.vantat["norm"]
        assert [rule.nummer for rule in forslag.regler] == list(range(1, 47))
    assert Forslag.model_validate_json(forslag.model_dump_json()) == forslag


def test_there_is_a_scenario_for_each_of_the_demo_households() -> None:
    assert [int(path.name[:2]) for path in FILES] == [1, 2, 6, 7, 22, 24]
