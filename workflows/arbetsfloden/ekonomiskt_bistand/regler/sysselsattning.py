"""Rules 20–26: what somebody waits for or has lost, whether they look for work, the plan and how it is followed."""

from collections.abc import Iterator
from datetime import date

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Svarsstatus
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.berakning.inkomster import Stamning
from arbetsfloden.ekonomiskt_bistand.regelverk.anslutning import NARVARO
from arbetsfloden.ekonomiskt_bistand.regelverk.kommun import PlaneringGaller
from arbetsfloden.ekonomiskt_bistand.register.registersvar import INKOMSTREGISTER, AfSvar, Register, SoSvar
from arbetsfloden.ekonomiskt_bistand.register.rimlighet import AKTIVITETSRAPPORTER, visat_namn
from arbetsfloden.ekonomiskt_bistand.regler.lage import Lage
from arbetsfloden.ekonomiskt_bistand.regler.regel import Regel, Svar, Utfall, svar, vantar
from arbetsfloden.ekonomiskt_bistand.regler.register import ej_anslutet

_INITIERAD = "INITIERAD"


def vantande_ersattning(lage: Lage) -> Svar:
    """Rule 20: somebody waits for a benefit decision, so aid may have to be an advance (förskott)."""
    findings = ["Sökanden väntar på besked om en ersättning."] if lage.ansokan.vantar_pa_ersattning else []
    findings += [
        f"{answer.register.namn} har ett oavgjort ärende om {visat_namn(matter.forman)} för "
        f"{lage.kallas(answer.person)}."
        for answer in (*lage.underlag.fk, *lage.underlag.pm)
        for matter in answer.vantande
    ]
    findings += [
        f"{one.register.namn} har en ansökan om ersättning från {lage.kallas(one.person)} som inte är avgjord."
        for one in lage.underlag.so
        if one.ansokt is not None
    ]
    findings += [
        f"CSN har ett oavgjort ärende om {visat_namn(case.typ)} för {lage.kallas(one.person)}."
        for one in lage.underlag.csn
        for case in one.arenden
        if case.lage == _INITIERAD
    ]
    findings += ej_anslutet(lage, Register.SO) + ej_anslutet(lage, Register.CSN)
    if not findings and not lage.inkomster_kanda:
        return vantar(lage.vantar_pa(*INKOMSTREGISTER))
    last = lage.inkomster_last
    return svar(Utfall.OVERLAMNA, findings, "ansökan: Nej", "registren: inga oavgjorda ärenden", tidpunkt=last)


def avstangd_fran_akassa(lage: Lage) -> Svar:
    """Rule 21: somebody is suspended from the a-kassa, now or last month.

    Where the a-kassor are not connected, the application's own yes is enough to hand over.
    """
    answers = lage.svar(SoSvar)
    if answers is None:
        return vantar(Register.SO.namn)
    since = lage.forra_manaden.first
    findings = [
        f"{lage.kallas(one.person).capitalize()} är avstängd från a-kassan från {ban.fran}"
        f"{f' till {ban.till}' if ban.till else ' tills vidare'}."
        for one in answers
        for ban in one.avstangningar
        if ban.fran <= lage.manad.last and (ban.till is None or ban.till >= since)
    ]
    asked = lage.regelverk.anslutningar.so.ansluten
    known = [one for one in answers if one.utbetalningar or one.avstangningar or one.ansokt]
    if lage.ansokan.akassa and not findings and not known:
        findings.append(
            "Sökanden uppger ersättning från eller avstängning hos a-kassa"
            + (", men a-kassorna har inga uppgifter." if asked else ".")
        )
    findings += ej_anslutet(lage, Register.SO)
    shown = "ansökan: Ja" if lage.ansokan.akassa else "ansökan: Nej"
    return svar(Utfall.OVERLAMNA, findings, shown, f"{len(answers)} svar", tidpunkt=lage.last(Register.SO))


