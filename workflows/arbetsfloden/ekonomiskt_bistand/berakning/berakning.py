"""The calculation: rows of norm, costs and incomes, each with its unrounded value, source and law; the balance."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema

from arbetsfloden.ekonomiskt_bistand.begrepp.belopp import hela_kronor, kronor
from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Fakta, som_objekt
from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.berakning.inkomster import Inkomstpost
from arbetsfloden.ekonomiskt_bistand.berakning.radrum import Radrum, hela_hyran
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan, Kostnad
from arbetsfloden.ekonomiskt_bistand.regelverk.i_ovrigt import LAGRUM_I_OVRIGT
from arbetsfloden.ekonomiskt_bistand.regelverk.kommun import Kommun
from arbetsfloden.ekonomiskt_bistand.regelverk.lag import Lagtal
from arbetsfloden.ekonomiskt_bistand.regelverk.normer import LAGRUM as NORM_LAGRUM
from arbetsfloden.ekonomiskt_bistand.regelverk.normer import Normbelopp, NormHushall, Normtabell, normbelopp

HYRA = "Hyra"
OVERSKOTT = "Överskott"
"""An income row that carries last month's surplus on; no payment, so no register shows it."""
LAGRUM_JOBBSTIMULANS = "12 kap. 8 § SoL"


class Radslag(StrEnum):
    NORM = "norm"
    KOSTNAD = "kostnad"
    INKOMST = "inkomst"


class Rad(NamedTuple):
    """One row. `belopp` is `orundat` rounded half-up to a krona; `ansokt` is what was applied for or stated.

    `typ` is the kind in the form's words (Hyra, Lön, …), for norm rows the same as `etikett`. An income of a kind that
    the municipality's list does not have is the case system's "other": its choices are few, and a draft needs one.
    """

    slag: Radslag
    typ: str
    etikett: str
    belopp: Decimal
    orundat: Decimal
    ansokt: Decimal | None
    person: Personnummer | None
    datum: date | None
    kalla: str
    tidpunkt: datetime | None
    lagrum: str
    notering: str

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return som_objekt(cls, handler)


class Berakning(Fakta):
    """A month's calculation. `resultat` = incomes − norm − costs: negative is underskott, the amount to grant."""

    manad: Manad
    inkomstmanad: Manad
    norm_namn: str
    antal_personer: int
    norm: tuple[Rad, ...]
    kostnader: tuple[Rad, ...]
    inkomster: tuple[Rad, ...]
    normsumma: Decimal
    kostnadssumma: Decimal
    inkomstsumma: Decimal
    resultat: Decimal

    @property
    def underskott(self) -> Decimal:
        """The amount to grant, zero when there is a surplus."""
        return max(-self.resultat, Decimal(0))

    @property
    def nedsatta(self) -> tuple[Rad, ...]:
        """The costs that are not approved in full."""
        return tuple([row for row in self.kostnader if row.belopp < _applied(row) and self._is_cut(row.typ)])

    def _is_cut(self, kind: str) -> bool:
        """Whether less of a kind is approved than was applied for in whole kronor, however its rows are rounded."""
        rows = [row for row in self.kostnader if row.typ == kind]
        return _sum(rows) < hela_kronor(sum([row.ansokt or row.belopp for row in rows], Decimal(0)))


def _applied(row: Rad) -> Decimal:
    return row.belopp if row.ansokt is None else hela_kronor(row.ansokt)


def berakna(
    ansokan: Ansokan,
    hushall: NormHushall,
    norm: Normtabell,
    lag: Lagtal,
    kommun: Kommun,
    skaliga: Mapping[str, Decimal],
    poster: Iterable[Inkomstpost],
    stimulans: frozenset[Personnummer],
    radrum: Radrum,
    overskott: Decimal = Decimal(0),
    i_ovrigt: Mapping[str, str] = MappingProxyType({}),
) -> Berakning:
    """Calculate the applied month. `skaliga` are the household's reasonable amounts: see `skaliga_belopp`.

    `stimulans` holds the adults whose wage is reduced by jobbstimulans. Costs that no reasonable amount is set for are
    left out: they are decided apart. So are not the kinds in `i_ovrigt`, each with what the case system calls it.
    `radrum` tells whether a rent above the cap still counts in full. `overskott` is what was left last month, where it
    counts as an income of this month.
    Raises KeyError when a child is older than the norm's bands.
    """
    norm_rows = tuple(_norm_rows(ansokan, hushall, norm))
    cost_rows = tuple(_cost_rows(ansokan.kostnader, skaliga, radrum, i_ovrigt))
    income_rows = tuple([_income_row(post, kommun, stimulans, lag) for post in poster])
    if overskott:
        income_rows += (_surplus_row(ansokan, overskott),)
    norms, costs, incomes = _sum(norm_rows), _sum(cost_rows), _sum(income_rows)
    return Berakning(
        manad=ansokan.manad,
        inkomstmanad=kommun.inkomstmanad.raknas_for(ansokan.manad),
        norm_namn=norm.namn,
        antal_personer=hushall.antal,
        norm=norm_rows,
        kostnader=cost_rows,
        inkomster=income_rows,
        normsumma=norms,
        kostnadssumma=costs,
        inkomstsumma=incomes,
        resultat=incomes - norms - costs,
    )


