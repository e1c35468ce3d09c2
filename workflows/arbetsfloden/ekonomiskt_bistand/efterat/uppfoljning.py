"""Follow-up of people: facts about a household that drifts from the main flow, so that somebody gets in touch.

Pure: from finished steps' results of the household's cases, as they stand in the journal, to sentences. Each says what
was read, and from which day it holds; nothing is weighed and nobody is ranked.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import takewhile
from typing import Any, TypeVar

from pydantic import BaseModel

from arbetsfloden.ekonomiskt_bistand.begrepp.belopp import kronor
from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Svarsstatus
from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.berakning.inkomster import TOLERANS
from arbetsfloden.ekonomiskt_bistand.beslut.beslut import Forslag
from arbetsfloden.ekonomiskt_bistand.efterat.omrakning import senaste_forslag
from arbetsfloden.ekonomiskt_bistand.regelverk.kommun import Kommun, Uppfoljning
from arbetsfloden.ekonomiskt_bistand.register.registersvar import AfSvar, Registersvar
from arbetsfloden.ekonomiskt_bistand.register.underlag import Arende, Folkbokforing
from medarbetare.engine.follow_up import Fact, FollowUp, PastCase

_MANADER_OM_ARET = 12
_SAKNAD_RAPPORT = ("500", "501")
_EJ_OM_HUSHALLET = frozenset({10, 11, 12, 44, 45, 46})
"""Rules that tell about the municipality, its systems or chance: a hand-off because of them says nothing of people."""

ModelT = TypeVar("ModelT", bound=BaseModel)


@dataclass(frozen=True)
class _Sokt:
    """What one application told. `arende` is None where the applicant has no case of their own.

    `af` is the last answer about each person, the applicant's as `sökanden`.
    """

    forslag: Forslag
    namn: str
    arende: Arende | None
    af: Mapping[str, AfSvar]
    lamnad_over: bool

    @property
    def manad(self) -> Manad:
        return self.forslag.manad

    @property
    def skal(self) -> tuple[str, ...]:
        """The rules about the household that a person had to judge, by name."""
        rules = self.forslag.regler
        return tuple(one.namn for one in rules if one.hindrar and one.nummer not in _EJ_OM_HUSHALLET)


def folj_upp(arenden: Sequence[PastCase], kommun: Kommun) -> FollowUp | None:
    """What there is to state about the household with these cases; None when nothing has been read of it.

    What a case of an older version told that cannot be read any more is left out.
    """
    granser = kommun.uppfoljning
    sokta = sorted((one for one in map(_sokt, arenden) if one), key=lambda one: one.manad, reverse=True)
    if granser is None or not sokta:
        return None
    nu = sokta[0]
    facts = [
        *_manader_i_rad(nu, granser),
        *_planering(sokta, granser),
        *_overlamningar(sokta, granser),
        *_arbetsformedlingen(sokta, granser),
        *_narvaro(nu, kommun, granser),
        *_sjukskrivning(sokta, kommun, granser),
        *_ej_verkstallt(nu, granser),
        *_utebliven(nu, granser),
    ]
    return FollowUp(
        name=nu.namn,
        worker=(nu.arende.handlaggare if nu.arende else None) or "",
        facts=tuple(facts),
        until=nu.manad.minus(-granser.visas_manader).last,
    )


def _manader_i_rad(nu: _Sokt, granser: Uppfoljning) -> Iterator[Fact]:
    """So many months of aid that a person should look at what would end them."""
    months = max((one.manader or 0 for one in nu.arende.jobbstimulans), default=0) if nu.arende else 0
    if months >= granser.manader_med_bistand:
        reached = nu.manad.minus(months - granser.manader_med_bistand)
        text = f"Bistånd {months} månader i rad, till och med {nu.manad.minus(1).name}."
        yield _fact(text, reached.first, granser)


def _planering(sokta: Sequence[_Sokt], granser: Uppfoljning) -> Iterator[Fact]:
    """No plan with the labour-market unit, or one that is at its end."""
    arende = sokta[0].arende
    if arende is None:
        return
    if arende.planering is None or not arende.planering.aktiv:
        without = list(takewhile(_utan_planering, sokta))
        yield _fact("Ingen planering hos arbetsmarknadsenheten.", without[-1].forslag.dag, granser)
    elif arende.planering.till is not None:
        last = arende.planering.till
        soon = last - timedelta(days=granser.planering_gar_ut_inom_dagar)
        yield Fact(text=f"Planeringens sista dag är {last}.", since=soon, due=last)


def _utan_planering(sokt: _Sokt) -> bool:
    return sokt.arende is not None and (sokt.arende.planering is None or not sokt.arende.planering.aktiv)


def _overlamningar(sokta: Sequence[_Sokt], granser: Uppfoljning) -> Iterator[Fact]:
    """Application after application that a person had to take, and because of what."""
    months = granser.overlamningar_inom_manader
    taken = [one for one in _senaste(sokta, months) if one.lamnad_over and one.skal]
    if len(taken) < granser.overlamningar:
        return
    because = Counter(name for one in taken for name in one.skal)
    names = ", ".join(f"{name} ({count})" for name, count in because.most_common())
    text = f"{len(taken)} ansökningar de senaste {months} månaderna har lämnats till en handläggare: {names}."
    # The newest first: this is the one that made them so many.
    yield _fact(text, taken[-granser.overlamningar].forslag.dag, granser)


def _arbetsformedlingen(sokta: Sequence[_Sokt], granser: Uppfoljning) -> Iterator[Fact]:
    """Activity reports that were missing, and de-registrations; not one after which they have registered again."""
    missing: dict[str, list[_Sokt]] = {}
    left: dict[str, date] = {}
    for one in _senaste(sokta, granser.avvikelser_inom_manader):
        for who, answer in one.af.items():
            if answer.arbetssokande and answer.aktivitetsrapport in _SAKNAD_RAPPORT:
                missing.setdefault(who, []).append(one)
            gone = answer.avaktualiserad
            again = gone is not None and any(one.af[who].inskriven_efter(gone) for one in sokta if who in one.af)
            if gone is not None and not again:
                left.setdefault(f"{who.capitalize()} avaktualiserades", gone)
    for who, which in missing.items():
        months = ", ".join(dict.fromkeys(one.manad.name for one in reversed(which)))
        text = f"Aktivitetsrapport saknades hos Arbetsförmedlingen för {who} vid ansökan om {months}."
        yield _fact(text, which[-1].forslag.dag, granser)
    for what, day in left.items():
        yield _fact(f"{what} hos Arbetsförmedlingen {day}.", day, granser)


def _narvaro(nu: _Sokt, kommun: Kommun, granser: Uppfoljning) -> Iterator[Fact]:
    """Months in which attendance and valid absence were below the municipality's requirement."""
    least = kommun.narvaro_minst_procent
    oldest = nu.manad.minus(granser.avvikelser_inom_manader)
    for row in (nu.arende.narvaro or ()) if nu.arende else ():
        if oldest <= row.manad < nu.manad and (row.narvaro + row.giltig_franvaro) * 100 < least * row.planerat:
            text = (
                f"Närvaro {row.narvaro} och giltig frånvaro {row.giltig_franvaro} av {row.planerat} planerade timmar i "
                f"{row.manad.name}: mindre än {least} procent."
            )
            yield _fact(text, row.manad.minus(-1).first, granser)


