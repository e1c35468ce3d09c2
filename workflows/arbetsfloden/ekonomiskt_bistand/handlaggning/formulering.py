"""The texts of one proposal: the decision's motivation, the journal notes and messages, from the approved templates."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from arbetsfloden.ekonomiskt_bistand.begrepp.belopp import kronor
from arbetsfloden.ekonomiskt_bistand.begrepp.dag import i_ord, svensk_dag
from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.berakning.berakning import LAGRUM_JOBBSTIMULANS, Berakning, Rad
from arbetsfloden.ekonomiskt_bistand.beslut.beslut import Forslag, Forslagsslag
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan
from arbetsfloden.ekonomiskt_bistand.portaler.registrering import Utbetalningspost
from arbetsfloden.ekonomiskt_bistand.regelverk.delegation import AVSLAG, BIFALL, DELVIS_BIFALL
from arbetsfloden.ekonomiskt_bistand.regelverk.i_ovrigt import LAGRUM_I_OVRIGT
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.regelverk.texter import Mall, Texter, lines
from arbetsfloden.ekonomiskt_bistand.register.underlag import Underlag
from arbetsfloden.ekonomiskt_bistand.regler.rader import INGET_BARN_HAR_LON
from arbetsfloden.ekonomiskt_bistand.regler.regel import HOR_FORST, Regelutfall, egna_ord


def beslutstext(
    forslag: Forslag,
    ansokan: Ansokan,
    regelverk: Regelverk,
    beslutsfattare: str | None = None,
    yttrande: str = "",
    bedomning: str = "",
    utbetalningar: Sequence[Utbetalningspost] = (),
) -> str:
    """The motivation of a decision: amount, rows, provision and how to appeal (32 and 33 §§ FL).

    `beslutsfattare` is the person who approved, when a person did; default the delegation's automated function.
    `yttrande` is the sentence that tells how the applicant was heard, `bedomning` that person's own assessment; each is
    a paragraph, and leaves no trace where it is empty. `utbetalningar` are the payments as they will be registered.
    Raises ValueError for a proposal without a calculation, and for one that stops.
    """
    mall = {
        BIFALL: regelverk.texter.beslut_bifall,
        DELVIS_BIFALL: regelverk.texter.beslut_delvis_bifall,
        AVSLAG: regelverk.texter.beslut_avslag,
    }[forslag.beslutstyp]
    values = {
        **_values(forslag, ansokan, regelverk, beslutsfattare),
        "aldersband": _age_bands(forslag, regelverk),
        "undantag": _disregarded(forslag, regelverk),
        "overklaga": _appeal(forslag, ansokan, regelverk),
        "automatiserat": "" if beslutsfattare else _by_the_robot(forslag, regelverk),
        "radrum": _notice(forslag, regelverk),
        "for_sig": _apart(forslag, regelverk),
        "i_ovrigt": _besides(forslag, regelverk),
        "medsokande": _for_both(forslag, ansokan, regelverk),
        "utbetalning": _payments(forslag, ansokan, regelverk, utbetalningar),
        "yttrande": yttrande,
        "bedomning": f"Handläggarens bedömning: {bedomning.strip()}" if bedomning.strip() else "",
    }
    return regelverk.texter.fill(mall, values)


_LET_KNOW = "{underrattelse}"
"""Stands in the note until the applicant has been let know of the decision: only then is the day known."""


def journalanteckning(
    forslag: Forslag,
    ansokan: Ansokan,
    regelverk: Regelverk,
    beslutsfattare: str | None = None,
    yttrande: str = "",
    bedomning: str = "",
    kallor: str = "",
    barnens_situation: str = "",
) -> tuple[str, str]:
    """Heading and text of the journal note (14 kap. SoL) for a decision, by the robot or by `beslutsfattare`.

    `yttrande` is the sentence for case workers, with the answer; `kallor` what was read and when: see `lasta_kallor`.
    `barnens_situation` is what whoever approved says of the children, told after their assessment. How the applicant
    was let know is told once they have been: see `med_underrattelse`.
    Raises ValueError as `beslutstext` does.
    """
    values = {
        **_values(forslag, ansokan, regelverk, beslutsfattare),
        "skal": _skal(forslag, hord=bool(yttrande)) or "Ingen regel hindrade bifall.",
        "kallor": kallor,
        "underrattelse": _LET_KNOW,
        "yttrande": yttrande,
        "bedomning": " ".join(
            f"{heading}: {words.strip()}"
            for heading, words in (("Bedömning", bedomning), ("Barnens situation", barnens_situation))
            if words.strip()
        ),
    }
    texter = regelverk.texter
    mall = texter.journal_godkant if beslutsfattare else texter.journal_bifall
    return texter.fill(texter.journal_rubrik, values), texter.fill(mall, values)


def _skal(forslag: Forslag, *, hord: bool) -> str:
    """The reasons; that somebody is to be heard first is left out once they are."""
    told = " ".join(forslag.skal)
    return told.replace(f" {HOR_FORST}", "") if hord else told


def lasta_kallor(underlag: Underlag) -> str:
    """Which registers and systems the facts were read from, and on which day the oldest was, in a sentence."""
    registers = dict.fromkeys(one.register.namn for one in underlag.registersvar if one.ar_kontrollerbart)
    systems = ["Folkbokföringen"] if underlag.folkbokforing else []
    systems += ["verksamhetssystemet"] if underlag.arende else []
    read = [*underlag.folkbokforing, *((underlag.arende,) if underlag.arende else ()), *underlag.registersvar]
    if not read:
        return ""
    oldest = min(one.lasning.tidpunkt for one in read)
    return f"Läst: {', '.join((*systems, *registers))}. Den äldsta uppgiften lästes den {i_ord(svensk_dag(oldest))}."


def underrattelse(texter: Texter, manad: Manad, dag: date, beslut: str) -> str:
    """The message that lets the applicant know of the decision `beslut` made on `dag` (33 § FL)."""
    return texter.fill(texter.underrattelse, {"manad": manad.name, "dag": i_ord(dag), "beslut": beslut})


def underrattad(texter: Texter, manad: Manad, dag: date | None) -> str:
    """What the journal says of the applicant being let know of the decision: on `dag`, or None by a case worker."""
    if dag is None:
        return texter.fill(texter.journal_underrattas, {"manad": manad.name})
    return texter.fill(texter.journal_underrattad, {"manad": manad.name, "dag": i_ord(dag)})


def med_underrattelse(anteckning: str, underrattad: str) -> str:
    """The journal note with the sentence on how the applicant was let know; as it is where its text has no such."""
    return anteckning.replace(_LET_KNOW, underrattad)


def kommunicering(texter: Texter, ansokan: Ansokan, uppgifter: Iterable[str], sista_dag: date) -> str:
    """The message by which the applicants are heard before something adverse is decided (25 § FL)."""
    manad = {"manad": ansokan.manad.name}
    both = texter.fill(texter.kommunicering_medsokande, manad) if ansokan.medsokande else ""
    values = {**manad, "uppgifter": _listed(uppgifter), "medsokande": both, "sista_dag": i_ord(sista_dag)}
    return texter.fill(texter.kommunicering, values)


def anteckning_om_kommunicering(
    texter: Texter,
    ansokan: Ansokan,
    uppgifter: Iterable[str],
    sista_dag: date,
    godkand_av: str,
    medsokande: date | None = None,
) -> tuple[str, str]:
    """Heading and text of the journal note that tells what the applicants were told, and until when they may answer.

    `medsokande` is the day when the co-applicant was told, as `godkand_av` says.
    """
    manad = ansokan.manad.name
    own = {"manad": manad, "beslutsfattare": godkand_av, "dag": i_ord(medsokande) if medsokande else ""}
    values = {
        "manad": manad,
        "referens": ansokan.referens,
        "uppgifter": " ".join(uppgifter),
        "medsokande": texter.fill(texter.journal_kommunicering_medsokande, own) if medsokande else "",
        "sista_dag": i_ord(sista_dag),
        "beslutsfattare": godkand_av,
    }
    return texter.fill(texter.journal_kommunicering_rubrik, values), texter.fill(texter.journal_kommunicering, values)


def anteckning_om_komplettering(
    texter: Texter, ansokan: Ansokan, saknas: Iterable[str], dag: date, sista_dag: date, godkand_av: str
) -> tuple[str, str]:
    """Heading and text of the journal note that tells what the applicant was asked for, when, and until when.

    `godkand_av` is the person who approved the message, empty when the robot sent it by itself.
    """
    asked = {**_asked(ansokan, saknas, sista_dag), "dag": i_ord(dag)}
    asked["godkannande"] = f"Godkänt av {godkand_av}." if godkand_av else ""
    return texter.fill(texter.journal_komplettering_rubrik, asked), texter.fill(texter.journal_komplettering, asked)


def anteckning_om_paminnelse(
    texter: Texter, ansokan: Ansokan, saknas: Iterable[str], sista_dag: date
) -> tuple[str, str]:
    """Heading and text of the journal note that tells what the applicant was reminded of."""
    asked = _asked(ansokan, saknas, sista_dag)
    return texter.fill(texter.journal_paminnelse_rubrik, asked), texter.fill(texter.journal_paminnelse, asked)


def _asked(ansokan: Ansokan, saknas: Iterable[str], sista_dag: date) -> dict[str, str]:
    return {
        "manad": ansokan.manad.name,
        "referens": ansokan.referens,
        "saknas": " ".join(saknas),
        "sista_dag": i_ord(sista_dag),
    }


def komplettering(texter: Texter, mall: Mall, manad: Manad, saknas: Iterable[str], sista_dag: date) -> str:
    """The message that asks for what an application lacks, or reminds of it: `mall` is the text to use."""
    return texter.fill(mall, {"manad": manad.name, "saknas": _listed(saknas), "sista_dag": i_ord(sista_dag)})


def lagringsbar(quoted: str) -> str:
    """What somebody else has written, as far as the case system can store it."""
    return quoted.encode("cp1252", "replace").decode("cp1252")


def utgang(forslag: Forslag) -> str:
    """The decision in a few words: "Bifall med 3 590 kr", "Delvis bifall med 3 590 kr", "Avslag"."""
    if forslag.beslutstyp == AVSLAG:
        return "Avslag"
    kind = "Delvis bifall" if forslag.beslutstyp == DELVIS_BIFALL else "Bifall"
    return f"{kind} med {kronor(forslag.belopp)} kr" if forslag.belopp is not None else kind


def _values(forslag: Forslag, ansokan: Ansokan, regelverk: Regelverk, decision_maker: str | None) -> dict[str, Any]:
    calculation = forslag.berakning
    if calculation is None or forslag.slag is Forslagsslag.STOPP:
        raise ValueError("texten skrivs bara för ett beslut med en beräkning")
    entry = regelverk.beslutstyp(forslag.beslutstyp)
    return {
        "belopp": kronor(calculation.underskott),
        "behov": kronor(calculation.normsumma + calculation.kostnadssumma),
        "overskott": kronor(max(calculation.resultat, Decimal(0))),
        "utgang": utgang(forslag),
        **_common(forslag, regelverk),
        "beslutsfattare": decision_maker or forslag.beslutsfattare or "",
        "delegation": entry.delegation if entry else "",
        "referens": ansokan.referens,
        "regelverk": forslag.regelverk_version[:12],
        "lagrum": _provision(forslag, calculation),
        "nedsatt": _reduced(forslag, calculation, regelverk),
        **_rows(calculation, ansokan),
    }


def _common(forslag: Forslag, regelverk: Regelverk) -> dict[str, str]:
    return {"manad": forslag.manad.name, "kommun": regelverk.kommun.kommun}


def _appeal(forslag: Forslag, ansokan: Ansokan, regelverk: Regelverk) -> str:
    values = {**_common(forslag, regelverk), "referens": ansokan.referens}
    return regelverk.texter.fill(regelverk.texter.overklaga, values)


def _by_the_robot(forslag: Forslag, regelverk: Regelverk) -> str:
    return regelverk.texter.fill(regelverk.texter.beslut_automatiserat, _common(forslag, regelverk))


def _reduced(forslag: Forslag, calculation: Berakning, regelverk: Regelverk) -> str:
    """The costs that are not approved in full, under a heading of their own; nothing when there are none."""
    rows = "\n".join(
        f"{row.etikett}: du har sökt {kronor(row.ansokt or row.orundat)} kr och {kronor(row.belopp)} kr är godkänt"
        for row in calculation.nedsatta
    )
    values = {**_common(forslag, regelverk), "kostnader_nedsatta": rows}
    return regelverk.texter.fill(regelverk.texter.beslut_nedsatt, values) if rows else ""


def _notice(forslag: Forslag, regelverk: Regelverk) -> str:
    """What the applicant is told of a rent above the cap that still counts in full, or no longer does since the notice
    has run out; nothing when nobody knows of any notice.
    """
    radrum, texter = forslag.radrum, regelverk.texter
    if radrum is None or radrum.till is None or radrum.skaligt is None:
        return ""
    values = {
        **_common(forslag, regelverk),
        "radrum_till": radrum.till.name,
        "skalig_hyra": kronor(radrum.skaligt),
    }
    return texter.fill(texter.beslut_radrum if radrum.hela_hyran else texter.beslut_radrum_slut, values)


_AGE_BAND, _CHILDRENS_WAGES = 32, 30
"""Rules that the applicant is told of though they stand in nobody's way."""
_PARAGRAPH = re.compile(r"12 kap\. (\d+) §")


