"""Rules 27–41: the rows of the calculation, assets, payee, stays and permits."""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal

from arbetsfloden.ekonomiskt_bistand.begrepp.belopp import hela_kronor, kronor
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.berakning.berakning import HYRA, Berakning
from arbetsfloden.ekonomiskt_bistand.berakning.betalning import delas_sakert, hyresvarden
from arbetsfloden.ekonomiskt_bistand.berakning.i_ovrigt import i_hela_kronor
from arbetsfloden.ekonomiskt_bistand.berakning.inkomster import Inkomstpost
from arbetsfloden.ekonomiskt_bistand.berakning.radrum import Radrum, Radrumslage, hela_hyran
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan
from arbetsfloden.ekonomiskt_bistand.regelverk.normer import alder_i_manaden, aldersband, aldersband_text
from arbetsfloden.ekonomiskt_bistand.register.registersvar import CsnSvar, Register, SkvSvar, TsSvar
from arbetsfloden.ekonomiskt_bistand.register.rimlighet import visat_namn
from arbetsfloden.ekonomiskt_bistand.register.underlag import Arende, Bankkonto, siffror
from arbetsfloden.ekonomiskt_bistand.regler.lage import Lage
from arbetsfloden.ekonomiskt_bistand.regler.personerna import barns_boende, uppehallstillstand
from arbetsfloden.ekonomiskt_bistand.regler.regel import Regel, Svar, Utfall, svar, vantar
from arbetsfloden.ekonomiskt_bistand.regler.register import ej_anslutet
from arbetsfloden.ekonomiskt_bistand.regler.studier import BESLUTAD, STUDIESTOD, kommande_studiestod


def studiestod(lage: Lage) -> Svar:
    """Rule 27: study aid that goes on as planned is deducted; new, ended or unknown studies go to a person.

    It goes on when last month's calculation had it, CSN pays it now, and CSN's decision covers the applied month.
    """
    answers = lage.svar(CsnSvar)
    if answers is None:
        return vantar(Register.CSN.namn)
    posts = [post for post in lage.poster if post.slag == STUDIESTOD]
    going_on = {post.person for post in posts if _goes_on(lage, post, answers)}
    findings = [_not_going_on(lage, post) for post in posts if post.person not in going_on]
    if lage.ansokan.studier and not posts:
        findings.append("Någon i hushållet studerar enligt ansökan, utan studiestöd.")
    findings += kommande_studiestod(lage, answers, {post.person for post in posts})
    findings += _grown_children(lage, going_on)
    findings += ej_anslutet(lage, Register.CSN)
    shown = [f"{lage.kallas(post.person)}: {kronor(post.belopp)} kr" for post in posts] or ["inget studiestöd"]
    deducted = Utfall.DRA_AV if posts else Utfall.UTESLUTEN
    return svar(Utfall.OVERLAMNA, findings, *shown, tidpunkt=lage.last(Register.CSN), annars=deducted)


def _grown_children(lage: Lage, going_on: Collection[Personnummer]) -> list[str]:
    """Children who are of age: counted in the household only while they go to school (7 kap. 1 § FB).

    That they do is shown by their own study aid; that somebody studies may be said of another in the household.
    """
    of_age, findings = lage.lag.myndig_alder, []
    grown = [child.personnummer for child in lage.ansokan.barn if (lage.alder(child.personnummer) or 0) >= of_age]
    if grown and not lage.ansokan.studier:
        findings.append(
            f"Ett barn är {of_age} år eller äldre, och ingen studerar enligt ansökan: pröva om barnet ska räknas."
        )
    findings += [
        f"{lage.kallas(one).capitalize()} är {of_age} år eller äldre och har inget eget studiestöd som fortsätter: "
        "pröva om barnet ska räknas. Studierna behöver styrkas."
        for one in grown
        if one not in going_on
    ]
    return findings


def _not_going_on(lage: Lage, post: Inkomstpost) -> str:
    whose = lage.kallas(post.person)
    if not _was_counted(lage, post.person):
        source = "hos CSN" if post.myndighet else "i ansökan"
        return f"Studiestöd för {whose} finns {source} men fanns inte i förra månadens beräkning."
    return f"Studiestöd för {whose} fanns förra månaden, men CSN har inte beslutat det för hela {lage.manad.name}."


def _was_counted(lage: Lage, person: Personnummer) -> bool:
    rows = lage.tidigare.inkomster if lage.tidigare else ()
    return any(row.slag == STUDIESTOD and row.person in (person, None) for row in rows)


def _goes_on(lage: Lage, post: Inkomstpost, answers: Sequence[CsnSvar]) -> bool:
    planned = any(
        case.lage == BESLUTAD
        and case.fran is not None
        and case.till is not None
        and case.fran <= lage.manad.first
        and lage.manad.last <= case.till
        for one in answers
        if one.person == post.person
        for case in one.arenden
    )
    return planned and _was_counted(lage, post.person)


