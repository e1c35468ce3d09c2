"""Rules 11–26: what the registers, the plan and the calculation's incomes prove."""

from collections.abc import Sequence
from decimal import Decimal

from arbetsfloden.ekonomiskt_bistand.belopp import hela_kronor, kronor
from arbetsfloden.ekonomiskt_bistand.berakning import raknad_inkomst
from arbetsfloden.ekonomiskt_bistand.inkomster import Inkomstpost, Stamning
from arbetsfloden.ekonomiskt_bistand.kommun import EjAnslutet
from arbetsfloden.ekonomiskt_bistand.regler.lage import Lage
from arbetsfloden.ekonomiskt_bistand.regler.regel import Regel, Svar, Utfall, svar, vantar
from arbetsfloden.ekonomiskt_bistand.underlag import AfSvar, FkSvar, FkUtbetalning, Svarsstatus, Utbetalningstyp

_FK = "Försäkringskassan"
_AF = "Arbetsförmedlingen"
_OBEHORIG = "OBEHORIG"
_STAMNING = {
    Stamning.STAMMER: "stämmer med registret",
    Stamning.AVVIKER: "annat belopp i registret",
    Stamning.EJ_UPPGIVEN: "inte uppgiven",
    Stamning.EJ_I_REGISTRET: "finns inte i registret",
    Stamning.ENBART_ANSOKAN: "enligt ansökan",
}
_KNOWN_REPORTS = ("200", "500", "501", "502")


def ej_anslutet(lage: Lage, register: EjAnslutet) -> list[str]:
    """A finding when nothing is accepted instead of a register that is not connected."""
    if register.holds and register.in_force(lage.today):
        return []
    return [f"{register.namn} kan inte kontrolleras av roboten."]


def register_svarar_inte(lage: Lage) -> Svar:
    """Rule 11: a register is in error, unavailable or of unknown status. Never the same as no income."""
    findings = []
    questions: list[tuple[str, str, FkSvar | AfSvar | None]] = [
        *((_FK, lage.kallas(person), lage.underlag.fk_for(person)) for person in lage.fk_personer),
        *((_AF, lage.kallas(person), lage.underlag.af_for(person)) for person in lage.af_personer),
    ]
    for register, who, answer in questions:
        if answer is None or answer.status is Svarsstatus.EJ_KONTROLLERBART or answer.kallstatus != "OK":
            if not (isinstance(answer, FkSvar) and _OBEHORIG in answer.avvikelser):
                findings.append(f"{register} har inte svarat för {who}.")
        elif isinstance(answer, FkSvar) and set(answer.avvikelser) - {_OBEHORIG}:
            findings.append(f"{register} svarar med fel för {who}.")
    times = [answer.lasning.tidpunkt for _, _, answer in questions if answer is not None]
    return svar(Utfall.VANTA, findings, f"{len(questions)} frågor", tidpunkt=min(times, default=None))


def obehorig(lage: Lage) -> Svar:
    """Rule 12: the agency says that the municipality may not ask. Handed over, and IT is told."""
    findings = [
        f"{_FK} svarar att kommunen inte får fråga om {lage.kallas(answer.person)}. Larma IT."
        for answer in lage.underlag.fk
        if _OBEHORIG in answer.avvikelser
    ]
    if not findings and lage.fk is None:
        return vantar(_FK)
    return svar(Utfall.OVERLAMNA, findings, "behörighet finns" if not findings else _OBEHORIG, tidpunkt=lage.fk_last)


def ej_uppgiven_inkomst(lage: Lage) -> Svar:
    """Rule 13: the register shows an income that the applicant has not stated, or another amount."""
    if lage.fk is None:
        return vantar(_FK)
    findings = [
        f"{post.slag} {kronor(post.belopp)} kr enligt {_FK} är inte uppgiven av {lage.kallas(post.person)} för "
        f"{post.manad.name}{_stated_otherwise(lage, post)}. Kommunicera innan beslut."
        for post in lage.poster
        if post.stamning is Stamning.EJ_UPPGIVEN
    ]
    findings += [
        f"{post.slag} är {kronor(post.belopp)} kr enligt {_FK} men {kronor(post.uppgivet or Decimal(0))} kr i ansökan. "
        "Kommunicera innan beslut."
        for post in lage.poster
        if post.stamning is Stamning.AVVIKER
    ]
    findings += ej_anslutet(lage, lage.regelverk.register.pm)
    return svar(Utfall.OVERLAMNA, findings, *_shown(lage.poster), tidpunkt=lage.fk_last)


def _stated_otherwise(lage: Lage, post: Inkomstpost) -> str:
    stated = any(one.person == post.person and one.slag == post.slag for one in lage.ansokan.inkomster)
    return ", men finns i ansökan med en annan dag eller period" if stated else ""