def _outcome(forslag: Forslag, number: int) -> Regelutfall | None:
    return next((one for one in forslag.regler if one.nummer == number), None)


def _has_childrens_wages(forslag: Forslag) -> bool:
    judged = _outcome(forslag, _CHILDRENS_WAGES)
    return judged is not None and INGET_BARN_HAR_LON not in judged.ingangar


def _provision(forslag: Forslag, calculation: Berakning) -> str:
    """The provisions that the rows rest on: "12 kap. 1, 7 och 8 §§". The right itself is always 1 §."""
    rows = (*calculation.norm, *calculation.kostnader, *calculation.inkomster)
    found = {int(match[1]) for row in rows if (match := _PARAGRAPH.match(row.lagrum))} | {1}
    *others, last = sorted(found | ({9} if _has_childrens_wages(forslag) else set()))
    return f"12 kap. {', '.join(map(str, others))} och {last} §§" if others else f"12 kap. {last} §"


def _age_bands(forslag: Forslag, regelverk: Regelverk) -> str:
    """What the applicant is told of a child in a new age band; nothing when there is none."""
    judged = _outcome(forslag, _AGE_BAND)
    told = egna_ord(judged).replace("\N{EN DASH}", "-") if judged is not None else ""
    told = re.sub(r"\bBarn (\d+)\b", r"Barnet som står som nummer \1 i ansökan", told)
    values = {**_common(forslag, regelverk), "barn_i_nytt_band": told}
    return regelverk.texter.fill(regelverk.texter.beslut_aldersband, values) if told else ""


