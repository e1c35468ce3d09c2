"""Rules 1–10: folkbokföring, the case system and the application, before any other register is asked."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from arbetsfloden.ekonomiskt_bistand.begrepp.belopp import kronor
from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Svarsstatus
from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Boende
from arbetsfloden.ekonomiskt_bistand.regelverk.delegation import BIFALL
from arbetsfloden.ekonomiskt_bistand.regelverk.kommun import Fritext
from arbetsfloden.ekonomiskt_bistand.regelverk.normer import NormBarn, NormHushall, alder_i_manaden, normbelopp
from arbetsfloden.ekonomiskt_bistand.register.rimlighet import orimligt_i_arendet, orimligt_om_personer
from arbetsfloden.ekonomiskt_bistand.register.underlag import (
    Aktualisering,
    Arende,
    Folkbokforing,
    Skydd,
    TidigareBeslut,
    TidigareUtbetalning,
)
from arbetsfloden.ekonomiskt_bistand.regler.lage import Lage
from arbetsfloden.ekonomiskt_bistand.regler.personerna import bor_isar, i_delat_hem
from arbetsfloden.ekonomiskt_bistand.regler.regel import Regel, Svar, Utfall, svar

SARSKILD_HANDLAGGNING = "Ärendet handläggs i särskild ordning av utsedd funktion."
_PARTNER = ("make", "maka", "sambo", "sammanboende", "partner")


def sarskild_handlaggning(lage: Lage) -> Svar:
    """Rule 1: protected identity or secrecy of anybody in the household. Its text never tells the reason."""
    known = lage.folkbokforing.values()
    answers = lage.myndigheterna.values()
    if any(map(ar_skyddad, lage.underlag.folkbokforing)) or True in [one.skyddad for told in answers for one in told]:
        return Svar(Utfall.STOPP, (SARSKILD_HANDLAGGNING,))
    if any(map(_obesvarad, known)):
        return Svar(Utfall.VANTA, ("Folkbokföringen har inte svarat för alla i hushållet.",))
    return Svar(Utfall.UTESLUTEN, (), (f"{len(known)} personer kontrollerade",), lage.folkbokforing_last)


def ar_skyddad(entry: Folkbokforing) -> bool:
    """Whether somebody is protected, or has a household member whom the register hides."""
    if entry.skydd is not None and entry.skydd is not Skydd.INGET:
        return True
    return bool([member for member in entry.hushall or () if member.personnummer is None])


def _obesvarad(entry: Folkbokforing | None) -> bool:
    """Whether folkbokföring has not told of protection, although the person is there or may be."""
    return entry is None or (entry.skydd is None and entry.status is not Svarsstatus.INGET)


def folkbokford_har(lage: Lage) -> Svar:
    """Rule 2: somebody is not registered in the municipality, or cannot be found there by a valid number.

    Also two by one number, and what folkbokföring cannot hold.
    """
    findings = orimligt_om_personer(lage.ansokan, lage.underlag, lage.kallas)
    broken, waiting = len(findings), False
    entries, here = lage.folkbokforing, lage.kommun.kommun.casefold()
    for person, entry in entries.items():
        if not person.is_valid:
            findings.append(f"{_who(lage, person)} har ett personnummer som inte stämmer.")
        elif entry is None or entry.status is Svarsstatus.EJ_KONTROLLERBART:
            waiting = True
        elif entry.status is Svarsstatus.INGET:
            findings.append(f"{_who(lage, person)} finns inte i folkbokföringen.")
        elif (entry.kommun or "").strip().casefold() != here:
            findings.append(f"{_who(lage, person)} är inte folkbokförd i {lage.kommun.kommun}.")
    if waiting and not findings:
        return Svar(Utfall.VANTA, (), ("folkbokföringen har inte svarat",))
    return svar(
        Utfall.OVERLAMNA,
        findings,
        f"folkbokförda i {lage.kommun.kommun}: {len(entries) - len(findings) + broken} av {len(entries)}",
        tidpunkt=lage.folkbokforing_last,
    )


def _who(lage: Lage, person: Personnummer) -> str:
    return lage.kallas(person).capitalize()


def nyansokan(lage: Lage) -> Svar:
    """Rule 3: no case, one closed longer ago than the municipality's limit, or a month that has passed."""
    arende = lage.underlag.arende
    if arende is None or arende.status is Svarsstatus.EJ_KONTROLLERBART:
        return Svar(Utfall.VANTA, ("Verksamhetssystemet har inte svarat.",))
    findings = []
    if lage.manad < Manad.of(lage.ansokan.inkommen.date()):
        findings.append(f"Ansökan gäller {lage.manad.name}, som redan hade passerat när den kom in.")
    limit = lage.kommun.avslutat_arende_dagar
    if arende.status is Svarsstatus.INGET and arende.nummer is not None:
        findings.append("Sökanden är medsökande i ärendet, som står på den andra vuxna. Pröva vem som ansöker.")
    elif arende.status is Svarsstatus.INGET:
        findings.append("Nyansökan: sökanden har inget ärende i verksamhetssystemet.")
    elif not arende.aktivt:
        closed_days = (lage.today - arende.avslutat).days if arende.avslutat else None
        if closed_days is None or closed_days > limit:
            findings.append(f"Nyansökan: ärendet har varit avslutat mer än {limit} dagar.")
        else:
            findings.append(f"Ärendet är avslutat sedan {arende.avslutat}: öppna det igen om stödet ska fortsätta.")
    shown = "pågående" if arende.aktivt else f"avslutat {arende.avslutat}" if arende.avslutat else "inget"
    return svar(Utfall.OVERLAMNA, findings, f"ärende: {shown}", tidpunkt=arende.lasning.tidpunkt)


