"""Rules 27–41: the rows of the calculation, assets, payee, stays and permits."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from arbetsfloden.ekonomiskt_bistand.begrepp.belopp import kronor
from arbetsfloden.ekonomiskt_bistand.berakning.berakning import HYRA
from arbetsfloden.ekonomiskt_bistand.berakning.betalning import hyresvarden
from arbetsfloden.ekonomiskt_bistand.berakning.inkomster import Inkomstpost
from arbetsfloden.ekonomiskt_bistand.berakning.radrum import Radrum, Radrumslage
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan, Barn, Boende
from arbetsfloden.ekonomiskt_bistand.regelverk.normer import alder_i_manaden, aldersband, aldersband_text
from arbetsfloden.ekonomiskt_bistand.register.registersvar import CsnSvar, MivSvar, Register, SkvSvar, TsSvar
from arbetsfloden.ekonomiskt_bistand.register.rimlighet import UPPEHALL, visat_namn
from arbetsfloden.ekonomiskt_bistand.register.underlag import Arende, Bankkonto, Folkbokforing, TidigareKostnad, siffror
from arbetsfloden.ekonomiskt_bistand.regler.lage import TILL_KONTO, Lage
from arbetsfloden.ekonomiskt_bistand.regler.regel import Regel, Svar, Utfall, svar, vantar
from arbetsfloden.ekonomiskt_bistand.regler.register import ej_anslutet
from arbetsfloden.ekonomiskt_bistand.regler.relevans import ar_svensk

_STUDIESTOD = "Studiestöd"
_BESLUTAD = "BESLUTAD"
_NO_PERMIT_NEEDED = frozenset({"danmark", "finland", "island", "norge"})
"""Nordic citizens need no residence permit (2 kap. 8 b § utlänningslagen, the Nordic agreement of 1954)."""


def studiestod(lage: Lage) -> Svar:
    """Rule 27: study aid that goes on as planned is deducted; new, ended or unknown studies go to a person.

    It goes on when last month's calculation had it, CSN pays it now, and CSN's decision covers the applied month.
    """
    answers = lage.svar(CsnSvar)
    if answers is None:
        return vantar(Register.CSN.namn)
    posts = [post for post in lage.poster if post.slag == _STUDIESTOD]
    going_on = {post.person for post in posts if _goes_on(lage, post, answers)}
    findings = [
        f"Studiestöd för {lage.kallas(post.person)} är nytt eller inte planerat för {lage.manad.name}."
        for post in posts
        if post.person not in going_on
    ]
    if lage.ansokan.studier and not posts:
        findings.append("Någon i hushållet studerar enligt ansökan, utan studiestöd.")
    if any(_turns_nineteen(lage, child) and child.personnummer not in going_on for child in lage.ansokan.barn):
        findings.append("En skolungdom fyller 19 år; studierna behöver styrkas.")
    findings += ej_anslutet(lage, Register.CSN)
    shown = [f"{lage.kallas(post.person)}: {kronor(post.belopp)} kr" for post in posts] or ["inget studiestöd"]
    deducted = Utfall.DRA_AV if posts else Utfall.UTESLUTEN
    return svar(Utfall.OVERLAMNA, findings, *shown, tidpunkt=lage.last(Register.CSN), annars=deducted)


_SCHOOL_YOUTH = 19


def _turns_nineteen(lage: Lage, child: Barn) -> bool:
    """Whether a child is a school youth for the first time: later on, last month's calculation had it as one."""
    born = child.personnummer.birth_date
    return (
        born is not None
        and lage.alder(child.personnummer) == _SCHOOL_YOUTH
        and alder_i_manaden(born, lage.inkomstmanad) < _SCHOOL_YOUTH
    )


def _goes_on(lage: Lage, post: Inkomstpost, answers: Sequence[CsnSvar]) -> bool:
    rows = lage.tidigare.inkomster if lage.tidigare else ()
    before = any(row.slag == _STUDIESTOD and row.person in (post.person, None) for row in rows)
    planned = any(
        case.lage == _BESLUTAD
        and case.fran is not None
        and case.till is not None
        and case.fran <= lage.manad.first
        and lage.manad.last <= case.till
        for one in answers
        if one.person == post.person
        for case in one.arenden
    )
    return before and planned


