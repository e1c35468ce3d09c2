"""Which costs beside 12 kap. 7 § SoL count without a person: of a listed kind, within its limit, and as last month."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from arbetsfloden.ekonomiskt_bistand.begrepp.belopp import hela_kronor, kronor
from arbetsfloden.ekonomiskt_bistand.berakning.sidorader import Sidorad, sidorad
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Kostnad
from arbetsfloden.ekonomiskt_bistand.regelverk.i_ovrigt import KostnadIOvrigt
from arbetsfloden.ekonomiskt_bistand.register.underlag import TidigareBerakning


class IOvrigt(NamedTuple):
    """The kinds that count, each with what the case system calls it; and why the other listed ones do not."""

    raknas: Mapping[str, str]
    hindras: Mapping[str, str]


def i_ovrigt(
    costs: Sequence[Kostnad], tidigare: TidigareBerakning | None, listade: Mapping[str, KostnadIOvrigt]
) -> IOvrigt:
    """Judge the costs of each listed kind together."""
    counted, hindered = {}, {}
    for kind, rule in listade.items():
        rows = [row for row in costs if row.slag == kind]
        if rows and (why := _why_not(kind, rows, costs, tidigare, rule)):
            hindered[kind] = why
        elif rows:
            counted[kind] = rule.rad or kind
    return IOvrigt(counted, hindered)


def sidorader(costs: Sequence[Kostnad], skaliga: Mapping[str, Decimal], judged: IOvrigt) -> Iterator[Sidorad]:
    """The costs that neither a reasonable amount is set for nor count as they are."""
    for row in costs:
        if row.slag not in skaliga and row.slag not in judged.raknas:
            yield sidorad(row, costs, judged.hindras.get(row.slag, ""))


def i_hela_kronor(rows: Iterable[Kostnad]) -> Decimal:
    """The rows together, each in whole kronor as it is granted."""
    return sum([hela_kronor(row.belopp) for row in rows], Decimal(0))


def _why_not(
    kind: str,
    rows: Sequence[Kostnad],
    costs: Sequence[Kostnad],
    tidigare: TidigareBerakning | None,
    rule: KostnadIOvrigt,
) -> str:
    """Why a person decides the costs of a listed kind; empty when they count."""
    amount = i_hela_kronor(rows)
    if any(sidorad(row, costs).bradska is not None for row in rows):
        return "Den kan vara en skuld."
    if amount > rule.belopp_hogst:
        return f"{kind} {kronor(amount)} kr är över kommunens gräns {kronor(rule.belopp_hogst)} kr."
    before = tidigare.kostnader if tidigare else ()
    approved = [row.godkant for row in before if rule.ar_raden(kind, row.slag, row.notering)]
    if not any(approved):
        return f"{kind} godkändes inte i förra månadens beräkning."
    if amount != sum(approved, Decimal(0)):
        return f"I förra månadens beräkning godkändes {kronor(sum(approved, Decimal(0)))} kr."
    return ""