def _disregarded(forslag: Forslag, regelverk: Regelverk) -> str:
    """What the applicant is told of income that is not counted, with its provision; nothing when all of it is."""
    texter, calculation, told = regelverk.texter, forslag.berakning, []
    if calculation and any(row.lagrum == LAGRUM_JOBBSTIMULANS for row in calculation.inkomster):
        percent = regelverk.lag.for_manad(calculation.manad).jobbstimulans_procent
        told = [texter.fill(texter.beslut_jobbstimulans, {**_common(forslag, regelverk), "procent": str(percent)})]
    if _has_childrens_wages(forslag):
        told += [texter.fill(texter.beslut_barns_lon, _common(forslag, regelverk))]
    return "\n".join(told)


def _listed(sentences: Iterable[str]) -> str:
    return "\n".join(f"- {sentence}" for sentence in sentences)


def _apart(forslag: Forslag, regelverk: Regelverk) -> str:
    """What the applicant is told of the costs that are decided apart; nothing when there are none."""
    rows = ", ".join(f"{rad.benamning.lower()} {kronor(rad.belopp)} kr" for rad in forslag.sidorader)
    values = {**_common(forslag, regelverk), "kostnader_for_sig": rows}
    return regelverk.texter.fill(regelverk.texter.beslut_for_sig, values) if rows else ""


