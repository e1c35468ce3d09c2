"""What would have had to differ for another outcome; of a grant, the nearest limits.

Figures are told only where deciding again on other facts confirms them, see `provning.py`.
"""

from collections.abc import Iterator
from decimal import Decimal

from arbetsfloden.ekonomiskt_bistand.begrepp.belopp import kronor
from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Fakta
from arbetsfloden.ekonomiskt_bistand.berakning.berakning import HYRA
from arbetsfloden.ekonomiskt_bistand.beslut.beslut import Forslagsslag
from arbetsfloden.ekonomiskt_bistand.forklaring.antaganden import (
    Antagande,
    alla,
    inkomsten_ar,
    inkomsterna_hogre,
    kostnaden_ar,
)
from arbetsfloden.ekonomiskt_bistand.forklaring.hypoteser import HYPOTESER, godtaget_spann, jamforda
from arbetsfloden.ekonomiskt_bistand.forklaring.provning import Hypotes, Provning
from arbetsfloden.ekonomiskt_bistand.regler import Regelutfall, Utfall
from medarbetare.engine import Mode

_KRONA = Decimal(1)
_NEAREST = 3
_INCOME_DIFFERS, _RENT, _COST, _NO_DEFICIT = 15, 34, 35, 42


class Villkor(Fakta):
    """What one rule asks for (`kravs`), and what that would have meant in this case (`har`)."""

    regel: int
    namn: str
    kravs: str
    har: tuple[str, ...] = ()


class Utredning(Fakta):
    """What each rule that stood in the way asks for, and what would have become of the case if all of it had been so.

    `tillsammans` is empty where that is not for the rules to say. `vantar` are the rules that cannot be judged yet.
    """

    villkor: tuple[Villkor, ...]
    tillsammans: str = ""
    vantar: tuple[int, ...] = ()


def utred(provning: Provning) -> Utredning:
    """Every rule that stood in the way, in order; the nearest limits where none did."""
    if provning.forslag.slag is Forslagsslag.BIFALL:
        return Utredning(villkor=tuple(_limits(provning)) if provning.gar_att_prova else ())
    book = provning.regelverk.regelbok.regler
    can_try, found, assumed = provning.gar_att_prova, [], []
    hindering = [one for one in provning.forslag.regler if one.hindrar]
    for rule in hindering:
        if _only_waits(rule):
            continue
        claims = [one for one in _claims(provning, rule.nummer) if provning.haller(rule.nummer, one)] if can_try else []
        text = book[rule.nummer]
        told = tuple(one.text for one in claims if one.text)
        found.append(Villkor(regel=rule.nummer, namn=text.namn, kravs=text.vad_kravs, har=told))
        assumed += claims
    return Utredning(
        villkor=tuple(found),
        tillsammans=_together(provning, assumed),
        vantar=tuple(one.nummer for one in hindering if _only_waits(one)),
    )


def _only_waits(rule: Regelutfall) -> bool:
    """Whether a rule could not be judged because a register has not answered: rule 11 tells which."""
    return rule.utfall is Utfall.VANTA and not rule.text


def _claims(provning: Provning, nummer: int) -> Iterator[Hypotes]:
    return HYPOTESER[nummer](provning.lage) if nummer in HYPOTESER else iter(())


def _together(provning: Provning, claims: list[Hypotes]) -> str:
    """What would have become of the case under every claim, where that is a grant and nothing else was changed."""
    if not claims or not all(one.hela for one in claims):
        return ""
    tried = provning.om(alla(one.antagande for one in claims))
    if tried.slag is not Forslagsslag.BIFALL:
        return ""
    assumed = "Med de belopp som nämns här" if any(one.text for one in claims) else "Hade det varit så"
    who = "roboten själv ha beviljat" if tried.mode is Mode.AUTOMATISK else "förslaget ha varit att bevilja"
    return f"{assumed} skulle {who} {kronor(tried.belopp or Decimal(0))} kr."


# --- The nearest limits of a grant ---------------------------------------------------------------------------------


class _Grans(Fakta):
    """A limit of a grant and how near it is, as a share of the amount that it limits."""

    regel: int
    marginal: Decimal
    text: str


def _limits(provning: Provning) -> Iterator[Villkor]:
    """The nearest limits, nearest first, each on both sides of which has been decided."""
    limits = [*_most_income(provning), *_income_spans(provning), *_highest_costs(provning)]
    nearest = sorted(limits, key=lambda limit: limit.marginal)[:_NEAREST]
    for number in dict.fromkeys(one.regel for one in nearest):
        text = provning.regelverk.regelbok.regler[number]
        told = tuple(one.text for one in nearest if one.regel == number)
        yield Villkor(regel=number, namn=text.namn, kravs=text.vad_kravs, har=told)


def _most_income(provning: Provning) -> Iterator[_Grans]:
    calculation = provning.lage.berakning
    if calculation is None:
        return
    granted, incomes = calculation.underskott, calculation.inkomstsumma
    inside, outside = (provning.om(inkomsterna_hogre(provning.lage, more)) for more in (granted - _KRONA, granted))
    if (inside.belopp, outside.belopp) == (_KRONA, Decimal(0)):
        text = (
            f"Om inkomsterna hade varit minst {kronor(granted)} kr högre, alltså {kronor(incomes + granted)} kr eller "
            "mer, hade det inte funnits något underskott att bevilja."
        )
        yield _Grans(regel=_NO_DEFICIT, marginal=granted / (incomes + granted), text=text)


def _income_spans(provning: Provning) -> Iterator[_Grans]:
    lage = provning.lage
    for post, before in jamforda(lage):
        low, high = godtaget_spann(before, lage.kommun.inkomstavvikelse_procent)
        inside = [inkomsten_ar(post, amount, lage.kommun) for amount in (low, high)]
        outside = [inkomsten_ar(post, amount, lage.kommun) for amount in (low - _KRONA, high + _KRONA)]
        if not post.belopp or not _bounds(provning, _INCOME_DIFFERS, inside, outside):
            continue
        margin = min(post.belopp - low, high - post.belopp) / post.belopp
        text = (
            f"{post.slag} {kronor(post.belopp)} kr jämförs med förra månadens {kronor(before)} kr. "
            f"Mellan {kronor(low)} och {kronor(high)} kr prövar roboten den själv, annars en handläggare."
        )
        yield _Grans(regel=_INCOME_DIFFERS, marginal=margin, text=text)


def _highest_costs(provning: Provning) -> Iterator[_Grans]:
    lage = provning.lage
    for kind, highest in lage.skaliga.items():
        rows = [row.belopp for row in lage.ansokan.kostnader if row.slag == kind]
        number = _RENT if kind == HYRA else _COST
        inside, outside = (kostnaden_ar(lage, kind, amount) for amount in (highest, highest + _KRONA))
        if len(rows) != 1 or not highest or not _bounds(provning, number, [inside], [outside]):
            continue
        text = f"{kind} {kronor(rows[0])} kr: i det här hushållet godtas högst {kronor(highest)} kr."
        yield _Grans(regel=number, marginal=(highest - rows[0]) / highest, text=text)


def _bounds(provning: Provning, nummer: int, inside: list[Antagande], outside: list[Antagande]) -> bool:
    """Whether the rule stands in the way outside and not inside."""

    def hinders(assumed: Antagande) -> bool:
        return any(one.nummer == nummer and one.hindrar for one in provning.om(assumed).regler)

    return all(map(hinders, outside)) and not any(map(hinders, inside))