def jobbstimulans(lage: Lage) -> Svar:
    """Rule 28: 25 % of a wage is disregarded within the two years."""
    reduced = [post for post in _wages(lage) if post.person in lage.stimulans]
    shown = [f"{post.slag} {kronor(post.belopp)} kr, 25 procent räknas inte" for post in reduced]
    if not shown:
        return Svar(Utfall.UTESLUTEN, (), ("ingen lön med jobbstimulans",), lage.arende_last)
    return Svar(Utfall.DRA_AV, (), tuple(shown), lage.arende_last)


def jobbstimulans_oklar(lage: Lage) -> Svar:
    """Rule 29: a wage whose right to jobbstimulans is uncertain, or too large to rest on the application alone."""
    limit = lage.kommun.lon_enbart_ansokan_hogst
    wages = _wages(lage)
    findings = [
        f"Det går inte att se om {lage.kallas(post.person)} har rätt till jobbstimulans."
        for post in wages
        if lage.stimulans_for(post.person) is None
    ]
    total = sum((post.belopp for post in wages), Decimal(0))
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


def barns_lon(lage: Lage) -> Svar:
    """Rule 30: a child's own wage is not counted up to one prisbasbelopp a year; near it a person looks."""
    if not lage.barns_loner:
        return Svar(Utfall.UTESLUTEN, (), ("inget barn har lön",))
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


def barns_boende(lage: Lage) -> Svar:
    """Rule 31: a child has moved, lives in turns or visits. Norm × days is in the proposed calculation."""
    findings = []
    entry = lage.folkbokforing[lage.ansokan.sokande.personnummer]
    at_address = {member.personnummer for member in entry.hushall or ()} if entry else set()
    for child in lage.ansokan.barn:
        who = lage.kallas(child.personnummer).capitalize()
        if child.boende is Boende.VAXELVIS:
            findings.append(f"{who} bor växelvis.")
        elif child.boende is Boende.UMGANGE:
            findings.append(f"{who} har umgänge {child.dagar} dagar.")
        elif child.personnummer not in at_address:
            findings.append(f"{who} är inte folkbokfört hos sökanden.")
    return svar(
        Utfall.OVERLAMNA, findings, f"{len(lage.ansokan.barn)} barn", tidpunkt=entry.lasning.tidpunkt if entry else None
    )