def _paid_otherwise(lage: Lage, post: Inkomstpost) -> str:
    answer = lage.underlag.fk_for(post.person)
    irregular = answer is not None and any(
        (lage.kommun.slag_for_fk(one.forman) or one.forman) == post.slag and one.typ == Utbetalningstyp.RETROAKTIV
        for one in answer.utbetalningar
    )
    return " som vanlig utbetalning, bara som retroaktiv" if irregular else ""


def inkomst_saknas_i_register(lage: Lage) -> Svar:
    """Rule 14: a stated benefit is absent from the register."""
    if lage.fk is None:
        return vantar(_FK)
    findings = [
        f"{post.slag} {kronor(post.belopp)} kr finns i ansökan men inte hos {_FK}{_paid_otherwise(lage, post)}."
        for post in lage.poster
        if post.stamning is Stamning.EJ_I_REGISTRET
    ]
    return svar(Utfall.OVERLAMNA, findings, *_shown(lage.poster), tidpunkt=lage.fk_last)


def inkomst_avviker(lage: Lage) -> Svar:
    """Rule 15: one income differs from the same income last month by more than the municipality's limit.

    Wages are compared as they were paid out: that jobbstimulans begins or ends is no change of income.
    """
    if lage.fk is None:
        return vantar(_FK)
    if lage.tidigare is None:
        return Svar(Utfall.OVERLAMNA, ("Inkomsterna kan inte jämföras med förra månadens.",))
    now: dict[tuple[str, str], Decimal] = {}
    before: dict[tuple[str, str], Decimal] = {}
    by_person = all(row.person is not None for row in lage.tidigare.inkomster)
    for post in lage.poster:
        key = (post.slag, lage.kallas(post.person) if by_person else "")
        amount = post.belopp if by_person else raknad_inkomst(post, lage.kommun, lage.stimulans)
        now[key] = now.get(key, Decimal(0)) + hela_kronor(amount)
    for row in lage.tidigare.inkomster:
        key = (row.slag, lage.kallas(row.person) if by_person and row.person else "")
        rule = lage.kommun.inkomstslag.get(row.slag)
        wage = by_person and rule is not None and rule.arbetsinkomst
        before[key] = before.get(key, Decimal(0)) + (lage.lon_fore_stimulans(row) if wage else row.belopp)
    limit = lage.kommun.inkomstavvikelse_procent
    findings = [
        f"{kind} är {kronor(new)} kr, förra månaden {kronor(hela_kronor(old))} kr: skiljer mer än {limit} procent."
        for (kind, _), new, old in (
            (key, now.get(key, Decimal(0)), before.get(key, Decimal(0))) for key in dict.fromkeys([*now, *before])
        )
        if abs(new - old) * 100 > limit * old
    ]
    return svar(
        Utfall.OVERLAMNA,
        findings,
        f"gräns {limit} procent",
        f"{len(now)} inkomster mot {len(before)} förra månaden",
        tidpunkt=lage.arende_last,
    )


def otillaten_inkomst(lage: Lage) -> Svar:
    """Rule 16: an income of a kind that is not on the municipality's list."""
    kinds = {income.slag for income in lage.ansokan.inkomster} | {
        lage.kommun.slag_for_fk(payment.forman) or payment.forman for payment in _recent(lage)
    }
    unknown = sorted(kinds - set(lage.kommun.inkomstslag))
    if not unknown and lage.fk is None:
        return vantar(_FK)
    findings = [f"Inkomsten {kind} står inte på listan över inkomster som roboten får räkna." for kind in unknown]
    return svar(Utfall.OVERLAMNA, findings, ", ".join(sorted(kinds)) or "inga inkomster", tidpunkt=lage.fk_last)


def regelbunden_inkomst(lage: Lage) -> Svar:
    """Rule 17: regular incomes on which application and register agree are deducted; irregular ones go to a person."""
    if lage.fk is None:
        return vantar(_FK)
    month = lage.manad.minus(1)
    known_from = month.first.replace(day=lage.kommun.inkomster_kanda_fran_dag)
    findings = [] if lage.today >= known_from else [f"Inkomsterna för {month.name} är inte kända ännu."]
    for payment in _recent(lage):
        if payment.brutto - payment.skatt - sum(row.belopp for row in payment.avdrag) != payment.netto:
            findings.append(f"{payment.forman} {payment.datum}: beloppen hos {_FK} går inte ihop.")
        regular = (Utbetalningstyp.MANADSVIS, Utbetalningstyp.DAGERSATTNING, Utbetalningstyp.RETROAKTIV)
        if payment.typ not in regular:
            findings.append(f"{payment.forman} {payment.datum}: utbetalningen är inte en vanlig utbetalning.")
    findings += [
        f"{post.slag} för {post.manad.name}: det går inte att se om den räknades förra månaden."
        for post in lage.poster
        if post.oklart
    ]
    # More income changes nothing where there is no deficit to grant.
    covered = lage.berakning is not None and lage.berakning.resultat >= 0
    if lage.tidigare is not None and not covered and (lage.tidigare.resultat is None or lage.tidigare.resultat > 0):
        findings.append("Förra månadens beräkning gav överskott; bedöm om det ska räknas.")
    deducted = Utfall.DRA_AV if lage.poster else Utfall.UTESLUTEN
    return svar(Utfall.OVERLAMNA, findings, *_shown(lage.poster), tidpunkt=lage.fk_last, annars=deducted)


