"""Rules 1–10: folkbokföring, the case system and the application, before any other register is asked."""

from collections.abc import Iterable
from datetime import datetime

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Svarsstatus
from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.regelverk.delegation import BIFALL
from arbetsfloden.ekonomiskt_bistand.regelverk.kommun import Fritext
from arbetsfloden.ekonomiskt_bistand.register.rimlighet import orimligt_i_arendet, orimligt_om_personer
from arbetsfloden.ekonomiskt_bistand.register.underlag import Aktualisering, Folkbokforing, Skydd
from arbetsfloden.ekonomiskt_bistand.regler.lage import Lage
from arbetsfloden.ekonomiskt_bistand.regler.regel import Regel, Svar, Utfall, svar

SARSKILD_HANDLAGGNING = "Ärendet handläggs i särskild ordning av utsedd funktion."
_PARTNER = ("make", "maka", "sambo", "partner")


def sarskild_handlaggning(lage: Lage) -> Svar:
    """Rule 1: protected identity or secrecy of anybody in the household. Its text never tells the reason."""
    known = lage.folkbokforing.values()
    if any(map(_skyddad, lage.underlag.folkbokforing)) or any(one.skyddad for one in lage.underlag.registersvar):
        return Svar(Utfall.STOPP, (SARSKILD_HANDLAGGNING,))
    if any(entry is None or (entry.skydd is None and entry.status is not Svarsstatus.INGET) for entry in known):
        return Svar(Utfall.VANTA, ("Folkbokföringen har inte svarat för alla i hushållet.",))
    return Svar(Utfall.UTESLUTEN, (), (f"{len(known)} personer kontrollerade",), _oldest(known))


def _skyddad(entry: Folkbokforing) -> bool:
    """Whether somebody is protected, or has a household member whom the register hides."""
    return entry.skydd not in (None, Skydd.INGET) or (
        entry.hushall is not None and None in [member.personnummer for member in entry.hushall]
    )


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
        tidpunkt=_oldest(entries.values()),
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
    shown = "pågående" if arende.aktivt else f"avslutat {arende.avslutat}" if arende.avslutat else "inget"
    return svar(Utfall.OVERLAMNA, findings, f"ärende: {shown}", tidpunkt=arende.lasning.tidpunkt)


def hushallet_andrat(lage: Lage) -> Svar:
    """Rule 4: the household is not the one of last month's calculation, or not the one at the address."""
    application = lage.ansokan
    findings = ["Sökanden uppger att hushållet har ändrats."] if application.hushallet_andrat else []
    findings += _household_in_case(lage)
    if any((lage.alder(person) or 0) < 18 for person in application.vuxna):
        findings.append("En sökande är under 18 år.")
    if lage.barn_utan_band:
        findings.append("Ett barn har en ålder som riksnormen inte har belopp för.")
    if application.bostad.personer < lage.hushall.antal:
        findings.append("Antalet personer i bostaden är lägre än hushållet i ansökan.")
    if application.bostad.personer > len(lage.personer) and not application.bostad.delad:
        findings.append("Fler bor i bostaden än de som är med i ansökan.")
    findings += _others_at_address(lage)
    return svar(
        Utfall.OVERLAMNA,
        findings,
        f"{len(application.vuxna)} vuxna, {len(application.barn)} barn",
        tidpunkt=lage.arende_last,
    )


def _household_in_case(lage: Lage) -> list[str]:
    if lage.arende is None:
        return []
    known = lage.arende.hushall
    if known is not None:
        return [] if lage.folkbokforing.keys() == set(known) else ["Hushållet är ett annat än i ärendet."]
    number = lage.tidigare.antal_personer if lage.tidigare else None
    return [] if number == lage.hushall.antal else ["Det går inte att se att hushållet är som förra månaden."]


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
    partner = lage.ansokan.medsokande
    if partner is not None and partner.personnummer not in at_address:
        findings.append("Medsökanden är inte folkbokförd på samma adress.")
    return findings


def tillagg(lage: Lage) -> Svar:
    """Rule 5: the month has been applied for or decided before."""
    if lage.arende is None:
        return Svar(Utfall.UTESLUTEN, (), ("inget ärende",))
    month, case = lage.manad, lage.arende
    findings = []
    if any(row.manad == month for row in case.beslut):
        findings.append(f"Tillägg: {month.name} är redan beslutad.")
    elif any(row.manad == month for row in case.utbetalningar):
        findings.append(f"Tillägg: {month.name} är redan utbetald.")
    elif any(row.manad == month and row.slutlig for row in case.berakningar):
        findings.append(f"Tillägg: {month.name} är redan beräknad.")
    others = [row for row in case.aktualiseringar if row.referens != lage.ansokan.referens]
    if any(row.manad == month or (row.manad is None and _after_last_decision(row, lage)) for row in others):
        findings.append(f"Tillägg: en annan ansökan som kan gälla {month.name} är redan registrerad.")
    return svar(Utfall.OVERLAMNA, findings, f"månad {month}", tidpunkt=lage.arende_last)


def _after_last_decision(row: Aktualisering, lage: Lage) -> bool:
    """Whether an application without a month came in after last month was decided, so that it may be for this month."""
    before = lage.inkomstmanad
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
    """Rule 8: there is a message or an attachment that a person should read."""
    findings = []
    if lage.ansokan.meddelande.strip():
        findings.append("Ansökan har ett meddelande från sökanden.")
    if lage.ansokan.bilagor:
        findings.append(f"Ansökan har {len(lage.ansokan.bilagor)} bilagor.")
    flagged = lage.kommun.fritext_och_bilagor is Fritext.FLAGGA
    return svar(
        Utfall.GA_VIDARE if flagged else Utfall.OVERLAMNA,
        findings,
        "" if findings else "inget meddelande, inga bilagor",
    )


def ingen_tidigare_berakning(lage: Lage) -> Svar:
    """Rule 9: the case has no finished calculation of the month before, or holds what cannot be right."""
    if lage.arende is None:
        return Svar(Utfall.UTESLUTEN, (), ("inget ärende",))
    before = lage.inkomstmanad
    findings = orimligt_i_arendet(lage.arende, lage.tidigare, lage.tid)
    if lage.tidigare is None:
        findings.append(f"Det finns ingen färdig beräkning för {before.name} att jämföra med.")
    return svar(
        Utfall.OVERLAMNA,
        findings,
        f"beräkning för {before}: {'finns' if lage.tidigare else 'saknas'}",
        tidpunkt=lage.arende_last,
    )


def ej_delegerat(lage: Lage) -> Svar:
    """Rule 10: the delegation order does not list the decision type."""
    entry = lage.regelverk.beslutstyp(BIFALL)
    return svar(
        Utfall.STOPP,
        [] if entry else ["Beslutstypen är inte delegerad till den digitala medarbetaren."],
        entry.delegation if entry else "ingen delegation",
    )


def _oldest(entries: Iterable[Folkbokforing | None]) -> datetime | None:
    return min((entry.lasning.tidpunkt for entry in entries if entry is not None), default=None)


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