def _sjukskrivning(sokta: Sequence[_Sokt], kommun: Kommun, granser: Uppfoljning) -> Iterator[Fact]:
    """A sick benefit of one month's calculation that was not in the next."""
    sick = {kind for kind, rule in kommun.inkomstslag.items() if rule.sjukforman}
    for one in _senaste(sokta, granser.avvikelser_inom_manader):
        before = one.arende.senaste_berakning(one.manad) if one.arende else None
        if before is None or one.forslag.berakning is None:
            continue
        now = {row.typ for row in one.forslag.berakning.inkomster}
        for kind in sorted({row.slag for row in before.inkomster} & sick - now):
            text = f"{kind} fanns i beräkningen för {before.manad.name} men inte för {one.manad.name}."
            yield _fact(text, one.forslag.dag, granser)


def _ej_verkstallt(nu: _Sokt, granser: Uppfoljning) -> Iterator[Fact]:
    """What was granted for a month within the last year and is not registered as paid (34 kap. 1 § SoL)."""
    decisions = nu.arende.beslut if nu.arende else ()
    payments = nu.arende.utbetalningar if nu.arende else ()
    for month in sorted({one.manad for one in decisions if one.manad >= nu.manad.minus(_MANADER_OM_ARET)}):
        granted = [one for one in decisions if one.manad == month and one.belopp > 0]
        paid = sum([one.belopp for one in payments if one.manad == month], Decimal(0))
        left = sum([one.belopp for one in granted], Decimal(0)) - paid
        if left <= TOLERANS:
            continue
        decided = max(one.datum or month.first for one in granted)
        text = (
            f"{kronor(left)} kr av det som beviljades för {month.name}, {decided}, visas inte som utbetalat. "
            "Det som inte har verkställts inom tre månader ska rapporteras (34 kap. 1 § SoL)."
        )
        yield _fact(text, decided + timedelta(days=granser.ej_verkstallt_dagar), granser)


