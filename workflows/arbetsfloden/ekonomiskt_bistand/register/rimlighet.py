"""Whether what was read can be right at all: amounts, days, codes and names that no system should hold.

Asking again does not help, and nothing may rest on it: the rules that report it (2 folkbokföring, 9 the case system, 11
the registers) hand over. The sentences name the agency, the row and the fault, never a person or the text itself.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from arbetsfloden.ekonomiskt_bistand.begrepp.belopp import hela_kronor
from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan
from arbetsfloden.ekonomiskt_bistand.register.registersvar import (
    AfSvar,
    AkassaUtbetalning,
    CsnSvar,
    Formanssvar,
    MivSvar,
    Myndighetssvar,
    Register,
    SkvSvar,
    SoSvar,
    TsSvar,
    Utbetalning,
    Utbetalningstyp,
)
from arbetsfloden.ekonomiskt_bistand.register.underlag import Arende, TidigareBerakning, Underlag

AKTIVITETSRAPPORTER = ("200", "500", "501", "502")
"""Received, missing, not submitted, error."""
CSN_LAGEN = ("BESLUTAD", "INITIERAD", "AVSLUTAD")
UPPEHALL = "uppehåll"
"""What the name of every permit to stay holds."""
_NEGATIVE = "har negativt belopp"
_OUTSIDE = "ligger utanför tiden som frågan gällde"
_PERIOD = "har en period som inte kan stämma"
OLASLIGT = "ett namn som inte går att läsa"

_FOR_EACH_CHILD = "underhållsstöd"
"""Paid for one child at a time (18 kap. SFB), so two children of one age give two equal payments."""

_LONGEST_NAME = 100
_TYPES = frozenset(Utbetalningstyp)
_LONG = timedelta(days=3653)
_FAR_AHEAD = timedelta(days=731)
_HOURS_IN_A_MONTH = 744
_MONTHS_IN_A_LIFE = 1200
_MOST_PERSONS = 40
_MOST_KRONOR = 1_000_000
"""No household's month comes near it."""
_OLDEST = 1900

Kallas = Callable[[Personnummer], str]
"""Who somebody is in the household, for texts."""


class Tid(NamedTuple):
    """The days that a payment can be of, `fran` to `till`: those that the agencies were asked about; and today.

    `langesen` and `langt_fram` are ten years back and two ahead: nothing that is going on began or ends outside them.
    """

    fran: date
    till: date
    idag: date
    langesen: date
    langt_fram: date

    @classmethod
    def for_inkomster(cls, manad: Manad, idag: date) -> "Tid":
        """As the registers are asked when the incomes of `manad` count, and those of the month before fill a gap."""
        return cls(manad.minus(2).first, max(idag, manad.last), idag, idag - _LONG, idag + _FAR_AHEAD)

    def nara(self, day: date | None) -> bool:
        """Whether a day is neither long ago nor far ahead. None is no day."""
        return day is None or self.langesen <= day <= self.langt_fram

    def varit(self, day: date | None) -> bool:
        """Whether a day has come and lies within a lifetime."""
        return day is None or (day.year >= _OLDEST and day <= self.till)


def ar_lasbart(*names: str) -> bool:
    """Whether names are names: short, printable, and no markup."""
    text = "".join(names)
    if "<" in text or ">" in text:
        return False
    if not text.isprintable() and not text.replace("\N{NO-BREAK SPACE}", " ").isprintable():
        return False
    return len(text) <= _LONGEST_NAME or max(map(len, names)) <= _LONGEST_NAME


def visat_namn(text: str) -> str:
    """A name from a register as it may stand in a sentence."""
    return text if ar_lasbart(text) else OLASLIGT


# --- The registers ----------------------------------------------------------------------------------------------------


def orimligt_i_register(
    svar: Mapping[Register, Sequence[Myndighetssvar]], tid: Tid, kallas: Kallas, barn: int = 0
) -> list[str]:
    """A sentence for each fault in the agencies' answers about a household with so many children."""
    findings = []
    for register, answers in svar.items():
        if len(answers) > 1 and len({one.person for one in answers}) < len(answers):
            findings.append(f"{register.namn}: två svar om samma person.")
        for one in answers:
            faults = _FAULTS[register](one, tid)
            if isinstance(one, Formanssvar) and one.utbetalningar:
                faults = [*faults, *_paid_twice(one, barn)]
            if faults:
                findings += [f"{register.namn}, {kallas(one.person)}: {fault}." for fault in faults]
    return findings