def byter_aldersband(lage: Lage) -> Svar:
    """Rule 32: a child comes into a new age band this month: the new amount is used and the applicant is told."""
    changed = []
    for child in lage.ansokan.barn:
        born = child.personnummer.birth_date
        if born is None or child in lage.barn_utan_band or born > lage.inkomstmanad.last:
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
    before = {row.slag for row in _costs_before(lage)}
    for kind, reasonable in lage.skaliga.items():
        rows = lage.kostnader(kind)
        if kind == HYRA or not rows:
            continue
        total = sum((row.belopp for row in rows), Decimal(0))
        shown.append(f"{kind} {kronor(total)} av skäliga {kronor(reasonable)} kr")
        if total > reasonable:
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
    """Rule 36: a cost outside 12 kap. 7 § SoL goes to a person by itself; the rest is decided without it."""
    return svar(
        Utfall.GA_VIDARE, [row.skal for row in lage.sidorader], f"{len(lage.sidorader)} kostnader som prövas för sig"
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
    """Rule 38: somebody has assets, or capital income above the municipality's limit in one of the last two years."""
    answers = lage.svar(SkvSvar)
    if answers is None:
        return vantar(Register.SKV.namn)
    limit, since = lage.kommun.kapitalinkomst_hogst_per_ar, lage.manad.first.year - _CAPITAL_YEARS
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


_CAPITAL_YEARS = 2


def nytt_konto(lage: Lage) -> Svar:
    """Rule 39: the account is not the one on file, or last month's payment went to another."""
    payment = lage.ansokan.utbetalning
    on_file = lage.arende.konto if lage.arende else None
    findings = ["Sökanden uppger att kontot är ändrat."] if payment.andrat else []
    if payment.metod != TILL_KONTO:
        findings.append("Utbetalning begärs på annat sätt än till konto.")
    if lage.arende and lage.arende.annan_mottagare:
        findings.append("Utbetalningen går enligt ärendet till någon annan än sökanden.")
    if on_file is None:
        findings.append("Det finns inget konto i ärendet att jämföra med.")
    elif not lage.kontot_stammer:
        findings.append("Kontot i ansökan är ett annat än i ärendet.")
    elif lage.arende and _paid_elsewhere(lage.arende, lage.ansokan, on_file):
        findings.append("Förra månadens utbetalning gick till ett annat konto.")
    return svar(
        Utfall.OVERLAMNA,
        findings,
        "konto som i ärendet" if not findings else "konto avviker",
        tidpunkt=lage.arende_last,
    )


def _paid_elsewhere(arende: Arende, ansokan: Ansokan, on_file: Bankkonto) -> bool:
    """Whether money of last month went to another account, except the rent that goes to the landlord this month too."""
    landlord = hyresvarden(arende, ansokan)
    return any(
        row.konto is not None and row.manad == ansokan.manad.minus(1) and siffror(row.konto) != on_file.siffror
        for row in arende.utbetalningar
        if row != landlord
    )


def vistelse_pa_annan_ort(lage: Lage) -> Svar:
    """Rule 40: a stay outside the municipality during the month."""
    away = lage.ansokan.vistelse_utanfor
    return svar(
        Utfall.OVERLAMNA,
        ["Sökanden vistas utanför kommunen under månaden."] if away else [],
        "ansökan: Ja" if away else "ansökan: Nej",
    )


def uppehallstillstand(lage: Lage) -> Svar:
    """Rule 41: a permit has expired, is missing, or does not last the applied month out. Not for Nordic citizens."""
    entries = lage.folkbokforing
    foreign = [person for person, entry in entries.items() if not ar_svensk(entry)]
    answers = lage.svar(MivSvar)
    if foreign and answers is None:
        return vantar(Register.MIV.namn)
    permits = {
        one.person: [permit for permit in one.tillstand if UPPEHALL in permit.slag.casefold()] for one in answers or ()
    }
    findings = []
    for person in foreign:
        if _citizenship(entries[person]) in _NO_PERMIT_NEEDED:
            continue
        held = permits.get(person, ())
        if not any(one.fran <= lage.today and (one.till is None or one.till >= lage.manad.last) for one in held):
            ended = max((one.till for one in held if one.till), default=None)
            why = f" gäller till {ended}" if ended else " finns inte hos Migrationsverket" if permits else ""
            findings.append(f"Uppehållstillstånd för {lage.kallas(person)}{why} och behöver kontrolleras.")
    times = [entry.lasning.tidpunkt for entry in entries.values() if entry is not None]
    shown = f"{len(entries) - len(foreign)} svenska medborgare"
    return svar(Utfall.OVERLAMNA, findings, shown, tidpunkt=min(times, default=None))


def _citizenship(entry: Folkbokforing | None) -> str:
    return (entry.medborgarskap or "").strip().casefold() if entry else ""


def _wages(lage: Lage) -> list[Inkomstpost]:
    return [post for post in lage.poster if lage.ar_arbetsinkomst(post)]


def _band_before(lage: Lage, born: date) -> str:
    return aldersband(alder_i_manaden(born, lage.inkomstmanad))


def _costs_before(lage: Lage) -> tuple[TidigareKostnad, ...]:
    return lage.tidigare.kostnader if lage.tidigare else ()


def _rent_findings(lage: Lage) -> list[str]:
    rents = [row.belopp for row in lage.kostnader(HYRA)]
    before = [row for row in _costs_before(lage) if row.slag == HYRA]
    cap = lage.skaliga[HYRA]
    findings = []
    if len(rents) > 1:
        findings.append("Ansökan har mer än en hyra.")
    if lage.radrum.lage is not Radrumslage.BEHOVS_INTE:
        findings.append(
            f"Hyran {kronor(Decimal(sum(rents)))} kr är över taket {kronor(cap)} kr. {_radrum(lage.radrum)}"
        )
    if [row.ansokt for row in before] != rents:
        findings.append("Hyran är en annan än förra månaden.")
    elif any(row.godkant != row.ansokt for row in before):
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