def retroaktiv_utbetalning(lage: Lage) -> Svar:
    """Rule 18: a retroactive payment (type 3) since M−2 that last month's calculation did not count."""
    if lage.fk is None:
        return vantar(_FK)
    counted = {(row.datum, row.belopp) for row in lage.tidigare.inkomster} if lage.tidigare else set()
    findings = [
        f"Retroaktiv utbetalning från {_FK}: {payment.forman} {kronor(payment.netto)} kr den {payment.datum}."
        for payment in _recent(lage)
        if payment.typ == Utbetalningstyp.RETROAKTIV and (payment.datum, payment.netto) not in counted
    ]
    return svar(Utfall.OVERLAMNA, findings, f"{len(_recent(lage))} utbetalningar", tidpunkt=lage.fk_last)


def avdrag_hos_myndighet(lage: Lage) -> Svar:
    """Rule 19: the agency has made a deduction that the municipality has not listed for that income."""
    if lage.fk is None:
        return vantar(_FK)
    findings = []
    for payment in _recent(lage):
        rule = lage.kommun.inkomstslag.get(lage.kommun.slag_for_fk(payment.forman) or "")
        allowed = rule.tillatna_avdrag if rule else ()
        findings += [
            f"{_FK} har dragit {kronor(row.belopp)} kr ({row.kod}) på {payment.forman} den {payment.datum}."
            for row in payment.avdrag
            if row.kod not in allowed and row.belopp != 0
        ]
    return svar(Utfall.OVERLAMNA, findings, f"{len(_recent(lage))} utbetalningar", tidpunkt=lage.fk_last)


def vantande_ersattning(lage: Lage) -> Svar:
    """Rule 20: somebody waits for a benefit decision, so aid may have to be an advance (förskott)."""
    findings = ["Sökanden väntar på besked om en ersättning."] if lage.ansokan.vantar_pa_ersattning else []
    findings += [
        f"{_FK} har ett oavgjort ärende om {matter.forman}."
        for answer in lage.underlag.fk
        for matter in answer.vantande
    ]
    findings += ej_anslutet(lage, lage.regelverk.register.so) + ej_anslutet(lage, lage.regelverk.register.csn)
    if not findings and lage.fk is None:
        return vantar(_FK)
    return svar(Utfall.OVERLAMNA, findings, "ansökan: Nej", "FK: inga oavgjorda ärenden", tidpunkt=lage.fk_last)


def avstangd_fran_akassa(lage: Lage) -> Svar:
    """Rule 21: somebody has a-kassa or is suspended from it."""
    findings = ["Sökanden uppger ersättning från eller avstängning hos a-kassa."] if lage.ansokan.akassa else []
    findings += ej_anslutet(lage, lage.regelverk.register.so)
    return svar(Utfall.OVERLAMNA, findings, "ansökan: Ja" if lage.ansokan.akassa else "ansökan: Nej")


def ej_arbetssokande(lage: Lage) -> Svar:
    """Rule 22: an adult is not registered, or is de-registered, as a job seeker."""
    if lage.af is None:
        return vantar(_AF)
    findings = []
    for answer in lage.af:
        who = lage.kallas(answer.person).capitalize()
        if answer.avaktualiserad is not None:
            findings.append(f"{who} är avaktualiserad hos {_AF} sedan {answer.avaktualiserad}.")
        elif not answer.arbetssokande:
            findings.append(f"{who} är inte inskriven hos {_AF}.")
    return svar(Utfall.OVERLAMNA, findings, f"{len(lage.af)} vuxna inskrivna", tidpunkt=lage.af_last)


def aktivitetsrapport(lage: Lage) -> Svar:
    """Rule 23: the last activity report is missing or not submitted (hand over), or in error (wait)."""
    if lage.af is None:
        return vantar(_AF)
    reports = {lage.kallas(answer.person): answer.aktivitetsrapport for answer in lage.af if answer.arbetssokande}
    findings = [
        f"Aktivitetsrapport saknas hos {_AF} för {who}." for who, code in reports.items() if code in ("500", "501")
    ]
    findings += [
        f"{_AF} lämnar ingen känd uppgift om aktivitetsrapport för {who}."
        for who, code in reports.items()
        if code not in _KNOWN_REPORTS
    ]
    if not findings and "502" in reports.values():
        return Svar(Utfall.VANTA, (f"{_AF} kan inte visa aktivitetsrapporten just nu.",), ("502",), lage.af_last)
    return svar(Utfall.OVERLAMNA, findings, *(f"{who}: {code}" for who, code in reports.items()), tidpunkt=lage.af_last)