def hushallet_andrat(lage: Lage) -> Svar:
    """Rule 4: the household is not the one of last month's calculation, or not the one at the address."""
    application = lage.ansokan
    findings = ["Sökanden uppger att hushållet har ändrats."] if application.hushallet_andrat else []
    findings += _household_in_case(lage)
    if min([lage.alder(person) or 0 for person in lage.vuxna]) < lage.lag.myndig_alder:
        findings.append(f"En sökande är under {lage.lag.myndig_alder} år.")
    if lage.barn_utan_band:
        findings.append("Ett barn har en ålder som riksnormen inte har belopp för.")
    if application.bostad.personer < lage.hushall.antal:
        findings.append("Antalet personer i bostaden är lägre än hushållet i ansökan.")
    if application.bostad.personer > len(lage.personer) and not application.bostad.delad:
        findings.append("Fler bor i bostaden än de som är med i ansökan.")
    if application.bostad.delad and application.bostad.personer <= lage.hushall.antal:
        findings.append("Bostaden delas enligt ansökan, men ingen annan än hushållet bor där.")
    findings += _others_at_address(lage)
    return svar(
        Utfall.OVERLAMNA,
        findings,
        f"{len(lage.vuxna)} vuxna, {len(application.barn)} barn",
        tidpunkt=lage.arende_last,
    )


def _household_in_case(lage: Lage) -> list[str]:
    if lage.arende is None:
        return []
    known, number = lage.arende.hushall, lage.tidigare.antal_personer if lage.tidigare else None
    if known is not None and lage.folkbokforing.keys() != set(known):
        return ["Hushållet är ett annat än i ärendet."]
    if known is not None:
        counted = number in (None, lage.hushall.antal)
        return (
            []
            if counted
            else [f"Förra månadens beräkning gällde {_number(number, 'person', 'personer')}, nu {lage.hushall.antal}."]
        )
    # As many as before are the same only where there is one.
    alone = number == lage.hushall.antal == 1
    return [] if alone else ["Ärendet visar inte vilka som ingår i hushållet."]


def _others_at_address(lage: Lage) -> list[str]:
    entry = lage.folkbokforing[lage.ansokan.sokande.personnummer]
    if entry is None or entry.status is not Svarsstatus.SVAR or entry.skydd is not Skydd.INGET:
        return []
    if entry.hushall is None:
        return ["Folkbokföringens uppgift om hushållet saknas."]
    at_address = {member.personnummer: member.relation.casefold() for member in entry.hushall}
    others = [relation for number, relation in at_address.items() if number not in lage.folkbokforing]
    findings = []
    if any(partner in relation for relation in others for partner in _PARTNER):
        findings.append("Folkbokföringen visar en make, maka eller sambo som inte är med i ansökan.")
    elif others and not lage.ansokan.bostad.delad:
        findings.append("Folkbokföringen visar fler på adressen än de som är med i ansökan.")
    elif others:
        findings += i_delat_hem(lage, others)
    partner = lage.ansokan.medsokande
    if partner is not None and partner.personnummer not in at_address:
        findings.append("Medsökanden är inte folkbokförd på samma adress.")
    elif partner is not None and bor_isar(entry, lage.folkbokforing[partner.personnummer]):
        findings.append("Medsökanden bor enligt sin egen uppgift i folkbokföringen inte som sökandens uppgift visar.")
    return findings


