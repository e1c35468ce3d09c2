"""Where plans are played: the real workflow's rules, a clock of its own, letters as text, and a log that is quiet."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import structlog
from plans.clock import Clock
from plans.playing import Player, text_of

from arbetsfloden.ekonomiskt_bistand.handlaggning import brev
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import load_regelverk

CONFIG = Path(__file__).parents[3] / "config" / "ekonomiskt_bistand"


@contextmanager
def stage() -> Iterator[Player]:
    """A player on the database at hand. What the robot logs is not shown."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("critical"))
    Clock.install()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(brev, "text_of", text_of)
        yield Player(Clock(), load_regelverk(CONFIG))
    structlog.configure(**before)
