"""Rules 13–19: the incomes, as the application, the registers and last month's calculation have them."""

from collections.abc import Mapping
from decimal import Decimal

from arbetsfloden.ekonomiskt_bistand.begrepp.belopp import hela_kronor, kronor
from arbetsfloden.ekonomiskt_bistand.berakning.berakning import OVERSKOTT, raknad_inkomst
from arbetsfloden.ekonomiskt_bistand.berakning.ej_raknade import EjRaknad, Varfor
from arbetsfloden.ekonomiskt_bistand.berakning.inkomster import Inkomstpost, Stamning
from arbetsfloden.ekonomiskt_bistand.berakning.registerinkomster import Registerinkomst
from arbetsfloden.ekonomiskt_bistand.berakning.samma_pengar import SammaPengar
from arbetsfloden.ekonomiskt_bistand.berakning.tidigare_rader import rad_for_dagen, rader_for
from arbetsfloden.ekonomiskt_bistand.regelverk.kommun import Overskott
from arbetsfloden.ekonomiskt_bistand.register.registersvar import (
    INKOMSTREGISTER,
    SHOW_INCOMES,
    Register,
    Utbetalningstyp,
)
from arbetsfloden.ekonomiskt_bistand.register.rimlighet import visat_namn
from arbetsfloden.ekonomiskt_bistand.regler.lage import Lage
from arbetsfloden.ekonomiskt_bistand.regler.regel import HOR_FORST, Regel, Svar, Utfall, svar, vantar
from arbetsfloden.ekonomiskt_bistand.regler.register import ej_anslutet

_NOTHING = Decimal(0)


def ej_uppgiven_inkomst(lage: Lage) -> Svar:
    """Rule 13: a register shows an income that the applicant has not stated, or another amount.

    The amount is in the proposed calculation; the applicant is heard before anything adverse is decided (25 § FL).
    """
    if not lage.inkomster_kanda:
        return vantar(lage.vantar_pa(*INKOMSTREGISTER))
    findings = [
        f"{post.slag} {kronor(post.belopp)} kr enligt {_register(post)} uppger {lage.kallas(post.person)} inte "
        f"för {post.manad.name}{_stated_otherwise(lage, post)}. {HOR_FORST}"
        for post in lage.poster
        if post.stamning is Stamning.EJ_UPPGIVEN and post.belopp
    ]
    findings += [
        f"{post.slag} är {kronor(post.belopp)} kr enligt {_register(post)} men "
        f"{kronor(post.uppgivet or Decimal(0))} kr i ansökan.{_hear_first(post)}"
        for post in lage.poster
        if post.stamning is Stamning.AVVIKER
    ]
    findings += [
        f"{_uncounted(lage, one)} enligt {one.betalning.om.register.namn} uppger {lage.kallas(one.person)} inte. {_ASK}"
        for one in lage.ej_raknade
        if one.varfor is Varfor.UTREDS and one.betalning is not None and not one.uppgiven
    ]
    for register in SHOW_INCOMES:
        findings += ej_anslutet(lage, register)
    return svar(Utfall.OVERLAMNA, findings, *lage.visade_poster, tidpunkt=lage.inkomster_last)


def _hear_first(post: Inkomstpost) -> str:
    return f" {HOR_FORST}" if post.belopp > (post.uppgivet or _NOTHING) else ""


_ASK = "Beloppet räknas inte nu och syns inte i en tidigare beräkning på den som fick det. Pröva om det ska räknas."


def _uncounted(lage: Lage, one: EjRaknad) -> str:
    called = one.slag if one.betalning else lage.kommun.visat_slag(one.slag)
    return f"{called} {kronor(one.belopp)} kr, utbetald {one.datum} för {one.manad.name},"


def _register(post: Inkomstpost) -> str:
    return post.myndighet.namn if post.myndighet else "registret"


