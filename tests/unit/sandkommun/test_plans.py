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
        assert not CATALOGUE[fel.fel].systems or fel.system in CATALOGUE[fel.fel].systems


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
        ("fel: [{fel: fel_500, system: etjanst, antal: 0}]", "rad 1: fel.0.antal: väntade ett heltal från 1, eller"),
        ("fel: [{fel: fel_500, system: etjanst, antal: true}]", "fel.0.antal: väntade ett heltal från 1, eller alltid"),
        ("fel: [{fel: fel_500, system: etjanst, antal: ofta}]", "fel.0.antal: väntade ett heltal från 1, eller alltid"),
        ("fel: [{fel: fel_500, system: etjanst, gang: true}]", "fel.0.gang: hittade ja/nej: true, väntade ett heltal"),
        ("fel: [{fel: fel_500, system: etjanst, gang: 0}]", "fel.0.gang: hittade ett heltal: 0, väntade minst 1"),
        ("fel: [{fel: fel_500, system: etjanst, sida: ''}]", "fel.0.sida: hittade en text, väntade minst 1 tecken"),
        ("fel: [{fel: langsam_sida, system: etjanst, varde: 60001}]", "ett heltal från 0 till 60000"),
        ("fel: [{fel: langsam_sida, system: etjanst, varde: true}]", "fel.0.varde: väntade ett heltal eller ett ord"),
        ("fel: [{fel: ny_version, system: etjanst, varde: true}]", "fel.0.varde: väntade ett heltal eller ett ord"),
        ("fel: [{fel: kapad_text, system: etjanst, varde: 0}]", "varde ska vara antal tecken, ett heltal från 1"),
        ("fel: [{fel: kapad_text, system: ssbtek}]", "finns bara i verksamhet, etjanst, parkering"),
        ("fel: [{fel: ny_version, system: fk}]", "finns bara i verksamhet, etjanst"),
        ("fel: [{fel: csrf_byte, system: etjanst, metod: GET}]", "csrf_byte kan bara träffa POST"),
        ("fel: [{fel: trasig_fil, system: etjanst, metod: POST}]", "trasig_fil kan bara träffa GET"),
        ("fel: [{fel: fel_500, system: start}]", "startsidan har inga fel"),
        ("fel: [{fel: underhall, system: fk, tider: {fran: '10:00', till: '10:00'}}]", "fel.0.tider: fran och till är"),
        ("fel: [{fel: konto_sparrat, system: af}]", "rad 1: fel.0: konto_sparrat: .* Ange system: inloggning"),
        ("fel: [{fel: byt_losenord, system: fk}]", "rad 1: fel.0: byt_losenord: .* med certifikat"),
        ("fel:\n- {fel: fel_500, system: etjanst}\n- {fel: fel_500, system: hos}", "rad 3: fel.1: okänt system hos"),
        ("fel: [{fel: fel_500, sistem: etjanst}]", "fel.0.sistem: okänd nyckel; menade du system?"),
        ("[]", "hittade en lista, väntade nycklar med värden"),
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


def test_every_seeded_fault_hits_a_page_where_it_can_show_itself() -> None:
    worlds_of_each_skin = [{"verksamhet": {"skin": skin}} for skin in ("frames", "grid")]
    for system in worlds_of_each_skin:
        kommun = Kommun(today=KOMMUN.today, system=system)
        seeded = {(fel.fel, fel.system, fel.sida) for seed in range(1000) for fel in plan(seed, pages_of(kommun))}
        assert sorted(f"{fel} {system} {page}" for fel, system, page in seeded if not shows(fel, system, page)) == []
        assert {fel for fel, _, _ in seeded} == set(CATALOGUE)


def shows(fel: str, system: str, page: str) -> bool:
    """Whether a fault finds something to do at a page, by what the systems' pages are."""
    end = page.rpartition("/")[2].removesuffix(".do")
    is_log_in = end in ("login", "logga-in")
    is_file = end in ("pdf", "xml", "utlatande.pdf", "beslutsmeddelande")
    posts = {"status", "meddelande", "sok", "fraga", "login", "logga-in", "nytt_beslut", "ny_berakning"}
    posts |= {"ny_utbetalning", "ny_anteckning", "ny_aktualisering"}
    takes_posts = end in posts or "/ny/" in page or (system, end) == ("parkering", "beslut")
    texts = {"nytt_beslut", "ny_anteckning", "meddelande"}
    has_text = end in texts or page.endswith(("/ny/beslut", "/ny/anteckning")) or "/ansokningar/*/beslut" in page
    saves = takes_posts and system == "verksamhet" and not is_log_in
    api = page.startswith("/api/")
    if fel in ("konto_sparrat", "byt_losenord"):
        return is_log_in
    if fel in ("kapad_text", "teckenskada"):
        return has_text
    if fel == "halv_sparning":
        return saves and (has_text or "berakning" in end)
    if fel in ("sen_synlighet", "post_last", "redigeringskonflikt"):
        return saves
    if fel == "ny_version":
        return page in ("/nytt_beslut.do", "/api/arende/*/ny/beslut", "/handlaggning/*")
    if fel == "kollega":
        return system == "verksamhet" and not is_log_in and page not in ("/sok", "/api/sok", "/start.do")
    if fel == "ny_i_inkorgen":
        return page == "/inkorg"
    if fel == "trasig_fil":
        return is_file
    if fel in ("kakbanner", "nyhetsruta", "popup"):
        return not api and not is_file
    return takes_posts if CATALOGUE[fel].method == "POST" else not is_log_in and not is_file


@pytest.mark.parametrize(
    "arguments",
    [
        *(["serve", "--faults=-3"], ["serve", "--latency=-1"], ["serve", "--latency=60001"]),
        *(["serve", "--latency=snart"], ["faults", "plan", "--", "-3"]),
    ],
)
def test_a_number_out_of_its_limits_is_refused(tmp_path: Path, arguments: list[str]) -> None:
    more = ["--data", str(tmp_path / "data")] if arguments[0] == "serve" else []
    refused = sandkommun(*arguments[:1], *more, *arguments[1:])
    assert (refused.returncode, "ange" in refused.stderr, "heltal" in refused.stderr) == (2, True, True)
    assert not (tmp_path / "data").exists()


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
