import pytest

from medarbetare.engine import Mode


@pytest.mark.parametrize(
    ("mode", "allowed"),
    [
        (Mode.SKUGGA, {Mode.SKUGGA}),
        (Mode.FORBERED, {Mode.SKUGGA, Mode.FORBERED}),
        (Mode.AUTOMATISK, {Mode.SKUGGA, Mode.FORBERED, Mode.AUTOMATISK}),
    ],
)
def test_a_mode_allows_what_itself_and_lower_modes_may_do(mode: Mode, allowed: set[Mode]) -> None:
    assert {needed for needed in Mode if mode.allows(needed)} == allowed
