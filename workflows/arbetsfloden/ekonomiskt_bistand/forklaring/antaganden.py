"""Assumed changes of an application and its facts, so that the pure decision can be tried on what might have been."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from arbetsfloden.ekonomiskt_bistand.begrepp.belopp import hela_kronor
from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Fakta
from arbetsfloden.ekonomiskt_bistand.berakning.berakning import raknad_inkomst
from arbetsfloden.ekonomiskt_bistand.berakning.inkomster import Inkomstpost
from arbetsfloden.ekonomiskt_bistand.berakning.registerinkomster import AKASSA
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan, Inkomst, Kostnad
from arbetsfloden.ekonomiskt_bistand.regelverk.kommun import Kommun
from arbetsfloden.ekonomiskt_bistand.register.registersvar import CsnSvar, FkSvar, Myndighetssvar, PmSvar, SoSvar
from arbetsfloden.ekonomiskt_bistand.register.underlag import (
    TidigareBerakning,
    TidigareInkomst,
    TidigareKostnad,
    Underlag,
)
from arbetsfloden.ekonomiskt_bistand.regler.lage import Lage

_ORE = Decimal("0.01")
FaktaT = TypeVar("FaktaT", bound=Fakta)


@dataclass(frozen=True)
class Fall:
    """Everything that the pure decision is made of, but the rules."""

    ansokan: Ansokan
    underlag: Underlag
    dag: date


Antagande = Callable[[Fall], Fall]


def alla(antaganden: Iterable[Antagande]) -> Antagande:
    """One assumption after the other."""
    chosen = tuple(antaganden)

    def change(fall: Fall) -> Fall:
        for antagande in chosen:
            fall = antagande(fall)
        return fall

    return change


def i_ansokan(**values: Any) -> Antagande:
    """The application with other answers."""
    return lambda fall: replace(fall, ansokan=fall.ansokan.model_copy(update=values))


def i_arendet(**values: Any) -> Antagande:
    """The case in the case system with other facts; unchanged where there is none."""

    def change(fall: Fall) -> Fall:
        case = fall.underlag.arende
        return fall if case is None else _facts(fall, arende=case.model_copy(update=values))

    return change


def i_svaren(register: str, andra: Callable[[Any], dict[str, Any]]) -> Antagande:
    """An agency's answers, each with what `andra` makes other of it."""

    def change(fall: Fall) -> Fall:
        answers = getattr(fall.underlag, register)
        return _facts(fall, **{register: tuple(one.model_copy(update=andra(one)) for one in answers)})

    return change


def en_annan_dag(dag: date) -> Antagande:
    """The same decided on another day."""
    return lambda fall: replace(fall, dag=dag)


def _facts(fall: Fall, **values: Any) -> Fall:
    return replace(fall, underlag=fall.underlag.model_copy(update=values))


# --- Costs ---------------------------------------------------------------------------------------------------------


def kostnaden_ar(lage: Lage, slag: str, belopp: Decimal) -> Antagande:
    """A cost of one amount, applied for now as last month and approved in full then."""
    return alla((_cost_now(slag, belopp), kostnaden_var(lage, slag, belopp)))


def _cost_now(slag: str, belopp: Decimal) -> Antagande:
    def change(fall: Fall) -> Fall:
        rows = [row for row in fall.ansokan.kostnader if row.slag != slag]
        return i_ansokan(kostnader=(*rows, Kostnad(slag=slag, belopp=belopp)))(fall)

    return change


def kostnaden_var(lage: Lage, slag: str, belopp: Decimal) -> Antagande:
    """A cost of last month's calculation, applied for and approved in full."""

    def change(before: TidigareBerakning) -> dict[str, Any]:
        others = [row for row in before.kostnader if row.slag != slag]
        return {"kostnader": (*others, TidigareKostnad(slag=slag, ansokt=belopp, godkant=belopp))}

    return _last_month(lage, change)


def _last_month(lage: Lage, andra: Callable[[TidigareBerakning], dict[str, Any]]) -> Antagande:
    month = lage.forra_manaden

    def change(fall: Fall) -> Fall:
        calculations = fall.underlag.arende.berakningar if fall.underlag.arende else ()
        return i_arendet(
            berakningar=tuple(
                one.model_copy(update=andra(one)) if one.slutlig and one.manad == month else one for one in calculations
            )
        )(fall)

    return change


# --- Incomes -------------------------------------------------------------------------------------------------------


def inkomsten_ar(post: Inkomstpost, belopp: Decimal, kommun: Kommun) -> Antagande:
    """An income of another amount, wherever it stands: in the application and in the register."""
    more = belopp - post.belopp

    def change(fall: Fall) -> Fall:
        application = fall.ansokan
        if post.uppgivet is not None:
            rows = _changed(application.inkomster, _stated(post, kommun), lambda row: {"belopp": row.belopp + more})
            application = application.model_copy(update={"inkomster": rows})
        facts = fall.underlag
        if post.myndighet is not None:
            answers = tuple(_paid(one, post, more, kommun) for one in facts.fran(post.myndighet))
            facts = facts.model_copy(update={post.myndighet.value: answers})
        return replace(fall, ansokan=application, underlag=facts)

    return change