def jobbstimulans(lage: Lage) -> Svar:
    """Rule 28: part of a wage is disregarded within the two years."""
    reduced = [post for post in lage.loner if post.person in lage.stimulans]
    share = lage.lag.jobbstimulans_procent
    shown = [f"{post.slag} {kronor(post.belopp)} kr, {share} procent räknas inte" for post in reduced]
    if not shown:
        return Svar(Utfall.UTESLUTEN, (), ("ingen lön med jobbstimulans",), lage.arende_last)
    return Svar(Utfall.DRA_AV, (), tuple(shown), lage.arende_last)


def jobbstimulans_oklar(lage: Lage) -> Svar:
    """Rule 29: a wage whose right to jobbstimulans is uncertain, or too large to rest on the application alone."""
    limit = lage.kommun.lon_enbart_ansokan_hogst
    wages = lage.loner
    findings = [
        f"Det går inte att se om {lage.kallas(post.person)} har rätt till jobbstimulans."
        for post in wages
        if post.belopp and lage.stimulans_for(post.person) is None
    ]
    total = sum([post.belopp for post in wages], Decimal(0))
    if total > limit:
        findings.append(
            f"Lön {kronor(total)} kr är mer än {kronor(limit)} kr och behöver styrkas med lönespecifikation."
        )
    shown = [f"lön {kronor(total)} kr"] if wages else ["ingen lön"]
    for person in dict.fromkeys(post.person for post in wages):
        history = lage.bistandshistorik(person)
        months = history.manader if history and history.manader is not None else "okänt antal"
        shown.append(f"{lage.kallas(person)}: {months} månader med bistånd i följd")
    return svar(Utfall.OVERLAMNA, findings, *shown, tidpunkt=lage.arende_last)


INGET_BARN_HAR_LON = "inget barn har lön"
"""The input of rule 30 where there is nothing to disregard."""


def barns_lon(lage: Lage) -> Svar:
    """Rule 30: a child's own wage is not counted up to one prisbasbelopp a year; near it a person looks."""
    if not lage.barns_loner:
        return Svar(Utfall.UTESLUTEN, (), (INGET_BARN_HAR_LON,))
    norm = lage.regelverk.norm_for(lage.manad)
    base = norm.prisbasbelopp if norm else None
    share = lage.kommun.barns_lon_andel_av_prisbasbelopp_procent
    findings = [
        f"Lönen för {lage.kallas(post.person)} närmar sig årets gräns på ett prisbasbelopp."
        for post in lage.barns_loner
        if base is None or post.belopp * 12 * 100 >= base * share
    ]
    shown = [f"{lage.kallas(post.person)}: {kronor(post.belopp)} kr räknas inte" for post in lage.barns_loner]
    # Earlier months' wages of a child stand in no calculation: the month's stands for the year, and says so.
    shown.append(f"lönen gånger tolv mot {share} procent av {kronor(base or Decimal(0))} kr; årets lön är inte känd")
    return svar(Utfall.OVERLAMNA, findings, *shown, annars=Utfall.GA_VIDARE)


def byter_aldersband(lage: Lage) -> Svar:
    """Rule 32: a child comes into a new age band this month: the new amount is used and the applicant is told."""
    changed = []
    for child in lage.ansokan.barn:
        born = child.personnummer.birth_date
        if born is None or child in lage.barn_utan_band or born > lage.forra_manaden.last:
            continue
        now, before = aldersband(alder_i_manaden(born, lage.manad)), _band_before(lage, born)
        if now != before:
            changed.append(
                f"{lage.kallas(child.personnummer).capitalize()} räknas från denna månad som {aldersband_text(now)}."
            )
    return svar(Utfall.DRA_AV, changed, "nytt åldersband" if changed else "inget barn byter åldersband")


def hyra_som_forut(lage: Lage) -> Svar:
    """Rule 33: the rent is within the cap and as last month."""
    if _rent_findings(lage):
        return Svar(Utfall.UTESLUTEN, (), ("se regel 34",))
    rents = lage.kostnader(HYRA)
    if not rents:
        return Svar(Utfall.UTESLUTEN, (), ("ingen hyra",))
    return Svar(
        Utfall.GA_VIDARE,
        (),
        (f"hyra {kronor(rents[0].belopp)} kr", f"tak {kronor(lage.skaliga[HYRA])} kr"),
        lage.arende_last,
    )


def hyra_andrad(lage: Lage) -> Svar:
    """Rule 34: the rent is changed or above the cap; the proposal caps it, after a period of notice (rådrum)."""
    shown = [f"hyra {kronor(row.belopp)} kr" for row in lage.kostnader(HYRA)] or ["ingen hyra"]
    return svar(
        Utfall.OVERLAMNA,
        _rent_findings(lage),
        *shown,
        f"tak {kronor(lage.skaliga[HYRA])} kr",
        tidpunkt=lage.arende_last,
    )