def _formaner(svar: Formanssvar, tid: Tid) -> list[str]:
    if not svar.utbetalningar and not svar.vantande:
        return []
    faults = [f"utbetalningen den {one.datum} {what}" for one in svar.utbetalningar for what in _payment(one, tid)]
    for matter in svar.vantande:
        if not ar_lasbart(matter.forman):
            faults.append(f"ett oavgjort ärende har {OLASLIGT}")
        if not tid.varit(matter.inkommet):
            faults.append(f"ett oavgjort ärende har en dag som inte kan stämma: {matter.inkommet}")
    return faults


def _paid_twice(svar: Formanssvar, barn: int) -> list[str]:
    """The same payment more than once. What is paid for each child may stand once for each of the household's."""
    rows = [
        (one.datum, one.forman, one.typ, one.brutto, one.netto, one.period_fran, one.period_till)
        for one in svar.utbetalningar
    ]
    if len(set(rows)) == len(rows):
        return []
    return _twice([row for row in rows if not _for_each_child(row[1]) or rows.count(row) > barn])


def _for_each_child(benefit: str) -> bool:
    return _FOR_EACH_CHILD in benefit.casefold()


def _payment(one: Utbetalning, tid: Tid) -> list[str]:
    faults = []
    if one.brutto < 0 or one.skatt < 0 or one.netto < 0 or (one.avdrag and min(row.belopp for row in one.avdrag) < 0):
        faults.append(_NEGATIVE)
    if one.typ not in _TYPES:
        faults.append(f"har okänd typ {one.typ}")
    if not tid.fran <= one.datum <= (tid.langt_fram if one.typ == Utbetalningstyp.PRESUMERAD else tid.till):
        faults.append(_OUTSIDE)
    if not _is_period(one.period_fran, one.period_till, tid):
        faults.append(_PERIOD)
    if not one.forman.strip() or not ar_lasbart(one.forman):
        faults.append(f"har en förmån med {OLASLIGT}")
    return faults


def _akassa(svar: SoSvar, tid: Tid) -> list[str]:
    if not svar.utbetalningar and not svar.avstangningar and svar.ansokt is None:
        return []
    faults = [f"utbetalningen den {one.datum} {what}" for one in svar.utbetalningar for what in _daily(one, tid)]
    faults += _twice(
        [(one.datum, one.avser_fran, one.avser_till, one.netto_efter_avdrag) for one in svar.utbetalningar]
    )
    if not all(_is_period(ban.fran, ban.till, tid) for ban in svar.avstangningar):
        faults.append("en avstängning har dagar som inte kan stämma")
    if not tid.varit(svar.ansokt):
        faults.append(f"en ansökan har en dag som inte kan stämma: {svar.ansokt}")
    return faults


def _daily(one: AkassaUtbetalning, tid: Tid) -> Iterator[str]:
    if one.netto_efter_skatt < 0 or one.netto_efter_avdrag < 0:
        yield _NEGATIVE
    elif one.netto_efter_avdrag > one.netto_efter_skatt:
        yield "är högre efter avdrag än före"
    if not tid.fran <= one.datum <= tid.till:
        yield _OUTSIDE
    if not _is_period(one.avser_fran, one.avser_till, tid):
        yield _PERIOD
    elif not 0 <= one.dagar <= (one.avser_till - one.avser_fran).days + 1:
        yield "gäller fler dagar än dess period har, eller färre än inga"


def _csn(svar: CsnSvar, tid: Tid) -> list[str]:
    if not svar.utbetalningar and not svar.arenden:
        return []
    faults = []
    for one in svar.utbetalningar:
        row = f"utbetalningen den {one.datum}"
        if one.belopp < 0:
            faults.append(f"{row} {_NEGATIVE}")
        if not tid.fran <= one.datum <= (tid.till if one.utbetald else tid.langt_fram):
            faults.append(f"{row} {_OUTSIDE}")
        if not one.typ.strip() or not ar_lasbart(one.typ):
            faults.append(f"{row} har {OLASLIGT}")
    faults += _twice([(one.datum, one.typ, one.belopp) for one in svar.utbetalningar])
    for case in svar.arenden:
        if case.lage not in CSN_LAGEN:
            faults.append("ett ärende har ett okänt läge")
        if not _is_period(case.fran, case.till, tid):
            faults.append("ett ärende har dagar som inte kan stämma")
        if not ar_lasbart(case.typ):
            faults.append(f"ett ärende har {OLASLIGT}")
    return faults


def _af(svar: AfSvar, tid: Tid) -> list[str]:
    faults = []
    if svar.aktivitetsrapport is not None and svar.aktivitetsrapport not in AKTIVITETSRAPPORTER:
        faults.append("aktivitetsrapporten har en okänd kod")
    if svar.omfattning is not None and not 0 <= svar.omfattning <= 100:
        faults.append(f"omfattningen är {svar.omfattning} procent")
    if not tid.varit(svar.registrerad):
        faults.append(f"inskriven en dag som inte kan stämma: {svar.registrerad}")
    if not tid.varit(svar.avaktualiserad):
        faults.append(f"avaktualiserad en dag som inte kan stämma: {svar.avaktualiserad}")
    return faults