def ingen_planering(lage: Lage) -> Svar:
    """Rule 24: there is no active plan with the labour-market unit today."""
    plan = lage.arende.planering if lage.arende else None
    active = plan is not None and plan.aktiv and (plan.till is None or plan.till >= lage.today)
    shown = "ingen planering" if plan is None else f"planering till {plan.till}"
    return svar(
        Utfall.OVERLAMNA,
        [] if active else ["Det finns ingen aktiv planering hos arbetsmarknadsenheten."],
        shown,
        tidpunkt=lage.arende_last,
    )


def lag_narvaro(lage: Lage) -> Svar:
    """Rule 25: activity hours below the requirement. Attendance is not connected: configuration says what stands in."""
    return svar(Utfall.OVERLAMNA, ej_anslutet(lage, lage.regelverk.register.narvaro), "planeringen godtas")


def sjukskrivning_slut(lage: Lage) -> Svar:
    """Rule 26: a sick benefit of last month's calculation is not there any more."""
    if lage.fk is None:
        return vantar(_FK)
    sick = {kind for kind, rule in lage.kommun.inkomstslag.items() if rule.sjukforman}
    before = {row.slag for row in lage.tidigare.inkomster} & sick if lage.tidigare else set()
    ended = sorted(before - {post.slag for post in lage.poster})
    findings = [f"{kind} fanns förra månaden men inte nu: sjukskrivningen kan ha upphört." for kind in ended]
    return svar(
        Utfall.OVERLAMNA, findings, ", ".join(sorted(before)) or "ingen sjukförmån förra månaden", tidpunkt=lage.fk_last
    )


def _recent(lage: Lage) -> list[FkUtbetalning]:
    """Payments made since M−2, or that cover M−1."""
    first, income_month = lage.manad.minus(2).first, lage.manad.minus(1)
    return [
        payment
        for answer in lage.underlag.fk
        for payment in answer.utbetalningar
        if payment.datum >= first or (payment.period_till is not None and payment.period_till >= income_month.first)
    ]


def _shown(posts: Sequence[Inkomstpost]) -> list[str]:
    return [f"{post.slag} {kronor(post.belopp)} kr: {_STAMNING[post.stamning]}" for post in posts] or ["inga inkomster"]


BEVIS = (
    Regel(11, "Registren svarar", "FK, AF", "23 § FL", register_svarar_inte),
    Regel(12, "Behörighet hos myndighet", "FK", "15 kap. 10 § SoL", obehorig),
    Regel(13, "Inkomst i register som inte uppgetts", "FK, ansökan", "25 § FL", ej_uppgiven_inkomst),
    Regel(14, "Uppgiven förmån saknas i register", "FK, ansökan", "12 kap. 1 § SoL", inkomst_saknas_i_register),
    Regel(15, "Inkomst avviker från förra månaden", "Beräkning", "kommunens riktlinjer", inkomst_avviker),
    Regel(16, "Inkomstslag utanför listan", "FK, ansökan", "kommunens riktlinjer", otillaten_inkomst),
    Regel(17, "Regelbunden inkomst", "FK, ansökan", "12 kap. 1 § SoL", regelbunden_inkomst),
    Regel(18, "Retroaktiv utbetalning", "FK", "33 kap. 2 § SoL", retroaktiv_utbetalning),
    Regel(19, "Avdrag hos myndighet", "FK", "12 kap. 1 § SoL", avdrag_hos_myndighet),
    Regel(20, "Väntande ersättning", "FK, ansökan", "33 kap. 2 § SoL", vantande_ersattning),
    Regel(21, "Avstängd från a-kassa", "Ansökan", "12 kap. 3 § SoL", avstangd_fran_akassa),
    Regel(22, "Inskriven hos Arbetsförmedlingen", "AF", "12 kap. 3 § SoL", ej_arbetssokande),
    Regel(23, "Aktivitetsrapport", "AF", "12 kap. 3 § SoL", aktivitetsrapport),
    Regel(24, "Aktiv planering", "Verksamhetssystem", "12 kap. 3-6 §§ SoL", ingen_planering),
    Regel(25, "Närvaro i aktivitet", "Planering", "12 kap. 4-6 §§ SoL", lag_narvaro),
    Regel(26, "Sjukskrivning som upphört", "FK, beräkning", "12 kap. 3 § SoL", sjukskrivning_slut),
)