def _stated_otherwise(lage: Lage, post: Inkomstpost) -> str:
    stated = any(one.person == post.person and one.slag == post.slag for one in lage.raknad_ansokan.inkomster)
    return ", men finns i ansökan med en annan dag eller period" if stated else ""


def inkomst_saknas_i_register(lage: Lage) -> Svar:
    """Rule 14: a stated benefit is absent from the registers that pay it, or is paid to the other adult.

    What is paid for a child is the household's, whoever it is stated for: it counts once, for the one who is paid.
    """
    if not lage.inkomster_kanda:
        return vantar(lage.vantar_pa(*INKOMSTREGISTER))
    findings = [
        f"{post.slag} {kronor(post.belopp)} kr för {lage.kallas(post.person)} finns i ansökan men inte hos "
        f"{_payers(lage, post)}{_paid_otherwise(lage, post)}."
        for post in lage.poster
        if post.stamning is Stamning.EJ_I_REGISTRET and post.belopp
    ]
    findings += [
        f"{stated.slag} {kronor(stated.belopp)} kr står på {lage.kallas(stated.person)} i ansökan men betalas till "
        f"{lage.kallas(paid.person)} enligt {_register(paid)}: beloppet är med två gånger i beräkningen."
        for stated, paid in lage.pa_bada
    ]
    counted = {(post.person, post.slag, post.manad) for post in lage.poster}
    same = [one for one in lage.samma_pengar if (one.betald_till, one.slag, one.manad) in counted]
    findings += [_paid_to_another(lage, one) for one in same if not _concerns_child(lage, one)]
    seen = [_paid_to_another(lage, one) for one in same if _concerns_child(lage, one)]
    return svar(Utfall.OVERLAMNA, findings, *lage.visade_poster, *seen, tidpunkt=lage.inkomster_last)


def _paid_to_another(lage: Lage, one: SammaPengar) -> str:
    return (
        f"{one.slag} {kronor(one.belopp)} kr står på {lage.kallas(one.uppgiven_for)} i ansökan men betalas till "
        f"{lage.kallas(one.betald_till)} enligt {one.myndighet.namn}: räknas en gång, på den som får beloppet."
    )


def _concerns_child(lage: Lage, one: SammaPengar) -> bool:
    return any(child.personnummer in (one.uppgiven_for, one.betald_till) for child in lage.ansokan.barn)


def _payers(lage: Lage, post: Inkomstpost) -> str:
    return " eller ".join(register.namn for register in lage.kommun.former(post.slag)) or "myndigheten"


_OTHERWISE = {Utbetalningstyp.RETROAKTIV: "retroaktiv", Utbetalningstyp.PRESUMERAD: "presumerad"}


def _paid_otherwise(lage: Lage, post: Inkomstpost) -> str:
    kinds = {one.typ for one in lage.registrerade if one.om.person == post.person and one.om.slag == post.slag}
    told = " eller ".join(name for kind, name in _OTHERWISE.items() if kind in kinds)
    return f" som vanlig utbetalning, bara som {told}" if told else ""


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
    by_person = not [row for row in lage.tidigare.inkomster if row.person is None]
    for row in lage.tidigare.inkomster:
        if row.slag == OVERSKOTT:
            continue  # what was left of the month before is no income that goes on
        key = (row.slag, lage.kallas(row.person) if by_person and row.person else "")
        wage = by_person and row.slag in lage.kommun.arbetsinkomster
        before[key] = before.get(key, _NOTHING) + (lage.lon_fore_stimulans(row) if wage else row.belopp)
    for post in lage.poster:
        key = _as_before(lage, post.slag, lage.kallas(post.person) if by_person else "", before)
        amount = post.belopp if by_person else raknad_inkomst(post, lage.kommun, lage.stimulans, lage.lag)
        now[key] = now.get(key, _NOTHING) + hela_kronor(amount)
    limit, findings = lage.kommun.inkomstavvikelse_procent, []
    for key in dict.fromkeys([*now, *before]):
        new, old = now.get(key, _NOTHING), before.get(key, _NOTHING)
        if abs(new - old) * 100 > limit * old:
            findings.append(_changed(lage, key[0], key[1], new, hela_kronor(old)))
    return svar(
        Utfall.OVERLAMNA,
        findings,
        f"gräns {limit} procent",
        f"{len(now)} inkomster mot {len(before)} förra månaden",
        tidpunkt=lage.arende_last,
    )


