"""Every amount of a case as a row: what was applied for and counted, by which source, rules and law."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Fakta
from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.berakning.berakning import HYRA, OVERSKOTT, Berakning, Rad, Radslag
from arbetsfloden.ekonomiskt_bistand.berakning.ej_raknade import Varfor
from arbetsfloden.ekonomiskt_bistand.beslut.beslut import Forslag
from arbetsfloden.ekonomiskt_bistand.regelverk.i_ovrigt import LAGRUM_I_OVRIGT
from arbetsfloden.ekonomiskt_bistand.regelverk.inkomstmanad import Tillhor
from arbetsfloden.ekonomiskt_bistand.regler.lage import Lage
from arbetsfloden.ekonomiskt_bistand.visning.visat import tid

_STUDIESTOD = "Studiestöd"
_NORM, _BARN = (4, 46), (4, 31, 32, 46)
_HYRA, _KOSTNAD, _FOR_SIG = (33, 34), (35,), (36,)
_FORMAN, _LON = tuple(range(13, 20)), (15, 16, 17, 28, 29)
_BARNS_LON, _RETROAKTIV, _REGELBUNDEN = (30,), (18,), (17,)
_JUDGED = {Varfor.EFTERHAND: (17, *_RETROAKTIV), Varfor.BARNS_LON: _BARNS_LON, Varfor.UTREDS: (13, *_REGELBUNDEN)}
_WHY = {
    Varfor.EFTERHAND: "Betald i efterhand eller presumerad: en handläggare prövar den.",
    Varfor.BARNS_LON: "Barns egen lön räknas inte upp till ett prisbasbelopp om året.",
    Varfor.ALDRIG: "Ett sådant stöd räknas aldrig som inkomst.",
    Varfor.RAKNADES: "Räknades i en tidigare beräkning.",
    Varfor.UTREDS: "Syns inte i någon beräkning: en handläggare prövar om den ska räknas.",
}
"""Why an income is in no row, but for those of a later application."""
_WHOLE_HOUSEHOLD = frozenset({*_BARN, *_HYRA, 29})
"""Rules whose finding is about every row that they judge; of the others only that about the row's own kind is."""
_FRAN_ANSOKAN = "Ansökan"


class Forklaradslag(StrEnum):
    """Where a row belongs; the last two are in no sum."""

    NORM = "norm"
    KOSTNAD = "kostnad"
    INKOMST = "inkomst"
    FOR_SIG = "prövas för sig"
    RAKNAS_INTE = "räknas inte"


class Forklaradrad(Fakta):
    """One amount. `raknat` is what counts of it, rounded from `orundat`; None where it is in no sum.

    `ansokt` is what was applied for or stated, None where nothing was. `vem` says who it is in the household, never by
    name. `regler` judged it, `hindrade` are those of them that stood in its way. `last` says when the source was read,
    came in, or from when it holds.
    """

    slag: Forklaradslag
    vad: str
    vem: str = ""
    ansokt: Decimal | None = None
    raknat: Decimal | None = None
    orundat: Decimal | None = None
    notering: str = ""
    kalla: str
    last: str
    regler: tuple[int, ...]
    hindrade: tuple[int, ...] = ()
    lagrum: str


def forklarade_rader(lage: Lage, forslag: Forslag) -> Iterator[Forklaradrad]:
    """The rows of the calculation in its order, then what is decided apart and what does not count."""
    calculation = forslag.berakning
    if calculation is not None:
        yield from _of_calculation(lage, forslag, calculation)
    for row in forslag.sidorader:
        yield Forklaradrad(
            slag=Forklaradslag.FOR_SIG,
            vad=row.benamning,
            ansokt=row.belopp,
            notering="Ingår inte i beräkningen. En handläggare beslutar om den för sig.",
            kalla=_FRAN_ANSOKAN,
            last=_came_in(lage),
            regler=_FOR_SIG,
            lagrum=_law(lage, 36),
        )
    if calculation is not None:
        yield from _not_counted(lage)


