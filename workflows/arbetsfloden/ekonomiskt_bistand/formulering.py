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
    """Heading and text of the journal note (14 kap. SoL) for a grant, by the robot or by `beslutsfattare`.

    Raises ValueError as `beslutstext` does.
    """
    values = _values(forslag, ansokan, regelverk, beslutsfattare)
    texter = regelverk.texter
    mall = texter.journal_godkant if beslutsfattare else texter.journal_bifall
    return texter.fill(texter.journal_rubrik, values), texter.fill(mall, values)


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
        "skal": " ".join(forslag.skal) or "Alla regler är uppfyllda.",
        "for_sig": _apart(forslag, regelverk),
        **_rows(calculation),
    }


def _apart(forslag: Forslag, regelverk: Regelverk) -> str:
    """What the applicant is told of the costs that are decided apart; nothing when there are none."""
    rows = ", ".join(f"{rad.benamning.lower()} {kronor(rad.belopp)} kr" for rad in forslag.sidorader)
    return regelverk.texter.fill(regelverk.texter.beslut_for_sig, {"kostnader_for_sig": rows}) if rows else ""


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