def ej_arbetssokande(lage: Lage) -> Svar:
    """Rule 22: an adult who is expected to look for work is not registered as a job seeker, or de-registered.

    Not expected is who has, this month and last, an income for which the municipality says so (sickness, leave), or
    who has reached the age of pension: their right to one is judged instead.
    """
    answers = lage.svar(AfSvar)
    if answers is None:
        return vantar(Register.AF.namn)
    findings = [one for one in (_not_registered(lage, answer) for answer in answers) if one]
    looking = len([answer for answer in answers if answer.arbetssokande])
    shown = f"{looking} av {len(answers)} vuxna inskrivna"
    return svar(Utfall.OVERLAMNA, findings, shown, tidpunkt=lage.last(Register.AF))


def _not_registered(lage: Lage, answer: AfSvar) -> str:
    """What to say of somebody who is not registered. Empty: they are, or are not expected to be."""
    who = lage.kallas(answer.person).capitalize()
    if not answer.arbetssokande and (lage.alder(answer.person) or 0) >= lage.lag.riktalder:
        # An income outside the list, as every pension, is a person's by rule 16.
        handed_over = any(
            post.person == answer.person and post.slag not in lage.kommun.inkomstslag for post in lage.poster
        )
        told = "har nått riktåldern för pension men har ingen: pröva rätten till pension och äldreförsörjningsstöd."
        return "" if handed_over else f"{who} {told}"
    if answer.ar_avaktualiserad:
        return f"{who} är avaktualiserad hos Arbetsförmedlingen sedan {answer.avaktualiserad}."
    if answer.arbetssokande or _need_not_look(lage, answer.person):
        return ""
    if answer.arbetssokande is None and answer.status is Svarsstatus.SVAR:
        return f"Arbetsförmedlingen lämnar ingen uppgift om {who.lower()} är inskriven som arbetssökande."
    return f"{who} är inte inskriven hos Arbetsförmedlingen."


def _need_not_look(lage: Lage, person: Personnummer) -> bool:
    kinds = {kind for kind, rule in lage.kommun.inkomstslag.items() if rule.ej_arbetssokande}
    now = {post.slag for post in lage.poster if post.person == person and post.stamning is Stamning.STAMMER}
    rows = lage.tidigare.inkomster if lage.tidigare else ()
    before = {row.slag for row in rows if row.person == person}
    return bool(kinds & now & before)


def aktivitetsrapport(lage: Lage) -> Svar:
    """Rule 23: the last activity report is missing or not submitted (hand over), or in error (wait).

    So is a late decision of Arbetsförmedlingen handed over, be it a warning or a suspension from benefit.
    """
    answers = lage.svar(AfSvar)
    if answers is None:
        return vantar(Register.AF.namn)
    reports = {lage.kallas(answer.person): answer.aktivitetsrapport for answer in answers if answer.arbetssokande}
    findings = [
        f"Aktivitetsrapport saknas hos Arbetsförmedlingen för {lage.kallas(answer.person)}."
        for answer in answers
        if answer.aktivitetsrapport in ("500", "501") and (answer.arbetssokande or answer.avaktualiserad)
    ]
    findings += [
        f"Arbetsförmedlingen lämnar ingen känd uppgift om aktivitetsrapport för {who}."
        for who, code in reports.items()
        if code not in AKTIVITETSRAPPORTER
    ]
    findings += [one for answer in answers for one in _decided(lage, answer)]
    last = lage.last(Register.AF)
    if not findings and "502" in reports.values():
        return Svar(Utfall.VANTA, ("Arbetsförmedlingen kan inte visa aktivitetsrapporten just nu.",), ("502",), last)
    return svar(Utfall.OVERLAMNA, findings, *(f"{who}: {code}" for who, code in reports.items()), tidpunkt=last)


def _decided(lage: Lage, answer: AfSvar) -> Iterator[str]:
    """A sentence for each decision that is not old. Its words, which begin with the day, stand among the answers.

    One that is only the name of an income that counts is the grant of it (SSBTEK v10, EkonomiskaBeslut).
    """
    since = lage.manad.minus(lage.kommun.af_beslut_manader).first
    for text in dict.fromkeys(answer.beslut):
        day, granted = _first_day_of(text), text.partition(" ")[2] in lage.kommun.inkomstslag
        if day is None or (day >= since and not granted):
            when = f" {day}" if day else ""
            who = lage.kallas(answer.person)
            yield f"Arbetsförmedlingen har fattat ett beslut om {who}{when}: läs det och pröva vad det betyder."


def _first_day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None


