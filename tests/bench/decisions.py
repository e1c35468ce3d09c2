"""How many pure decisions a second of one processor: every scenario as the rules take it, nothing but the rules."""

import sys
import time
from pathlib import Path
from statistics import median

from arbetsfloden.ekonomiskt_bistand.beslut.beslut import foresla
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import load_regelverk
from medarbetare.config import config_folder

# The scenarios are shared with the tests; a program finds them beside its own folder.
sys.path.append(str(Path(__file__).parents[1] / "scenarios"))

from scenarier import FILES, fall, las

ROUNDS = 7
PER_ROUND = 0.15


def decisions_per_second() -> dict[str, float]:
    """The median of some rounds for each scenario file, by its name.

    Their harmonic mean is what comes of taking them all in turn: a slow one weighs as much as the time that it takes.
    """
    regelverk = load_regelverk(config_folder() / "ekonomiskt_bistand")
    figures = {}
    for path in FILES:
        one = fall(las(path))
        rounds = []
        for _ in range(ROUNDS):
            count, begun = 0, time.process_time()
            while time.process_time() - begun < PER_ROUND:
                foresla(one.ansokan, one.underlag, regelverk, one.idag)
                count += 1
            rounds.append(count / (time.process_time() - begun))
        figures[path.stem] = median(rounds)
    return figures