def skaliga_belopp(ansokan: Ansokan, hushall: NormHushall, kommun: Kommun) -> dict[str, Decimal]:
    """The reasonable amount a month for each kind of cost under 12 kap. 7 § SoL, for this household."""
    cap = kommun.hyrestak_for(len(hushall.barn), ansokan.bostad.rum)
    return {**kommun.skaliga_for(hushall.antal, hushall.vuxna), HYRA: cap}


def raknad_inkomst(post: Inkomstpost, kommun: Kommun, stimulans: frozenset[Personnummer], lag: Lagtal) -> Decimal:
    """What counts of an income, unrounded: part of a wage where jobbstimulans holds, else all of it."""
    reduced = post.slag in kommun.arbetsinkomster and post.person in stimulans
    return post.belopp * lag.efter_jobbstimulans if reduced else post.belopp


def _norm_rows(ansokan: Ansokan, hushall: NormHushall, norm: Normtabell) -> Iterable[Rad]:
    # A couple's amount is one row, and nobody's own; the common costs are the household's.
    adult = ansokan.sokande.personnummer if hushall.vuxna == 1 else None
    whose = (adult, *(child.person for child in hushall.barn), None)
    for row, person in zip(normbelopp(norm, hushall), whose, strict=True):
        yield _norm_row(row, norm.namn)._replace(person=person)


@lru_cache(maxsize=1024)
def _norm_row(row: Normbelopp, norm: str) -> Rad:
    # The same few dozen rows in all households.
    return Rad(
        slag=Radslag.NORM,
        typ=row.etikett,
        etikett=row.etikett,
        belopp=row.belopp,
        orundat=row.orundat,
        ansokt=None,
        person=None,
        datum=None,
        kalla=norm,
        tidpunkt=None,
        lagrum=NORM_LAGRUM,
        notering="",
    )


def _cost_rows(
    costs: Sequence[Kostnad], reasonable: Mapping[str, Decimal], radrum: Radrum, i_ovrigt: Mapping[str, str]
) -> Iterable[Rad]:
    left = dict(reasonable)
    rent = hela_hyran([cost for cost in costs if cost.slag == HYRA])
    left[HYRA] = rent if radrum.hela_hyran else min(rent, reasonable[HYRA])
    for cost in costs:
        if cost.slag in i_ovrigt:
            yield _cost_row(cost, cost.belopp, i_ovrigt[cost.slag], LAGRUM_I_OVRIGT, _named_in_note(cost, i_ovrigt))
        if cost.slag not in left:
            continue
        approved = min(cost.belopp, left[cost.slag])
        # In whole kronor as they are granted: rows that are rounded upwards go beyond no limit together.
        left[cost.slag] = max(left[cost.slag] - hela_kronor(approved), Decimal(0))
        notes = [radrum.notering] if cost.slag == HYRA and radrum.till else []
        if hela_kronor(approved) != hela_kronor(cost.belopp):
            notes.append(f"Skäligt belopp {kronor(reasonable[cost.slag])} kr")
        yield _cost_row(cost, approved, cost.slag, "12 kap. 7 § SoL", ". ".join(notes))


def _named_in_note(cost: Kostnad, i_ovrigt: Mapping[str, str]) -> str:
    """The kind, where the case system calls it something else: next month's row is known by it."""
    return cost.slag if i_ovrigt[cost.slag] != cost.slag else ""


def _cost_row(cost: Kostnad, approved: Decimal, typ: str, lagrum: str, notering: str) -> Rad:
    return Rad(
        slag=Radslag.KOSTNAD,
        typ=typ,
        etikett=cost.slag,
        belopp=hela_kronor(approved),
        orundat=approved,
        ansokt=cost.belopp,
        person=None,
        datum=None,
        kalla="Ansökan",
        tidpunkt=None,
        lagrum=lagrum,
        notering=notering,
    )


def _income_row(post: Inkomstpost, kommun: Kommun, stimulans: frozenset[Personnummer], lag: Lagtal) -> Rad:
    unrounded = raknad_inkomst(post, kommun, stimulans, lag)
    reduced = unrounded != post.belopp
    notes = [f"{kronor(post.belopp)} kr före jobbstimulans {lag.jobbstimulans_procent} %"] if reduced else []
    if post.luckfylld:
        notes.append(f"avser {post.manad.name}, saknas för månaden därefter")
    return Rad(
        slag=Radslag.INKOMST,
        typ=kommun.radtyp(post.slag),
        etikett=f"{post.slag}, {post.manad.name}",
        belopp=hela_kronor(unrounded),
        orundat=unrounded,
        ansokt=post.uppgivet,
        person=post.person,
        datum=post.datum,
        kalla=post.kalla,
        tidpunkt=post.tidpunkt,
        lagrum=LAGRUM_JOBBSTIMULANS if reduced else "12 kap. 1 § SoL",
        notering="; ".join(notes),
    )


def _surplus_row(ansokan: Ansokan, overskott: Decimal) -> Rad:
    before = ansokan.manad.minus(1)
    return Rad(
        slag=Radslag.INKOMST,
        typ=OVERSKOTT,
        etikett=f"{OVERSKOTT}, {before.name}",
        belopp=hela_kronor(overskott),
        orundat=overskott,
        ansokt=None,
        person=ansokan.sokande.personnummer,
        datum=None,
        kalla=f"Beräkning {before.name}",
        tidpunkt=None,
        lagrum="12 kap. 1 § SoL",
        notering="överskjutande inkomst från föregående månad",
    )


def _sum(rows: Iterable[Rad]) -> Decimal:
    return sum([row.belopp for row in rows], Decimal(0))
