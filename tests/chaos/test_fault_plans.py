"""Seeded fault plans at the portal contract, judged by what the fakes wrote down themselves.

A plan is one household, one to six faults at chosen acts, and people who answer or do not. The shipped workflow with
the shipped configuration, the engine, the journal and PostgreSQL are real; the portals are fakes (`plans/`) that hold
state, enforce what a case system enforces, and misbehave. The plan's clock is the database's too, so days take no time.

`--seeds N` plays N plans (100, and 1 000 with `--whole-matrix`), `--plan SEED` one alone, with its story.

| fault of sandkommun's list                                             | where it shows here                       |
|------------------------------------------------------------------------|-------------------------------------------|
| langsam_sida, langsam_tabell                                            | time passes; past the limit the page fails |
| fel_500, fel_som_200, underhall                                        | a page or save fails, nothing is done      |
| fel_502_efter, avbruten_post                                           | a save is done, and fails                  |
| session_borta                                                          | at any page, read or save                  |
| sso_get, csrf_byte, post_last, redigeringskonflikt                     | a save is lost, with or without a word     |
| kapad_text, teckenskada, halv_sparning, sen_synlighet                  | a save is spoiled, or seen late            |
| trasig_fil                                                             | the letter                                 |
| konto_sparrat, byt_losenord                                            | every page of the portal from then on      |
| kollega                                                                | just before a page or a save               |
| ny_version                                                             | the form of the decision from then on      |
| kakbanner, nyhetsruta, popup, ny_i_inkorgen                            | only in a browser, see `plans/faults.py`   |

Beside them the plans' own (`plans.faults.OWN`): saves lost or doubled by the system, somebody else's page, registers
that are silent, workers that die or hang at any point while another takes over.
"""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from plans.checking import violations
from plans.faults import BROWSER_ONLY, KINDS, LISTED, PAGES, WORKER, Fault
from plans.households import WEIGHTS
from plans.plan import Plan, drawn
from plans.playing import Played, Player
from plans.regressions import REGRESSIONS
from plans.stage import stage
from plans.telling import TALLY, Tally

from arbetsfloden.ekonomiskt_bistand import flow
from arbetsfloden.ekonomiskt_bistand.handlaggning.poster import Handling
from arbetsfloden.ekonomiskt_bistand.portaler.registrering import RegistreraUtbetalning
from medarbetare.cases.models import Case
from medarbetare.cases.status import CaseStatus
from medarbetare.engine.lease import Lease
from medarbetare.engine.models import WriteState
from medarbetare.engine.write import WriteOnce
from sandkommun.worlds.faultlist import CATALOGUE

FEW, MANY = 100, 1000
"""So many plans unless `--seeds` says otherwise; many with `--whole-matrix` (make chaos)."""
PARTS = 8
"""Many plans are played in so many tests, so that several processes share them."""
VERIFIED = 25
"""The journal of every so manyeth plan is verified."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Divide the seeds into parts."""
    if "seeds" in metafunc.fixturenames:
        alone, number = metafunc.config.getoption("--plan"), metafunc.config.getoption("--seeds")
        number = number or (MANY if metafunc.config.getoption("--whole-matrix") else FEW)
        parts = 1 if alone is not None or number <= 200 else PARTS
        every = [alone] if alone is not None else list(range(number))
        metafunc.parametrize("seeds", [every[part::parts] for part in range(parts)], ids=range(parts))


@pytest.fixture(scope="module")
def player(database_once: Any) -> Iterator[Player]:
    """Plays plans; what the robot logs is not shown."""
    with stage() as player:
        yield player


def judge(player: Player, played: Played, called: str) -> None:
    """Fail with the plan and its story when the robot did what it may not."""
    wrong = violations(played, player.regelverk)
    if wrong:
        told = [f"{called}: {'; '.join(wrong)}", str(played.plan), *played.story, f"slut: {played.status}"]
        pytest.fail("\n".join([*told, repr(played.plan)]), pytrace=False)


def test_seeded_plans_never_end_in_a_wrong_or_double_decision(
    player: Player, seeds: list[int], record_property: Any, pytestconfig: pytest.Config
) -> None:
    tally, began = Tally(), time.perf_counter()
    for seed in seeds:
        played = player.play(drawn(seed))
        judge(player, played, f"--plan {seed}")
        tally.add(played)
        if seed % VERIFIED == 0:
            assert played.journal_is_sound(), f"--plan {seed}: the journal does not verify"
        if pytestconfig.getoption("--plan") is not None:
            print("\n".join([str(played.plan), *played.story, f"slut: {played.status}"]))
    tally.seconds = time.perf_counter() - began
    record_property(TALLY, tally.dumped())
    assert tally.seeds == len(seeds)


@pytest.mark.parametrize("name", REGRESSIONS)
def test_what_once_went_wrong_does_not_again(player: Player, name: str) -> None:
    judge(player, player.play(REGRESSIONS[name]), name)