def inkomsten_fanns(lage: Lage, post: Inkomstpost) -> Antagande:
    """An income of the same amount in last month's calculation."""
    row = TidigareInkomst(slag=post.slag, belopp=post.belopp, person=post.person)
    return _last_month(lage, lambda before: {"inkomster": (*before.inkomster, row)})


def inkomsten_uppgiven(post: Inkomstpost, kommun: Kommun) -> Antagande:
    """An income of a register stated in the application, with the register's amount, day and month."""

    def change(fall: Fall) -> Fall:
        others = tuple(row for row in fall.ansokan.inkomster if not _stated(post, kommun)(row))
        stated = Inkomst(
            person=post.person,
            slag=post.slag,
            belopp=post.belopp,
            betald=post.datum,
            period_fran=post.manad.first,
            period_till=post.manad.last,
        )
        return i_ansokan(inkomster=(*others, stated))(fall)

    return change


def inkomsterna_lagre(lage: Lage, kronor: Decimal) -> Antagande:
    """Counted incomes that are lower by `kronor` together, taken from the largest first."""
    left, changes = kronor, []
    for post in sorted(lage.poster, key=lambda one: one.belopp, reverse=True):
        counted = _counted(lage, post)
        taken = min(left, counted)
        if taken > 0:
            changes.append(_counted_as(lage, post, counted - taken))
            left -= taken
    return alla(changes)


def inkomsterna_hogre(lage: Lage, kronor: Decimal) -> Antagande:
    """Counted incomes that are higher by `kronor`: the first of them, or a wage where there is none."""
    if lage.poster:
        post = lage.poster[0]
        return _counted_as(lage, post, _counted(lage, post) + kronor)
    kind = next((kind for kind, rule in lage.kommun.inkomstslag.items() if rule.arbetsinkomst), "Lön")
    earned = Inkomst(person=lage.ansokan.sokande.personnummer, slag=kind, belopp=kronor, betald=lage.inkomstmanad.last)
    return i_ansokan(inkomster=(earned,))


def _counted(lage: Lage, post: Inkomstpost) -> Decimal:
    return hela_kronor(raknad_inkomst(post, lage.kommun, lage.stimulans, lage.lag))


def _counted_as(lage: Lage, post: Inkomstpost, kronor: Decimal) -> Antagande:
    """The income of which so many kronor count."""
    reduced = raknad_inkomst(post, lage.kommun, lage.stimulans, lage.lag) != post.belopp
    amount = (kronor / lage.lag.efter_jobbstimulans).quantize(_ORE) if reduced else kronor
    return inkomsten_ar(post, amount, lage.kommun)


def _stated(post: Inkomstpost, kommun: Kommun) -> Callable[[Inkomst], bool]:
    month_of = kommun.inkomstmanad.betalningens

    def same(row: Inkomst) -> bool:
        days = (row.betald, row.period_fran, row.period_till)
        return (row.person, row.slag) == (post.person, post.slag) and (
            row.betald == post.datum or month_of(*days) == post.manad
        )

    return same


def _paid(svar: Myndighetssvar, post: Inkomstpost, more: Decimal, kommun: Kommun) -> Myndighetssvar:
    """The agency's answer with one payment of the income changed."""
    if svar.person != post.person:
        return svar

    month_of = kommun.inkomstmanad.betalningens

    def of_kind(forman: str) -> bool:
        return (kommun.slag_for(svar.register, forman) or forman) == post.slag

    if isinstance(svar, FkSvar | PmSvar):
        benefits = _changed(
            svar.utbetalningar,
            lambda row: of_kind(row.forman) and month_of(row.datum, row.period_fran, row.period_till) == post.manad,
            lambda row: {"brutto": row.brutto + more, "netto": row.netto + more},
        )
        return svar.model_copy(update={"utbetalningar": benefits})
    if isinstance(svar, SoSvar):
        paid = _changed(
            svar.utbetalningar,
            lambda row: of_kind(AKASSA) and month_of(row.datum, row.avser_fran, row.avser_till) == post.manad,
            lambda row: {
                "netto_efter_skatt": row.netto_efter_skatt + more,
                "netto_efter_avdrag": row.netto_efter_avdrag + more,
            },
        )
        return svar.model_copy(update={"utbetalningar": paid})
    if isinstance(svar, CsnSvar):
        aid = _changed(
            svar.utbetalningar,
            lambda row: row.utbetald and of_kind(row.typ) and month_of(row.datum, None, None) == post.manad,
            lambda row: {"belopp": row.belopp + more},
        )
        return svar.model_copy(update={"utbetalningar": aid})
    return svar


def _changed(
    rows: Sequence[FaktaT], chosen: Callable[[FaktaT], bool], andra: Callable[[FaktaT], dict[str, Any]]
) -> tuple[FaktaT, ...]:
    """The rows with the first chosen one changed."""
    first = next((number for number, row in enumerate(rows) if chosen(row)), None)
    return tuple(row.model_copy(update=andra(row)) if number == first else row for number, row in enumerate(rows))
