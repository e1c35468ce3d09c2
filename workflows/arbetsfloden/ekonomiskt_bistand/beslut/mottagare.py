"""Who in particular a hand-off goes to: the applicant's own case worker, or labour-market secretary."""

from typing import NamedTuple

from arbetsfloden.ekonomiskt_bistand.regelverk.kommun import ArbetsmarknadTill
from arbetsfloden.ekonomiskt_bistand.regler import Granskning
from arbetsfloden.ekonomiskt_bistand.regler.lage import Lage

HANDLAGGARE = "handläggare"
ARBETSMARKNADSSEKRETERARE = "arbetsmarknadssekreterare"
"""Roles, as `medarbetare users add --role` has them."""

_LABOUR_MARKET = frozenset({22, 23, 24, 25})


class Mottagare(NamedTuple):
    """A role, and whom of it the case system names; `namn` None: it names nobody, and the group takes it."""

    roll: str = HANDLAGGARE
    namn: str | None = None


def overlamnas_till(lage: Lage, granskning: Granskning) -> Mottagare:
    """Whom to hand the case to. The case of a protected person goes to nobody in particular.

    The labour-market secretary takes it only where the municipality wants that and nothing else than the labour
    market's rules stands in the way: no other rule, and no cost to decide apart.
    """
    arende = lage.arende
    if granskning.sarskild or arende is None:
        return Mottagare()
    if lage.kommun.arbetsmarknad_till is ArbetsmarknadTill.ARBETSMARKNADSSEKRETERARE and not lage.sidorader:
        hinder = {one.nummer for one in granskning.hinder}
        if hinder and hinder <= _LABOUR_MARKET:
            return Mottagare(roll=ARBETSMARKNADSSEKRETERARE, namn=arende.arbetsmarknadssekreterare)
    return Mottagare(namn=arende.handlaggare)
