"""How often something is tried: by the step's own terms, else by the portal's, else by the installation's."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from medarbetare.engine.patience import Patience, Retry, patiently
from medarbetare.errors import BusinessError, Held, LoginRefused, PortalError, SelectorError

AT_ONCE = {"wait_initial": timedelta(0), "wait_max": timedelta(0)}
PATIENCE = Patience(Retry(3, **AT_ONCE), of_portal={"trögt": Retry(6, **AT_ONCE)})


def tries(error: Exception, retry: Retry | None = None) -> int:
    made: list[int] = []

    def fail() -> None:
        made.append(1)
        raise error

    with pytest.raises(type(error)):
        patiently(PATIENCE, fail, retry)
    return len(made)


@pytest.mark.parametrize(
    ("error", "retry", "expected"),
    [
        (PortalError("500", portal="annat"), None, 3),
        (PortalError("500", portal="trögt"), None, 6),
        (PortalError("500", portal="trögt"), Retry(2, **AT_ONCE), 2),
        (LoginRefused("nekad", portal="trögt"), None, 1),
        (SelectorError("saknas"), None, 1),
        (BusinessError("en människa"), None, 1),
        (Held("stängd"), None, 1),
    ],
    ids=lambda value: type(value).__name__,
)
def test_only_a_portals_trouble_is_tried_again_and_so_often_as_agreed(
    error: Exception, retry: Retry | None, expected: int
) -> None:
    assert tries(error, retry) == expected


@pytest.mark.parametrize(
    ("pause", "expected"),
    [
        (lambda n: Retry(9, timedelta(seconds=1), timedelta(seconds=10)).pause(n), [1, 2, 4, 8, 10, 10]),
        (
            lambda n: Patience(
                wait_between_attempts=timedelta(seconds=1), longest_wait=timedelta(seconds=10)
            ).wait_after(n),
            [1, 2, 4, 8, 10, 10],
        ),
    ],
    ids=["within a step", "between attempts"],
)
def test_pauses_double_up_to_the_longest_and_are_never_all_the_same(
    pause: Callable[[int], timedelta], expected: list[int]
) -> None:
    for failures, seconds in enumerate(expected, 1):
        drawn = {pause(failures).total_seconds() for _ in range(20)}
        assert len(drawn) > 1
        assert all(0.75 * seconds <= one <= 1.25 * seconds for one in drawn)