def test_a_draft_that_is_gone_is_handed_over_at_once(player: Player) -> None:
    played = player.play(Plan(2, (Fault("kollega", "open", "verksamhet", "brev", value="beslutar"),)))
    assert played.status is CaseStatus.HANDED_OVER
    assert "STRÄCKA 1: överlämnad" in played.story[-1]


def test_every_fault_of_the_list_shows_here_or_only_in_a_browser() -> None:
    assert LISTED.keys() | BROWSER_ONLY == CATALOGUE.keys()
    assert not LISTED.keys() & BROWSER_ONLY


def test_without_faults_every_household_ends_as_its_scenario_expects(player: Player) -> None:
    for number in WEIGHTS:
        played = player.play(Plan(number))
        judge(player, played, f"scenario {number}")
        expected = {"bifall": CaseStatus.DECIDED, "stopp": CaseStatus.STOPPED, "vanta": CaseStatus.HANDED_OVER}
        wanted = expected.get(played.household.expected["förslag"], CaseStatus.HANDED_OVER)
        if number == 10:  # above the ceiling: a rule stops it, a person settles it
            wanted = CaseStatus.HANDED_OVER
        assert played.status is wanted, played.story


def test_every_fault_hits_and_is_survived_alone(player: Player, whole_matrix: bool) -> None:
    """Each fault where it first hits; with `--whole-matrix` each of its values, at every place that it has."""
    for name, kind in KINDS.items():
        places = [
            (act, portal, page)
            for portal in kind.portals
            for act in kind.acts
            for page in (kind.pages if portal == WORKER else PAGES.get(portal, {}).get(act, ()))
            if not kind.pages or page in kind.pages
        ]
        for value in dict.fromkeys(kind.values if whole_matrix else kind.values[-1:]):
            hit = 0
            for act, portal, page in places:
                if whole_matrix or not hit:
                    fault = Fault(name, act, portal, page, 1, 1, value)
                    played = player.play(Plan(2, (fault,), settles=True))
                    judge(player, played, str(fault))
                    hit += played.happened.get(name, 0)
            assert hit, name


def test_a_seed_is_the_same_story_every_time(player: Player) -> None:
    for seed in (3, 9, 27):
        assert player.play(drawn(seed)).story == player.play(drawn(seed)).story


# -- Can the judge fail? The robot is broken on purpose. ---------------------------------------------------------------


def wrong_of(player: Player, *faults: Fault) -> str:
    """What the judge says of scenario 2 with these faults."""
    return "; ".join(violations(player.play(Plan(2, faults)), player.regelverk))


def test_a_button_pressed_twice_is_caught(player: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    once = RegistreraUtbetalning.fill

    def twice(effect: RegistreraUtbetalning) -> Any:
        first, second = once(effect), once(effect)
        return lambda: (first(), second())

    monkeypatch.setattr(RegistreraUtbetalning, "fill", twice)
    assert "2 tryck som sparade ny_utbetalning" in wrong_of(player)


def test_a_receipt_without_reading_back_is_caught(player: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WriteOnce, "_settle", lambda self: self._receive(self._effect.intended))
    lost = Fault("tappad_sparning", "save", "verksamhet", "ny_utbetalning")
    assert "1 kvitton men 0 oskadade utbetalningar" in wrong_of(player, lost)


def test_a_blind_second_try_is_caught(player: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    def again(self: Any) -> Any:
        found = self._effect.read()
        if found == [self._effect.intended]:
            return self._receive(found[0])
        self._update(state=WriteState.INTENDED)
        return self._advance()

    monkeypatch.setattr(WriteOnce, "_settle", again)
    late = Fault("sen_synlighet", "save", "verksamhet", "nytt_beslut", value=60_000)
    assert "tryck som sparade nytt_beslut" in wrong_of(player, late)


def test_a_write_that_does_not_look_first_is_caught(player: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WriteOnce, "_nothing_there", lambda self, write, found: None)
    decided = Fault("kollega", "open", "verksamhet", "beslut", 2, value="beslutar")
    assert "syntes" in wrong_of(player, decided)


def test_a_worker_that_writes_after_its_lease_is_caught(player: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    def unasked(self: Lease, remaining: Any = None) -> Case:
        return Case.objects.select_for_update().get(handle=self.case)

    monkeypatch.setattr(Lease, "require", unasked)
    hangs = Fault("hang", "open", "verksamhet", "nytt_beslut")
    assert "inte hade rätt till ärendet" in wrong_of(player, hangs)


def test_another_amount_than_the_pure_decision_is_caught(player: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    def more(handling: Handling) -> Handling:
        paid = [one.model_copy(update={"belopp": one.belopp + 1}) for one in handling.betalningar]
        return handling.model_copy(update={"belopp": handling.belopp + 1, "betalningar": tuple(paid)})

    for name in ("beslutspost", "utbetalningsposter"):
        right = getattr(flow, name)
        monkeypatch.setattr(flow, name, lambda handling, right=right: right(more(handling)))
    assert "ren funktion" in wrong_of(player)
