"""When a quarter of a wage is disregarded: the two years after six months with aid (12 kap. 8 § SoL).

How much, how many months and how many years stand in `lag.yaml`; the names here are those of the law of 2025.
"""

from datetime import date

from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.regelverk.lag import Lagtal
from arbetsfloden.ekonomiskt_bistand.register.underlag import Jobbstimulans, TidigareBerakning

JOBBSTIMULANS_NOTERAD = "jobbstimulans"
"""The word by which a note on an income row tells that a quarter of the wage was disregarded."""


def hade_stimulans(previous: TidigareBerakning | None, person: Personnummer) -> bool:
    """Whether last month's calculation disregarded a quarter of somebody's wage, as its note tells."""
    for row in previous.inkomster if previous else ():
        if row.notering and JOBBSTIMULANS_NOTERAD in row.notering.casefold() and row.person == person:
            return True
    return False


def stimulans_galler(history: Jobbstimulans | None, raknad: Manad, sokt: Manad, lag: Lagtal) -> bool | None:
    """Whether the two years hold the month whose wages count; None when the history cannot tell.

    Six months done without a first day of the two years is such a case: where they began is for a person to say. So it
    is when six months with aid have passed again since they ended, and where they begin between the month whose wages
    count and the applied one.
    """
    if history is None or history.manader is None:
        return None
    if history.fran is None:
        return None if history.manader >= lag.jobbstimulans_efter_manader else False
    counted = inom_tva_ar(history, raknad, lag)
    if counted is False and raknad.last < history.fran <= sokt.last:
        return None
    again = sokt.minus(lag.jobbstimulans_efter_manader) > _last_month(history, history.fran, lag)
    return None if again and history.manader >= lag.jobbstimulans_efter_manader else counted


def inom_tva_ar(history: Jobbstimulans | None, month: Manad, lag: Lagtal) -> bool | None:
    """Whether the two years hold a month; None for one in which they begin or end on a day within it."""
    if history is None or history.fran is None:
        return False
    last = _last_month(history, history.fran, lag)
    if month.last < history.fran or month > last:
        return False
    ends_within = month == last and history.till is not None and history.till < month.last
    return None if history.fran > month.first or ends_within else True


def _last_month(history: Jobbstimulans, fran: date, lag: Lagtal) -> Manad:
    return Manad.of(history.till) if history.till is not None else Manad.of(fran).minus(1 - 12 * lag.jobbstimulans_ar)