def _as_before(lage: Lage, kind: str, who: str, before: Mapping[tuple[str, str], Decimal]) -> tuple[str, str]:
    """How last month's calculation names an income: one that its system has no word for stands there as another."""
    there = (lage.kommun.radtyp(kind), who)
    return there if there in before and (kind, who) not in before else (kind, who)


def _changed(lage: Lage, kind: str, who: str, new: Decimal, old: Decimal) -> str:
    in_register = kind in {post.slag for post in lage.poster if post.myndighet}
    called = visat_namn(kind) if in_register else lage.kommun.visat_slag(kind)
    whose = f" för {who}" if who else ""
    if old == 0:
        return f"{called} är {kronor(new)} kr{whose}, men fanns inte förra månaden."
    if new == 0:
        return f"{called} var {kronor(old)} kr{whose} förra månaden, men finns inte nu."
    limit = lage.kommun.inkomstavvikelse_procent
    return f"{called} är {kronor(new)} kr{whose}, förra månaden {kronor(old)} kr: skiljer mer än {limit} procent."


def otillaten_inkomst(lage: Lage) -> Svar:
    """Rule 16: an income of a kind that is not on the municipality's list, or that the list leaves to a person."""
    kommun = lage.kommun
    paid = {(one.om.slag, one.om.person) for one in lage.nyligen_betalda}
    kinds = {
        (kommun.visat_slag(one.slag), lage.kallas(one.person))
        for one in lage.raknad_ansokan.inkomster
        if not kommun.raknas_inte(one.slag) and (one.slag, one.person) not in paid
    } | {
        (one.om.slag, lage.kallas(one.om.person)) for one in lage.nyligen_betalda if not kommun.raknas_inte(one.om.slag)
    }
    unknown = sorted(one for one in kinds if one[0] not in kommun.inkomstslag)
    if not unknown and not lage.inkomster_kanda:
        return vantar(lage.vantar_pa(*INKOMSTREGISTER))
    findings = [
        f"{called} för {whose} står inte på listan över inkomster som roboten får räkna." for called, whose in unknown
    ]
    shown = ", ".join(sorted({called for called, _ in kinds})) or "inga inkomster"
    return svar(Utfall.OVERLAMNA, findings, shown, tidpunkt=lage.inkomster_last)


def regelbunden_inkomst(lage: Lage) -> Svar:
    """Rule 17: regular incomes on which application and register agree are deducted; irregular ones go to a person."""
    if not lage.inkomster_kanda:
        return vantar(lage.vantar_pa(*INKOMSTREGISTER))
    month = lage.inkomstmanad
    findings = [] if lage.inkomstmanaden_kand else [f"Inkomsterna för {month.name} är inte kända ännu."]
    for payment in lage.nyligen_betalda:
        if not payment.gar_ihop:
            findings.append(f"{_paid_to(lage, payment)}: beloppen hos {payment.om.register.namn} går inte ihop.")
        if not payment.regelbunden and not payment.retroaktiv:
            findings.append(f"{_paid_to(lage, payment)}: utbetalningen är inte en vanlig utbetalning.")
    findings += [
        f"{lage.visat_slag(post)} för {lage.kallas(post.person)}, {post.manad.name}: det går inte att se om beloppet "
        "räknades förra månaden."
        for post in lage.poster
        if post.oklart
    ]
    findings += _settled_by_nobody(lage)
    findings += _surplus_last_month(lage)
    deducted = Utfall.DRA_AV if lage.poster else Utfall.UTESLUTEN
    last = lage.inkomster_last
    return svar(Utfall.OVERLAMNA, findings, *lage.visade_poster, tidpunkt=last, annars=deducted)