def tillagg(lage: Lage) -> Svar:
    """Rule 5: the month has been applied for or decided before."""
    if lage.arende is None:
        return Svar(Utfall.UTESLUTEN, (), ("inget ärende",))
    month, case = lage.manad, lage.arende
    findings = []
    if month in [row.manad for row in case.beslut]:
        findings.append(f"Tillägg: {month.name} är redan beslutad.")
    elif month in [row.manad for row in case.utbetalningar]:
        findings.append(f"Tillägg: {month.name} är redan utbetald.")
    elif month in [row.manad for row in case.berakningar if row.slutlig]:
        findings.append(f"Tillägg: {month.name} är redan beräknad.")
    others = [row for row in case.aktualiseringar if row.referens != lage.ansokan.referens]
    months = [row.manad for row in others if row.manad is not None or _may_be_for_this_month(row, others, lage)]
    if month in months or None in months:
        findings.append(f"Tillägg: en annan ansökan som kan gälla {month.name} är redan registrerad.")
    return svar(Utfall.OVERLAMNA, findings, f"månad {month}", tidpunkt=lage.arende_last)


def _may_be_for_this_month(row: Aktualisering, others: Sequence[Aktualisering], lage: Lage) -> bool:
    """After last month's decision, or before a late one when the month's own application had come before it."""
    before, from_day = lage.forra_manaden, lage.kommun.nasta_manad_soks_fran_dag
    early, late = before.minus(1).first.replace(day=from_day), before.first.replace(day=from_day)
    own = [one for one in others if one.datum and early <= one.datum < late]
    return _after_last_decision(row, lage) or (row.datum is not None and row.datum >= late and bool(own))


def _after_last_decision(row: Aktualisering, lage: Lage) -> bool:
    """Whether an application without a month came in after last month was decided, so that it may be for this month."""
    before = lage.forra_manaden
    decided = [one.datum for one in lage.arende.beslut if one.manad == before and one.datum] if lage.arende else []
    return row.datum is None or row.datum > max(decided, default=before.first)


def medsokande_ej_undertecknat(lage: Lage) -> Svar:
    """Rule 6: the co-applicant has not signed."""
    partner = lage.ansokan.medsokande
    missing = partner is not None and not partner.har_undertecknat
    shown = "ingen medsökande" if partner is None else "medsökanden har undertecknat"
    return svar(
        Utfall.VANTA,
        ["Medsökanden har inte undertecknat ansökan."] if missing else [],
        "väntar på underskrift" if missing else shown,
    )


def ej_intygad(lage: Lage) -> Svar:
    """Rule 7: the applicant has not attested that the answers are true."""
    return svar(
        Utfall.VANTA,
        [] if lage.ansokan.intygad else ["Sökanden har inte intygat att uppgifterna är riktiga."],
        "intygad" if lage.ansokan.intygad else "inte intygad",
    )


def fritext_eller_bilaga(lage: Lage) -> Svar:
    """Rule 8: there is a message or an attachment that a person should read.

    What was written in the e-service after the application always goes to a person: it may change the application.
    """
    findings = []
    written = lage.underlag.skriftvaxling.fran_sokanden if lage.underlag.skriftvaxling else 0
    if written:
        messages = _number(written, "meddelande", "meddelanden")
        findings.append(f"Sökanden har skrivit i e-tjänsten efter ansökan ({messages}): läs det först.")
    if lage.ansokan.meddelande.strip():
        findings.append("Ansökan har ett meddelande från sökanden.")
    if lage.ansokan.bilagor:
        findings.append(f"Ansökan har {_number(len(lage.ansokan.bilagor), 'bilaga', 'bilagor')}.")
    flagged = lage.kommun.fritext_och_bilagor is Fritext.FLAGGA and not written
    return svar(
        Utfall.GA_VIDARE if flagged else Utfall.OVERLAMNA,
        findings,
        "" if findings else "inget meddelande, inga bilagor",
    )