def kostnad_over_skalig(lage: Lage) -> Svar:
    """Rule 35: a cost is above the reasonable amount, or of a kind that was not there last month."""
    findings, shown = [], []
    before = [row.slag for row in lage.tidigare.kostnader] if lage.tidigare else []
    for kind, reasonable in lage.skaliga.items():
        rows = lage.kostnader(kind)
        if kind == HYRA or not rows:
            continue
        total = sum([row.belopp for row in rows], Decimal(0))
        if not total:
            continue
        shown.append(f"{kind} {kronor(total)} av skäliga {kronor(reasonable)} kr")
        if hela_kronor(total) > reasonable:
            findings.append(f"{kind} {kronor(total)} kr är över det skäliga beloppet {kronor(reasonable)} kr.")
        if kind not in before:
            findings.append(f"{kind} fanns inte förra månaden.")
    return svar(
        Utfall.OVERLAMNA,
        findings,
        *shown,
        tidpunkt=lage.arende_last,
        annars=Utfall.GA_VIDARE if shown else Utfall.UTESLUTEN,
    )


def ovrig_kostnad(lage: Lage) -> Svar:
    """Rule 36: a cost outside 12 kap. 7 § SoL goes to a person by itself; the rest is decided without it.

    Of a kind that the municipality lists, within its limit and as last month, it counts with the rest.
    """
    listed = lage.kommun.levnadskostnader_i_ovrigt
    counted = [
        f"{kind} {kronor(i_hela_kronor(lage.kostnader(kind)))} kr av högst {kronor(listed[kind].belopp_hogst)} kr"
        for kind in lage.i_ovrigt.raknas
    ]
    return svar(
        Utfall.GA_VIDARE,
        [row.skal for row in lage.sidorader],
        f"{len(lage.sidorader)} kostnader som prövas för sig",
        *counted,
    )


def fordon(lage: Lage) -> Svar:
    """Rule 37: somebody has a vehicle that is new, not stated, or of unknown value.

    The municipality may accept a stated vehicle from an age on (`fordon_godtas_fran_alder`): its value is small then.
    """
    answers = lage.svar(TsSvar)
    if answers is None:
        return vantar(Register.TS.namn)
    accepted_from, findings = lage.kommun.fordon_godtas_fran_alder, []
    vehicles = [one for answer in answers for one in answer.fordon]
    for one in vehicles:
        age = lage.manad.first.year - one.ar
        if not lage.ansokan.fordon:
            findings.append(
                f"Ett fordon ({visat_namn(one.fabrikat)}, {one.ar}) finns hos Transportstyrelsen men inte i ansökan."
            )
        elif accepted_from is None or age < accepted_from:
            findings.append(f"Hushållet har ett fordon ({visat_namn(one.fabrikat)}, {one.ar}); värdet behöver bedömas.")
    if lage.ansokan.fordon and not vehicles:
        findings.append("Hushållet har fordon enligt ansökan; värdet är inte känt.")
    findings += ej_anslutet(lage, Register.TS)
    shown = "ansökan: Ja" if lage.ansokan.fordon else "ansökan: Nej"
    return svar(Utfall.OVERLAMNA, findings, shown, f"{len(vehicles)} fordon", tidpunkt=lage.last(Register.TS))


def tillgangar(lage: Lage) -> Svar:
    """Rule 38: somebody has assets, or capital income above the municipality's limit in one of the last years."""
    answers = lage.svar(SkvSvar)
    if answers is None:
        return vantar(Register.SKV.namn)
    limit, since = lage.kommun.kapitalinkomst_hogst_per_ar, lage.manad.first.year - lage.kommun.kapitalinkomst_ar
    findings = ["Hushållet har tillgångar enligt ansökan."] if lage.ansokan.tillgangar else []
    findings += [
        f"{lage.kallas(answer.person).capitalize()} har inkomst av kapital {kronor(max(row.intakter, row.overskott))} "
        f"kr för {row.taxeringsar} enligt Skatteverket."
        for answer in answers
        for row in answer.kapital
        if row.taxeringsar >= since and max(row.intakter, row.overskott) > limit
    ]
    findings += ej_anslutet(lage, Register.SKV)
    shown = "ansökan: Ja" if lage.ansokan.tillgangar else "ansökan: Nej"
    return svar(Utfall.OVERLAMNA, findings, shown, tidpunkt=lage.last(Register.SKV))


