"""Plans of faults: a seed is a plan, a plan is a file, and every fault of the list is shown by some test."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from sandkommun import worlds
from sandkommun.stubbornness.plans import MOST, PlanError, added, as_yaml, pages_of, plan
from sandkommun.worlds.faultlist import CATALOGUE
from sandkommun.worlds.model import Kommun, World

WORLD = worlds.load("demo")
KOMMUN = Kommun.model_validate(WORLD.model_dump(include=set(Kommun.model_fields)))
PAGES = pages_of(KOMMUN)
SEEDS = range(300)


def sandkommun(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sandkommun", *arguments], capture_output=True, text=True, timeout=30, check=False
    )


def test_the_same_seed_is_the_same_plan_and_another_seed_another() -> None:
    plans = [plan(seed, PAGES) for seed in SEEDS]
    assert plans == [plan(seed, PAGES) for seed in SEEDS]
    assert len(set(plans)) > 0.9 * len(plans)


def test_a_seeded_plan_has_one_to_six_faults_of_different_kinds_that_end() -> None:
    for faults in (plan(seed, PAGES) for seed in SEEDS):
        assert 1 <= len({fel.fel for fel in faults}) == len(faults) <= MOST
        assert all(fel.antal in (1, 2) and fel.gang <= 4 and fel.tider is None for fel in faults)


def test_the_seeds_together_hold_every_fault_on_a_page_of_its_system() -> None:
    faults = [fel for seed in SEEDS for fel in plan(seed, PAGES)]
    assert {fel.fel for fel in faults} == set(CATALOGUE)
    for fel in faults:
        assert fel.sida in [page.rpartition(" ")[2] for page in PAGES[fel.system]]
        assert CATALOGUE[fel.fel].systems in ((), (fel.system,))


def test_another_fake_plans_over_pages_of_its_own() -> None:
    pages = {"verksamhet": ["SKRIVA /spara", "VISA /lista"]}
    faults = [fel for seed in SEEDS for fel in plan(seed, pages)]
    assert {fel.sida for fel in faults} == {"/spara", "/lista"}
    assert {"byt_losenord", "trasig_fil"}.isdisjoint(fel.fel for fel in faults)


def test_the_skin_and_the_log_ins_of_the_world_decide_which_pages_there_are() -> None:
    grid = World.model_validate({**WORLD.model_dump(), "system": {"verksamhet": {"skin": "grid"}}})
    assert {page for page in pages_of(grid)["verksamhet"] if ".do" in page} == set()
    assert [page for page in PAGES["af"] if page.startswith("LOGGA IN")] == []


def test_a_plan_s_file_adds_to_the_faults_of_the_world(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text(as_yaml(plan(42, PAGES)), "utf-8")
    assert added(KOMMUN, str(file)).fel == (*KOMMUN.fel, *plan(42, PAGES)) == added(KOMMUN, "42").fel


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("fel: [{fel: finns_inte, system: etjanst}]", "okänt fel"),
        ("fel: [{fel: fel_500, system: finns_inte}]", "okänt system"),
        ("fel: [{fel: post_last, system: etjanst}]", "finns bara i verksamhet"),
        ("fel: [{fel: fel_500, system: etjanst, varde: 3}]", "har inget varde"),
        ("fel: [{fel: langsam_sida, system: etjanst, varde: snart}]", "varde ska vara millisekunder"),
        ("fel: [{fel: trasig_fil, system: etjanst, varde: lång}]", "varde ska vara kort, tom eller html"),
        ("fel: [", "inte riktig YAML"),
    ],
)
def test_a_wrong_plan_is_refused_with_the_reason(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(PlanError, match=told):
        added(KOMMUN, str(file))
    with pytest.raises(PlanError, match="går inte att läsa"):
        added(KOMMUN, str(tmp_path / "finns-inte.yaml"))


def test_serve_refuses_a_plan_that_is_not_there_with_a_sentence(tmp_path: Path) -> None:
    refused = sandkommun("serve", "--data", str(tmp_path / "data"), "--faults", "finns-inte.yaml")
    assert (refused.returncode, "Ange ett heltal" in refused.stderr, "Traceback" in refused.stderr) == (1, True, False)


def test_the_command_line_lists_every_fault_and_the_plan_of_a_seed() -> None:
    assert set(json.loads(sandkommun("faults", "list", "--json").stdout)) == set(CATALOGUE)
    listed = sandkommun("faults", "list").stdout
    assert all(fault.what in listed for fault in CATALOGUE.values())
    told = yaml.safe_load(sandkommun("faults", "plan", "7").stdout)
    assert [fel["fel"] for fel in told["fel"]] == [fel.fel for fel in plan(7, PAGES)]


def test_every_fault_of_the_list_is_shown_by_some_test() -> None:
    tests = Path(__file__).parents[2]
    shown = "".join(file.read_text("utf-8") for file in tests.glob("*/sandkommun/test_*.py") if file != Path(__file__))
    assert [name for name in CATALOGUE if name not in shown] == []