def _of_calculation(lage: Lage, forslag: Forslag, calculation: Berakning) -> Iterator[Forklaradrad]:
    table = lage.regelverk.norm_for(lage.manad)
    holds = f"gäller från {table.valid_from}" if table and table.namn == calculation.norm_namn else ""
    for row in (*calculation.norm, *calculation.kostnader, *calculation.inkomster):
        rules = _rules(lage, row)
        yield Forklaradrad(
            slag=Forklaradslag(row.slag.value),
            vad=row.etikett,
            vem=lage.kallas(row.person) if row.person else "",
            ansokt=row.ansokt,
            raknat=row.belopp,
            orundat=row.orundat,
            notering=row.notering,
            kalla=row.kalla,
            last=holds if row.slag is Radslag.NORM else _when(lage, row.tidpunkt),
            regler=rules,
            hindrade=tuple(_stood_in_the_way(forslag, row, rules)),
            lagrum=row.lagrum,
        )


def _rules(lage: Lage, row: Rad) -> tuple[int, ...]:
    if row.slag is Radslag.NORM:
        return _BARN if row.typ.startswith("Barn") else _NORM
    if row.slag is Radslag.KOSTNAD:
        if row.lagrum == LAGRUM_I_OVRIGT:
            return _FOR_SIG
        return _HYRA if row.typ == HYRA else _KOSTNAD
    if row.typ == OVERSKOTT:
        return _REGELBUNDEN
    rule = lage.kommun.inkomstslag.get(row.typ)
    if rule is not None and rule.arbetsinkomst:
        return _LON
    return (*_FORMAN, 27) if row.typ == _STUDIESTOD else _FORMAN


def _stood_in_the_way(forslag: Forslag, row: Rad, rules: Iterable[int]) -> Iterator[int]:
    for one in forslag.regler:
        if one.nummer in rules and one.hindrar and (one.nummer in _WHOLE_HOUSEHOLD or row.typ in one.text):
            yield one.nummer


def _not_counted(lage: Lage) -> Iterator[Forklaradrad]:
    """Incomes that one may look for in the calculation in vain."""
    for post in lage.barns_loner:
        yield Forklaradrad(
            slag=Forklaradslag.RAKNAS_INTE,
            vad=f"{post.slag}, {post.manad.name}",
            vem=lage.kallas(post.person),
            ansokt=post.belopp,
            notering=_WHY[Varfor.BARNS_LON],
            kalla=post.kalla,
            last=_when(lage, post.tidpunkt),
            regler=_BARNS_LON,
            lagrum=_law(lage, 30),
        )
    for one in lage.ej_raknade:
        rules, paid = _JUDGED.get(one.varfor, _REGELBUNDEN), one.betalning
        yield Forklaradrad(
            slag=Forklaradslag.RAKNAS_INTE,
            vad=f"{one.slag}, utbetald {one.datum}",
            vem=lage.kallas(one.person),
            ansokt=one.belopp,
            notering=_WHY.get(one.varfor) or _later(lage, one.manad),
            kalla=paid.om.lasning.kalla if paid else _FRAN_ANSOKAN,
            last=tid(paid.om.lasning.tidpunkt) if paid else _came_in(lage),
            regler=rules,
            lagrum=_law(lage, rules[0]),
        )


def _later(lage: Lage, month: Manad) -> str:
    covers = lage.kommun.inkomstmanad.tillhor is Tillhor.PERIOD
    return f"{'Avser' if covers else 'Utbetald i'} {month.name} och räknas i en senare ansökan."


def _law(lage: Lage, number: int) -> str:
    return lage.regelverk.regelbok.regler[number].lagrum


def _when(lage: Lage, read: datetime | None) -> str:
    return tid(read) if read is not None else _came_in(lage)


def _came_in(lage: Lage) -> str:
    return f"{lage.ansokan.inkommen:%Y-%m-%d %H:%M}"