def _utebliven(nu: _Sokt, granser: Uppfoljning) -> Iterator[Fact]:
    """No application for the next month, though the case is open: the contact may be lost."""
    if nu.arende is not None and nu.arende.aktivt is False:
        return
    following = nu.manad.minus(-1)
    text = f"Ingen ansökan för {following.name} har kommit. Den senaste gällde {nu.manad.name}."
    since = following.first.replace(day=granser.ingen_ansokan_fran_dag)
    yield _fact(text, since, granser).model_copy(update={"until_heard": True})


def _fact(text: str, since: date, granser: Uppfoljning) -> Fact:
    return Fact(text=text, since=since, due=since + timedelta(days=granser.kontakt_inom_dagar))


def _senaste(sokta: Sequence[_Sokt], months: int) -> list[_Sokt]:
    """The applications for the newest month applied for and those before it, `months` in all; the newest first."""
    return [one for one in sokta if one.manad > sokta[0].manad.minus(months)]


def _sokt(arende: PastCase) -> _Sokt | None:
    """None for a case that ended before anything was proposed, or whose steps are of a version too old to read."""
    try:
        newest = senaste_forslag(arende.steps)
        people = _lasta(arende.steps, "läs folkbokföring, person 1", Folkbokforing)
        known = _lasta(arende.steps, "läs ärende", Arende)
        asked = dict.fromkeys(step.partition(", ")[0] for step in arende.steps if step.startswith("fråga "))
        answers = [one.af for way in asked for one in _lasta(arende.steps, way, Registersvar) if one.af is not None]
    except ValueError:
        return None
    if newest is None or not people:
        return None
    sokande = people[-1]
    return _Sokt(
        forslag=newest[0],
        namn=sokande.namn or "",
        arende=known[-1] if known and known[-1].status is Svarsstatus.SVAR else None,
        af={"sökanden" if one.person == sokande.person else "medsökanden": one for one in answers},
        lamnad_over=arende.handed_over,
    )


def _lasta(steps: Mapping[str, Any], name: str, model: type[ModelT]) -> list[ModelT]:
    """What a step found, in every round, and about everybody where the name leaves out the person."""
    wanted = [step for step in steps if step == name or step.startswith(f"{name}, ")]
    return [model.model_validate_json(json.dumps(steps[step])) for step in wanted]