def ingen_planering(lage: Lage) -> Svar:
    """Rule 24: there is no active plan with the labour-market unit today, or none that is known to be for both."""
    plan = lage.arende.planering if lage.arende else None
    active = plan is not None and plan.aktiv and (plan.till is None or plan.till >= lage.today)
    findings = [] if active else ["Det finns ingen aktiv planering hos arbetsmarknadsenheten."]
    if active and lage.ansokan.medsokande and lage.kommun.planering_galler is PlaneringGaller.SOKANDEN:
        findings.append("Ärendet visar sökandens planering: se efter om medsökanden har en.")
    shown = "ingen planering" if plan is None else f"planering till {plan.till}"
    return svar(Utfall.OVERLAMNA, findings, shown, tidpunkt=lage.arende_last)


def lag_narvaro(lage: Lage) -> Svar:
    """Rule 25: attendance and valid absence were less than the municipality's share of the planned hours, in the last
    month that is over.

    A case without hours has nothing planned there, the plan itself is rule 24; but hours that have ceased are asked
    about.
    """
    connections = lage.regelverk.anslutningar
    if not connections.narvaro.ansluten:
        holds = connections.accepts(connections.narvaro, lage.today)
        return svar(
            Utfall.OVERLAMNA, [] if holds else [f"{NARVARO} kan inte kontrolleras av roboten."], "planeringen godtas"
        )
    over = lage.today > lage.forra_manaden.last
    month, least = lage.forra_manaden.minus(0 if over else 1), lage.kommun.narvaro_minst_procent
    hours = lage.arende.narvaro or () if lage.arende else ()
    rows = [row for row in hours if row.manad == month]
    findings = [
        f"Närvaro {row.narvaro} och giltig frånvaro {row.giltig_franvaro} av {row.planerat} planerade timmar i "
        f"{month.name}: mindre än {least} procent."
        for row in rows
        if (row.narvaro + row.giltig_franvaro) * 100 < least * row.planerat
    ]
    if not rows and any(row.manad == month.minus(1) and row.planerat for row in hours):
        findings.append(f"Timmar var planerade i {month.minus(1).name}, men inga visas för {month.name}.")
    if lage.arende is not None and lage.arende.narvaro is None:
        findings.append("Närvaron har inte lästs.")
    shown = f"{month.name}: {'timmar finns' if rows else 'inga planerade timmar'}"
    return svar(Utfall.OVERLAMNA, findings, shown, tidpunkt=lage.arende_last)


def sjukskrivning_slut(lage: Lage) -> Svar:
    """Rule 26: a sick benefit of last month's calculation is not there any more."""
    if not lage.inkomster_kanda:
        return vantar(lage.vantar_pa(*INKOMSTREGISTER))
    sick = lage.kommun.sjukformaner
    before = [row for row in lage.tidigare.inkomster if row.slag in sick] if lage.tidigare else []
    findings = [
        _sickness_over(lage, kind, person) for kind, person in dict.fromkeys((row.slag, row.person) for row in before)
    ]
    findings = [one for one in findings if one]
    shown = ", ".join(sorted({row.slag for row in before})) or "ingen sjukförmån förra månaden"
    return svar(Utfall.OVERLAMNA, findings, shown, tidpunkt=lage.last(Register.FK))


def _sickness_over(lage: Lage, kind: str, person: Personnummer | None) -> str:
    """What to say of a sick benefit that somebody, or the household, had last month. Empty: they have it still."""
    having = {post.person for post in lage.poster if post.slag == kind}
    if not having or (person is not None and person not in having):
        whose = f" för {lage.kallas(person)}" if person is not None else ""
        return f"{kind}{whose} fanns förra månaden men inte nu: sjukskrivningen kan ha upphört."
    if person is None and len(lage.ansokan.vuxna) > 1:
        return f"Det framgår inte vem som hade {kind.lower()} förra månaden: pröva om sjukskrivningen har upphört."
    return ""


SYSSELSATTNING = (
    Regel(20, vantande_ersattning),
    Regel(21, avstangd_fran_akassa),
    Regel(22, ej_arbetssokande),
    Regel(23, aktivitetsrapport),
    Regel(24, ingen_planering),
    Regel(25, lag_narvaro),
    Regel(26, sjukskrivning_slut),
)
