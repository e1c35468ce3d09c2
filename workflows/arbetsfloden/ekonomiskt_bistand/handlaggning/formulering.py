"""The texts of one proposal: the decision's motivation, the journal notes and messages, from the approved templates."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from arbetsfloden.ekonomiskt_bistand.begrepp.belopp import kronor
from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.berakning.berakning import Berakning, Rad
from arbetsfloden.ekonomiskt_bistand.berakning.radrum import Radrumslage
from arbetsfloden.ekonomiskt_bistand.beslut.beslut import Forslag, Forslagsslag
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan
from arbetsfloden.ekonomiskt_bistand.regelverk.delegation import AVSLAG, BIFALL, DELVIS_BIFALL
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.regelverk.texter import Mall, Texter, lines


def beslutstext(
    forslag: Forslag, ansokan: Ansokan, regelverk: Regelverk, beslutsfattare: str | None = None, yttrande: str = ""
) -> str:
    """The motivation of a decision: amount, rows, provision and how to appeal (32 and 33 §§ FL).

    `beslutsfattare` is the person who approved, when a person did; default the delegation's automated function.
    `yttrande` is the sentence that tells how the applicant was heard.
    Raises ValueError for a proposal without a calculation, and for one that stops.
    """
    mall = {
        BIFALL: regelverk.texter.beslut_bifall,
        DELVIS_BIFALL: regelverk.texter.beslut_delvis_bifall,
        AVSLAG: regelverk.texter.beslut_avslag,
    }[forslag.beslutstyp]
    return regelverk.texter.fill(mall, _values(forslag, ansokan, regelverk, beslutsfattare, yttrande))


def journalanteckning(
    forslag: Forslag, ansokan: Ansokan, regelverk: Regelverk, beslutsfattare: str | None = None, yttrande: str = ""
) -> tuple[str, str]:
    """Heading and text of the journal note (14 kap. SoL) for a decision, by the robot or by `beslutsfattare`.

    Raises ValueError as `beslutstext` does.
    """
    values = _values(forslag, ansokan, regelverk, beslutsfattare, yttrande)
    texter = regelverk.texter
    mall = texter.journal_godkant if beslutsfattare else texter.journal_bifall
    return texter.fill(texter.journal_rubrik, values), texter.fill(mall, values)


def kommunicering(texter: Texter, manad: Manad, uppgifter: Iterable[str], sista_dag: date) -> str:
    """The message by which the applicant is heard before something adverse is decided (25 § FL)."""
    return texter.fill(
        texter.kommunicering, {"manad": manad.name, "uppgifter": _listed(uppgifter), "sista_dag": sista_dag.isoformat()}
    )


def anteckning_om_kommunicering(
    texter: Texter, ansokan: Ansokan, uppgifter: Iterable[str], sista_dag: date, godkand_av: str
) -> tuple[str, str]:
    """Heading and text of the journal note that tells what the applicant was told, and until when they may answer."""
    values = {
        "manad": ansokan.manad.name,
        "referens": ansokan.referens,
        "uppgifter": " ".join(uppgifter),
        "sista_dag": sista_dag.isoformat(),
        "beslutsfattare": godkand_av,
    }
    return texter.fill(texter.journal_kommunicering_rubrik, values), texter.fill(texter.journal_kommunicering, values)


def komplettering(texter: Texter, mall: Mall, manad: Manad, saknas: Iterable[str], sista_dag: date) -> str:
    """The message that asks for what an application lacks, or reminds of it: `mall` is the text to use."""
    return texter.fill(mall, {"manad": manad.name, "saknas": _listed(saknas), "sista_dag": sista_dag.isoformat()})


def utgang(forslag: Forslag) -> str:
    """The decision in a few words: "Bifall med 3 590 kr", "Delvis bifall med 3 590 kr", "Avslag"."""
    if forslag.beslutstyp == AVSLAG:
        return "Avslag"
    kind = "Delvis bifall" if forslag.beslutstyp == DELVIS_BIFALL else "Bifall"
    return f"{kind} med {kronor(forslag.belopp)} kr" if forslag.belopp is not None else kind


def _values(
    forslag: Forslag, ansokan: Ansokan, regelverk: Regelverk, decision_maker: str | None, heard: str
) -> dict[str, Any]:
    calculation = forslag.berakning
    if calculation is None or forslag.slag is Forslagsslag.STOPP:
        raise ValueError("texten skrivs bara för ett beslut med en beräkning")
    entry = regelverk.beslutstyp(forslag.beslutstyp)
    return {
        "belopp": kronor(calculation.underskott),
        "overskott": kronor(max(calculation.resultat, Decimal(0))),
        "utgang": utgang(forslag),
        "manad": forslag.manad.name,
        "kommun": regelverk.kommun.kommun,
        "beslutsfattare": decision_maker or forslag.beslutsfattare or "",
        "delegation": entry.delegation if entry else "",
        "overklaga": regelverk.texter.overklaga.strip(),
        "referens": ansokan.referens,
        "regelverk": forslag.regelverk_version[:12],
        "skal": " ".join(forslag.skal) or "Alla regler är uppfyllda.",
        "yttrande": heard,
        "nedsatt": _reduced(calculation),
        "radrum": _notice(forslag, regelverk),
        "for_sig": _apart(forslag, regelverk),
        **_rows(calculation),
    }


def _reduced(calculation: Berakning) -> str:
    """The costs that are not approved in full, one a line."""
    return "\n".join(
        f"{row.etikett}: du har sökt {kronor(row.ansokt or row.orundat)} kr och {kronor(row.belopp)} kr är godkänt"
        for row in calculation.nedsatta
    )


def _notice(forslag: Forslag, regelverk: Regelverk) -> str:
    """What the applicant is told of a rent above the cap that still counts in full; nothing when there is none."""
    radrum = forslag.radrum
    if radrum is None or radrum.till is None or radrum.lage not in (Radrumslage.FORSTA_MANADEN, Radrumslage.PAGAR):
        return ""
    return regelverk.texter.fill(regelverk.texter.beslut_radrum, {"radrum_till": radrum.till.name})


def _listed(sentences: Iterable[str]) -> str:
    return "\n".join(f"- {sentence}" for sentence in sentences)


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
