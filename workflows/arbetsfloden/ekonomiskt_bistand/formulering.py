"""The texts of one proposal: the decision's motivation and the journal note, from the approved templates."""

from collections.abc import Iterable

from arbetsfloden.ekonomiskt_bistand.ansokan import Ansokan
from arbetsfloden.ekonomiskt_bistand.belopp import kronor
from arbetsfloden.ekonomiskt_bistand.berakning import Berakning, Rad
from arbetsfloden.ekonomiskt_bistand.beslut import Forslag, Forslagsslag
from arbetsfloden.ekonomiskt_bistand.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.texter import lines


def beslutstext(forslag: Forslag, ansokan: Ansokan, regelverk: Regelverk, beslutsfattare: str | None = None) -> str:
    """The motivation of a grant: amount, rows, provision and how to appeal (32 and 33 §§ FL).

    `beslutsfattare` is the person who approved, when a person did; default the delegation's automated function.
    Raises ValueError for any proposal but a grant that has a calculation.
    """
    return regelverk.texter.fill(regelverk.texter.beslut_bifall, _values(forslag, ansokan, regelverk, beslutsfattare))


def journalanteckning(
    forslag: Forslag, ansokan: Ansokan, regelverk: Regelverk, beslutsfattare: str | None = None
) -> tuple[str, str]:
    """Heading and text of the journal note (14 kap. SoL) for a grant. Raises ValueError as `beslutstext` does."""
    values = _values(forslag, ansokan, regelverk, beslutsfattare)
    texter = regelverk.texter
    return texter.fill(texter.journal_rubrik, values), texter.fill(texter.journal_bifall, values)


def _values(forslag: Forslag, ansokan: Ansokan, regelverk: Regelverk, decision_maker: str | None) -> dict[str, str]:
    calculation = forslag.berakning
    if calculation is None or calculation.resultat >= 0 or forslag.slag is Forslagsslag.STOPP:
        raise ValueError("texten skrivs bara för ett bifall med en beräkning")
    entry = regelverk.beslutstyp(forslag.beslutstyp)
    return {
        "belopp": kronor(calculation.underskott),
        "manad": forslag.manad.name,
        "kommun": regelverk.kommun.kommun,
        "beslutsfattare": decision_maker or forslag.beslutsfattare or "",
        "delegation": entry.delegation if entry else "",
        "overklaga": regelverk.texter.overklaga.strip(),
        "referens": ansokan.referens,
        "regelverk": forslag.regelverk_version[:12],
        **_rows(calculation),
    }


def _rows(calculation: Berakning) -> dict[str, str]:
    return {
        "norm_namn": calculation.norm_namn,
        "inkomstmanad": calculation.inkomstmanad.name,
        "norm": lines(_shown(calculation.norm)),
        "kostnader": lines(_shown(calculation.kostnader)),
        "inkomster": lines(_shown(calculation.inkomster)),
        "normsumma": kronor(calculation.normsumma),
        "kostnadssumma": kronor(calculation.kostnadssumma),
        "inkomstsumma": kronor(calculation.inkomstsumma),
    }


def _shown(rows: Iterable[Rad]) -> Iterable[tuple[str, str]]:
    return ((f"{row.etikett} ({row.notering})" if row.notering else row.etikett, kronor(row.belopp)) for row in rows)