def nytt_konto(lage: Lage) -> Svar:
    """Rule 39: the account is not the one on file, or last month's payment went to another."""
    payment = lage.ansokan.utbetalning
    on_file = lage.arende.konto if lage.arende else None
    findings = ["Sökanden uppger att kontot är ändrat."] if payment.andrat else []
    if not payment.till_konto:
        findings.append("Utbetalning begärs på annat sätt än till konto.")
    if lage.arende and lage.arende.annan_mottagare:
        findings.append("Utbetalningen går enligt ärendet till någon annan än sökanden.")
    if on_file is None:
        findings.append("Det finns inget konto i ärendet att jämföra med.")
    elif not lage.kontot_stammer:
        findings.append("Kontot i ansökan är ett annat än i ärendet.")
    elif lage.arende and _paid_elsewhere(lage.arende, lage.ansokan, on_file):
        findings.append("Förra månadens utbetalning gick till ett annat konto.")
    elif lage.arende and lage.berakning and not _is_certain_to_whom(lage.arende, lage.ansokan, lage.berakning):
        findings.append(
            "Förra månaden gick en utbetalning till någon annan än sökanden, och det är inte säkert att den ska göra "
            "det nu: bestäm vem som ska ha vad."
        )
    return svar(
        Utfall.OVERLAMNA,
        findings,
        "konto som i ärendet" if not findings else "konto avviker",
        tidpunkt=lage.arende_last,
    )


def _is_certain_to_whom(arende: Arende, ansokan: Ansokan, berakning: Berakning) -> bool:
    return not berakning.underskott or delas_sakert(arende, ansokan, berakning.underskott)


def _paid_elsewhere(arende: Arende, ansokan: Ansokan, on_file: Bankkonto) -> bool:
    """Whether money of last month went to another account, except the rent that goes to the landlord this month too."""
    before, own = ansokan.manad.minus(1), on_file.siffror
    paid = [row for row in arende.utbetalningar if row.manad == before and row.konto is not None]
    elsewhere = [row for row in paid if siffror(row.konto or "") != own]
    if not elsewhere:
        return False
    landlord = hyresvarden(arende, ansokan)
    return any(row != landlord for row in elsewhere)


def vistelse_pa_annan_ort(lage: Lage) -> Svar:
    """Rule 40: a stay outside the municipality during the month."""
    away = lage.ansokan.vistelse_utanfor
    return svar(
        Utfall.OVERLAMNA,
        ["Någon i hushållet vistas utanför kommunen under månaden."] if away else [],
        "ansökan: Ja" if away else "ansökan: Nej",
    )


def _band_before(lage: Lage, born: date) -> str:
    return aldersband(alder_i_manaden(born, lage.forra_manaden))


def _rent_findings(lage: Lage) -> list[str]:
    rents, cap = [row.belopp for row in lage.kostnader(HYRA) if row.belopp], lage.skaliga[HYRA]
    before = [row for row in lage.hyra_forut if row.ansokt]
    findings = []
    if len(rents) > 1:
        findings.append("Ansökan har mer än en hyra.")
    if lage.radrum.lage is not Radrumslage.BEHOVS_INTE:
        rent = hela_hyran(lage.kostnader(HYRA))
        findings.append(f"Hyran {kronor(rent)} kr är över taket {kronor(cap)} kr. {_radrum(lage.radrum)}")
    if [hela_kronor(row.ansokt) for row in before if row.ansokt] != [hela_kronor(rent) for rent in rents]:
        findings.append("Hyran är en annan än förra månaden.")
    elif [hela_kronor(rent) for rent in rents] != [hela_kronor(row.godkant) for row in before]:
        findings.append("Hyran godtogs inte fullt ut förra månaden.")
    return findings


def _radrum(given: Radrum) -> str:
    until = f" till och med {given.till.name}" if given.till else ""
    return {
        Radrumslage.FORSTA_MANADEN: f"Förslag: rådrum{until}, innan hyran sänks. Hela hyran är räknad.",
        Radrumslage.PAGAR: f"Rådrum gäller{until}. Hela hyran är räknad.",
        Radrumslage.SLUT: f"Rådrum gällde{until}, nu är hyran räknad till taket."
        if until
        else "Hyran godtogs till taket förra månaden och är räknad så även nu.",
    }.get(given.lage, "Det framgår inte om rådrum har getts: pröva det. Hyran är räknad till taket.")


RADER = (
    Regel(27, studiestod),
    Regel(28, jobbstimulans),
    Regel(29, jobbstimulans_oklar),
    Regel(30, barns_lon),
    Regel(31, barns_boende),
    Regel(32, byter_aldersband),
    Regel(33, hyra_som_forut),
    Regel(34, hyra_andrad),
    Regel(35, kostnad_over_skalig),
    Regel(36, ovrig_kostnad),
    Regel(37, fordon),
    Regel(38, tillgangar),
    Regel(39, nytt_konto),
    Regel(40, vistelse_pa_annan_ort),
    Regel(41, uppehallstillstand),
)