def _skv(svar: SkvSvar, tid: Tid) -> list[str]:
    if not svar.kapital:
        return []
    last = tid.idag.year + 1
    faults = [f"kapitaluppgift för år {row.taxeringsar}" for row in svar.kapital if not 1990 <= row.taxeringsar <= last]
    faults += [f"intäkterna av kapital för {row.taxeringsar} är negativa" for row in svar.kapital if row.intakter < 0]
    return faults


def _ts(svar: TsSvar, tid: Tid) -> list[str]:
    if not svar.fordon:
        return []
    last = tid.idag.year + 2
    faults = [f"fordon av årsmodell {one.ar}" for one in svar.fordon if not _OLDEST <= one.ar <= last]
    if not all(ar_lasbart(one.fabrikat, one.modell, one.slag) for one in svar.fordon):
        faults.append(f"ett fordon har {OLASLIGT}")
    return faults


def _miv(svar: MivSvar, tid: Tid) -> list[str]:
    faults = []
    for one in svar.tillstand:
        if "tillstånd" not in one.slag.casefold() and UPPEHALL not in one.slag.casefold():
            faults.append("ett tillstånd av okänt slag")
        elif not ar_lasbart(one.slag):
            faults.append(f"ett tillstånd har {OLASLIGT}")
        begins = one.fran.year >= _OLDEST and one.fran <= tid.langt_fram
        if not begins or (one.till is not None and not one.fran <= one.till <= tid.idag + _LONG):
            faults.append(f"ett tillstånd har dagar som inte kan stämma: {one.fran} till {one.till or 'tills vidare'}")
    return faults


_FAULTS: dict[Register, Callable[[Any, Tid], list[str]]] = {
    Register.FK: _formaner,
    Register.PM: _formaner,
    Register.AF: _af,
    Register.SO: _akassa,
    Register.CSN: _csn,
    Register.SKV: _skv,
    Register.TS: _ts,
    Register.MIV: _miv,
}


def _twice(rows: Sequence[tuple[date, *tuple[Hashable, ...]]]) -> list[str]:
    """`rows`: the day of each payment, and what makes two of a day the same one."""
    if len(set(rows)) == len(rows):
        return []
    return [
        f"samma utbetalning den {row[0]} står {number} gånger" for row, number in Counter(rows).items() if number > 1
    ]


def _is_period(first: date | None, last: date | None, tid: Tid) -> bool:
    """Whether the days are near enough, and in order where both are told."""
    if first is None or last is None:
        return tid.nara(first) and tid.nara(last)
    return tid.langesen <= first <= last <= tid.langt_fram


# --- Folkbokföring and the application --------------------------------------------------------------------------------


def orimligt_om_personer(ansokan: Ansokan, underlag: Underlag, kallas: Kallas) -> list[str]:
    """A sentence for each fault in who the application is about, and in what folkbokföring says of them.

    Of the household only what is said of the applicant's is looked at: nothing rests on the others'.
    """
    people, arrived, findings = ansokan.personer, ansokan.inkommen.date(), []
    told = [one.person for one in underlag.folkbokforing]
    findings += [f"Folkbokföringen: två svar om {kallas(person)}." for person in _repeated(told)]
    two = "Två personer i ansökan har samma personnummer"
    findings += [f"{two}: {kallas(person)} och någon till." for person in _repeated(people)]
    findings += [
        f"{kallas(person).capitalize()} har ett personnummer med en födelsedag som inte har varit."
        for person in people
        if person.birth_date is not None and person.birth_date > arrived
    ]
    findings += [
        f"Folkbokföringen, {kallas(one.person)}: uppgifterna går inte att läsa."
        for one in underlag.folkbokforing
        if not ar_lasbart(one.namn or "", one.adress or "", one.medborgarskap or "")
    ]
    applicant = underlag.folkbokforing_for(ansokan.sokande.personnummer)
    household = (applicant.hushall if applicant else None) or ()
    if not household:
        return findings
    members = [one.personnummer for one in household if one.personnummer is not None]
    if len(set(members)) < len(members):
        findings.append("Folkbokföringen: två i hushållet har samma personnummer.")
    if not ar_lasbart(*[one.namn for one in household], *[one.relation for one in household]):
        findings.append("Folkbokföringen: namnen i hushållet går inte att läsa.")
    if False in [number.is_valid for number in members]:
        findings.append("Folkbokföringen: någon i hushållet har ett personnummer som inte stämmer.")
    return findings


