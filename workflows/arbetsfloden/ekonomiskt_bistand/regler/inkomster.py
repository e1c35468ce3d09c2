"""Rules 13–19: the incomes, as the application, the registers and last month's calculation have them."""

from decimal import Decimal

from arbetsfloden.ekonomiskt_bistand.begrepp.belopp import hela_kronor, kronor
from arbetsfloden.ekonomiskt_bistand.berakning.berakning import OVERSKOTT, raknad_inkomst
from arbetsfloden.ekonomiskt_bistand.berakning.inkomster import Inkomstpost, Stamning
from arbetsfloden.ekonomiskt_bistand.regelverk.kommun import Overskott
from arbetsfloden.ekonomiskt_bistand.register.registersvar import Register
from arbetsfloden.ekonomiskt_bistand.register.rimlighet import visat_namn
from arbetsfloden.ekonomiskt_bistand.regler.lage import INKOMSTREGISTER, SHOW_INCOMES, Lage
from arbetsfloden.ekonomiskt_bistand.regler.regel import Regel, Svar, Utfall, svar, vantar
from arbetsfloden.ekonomiskt_bistand.regler.register import ej_anslutet


def ej_uppgiven_inkomst(lage: Lage) -> Svar:
    """Rule 13: a register shows an income that the applicant has not stated, or another amount.

    The amount is in the proposed calculation; the applicant is heard before anything adverse is decided (25 § FL).
    """
    if not lage.inkomster_kanda:
        return vantar(lage.vantar_pa(*INKOMSTREGISTER))
    findings = [
        f"{post.slag} {kronor(post.belopp)} kr enligt {_register(post)} är inte uppgiven av {lage.kallas(post.person)} "
        f"för {post.manad.name}{_stated_otherwise(lage, post)}. Kommunicera innan beslut."
        for post in lage.poster
        if post.stamning is Stamning.EJ_UPPGIVEN
    ]
    findings += [
        f"{post.slag} är {kronor(post.belopp)} kr enligt {_register(post)} men "
        f"{kronor(post.uppgivet or Decimal(0))} kr i ansökan. Kommunicera innan beslut."
        for post in lage.poster
        if post.stamning is Stamning.AVVIKER
    ]
    for register in SHOW_INCOMES:
        findings += ej_anslutet(lage, register)
    return svar(Utfall.OVERLAMNA, findings, *lage.visade_poster, tidpunkt=lage.last(*SHOW_INCOMES))


def _register(post: Inkomstpost) -> str:
    return post.myndighet.namn if post.myndighet else "registret"


def _stated_otherwise(lage: Lage, post: Inkomstpost) -> str:
    stated = any(one.person == post.person and one.slag == post.slag for one in lage.ansokan.inkomster)
    return ", men finns i ansökan med en annan dag eller period" if stated else ""


def inkomst_saknas_i_register(lage: Lage) -> Svar:
    """Rule 14: a stated benefit is absent from the registers that pay it."""
    if not lage.inkomster_kanda:
        return vantar(lage.vantar_pa(*INKOMSTREGISTER))
    findings = [
        f"{post.slag} {kronor(post.belopp)} kr finns i ansökan men inte hos {_payers(lage, post)}"
        f"{_paid_otherwise(lage, post)}."
        for post in lage.poster
        if post.stamning is Stamning.EJ_I_REGISTRET
    ]
    return svar(Utfall.OVERLAMNA, findings, *lage.visade_poster, tidpunkt=lage.last(*SHOW_INCOMES))


def _payers(lage: Lage, post: Inkomstpost) -> str:
    return " eller ".join(register.namn for register in lage.kommun.former(post.slag)) or "myndigheten"


def _paid_otherwise(lage: Lage, post: Inkomstpost) -> str:
    irregular = any(
        one.om.person == post.person and one.om.slag == post.slag and one.retroaktiv for one in lage.registrerade
    )
    return " som vanlig utbetalning, bara som retroaktiv" if irregular else ""


