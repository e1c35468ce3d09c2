from collections.abc import Callable
from typing import Any, cast

import pytest

from medarbetare.engine.messages import ORDERS, Done, Failed, Order, PullInbox, Reconcile, Stopped, Told
from medarbetare.engine.run import StopSignal
from medarbetare.engine.runner import CaseRunner
from medarbetare.engine.worker import Worker
from medarbetare.errors import PortalError, StopRequested


def answer(order: Order, reconcile: Callable[[], dict[str, int]]) -> Told:
    """What a worker tells after an order that concerns no single case."""
    nothing = cast(Any, lambda *_: None)
    worker = Worker(cast(CaseRunner, None), lambda inbox: 3, reconcile, StopSignal(), nothing, nothing, nothing)
    return worker._carry_out(ORDERS.validate_json(order.model_dump_json()))


def test_an_order_to_reconcile_is_answered_with_the_figures() -> None:
    assert answer(Reconcile(), lambda: {"compared": 7}) == Done(reconciled={"compared": 7})
    assert answer(PullInbox(inbox="e_tjanst"), dict) == Done(new_cases=3)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (StopRequested(), Stopped()),
        (PortalError("Nere.", portal="verksamhet"), Failed(error="PortalError")),
        (KeyError("fält"), Failed(error="KeyError")),
    ],
)
def test_an_order_that_is_not_carried_out_is_told_as_what_it_is(error: BaseException, told: Told) -> None:
    def fail() -> dict[str, int]:
        raise error

    assert answer(Reconcile(), fail) == told