def _repeated(people: Sequence[Personnummer]) -> list[Personnummer]:
    """Those who are there more than once, each once. The set first: it takes a tenth of a Counter's time."""
    alone = len(set(people)) == len(people)
    return [] if alone else [person for person, number in Counter(people).items() if number > 1]


# --- The case system --------------------------------------------------------------------------------------------------


def orimligt_i_arendet(arende: Arende, tidigare: TidigareBerakning | None, tid: Tid) -> list[str]:
    """A sentence for each fault in the case, and in the calculation of the month before."""
    findings = []
    if tidigare is not None:
        where = f"Verksamhetssystemet, beräkningen för {tidigare.manad.name}"
        findings += [f"{where}: {fault}." for fault in _berakning(tidigare, tid)]
    if _negative([row.belopp for row in arende.beslut]):
        findings.append("Verksamhetssystemet: ett beslut har negativt belopp.")
    if _negative([row.belopp for row in arende.utbetalningar]):
        findings.append("Verksamhetssystemet: en utbetalning har negativt belopp.")
    if False in [tid.varit(row.datum) for row in arende.beslut]:
        findings.append("Verksamhetssystemet: ett beslut har en dag som inte kan stämma.")
    findings += _days_and_amounts(arende, tid)
    people = arende.hushall or ()
    if len(set(people)) < len(people):
        findings.append("Verksamhetssystemet: två i ärendets hushåll har samma personnummer.")
    months = [row.manader for row in arende.jobbstimulans if row.manader is not None]
    if months and not 0 <= min(months) <= max(months) <= _MONTHS_IN_A_LIFE:
        findings.append("Verksamhetssystemet: antalet månader med bistånd kan inte stämma.")
    if False in [_is_period(row.fran, row.till, tid) for row in arende.jobbstimulans]:
        findings.append("Verksamhetssystemet: tiden med jobbstimulans kan inte stämma.")
    hours = [told for row in arende.narvaro or () for told in (row.planerat, row.narvaro, row.giltig_franvaro)]
    if hours and not 0 <= min(hours) <= max(hours) <= _HOURS_IN_A_MONTH:
        findings.append("Verksamhetssystemet: närvaron har timmar som inte kan stämma.")
    if arende.planering is not None and not _is_plan(arende.planering.till, tid):
        findings.append(f"Verksamhetssystemet: planeringen har en dag som inte kan stämma: {arende.planering.till}.")
    return findings


def _days_and_amounts(arende: Arende, tid: Tid) -> list[str]:
    findings = []
    if arende.avslutat is not None and not date(_OLDEST, 1, 1) <= arende.avslutat <= tid.idag:
        findings.append("Verksamhetssystemet: ärendet är avslutat en dag som inte kan stämma.")
    if [row for row in arende.utbetalningar if row.datum is not None and row.datum > tid.langt_fram]:
        findings.append("Verksamhetssystemet: en utbetalning har en dag som inte kan stämma.")
    if False in [tid.varit(row.datum) for row in arende.aktualiseringar]:
        findings.append("Verksamhetssystemet: en ansökan är registrerad en dag som inte kan stämma.")
    amounts = [row.belopp for row in arende.beslut] + [row.belopp for row in arende.utbetalningar]
    if amounts and max(amounts) > _MOST_KRONOR:
        findings.append("Verksamhetssystemet: ett beslut eller en utbetalning har ett belopp som inte kan stämma.")
    return findings


def _berakning(one: TidigareBerakning, tid: Tid) -> Iterator[str]:
    incomes, costs = one.inkomster, one.kostnader
    if _negative([row.belopp for row in incomes] + [row.godkant for row in costs] + [row.ansokt for row in costs]):
        yield "en rad har negativt belopp"
    if True in [row.godkant > row.ansokt and row.godkant > hela_kronor(row.ansokt) for row in costs]:
        yield "mer är godkänt än sökt"
    if False in [tid.nara(row.datum) for row in incomes]:
        yield "en inkomst har en dag som inte kan stämma"
    if not ar_lasbart(*[row.slag for row in incomes], *[row.slag for row in costs]):
        yield f"en rad har {OLASLIGT}"
    if one.antal_personer is not None and not 0 < one.antal_personer <= _MOST_PERSONS:
        yield f"antalet personer är {one.antal_personer}"
    sums = [one.resultat, one.normsumma, *[row.belopp for row in incomes], *[row.ansokt for row in costs]]
    if [amount for amount in sums if amount is not None and abs(amount) > _MOST_KRONOR]:
        yield "ett belopp kan inte stämma"


def _negative(amounts: list[Decimal]) -> bool:
    return bool(amounts) and min(amounts) < 0


def _is_plan(till: date | None, tid: Tid) -> bool:
    return till is None or tid.langesen <= till <= tid.idag + _LONG