def _besides(forslag: Forslag, regelverk: Regelverk) -> str:
    """What the applicant is told of the costs that count beside those of 12 kap. 7 §; nothing when there are none."""
    rows = forslag.berakning.kostnader if forslag.berakning else ()
    told = ", ".join(f"{row.etikett.lower()} {kronor(row.belopp)} kr" for row in rows if row.lagrum == LAGRUM_I_OVRIGT)
    values = {**_common(forslag, regelverk), "kostnader_i_ovrigt": told}
    return regelverk.texter.fill(regelverk.texter.beslut_i_ovrigt, values) if told else ""


def _for_both(forslag: Forslag, ansokan: Ansokan, regelverk: Regelverk) -> str:
    """What tells two who have applied together that the decision is for both; nothing when one has applied alone."""
    mall = regelverk.texter.beslut_medsokande
    return regelverk.texter.fill(mall, _common(forslag, regelverk)) if ansokan.medsokande else ""


def _payments(forslag: Forslag, ansokan: Ansokan, regelverk: Regelverk, payments: Sequence[Utbetalningspost]) -> str:
    """When and to whom the money is paid; nothing where nothing is. An account is never told, nor the applicant's name.

    Another payee is the landlord, by the name that the application has too: see `hyresvarden`.
    """
    if not payments:
        return ""
    own = sum((one.belopp for one in payments if one.mottagare == ansokan.sokande.namn), Decimal(0))
    others = [one for one in payments if one.mottagare != ansokan.sokande.namn]
    values = {**_common(forslag, regelverk), "dag": i_ord(payments[0].datum)}
    if not others:
        return regelverk.texter.fill(regelverk.texter.beslut_utbetalning, values)
    values["till_andra"] = " och ".join(f"{kronor(one.belopp)} kr till {one.mottagare}" for one in others)
    values["till_kontot"] = kronor(own)
    return regelverk.texter.fill(regelverk.texter.beslut_utbetalning_delad, values)


