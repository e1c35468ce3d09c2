"""The real workflow under the municipality's payment stop, against the fakes of the fault plans."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import structlog
from plans.clock import Clock
from plans.plan import Plan
from plans.playing import Played, Player, text_of

from arbetsfloden.ekonomiskt_bistand.handlaggning import brev
from arbetsfloden.ekonomiskt_bistand.regelverk.kommun import Betalningsstopp
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import load_regelverk
from medarbetare.cases.status import CaseStatus
from medarbetare.engine.models import Reservation

CONFIG = Path(__file__).parents[2] / "config" / "ekonomiskt_bistand"
Play = Callable[..., Played]


@pytest.fixture(scope="module")
def play(database_once: Any) -> Iterator[Play]:
    """Plays a plan in a municipality with a payment stop; what the robot logs is not shown."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("critical"))
    Clock.install()
    regelverk = load_regelverk(CONFIG)

    def played(plan: Plan, belopp: int, antal: int) -> Played:
        stop = Betalningsstopp(belopp_per_dag=Decimal(belopp), antal_per_dag=antal)
        kommun = regelverk.kommun.model_copy(update={"betalningsstopp": stop})
        return Player(Clock(), replace(regelverk, kommun=kommun)).play(plan)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(brev, "text_of", text_of)
        yield played
    structlog.configure(**before)


def decided(played: Played) -> list[Any]:
    return [*played.cases.of("beslut", robot=True), *played.cases.of("utbetalningar", robot=True)]


@pytest.mark.parametrize(("belopp", "antal"), [(3589, 1), (10_000, 0)])
def test_what_has_no_room_waits_for_a_person_who_is_told_why_and_nothing_is_decided(
    play: Play, belopp: int, antal: int
) -> None:
    played = play(Plan(2), belopp, antal)
    assert played.status is CaseStatus.HANDED_OVER, played.story
    assert any(reason.startswith("Betalningsstopp: ") for reason in played.outcome["reasons"])
    assert decided(played) == []
    assert played.writes.keys() >= {"aktualisering", "beräkning"}


def test_a_person_who_approves_decides_and_takes_no_room(play: Play) -> None:
    played = play(Plan(2, approvals=1, answer_after=timedelta(hours=1)), 0, 0)
    assert played.status is CaseStatus.DECIDED, played.story
    assert decided(played)
    assert list(Reservation.objects.values_list("within", flat=True)) == [False]


def test_what_fits_exactly_is_decided_by_the_robot_itself(play: Play) -> None:
    played = play(Plan(2), 3590, 1)
    assert played.status is CaseStatus.DECIDED, played.story
    assert list(Reservation.objects.values_list("amount", "within")) == [(Decimal(3590), True)]