def _paid_to(lage: Lage, payment: Registerinkomst) -> str:
    return f"{payment.om.forman} {payment.datum} för {lage.kallas(payment.om.person)}"


def _settled_by_nobody(lage: Lage) -> list[str]:
    return [
        f"{_uncounted(lage, one)} finns i ansökan för {lage.kallas(one.person)}. {_ASK}"
        for one in lage.ej_raknade
        if one.varfor is Varfor.UTREDS and one.uppgiven
    ]


def _surplus_last_month(lage: Lage) -> list[str]:
    # More income changes nothing where there is no deficit to grant.
    covered = lage.berakning is not None and lage.berakning.resultat >= 0
    left = lage.tidigare.resultat if lage.tidigare else Decimal(0)
    settled = left is not None and (left <= 0 or lage.kommun.overskott_forra_manaden is not Overskott.HANDLAGGARE)
    if covered or settled:
        return []
    return [f"Förra månadens beräkning gav överskott, {kronor(left or _NOTHING)} kr. Bedöm om det ska räknas."]


def retroaktiv_utbetalning(lage: Lage) -> Svar:
    """Rule 18: a retroactive payment (type 3) since M−2 that last month's calculation did not count."""
    if lage.formaner is None:
        return vantar(lage.vantar_pa(*INKOMSTREGISTER))
    findings = [
        f"Retroaktiv utbetalning från {one.om.register.namn}: {one.om.forman} {kronor(one.belopp)} kr den {one.datum} "
        f"för {lage.kallas(one.om.person)}.{_not_stated(lage, one)}"
        for one in lage.nyligen_betalda
        if one.retroaktiv and not _was_counted(lage, one)
    ]
    shown = f"{len(lage.nyligen_betalda)} utbetalningar"
    return svar(Utfall.OVERLAMNA, findings, shown, tidpunkt=lage.last(Register.FK, Register.PM))


def _not_stated(lage: Lage, payment: Registerinkomst) -> str:
    unheard = any(one.betalning is payment and not one.uppgiven for one in lage.ej_raknade)
    return f" Den står inte i ansökan. {HOR_FORST}" if unheard else ""


def _was_counted(lage: Lage, payment: Registerinkomst) -> bool:
    rows = rader_for(lage.tidigare, payment.om.person, payment.om.slag) if lage.tidigare else []
    return rad_for_dagen(rows, payment.belopp, payment.datum)


def avdrag_hos_myndighet(lage: Lage) -> Svar:
    """Rule 19: the agency has made a deduction that the municipality has not listed for that income."""
    if not lage.inkomster_kanda:
        return vantar(lage.vantar_pa(*INKOMSTREGISTER))
    findings = []
    for payment in lage.nyligen_betalda:
        if not payment.avdrag:
            continue
        rule = lage.kommun.inkomstslag.get(payment.om.slag)
        allowed = rule.tillatna_avdrag if rule else ()
        findings += [
            f"{payment.om.register.namn} har dragit {kronor(row.belopp)} kr ({row.kod or 'utan kod'}) på "
            f"{payment.om.forman} den {payment.datum} för {lage.kallas(payment.om.person)}."
            for row in payment.avdrag
            if row.kod not in allowed and row.belopp != 0
        ]
    shown = f"{len(lage.nyligen_betalda)} utbetalningar"
    return svar(Utfall.OVERLAMNA, findings, shown, tidpunkt=lage.inkomster_last)


INKOMSTER = (
    Regel(13, ej_uppgiven_inkomst),
    Regel(14, inkomst_saknas_i_register),
    Regel(15, inkomst_avviker),
    Regel(16, otillaten_inkomst),
    Regel(17, regelbunden_inkomst),
    Regel(18, retroaktiv_utbetalning),
    Regel(19, avdrag_hos_myndighet),
)