def _rows(calculation: Berakning, ansokan: Ansokan) -> dict[str, str]:
    return {
        "norm_namn": calculation.norm_namn,
        "inkomstmanad": calculation.inkomstmanad.name,
        "norm": lines(_shown(calculation.norm)),
        # Without notes: they are the case system's, and the decision has sentences of its own on notice and cuts.
        "kostnader": lines((row.etikett, kronor(row.belopp)) for row in calculation.kostnader),
        "inkomster": lines(_shown(calculation.inkomster, ansokan)),
        "normsumma": kronor(calculation.normsumma),
        "kostnadssumma": kronor(calculation.kostnadssumma),
        "inkomstsumma": kronor(calculation.inkomstsumma),
    }


def _shown(rows: Iterable[Rad], ansokan: Ansokan | None = None) -> Iterable[tuple[str, str]]:
    """Labels and amounts; with the application also whose each row is, where that may be another than the applicant."""
    for row in rows:
        whose = _whose(row, ansokan) if ansokan is not None else ""
        label = f"{row.etikett}, {whose}" if whose else row.etikett
        yield (f"{label} ({row.notering})" if row.notering else label), kronor(row.belopp)


def _whose(row: Rad, ansokan: Ansokan) -> str:
    alone = ansokan.medsokande is None and not ansokan.barn
    if alone or row.person is None:
        return ""
    if row.person == ansokan.sokande.personnummer:
        return "sökanden"
    if ansokan.medsokande is not None and row.person == ansokan.medsokande.personnummer:
        return "medsökanden"
    return next((f"barn {n}" for n, one in enumerate(ansokan.barn, 1) if one.personnummer == row.person), "")