def _number(number: int | None, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"


def ingen_tidigare_berakning(lage: Lage) -> Svar:
    """Rule 9: the case has no finished calculation of the month before, one with another norm than the riksnorm, or
    holds what cannot be right."""
    if lage.arende is None:
        return Svar(Utfall.UTESLUTEN, (), ("inget ärende",))
    before = lage.forra_manaden
    findings = orimligt_i_arendet(lage.arende, lage.tidigare, lage.tid)
    if lage.tidigare is None:
        findings.append(f"Det finns ingen färdig beräkning för {before.name} att jämföra med.")
    findings += _two_about_one(lage.arende, before)
    findings += _beslutat_mot_beraknat(lage, lage.arende.beslut, lage.arende.utbetalningar)
    findings += _annan_norm(lage)
    return svar(
        Utfall.OVERLAMNA,
        findings,
        f"beräkning för {before}: {'finns' if lage.tidigare else 'saknas'}",
        tidpunkt=lage.arende_last,
    )


def _beslutat_mot_beraknat(
    lage: Lage, beslut: Sequence[TidigareBeslut], betalt: Sequence[TidigareUtbetalning]
) -> list[str]:
    """Whoever decided less than was calculated, or did not pay, had a reason that the calculation does not show."""
    decided = [row.belopp for row in beslut if row.manad == lage.forra_manaden]
    left = lage.tidigare.resultat if lage.tidigare else None
    granted, month = sum(decided, Decimal(0)), lage.forra_manaden
    if decided and left is not None and granted + _ROUNDING < -left:
        return [
            f"Beräkningen för {month.name} visar ett underskott på {kronor(-left)} kr, men beslutat är "
            f"{kronor(granted)} kr. Se efter varför."
        ]
    if granted and month not in [row.manad for row in betalt]:
        return [f"{kronor(granted)} kr är beslutat för {month.name}, men ingen utbetalning visas. Se efter varför."]
    return []


def _two_about_one(arende: Arende, before: Manad) -> list[str]:
    """Records about the same thing that differ: which one holds is for a person to say, not for their order."""
    findings = []
    finished = [row for row in arende.berakningar if row.slutlig and row.manad == before]
    if any(row != finished[0] for row in finished[1:]):
        findings.append(f"Det finns två färdiga beräkningar för {before.name} som inte är lika: se vilken som gäller.")
    histories = {row.person: row for row in arende.jobbstimulans}
    if any(row is not histories[row.person] and row != histories[row.person] for row in arende.jobbstimulans):
        findings.append("Verksamhetssystemet har två olika uppgifter om jobbstimulans för en person: se vilken gäller.")
    return findings


def _annan_norm(lage: Lage) -> list[str]:
    """That last month's norm was not the riksnorm: the board may have raised or lowered it (12 kap. 7 § SoL).

    Nothing where the household has changed, which rule 4 tells. How many days a visit lasted and how many shared the
    home stand in no calculation: they are taken as they are now, and the sentence says so.
    """
    shown = lage.tidigare.normsumma if lage.tidigare else None
    month, home = lage.forra_manaden, lage.ansokan.bostad
    table = lage.regelverk.norm_for(month)
    changed = lage.ansokan.hushallet_andrat or lage.barn_utan_band or _household_in_case(lage)
    if shown is None or table is None or changed:
        return []
    norms = set()
    # A child born that month may have come after the calculation was made: with it and without it is the riksnorm.
    for born_by in (month.last, month.minus(1).last):
        rows = normbelopp(table, _hushall_forra_manaden(lage, born_by))
        norm = sum((row.belopp for row in rows), Decimal(0))
        if abs(shown - norm) <= _ROUNDING:
            return []
        norms.add(norm)
    alike = ["lika många dagars umgänge"] if any(one.boende is Boende.UMGANGE for one in lage.ansokan.barn) else []
    alike += ["lika många i hemmet"] if home.delad else []
    known = f"{kronor(min(norms))} kr"
    if len(norms) > 1:
        known += f" utan och {kronor(max(norms))} kr med barn fött i {month.name}"
    as_now = f" med {' och '.join(alike)} som nu" if alike else ""
    return [
        f"Förra månadens norm var {kronor(shown)} kr; riksnormen för hushållet är {known}{as_now}. "
        "Pröva om det finns särskilda skäl."
    ]


_ROUNDING = Decimal(1)
"""Kronor that come of no other norm: the case system may keep the öre of a shared row, or round a half downwards."""


def _hushall_forra_manaden(lage: Lage, born_by: date) -> NormHushall:
    """The household that is applied for as it was the month before: the ages of then, the children born by a day."""
    home = lage.ansokan.bostad
    born = [(child, child.personnummer.birth_date) for child in lage.ansokan.barn]
    children = tuple(
        NormBarn(alder_i_manaden(day, lage.forra_manaden), child.boende, child.dagar)
        for child, day in born
        if day is not None and day <= born_by
    )
    unborn = len(born) - len(children)
    return NormHushall(len(lage.ansokan.vuxna), children, home.personer - unborn if home.delad else None)


def ej_delegerat(lage: Lage) -> Svar:
    """Rule 10: the delegation order does not list the decision type, or is not in force on the day."""
    entry, delegation = lage.regelverk.beslutstyp(BIFALL), lage.regelverk.delegation
    findings = [] if entry else ["Beslutstypen är inte delegerad till den digitala medarbetaren."]
    if entry and not (entry.in_force(lage.today) and delegation.in_force(lage.today)):
        findings.append(
            f"Delegationen gäller inte {lage.today}: roboten beslutar inget. Säg till den som ansvarar för "
            "delegationsordningen."
        )
    return svar(Utfall.STOPP, findings, entry.delegation if entry else "ingen delegation")


FOLKBOKFORING = (
    Regel(1, sarskild_handlaggning),
    Regel(2, folkbokford_har),
)
ARENDE = (
    Regel(3, nyansokan),
    Regel(4, hushallet_andrat),
    Regel(5, tillagg),
    Regel(6, medsokande_ej_undertecknat),
    Regel(7, ej_intygad),
    Regel(8, fritext_eller_bilaga),
    Regel(9, ingen_tidigare_berakning),
    Regel(10, ej_delegerat),
)
