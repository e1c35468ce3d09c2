"""Tries the pure decision again on what might have been, so that nothing is claimed that was not decided."""

import re
from dataclasses import dataclass
from functools import cached_property

from arbetsfloden.ekonomiskt_bistand.beslut.beslut import Forslag, foresla
from arbetsfloden.ekonomiskt_bistand.forklaring.antaganden import Antagande, Fall
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.regler.lage import Lage


@dataclass(frozen=True)
class Hypotes:
    """A claim of what would have been enough for a rule: that its finding (`fynd`, a pattern; all of them when empty)
    is gone under `antagande` and stands under each of `utanfor`, which are just beside it.

    `text` tells it; empty where the rule's own words say it all. `hela`: the case is otherwise as it was, so that the
    outcome under `antagande` can be told too.
    """

    antagande: Antagande
    text: str = ""
    fynd: str = ""
    utanfor: tuple[Antagande, ...] = ()
    hela: bool = True


@dataclass(frozen=True)
class Provning:
    """A decided case, to be decided again on other facts by the same rules."""

    fall: Fall
    regelverk: Regelverk
    forslag: Forslag

    @cached_property
    def lage(self) -> Lage:
        """What the rules looked at."""
        return Lage(self.fall.ansokan, self.fall.underlag, self.regelverk, self.fall.dag)

    @cached_property
    def gar_att_prova(self) -> bool:
        """Whether deciding again gives the very same proposal: only then do other facts tell anything."""
        if self.forslag.regelverk_version != self.regelverk.version:
            return False
        return self.om(lambda fall: fall) == self.forslag

    def om(self, antagande: Antagande) -> Forslag:
        """What would have been proposed."""
        fall = antagande(self.fall)
        return foresla(fall.ansokan, fall.underlag, self.regelverk, fall.dag)

    def haller(self, nummer: int, hypotes: Hypotes) -> bool:
        """Whether the claim about a rule is true."""
        if _finds(self.forslag, nummer, hypotes.fynd) is not True:
            return False
        if _finds(self.om(hypotes.antagande), nummer, hypotes.fynd) is not False:
            return False
        return all(_finds(self.om(beside), nummer, hypotes.fynd) is True for beside in hypotes.utanfor)


def _finds(forslag: Forslag, nummer: int, fynd: str) -> bool | None:
    """Whether a rule stands in the way by that finding; None when it was not judged."""
    rule = next((one for one in forslag.regler if one.nummer == nummer), None)
    return None if rule is None else rule.hindrar and re.search(fynd, rule.text) is not None
