"""What somebody must come back to: reminders that a rule asks for, registered in the case system with the decision."""

from collections.abc import Iterator
from datetime import date, timedelta

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Fakta
from arbetsfloden.ekonomiskt_bistand.berakning.radrum import Radrumslage
from arbetsfloden.ekonomiskt_bistand.regler.lage import Lage


class Bevakning(Fakta):
    """One reminder. `slag` tells it from the others of the month; `text` is for case workers, without names."""

    slag: str
    datum: date
    text: str


def bevakningar(lage: Lage) -> tuple[Bevakning, ...]:
    """The reminders that follow from the facts: the notice on the rent, the plan and a residence permit that end."""
    return (*_radrum(lage), *_planering(lage), *_tillstand(lage))


def _radrum(lage: Lage) -> Iterator[Bevakning]:
    notice = lage.radrum
    if notice.till is not None and notice.lage in (Radrumslage.FORSTA_MANADEN, Radrumslage.PAGAR):
        text = f"Rådrum för hyran gäller till och med {notice.till.name}. Följ upp före nästa beslut."
        yield _reminder("rådrum", lage, notice.till.last, text)


def _planering(lage: Lage) -> Iterator[Bevakning]:
    plan = lage.arende.planering if lage.arende else None
    last = lage.manad.minus(-lage.kommun.bevakning_manader.planering).last
    if plan is not None and plan.till is not None and plan.till <= last:
        yield _reminder("planering", lage, plan.till, f"Planeringen går ut {plan.till}. Planera om.")


def _tillstand(lage: Lage) -> Iterator[Bevakning]:
    if not lage.underlag.miv:
        return
    last = lage.manad.minus(-lage.kommun.bevakning_manader.uppehallstillstand).last
    ends = [
        max(one.till for one in answer.tillstand if one.till is not None)
        for answer in lage.underlag.miv
        if answer.tillstand and all(one.till is not None for one in answer.tillstand)
    ]
    for day in sorted(end for end in ends if end <= last):
        text = f"Ett uppehållstillstånd i hushållet gäller till och med {day}. Begär uppgift om förlängning."
        yield _reminder(f"uppehållstillstånd {day}", lage, day, text)


def _reminder(kind: str, lage: Lage, end: date, text: str) -> Bevakning:
    before = timedelta(days=lage.kommun.bevakning_dagar_fore)
    # The later day first: no calendar goes back from the first day of year 1, which a register may say.
    return Bevakning(slag=kind, datum=max(end, lage.today + before) - before, text=text)