def inkomst_avviker(lage: Lage) -> Svar:
    """Rule 15: one income differs from the same income last month by more than the municipality's limit.

    Wages are compared as they were paid out: that jobbstimulans begins or ends is no change of income.
    """
    if not lage.inkomster_kanda:
        return vantar(lage.vantar_pa(*INKOMSTREGISTER))
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
        if row.slag == OVERSKOTT:
            continue  # what was left of the month before is no income that goes on
        key = (row.slag, lage.kallas(row.person) if by_person and row.person else "")
        rule = lage.kommun.inkomstslag.get(row.slag)
        wage = by_person and rule is not None and rule.arbetsinkomst
        before[key] = before.get(key, Decimal(0)) + (lage.lon_fore_stimulans(row) if wage else row.belopp)
    limit = lage.kommun.inkomstavvikelse_procent
    findings = [
        f"{visat_namn(kind)} är {kronor(new)} kr, förra månaden {kronor(hela_kronor(old))} kr: skiljer mer än {limit} "
        "procent."
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
    """Rule 16: an income of a kind that is not on the municipality's list, or that the list leaves to a person."""
    kinds = {income.slag for income in lage.ansokan.inkomster} | {one.om.slag for one in lage.nyligen_betalda}
    unknown = sorted(kinds - set(lage.kommun.inkomstslag))
    if not unknown and not lage.inkomster_kanda:
        return vantar(lage.vantar_pa(*INKOMSTREGISTER))
    findings = [
        f"Inkomsten {visat_namn(kind)} står inte på listan över inkomster som roboten får räkna." for kind in unknown
    ]
    shown = ", ".join(sorted(kinds)) or "inga inkomster"
    return svar(Utfall.OVERLAMNA, findings, shown, tidpunkt=lage.last(*SHOW_INCOMES))


def regelbunden_inkomst(lage: Lage) -> Svar:
    """Rule 17: regular incomes on which application and register agree are deducted; irregular ones go to a person."""
    if not lage.inkomster_kanda:
        return vantar(lage.vantar_pa(*INKOMSTREGISTER))
    month = lage.inkomstmanad
    known_from = month.first.replace(day=lage.kommun.inkomster_kanda_fran_dag)
    findings = [] if lage.today >= known_from else [f"Inkomsterna för {month.name} är inte kända ännu."]
    for payment in lage.nyligen_betalda:
        if not payment.gar_ihop:
            findings.append(
                f"{payment.om.forman} {payment.datum}: beloppen hos {payment.om.register.namn} går inte ihop."
            )
        if not payment.regelbunden and not payment.retroaktiv:
            findings.append(f"{payment.om.forman} {payment.datum}: utbetalningen är inte en vanlig utbetalning.")
    findings += [
        f"{post.slag} för {post.manad.name}: det går inte att se om den räknades förra månaden."
        for post in lage.poster
        if post.oklart
    ]
    findings += _surplus_last_month(lage)
    deducted = Utfall.DRA_AV if lage.poster else Utfall.UTESLUTEN
    last = lage.last(*SHOW_INCOMES)
    return svar(Utfall.OVERLAMNA, findings, *lage.visade_poster, tidpunkt=last, annars=deducted)


def _surplus_last_month(lage: Lage) -> list[str]:
    # More income changes nothing where there is no deficit to grant.
    covered = lage.berakning is not None and lage.berakning.resultat >= 0
    left = lage.tidigare.resultat if lage.tidigare else Decimal(0)
    settled = left is not None and (left <= 0 or lage.kommun.overskott_forra_manaden is not Overskott.HANDLAGGARE)
    if covered or settled:
        return []
    return ["Förra månadens beräkning gav överskott; bedöm om det ska räknas."]


def retroaktiv_utbetalning(lage: Lage) -> Svar:
    """Rule 18: a retroactive payment (type 3) since M−2 that last month's calculation did not count."""
    if lage.formaner is None:
        return vantar(lage.vantar_pa(*INKOMSTREGISTER))
    counted = {(row.datum, row.belopp) for row in lage.tidigare.inkomster} if lage.tidigare else set()
    findings = [
        f"Retroaktiv utbetalning från {one.om.register.namn}: {one.om.forman} {kronor(one.belopp)} kr den {one.datum}."
        for one in lage.nyligen_betalda
        if one.retroaktiv and (one.datum, one.belopp) not in counted
    ]
    shown = f"{len(lage.nyligen_betalda)} utbetalningar"
    return svar(Utfall.OVERLAMNA, findings, shown, tidpunkt=lage.last(Register.FK, Register.PM))


def avdrag_hos_myndighet(lage: Lage) -> Svar:
    """Rule 19: the agency has made a deduction that the municipality has not listed for that income."""
    if not lage.inkomster_kanda:
        return vantar(lage.vantar_pa(*INKOMSTREGISTER))
    findings = []
    for payment in lage.nyligen_betalda:
        rule = lage.kommun.inkomstslag.get(payment.om.slag)
        allowed = rule.tillatna_avdrag if rule else ()
        findings += [
            f"{payment.om.register.namn} har dragit {kronor(row.belopp)} kr ({row.kod or 'utan kod'}) på "
            f"{payment.om.forman} den {payment.datum}."
            for row in payment.avdrag
            if row.kod not in allowed and row.belopp != 0
        ]
    shown = f"{len(lage.nyligen_betalda)} utbetalningar"
    return svar(Utfall.OVERLAMNA, findings, shown, tidpunkt=lage.last(*SHOW_INCOMES))


INKOMSTER = (
    Regel(13, ej_uppgiven_inkomst),
    Regel(14, inkomst_saknas_i_register),
    Regel(15, inkomst_avviker),
    Regel(16, otillaten_inkomst),
    Regel(17, regelbunden_inkomst),
    Regel(18, retroaktiv_utbetalning),
    Regel(19, avdrag_hos_myndighet),
)
