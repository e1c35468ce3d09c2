"""Rules 31 and 41, and what folkbokföring says of who lives with whom: contradictions go to a person."""

from collections.abc import Sequence
from datetime import date, timedelta

from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Boende
from arbetsfloden.ekonomiskt_bistand.register.registersvar import MivSvar, Register, Tillstand
from arbetsfloden.ekonomiskt_bistand.register.rimlighet import UPPEHALL
from arbetsfloden.ekonomiskt_bistand.register.underlag import Folkbokforing, Hushallsmedlem
from arbetsfloden.ekonomiskt_bistand.regler.lage import Lage
from arbetsfloden.ekonomiskt_bistand.regler.regel import Svar, Utfall, svar, vantar
from arbetsfloden.ekonomiskt_bistand.regler.relevans import ar_ees, ar_nordisk, ar_svensk


def barns_boende(lage: Lage) -> Svar:
    """Rule 31: a child has moved, lives in turns or visits. Norm × days is in the proposed calculation."""
    findings = []
    entry = lage.folkbokforing[lage.ansokan.sokande.personnummer]
    at_address = {member.personnummer for member in entry.hushall or ()} if entry else set()
    for child in lage.ansokan.barn:
        who, own = lage.kallas(child.personnummer).capitalize(), lage.folkbokforing[child.personnummer]
        if child.boende is Boende.VAXELVIS:
            findings.append(f"{who} bor växelvis.")
        elif child.boende is Boende.UMGANGE:
            findings.append(f"{who} har umgänge {child.dagar} dagar.")
        elif child.personnummer not in at_address:
            findings.append(f"{who} är inte folkbokfört hos sökanden.")
        elif bor_isar(entry, own):
            findings.append(f"{who} bor enligt sin egen uppgift i folkbokföringen inte som sökandens uppgift visar.")
    return svar(
        Utfall.OVERLAMNA, findings, f"{len(lage.ansokan.barn)} barn", tidpunkt=entry.lasning.tidpunkt if entry else None
    )


def bor_isar(sokande: Folkbokforing | None, annan: Folkbokforing | None) -> bool:
    """Whether folkbokföring says of somebody else than the applicant that they live otherwise than it says of that one.

    Another address, or another household. What is not shown of either contradicts nothing.
    """
    if sokande is None or annan is None:
        return False
    addresses = {" ".join(one.adress.split()).casefold() for one in (sokande, annan) if one.adress}
    if sokande.hushall is None or annan.hushall is None:
        return len(addresses) > 1
    here = {sokande.person, *[one.personnummer for one in sokande.hushall]}
    there = {annan.person, *[one.personnummer for one in annan.hushall]}
    return len(addresses) > 1 or sokande.person not in there or not there <= here


def i_delat_hem(lage: Lage, others: Sequence[str]) -> list[str]:
    """That a home is shared explains lodgers, as many as the application says; no child of the household's."""
    findings = []
    if any("barn" in relation for relation in others):
        findings.append("Folkbokföringen visar ett barn på adressen som inte är med i ansökan.")
    entries = [lage.folkbokforing[child.personnummer] for child in lage.ansokan.barn]
    parents = [member for entry in entries if entry for member in entry.hushall or () if _is_parent(member)]
    if any(member.personnummer not in lage.folkbokforing for member in parents):
        findings.append(
            "Enligt ett barns uppgift i folkbokföringen bor en förälder i bostaden som inte är med i ansökan."
        )
    if len(others) > lage.ansokan.bostad.personer - lage.hushall.antal:
        findings.append("Folkbokföringen visar fler på adressen än det antal som ansökan säger bor i bostaden.")
    return findings


def _is_parent(member: Hushallsmedlem) -> bool:
    return member.relation.strip().casefold() in _PARENT


_PARENT = ("förälder", "mor", "far", "moder", "fader", "vårdnadshavare")


def uppehallstillstand(lage: Lage) -> Svar:
    """Rule 41: a permit has expired, is missing, or does not hold on every day of the applied month.

    Not for Nordic citizens. Those of the EEA need none; a person judges their right of residence.
    """
    entries = lage.folkbokforing
    foreign = [person for person, entry in entries.items() if not ar_svensk(entry) and not ar_nordisk(entry)]
    answers = lage.svar(MivSvar)
    if foreign and answers is None:
        return vantar(Register.MIV.namn)
    permits = {
        one.person: [permit for permit in one.tillstand if UPPEHALL in permit.slag.casefold()] for one in answers or ()
    }
    findings = []
    for person in foreign:
        held = permits.get(person, [])
        missing = _first_day_without(held, lage.manad.first)
        if missing > lage.manad.last:
            continue
        if ar_ees(entries[person]):
            findings.append(f"Uppehållsrätten för {lage.kallas(person)} behöver prövas.")
        else:
            why = f"{_what_there_is(held, missing)} och" if permits else ""
            findings.append(f"Uppehållstillstånd för {lage.kallas(person)}{why} behöver kontrolleras.")
    shown = f"{len(entries) - len(foreign)} medborgare i Sverige eller annat nordiskt land"
    return svar(Utfall.OVERLAMNA, findings, shown, tidpunkt=lage.folkbokforing_last)


def _first_day_without(held: list[Tillstand], day: date) -> date:
    """The first day from `day` on that no permit holds."""
    for one in sorted(held, key=lambda permit: permit.fran):
        if one.fran <= day <= (one.till or date.max):
            day = min(one.till or date.max, date.max - _DAY) + _DAY
    return day


_DAY = timedelta(days=1)


def _what_there_is(held: list[Tillstand], missing: date) -> str:
    """What to say of permits of which none holds on the day `missing`."""
    ended = max((one.till for one in held if one.till and one.till < missing), default=None)
    begins = min((one.fran for one in held if one.fran > missing), default=None)
    if begins is not None:
        return f" gäller till {ended} och sedan först från {begins}" if ended else f" gäller först från {begins}"
    return f" gäller till {ended}" if ended else " finns inte hos Migrationsverket"
