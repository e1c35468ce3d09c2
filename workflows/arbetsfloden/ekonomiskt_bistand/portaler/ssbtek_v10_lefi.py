"""Försäkringskassan's and Pensionsmyndigheten's part of SSBTEK v10: JSON after LEFI's förmånsinformation v9.

One question and one document for the two. Försäkringskassan's payments lie in `formansinformation`, where
`avdragsbelopp` counts the tax too; Pensionsmyndigheten's beside it, with deductions as negative amounts.
"""

import base64
import calendar
import json
import re
from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NoReturn

from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.formular.falt import visat
from arbetsfloden.ekonomiskt_bistand.portaler.ssbtek_v10_del import Avsandare, Del, datum, exakt
from arbetsfloden.ekonomiskt_bistand.portaler.ssbtek_v10_myndigheter import SAKNAS, Om
from arbetsfloden.ekonomiskt_bistand.register.registersvar import (
    OK,
    Avdrag,
    Myndighetssvar,
    Register,
    Utbetalning,
    Utbetalningstyp,
    VantandeArende,
)

_FK_GROUPS = (
    *("FK:ABB", "FK:AS", "FK:BOB", "FK:BST", "FK:DPE", "FK:EJO", "FK:ET", "FK:FP", "FK:FSJP", "FK:GP", "FK:HE"),
    *("FK:MABB", "FK:MEK", "FK:NP", "FK:OMV", "FK:PJOB", "FK:PROG", "FK:RBE", "FK:SA", "FK:SBP", "FK:SJP", "FK:TFP"),
    *("FK:US", "FK:VB", "FK:YL"),
)
"""Every group of benefits but old-age pension and housing supplement, which Pensionsmyndigheten answers for."""
_PM_GROUPS = ("PM:AP", "PM:BTI", "PM:EF")
_FK_PERSON = "FK:GEPI"
_CASES = {
    "aktivitetsstodsarende": "Aktivitetsstöd",
    "allmanpensionsarende": "Allmän pension",
    "arbetsskadeefterlevandearende": "Efterlevandelivränta",
    "arbetsskadeegenlivrantearende": "Livränta",
    "barnbidragsarende": "Barnbidrag",
    "bostadsbidragsarende": "Bostadsbidrag",
    "bostadstillaggsarende": "Bostadstillägg",
    "efterlevandepensionsarende": "Efterlevandepension",
    "foraldrapenningarende": "Föräldrapenning",
    "forebyggandeSjukpenningsarende": "Förebyggande sjukpenning",
    "graviditetspenningsarende": "Graviditetspenning",
    "handikappersattningsarende": "Handikappersättning",
    "merkostnadsersattningsarende": "Merkostnadsersättning",
    "mottagareavbarnbidrag": "Barnbidrag",
    "narstaendepenningarende": "Närståendepenning",
    "omvardnadsbidragsarende": "Omvårdnadsbidrag",
    "ovrigtarende": "Förmån",
    "programersattningsarende": "Programersättning",
    "rehabersattningsarende": "Rehabiliteringsersättning",
    "sjukOchAktivitetsersattningsarende": "Sjuk- och aktivitetsersättning",
    "sjukpenningarende": "Sjukpenning",
    "smittbararersattningsarende": "Smittbärarersättning",
    "tillfalligForaldrapenningarende": "Tillfällig föräldrapenning",
    "totalforsvarspliktsarende": "Dagpenning",
    "underhallsstodsmottag": "Underhållsstöd",
    "vardbidragsarende": "Vårdbidrag",
    "yrkesskadeefterlevandearende": "Efterlevandelivränta",
    "yrkesskadeegenlivrantearende": "Livränta",
}
"""Where Försäkringskassan's cases lie, and the benefit's name where the case itself does not say it."""
_NO_INCOME = frozenset(
    {
        *("generellPersoninformation", "intjanandebehallning", "intjanandeuppgift", "levnadsintygsuppgift"),
        *("programanvisning", "programjobdagar", "sjukOchAktivitetsersattningSteglosAvrakningHistorik"),
        *("sjukOchAktivitetsersattningSteglosAvrakningNulage", "sjukpenninggrundandeInkomstuppgift"),
        *("skatteuppgift", "studiemedelsavisering", "underhallsskuld", "underhallsstodskrav"),
    }
)
"""Parts of Försäkringskassan's information that are neither payments nor cases about money."""
_MADE, _ANNOUNCED = "utbetalningsuppgift", "preliminarautbetalningar"
_PM_MADE, _PM_ANNOUNCED = "utbetalningar", "preliminaraUtbetalningar"
_TOP = ("utlamnare", "avvikelser", "formansinformation", "ansprak", "beslut", _PM_MADE, _PM_ANNOUNCED)
_TAXES = ("PS", "SS")
"""Tax of the payment itself. What is withheld for an earlier year is a deduction like others."""
_UNSPECIFIED = ("OAV", "AVDRAGOVRIGT")
_PM_TYPE = re.compile("PM:([0-4])")
_TYPE_NOT_TOLD = -1
"""Pensionsmyndigheten need not say of what kind a payment is; then it is no ordinary one, and a person looks."""
_MONTH = re.compile("([0-9]{4})-(0[1-9]|1[0-2])")


def lefi_fraga(person: Personnummer, register: Collection[Register], fran: date, till: date) -> str:
    """The question in base64: the person, the period and the groups of benefits of those of the two that are asked."""
    fk = _FK_GROUPS if Register.FK in register else ()
    pm = _PM_GROUPS if Register.PM in register else ()
    asked = {
        "formansinformation": fk,
        "ansprak": pm,
        "beslut": pm,
        _PM_ANNOUNCED: fk + pm,
        _PM_MADE: fk + pm,
        "ovrigInformation": (_FK_PERSON,) if fk else (),
    }
    question: dict[str, object] = {
        "personnummer": person.digits,
        "period": {"from": fran.isoformat(), "tom": till.isoformat()},
    }
    return base64.b64encode(
        json.dumps(question | {name: codes for name, codes in asked.items() if codes}).encode()
    ).decode()


def formaner(data: Del, om: Om) -> Myndighetssvar:
    """One of the two insurers' answer out of the common document. Raises PortalError."""
    document = _document(data)
    source = _source(document, om)
    information = document.valfritt("formansinformation") if om.register is Register.FK else None
    protected = source.sant("skyddad") if source else False
    for about in information.lista("generellPersoninformation") if information else ():
        om.av.ratt_person(about.text("personnummer"), om.person)
        protected = protected or about.sant("skyddad")
    state = source.objekt("tillstand").text("kod") if source else SAKNAS
    deviations = tuple(dict.fromkeys(_deviations(document, om.register.name)))
    if state != OK or protected or deviations:
        return om.ej_kontrollerbart(state, skyddad=protected, avvikelser=deviations)
    if om.register is Register.PM:
        paid, pending = _pension_payments(document), _claims(document)
    else:
        paid, pending = (_payments(information), _cases(information)) if information else ([], [])
    in_order = tuple(sorted(paid, key=lambda one: one.datum))
    return om.svar(in_order, pending, utbetalningar=in_order, vantande=tuple(pending))


class _Objekt:
    """An object of the document. Null and an empty list are the same as left out."""

    def __init__(self, av: Avsandare, name: str, content: object) -> None:
        if not isinstance(content, dict):
            raise av.fel(f"har något annat än ett objekt i {visat(name)}")
        self._av = av
        self._content: dict[str, Any] = content

    def fel(self, why: str) -> NoReturn:
        raise self._av.fel(why)

    def bara(self, *known: str) -> None:
        """Check that no part is unknown: what cannot be read is not nothing."""
        for name in self._content:
            if name not in known:
                self.fel(f"har den okända delen {visat(name)}")

    def valfritt(self, name: str) -> "_Objekt | None":
        found = self._content.get(name)
        return None if found is None else _Objekt(self._av, name, found)

    def objekt(self, name: str) -> "_Objekt":
        return self.valfritt(name) or self.fel(f"saknar {name}")

    def har(self, name: str) -> bool:
        return bool(self._content.get(name))

    def lista(self, name: str) -> list["_Objekt"]:
        found = self._content.get(name)
        if found is None:
            return []
        if not isinstance(found, list):
            self.fel(f"har något annat än en lista i {visat(name)}")
        return [_Objekt(self._av, name, one) for one in found]

    def listor(self) -> Iterator["_Objekt"]:
        """What all lists of this object hold."""
        for name in self._content:
            yield from self.lista(name)

    def text(self, name: str) -> str:
        found = self._content.get(name)
        if not isinstance(found, str) or not found.strip():
            self.fel(f"saknar text i {name}")
        return found.strip()

    def sant(self, name: str) -> bool:
        """A truth value; left out is no."""
        found = self._content.get(name)
        if found is not None and not isinstance(found, bool):
            self.fel(f"har något annat än ja eller nej i {name}")
        return found is True

    def nej(self, name: str) -> bool:
        """Whether a truth value is stated, and is no."""
        return not self.sant(name) and self._content.get(name) is not None

    def heltal(self, name: str) -> int:
        found = self._content.get(name)
        if isinstance(found, bool) or not isinstance(found, int):
            self.fel(f"har något annat än ett heltal i {name}")
        return found

    def datum(self, name: str) -> date:
        return self._av.las(name, "ett datum", datum, self.text(name))

    def dag(self, name: str, *, last: bool = False) -> date | None:
        """A day that may be left out, or be a month: then its first day, or its `last`."""
        if not self.har(name):
            return None
        if match := _MONTH.fullmatch(self.text(name)):
            year, month = int(match[1]), int(match[2])
            return date(year, month, calendar.monthrange(year, month)[1] if last else 1)
        return self.datum(name)

    def belopp(self, name: str) -> Decimal:
        """An amount that is a bare number, in kronor."""
        try:
            return exakt(self._content.get(name))
        except ValueError:
            self.fel(f"har något annat än ett belopp i kronor och ören i {name}")

    def pengar(self, name: str) -> Decimal:
        """An amount with its currency, which must be kronor."""
        found = self.objekt(name)
        if found.text("valuta") != "SEK":
            self.fel(f"har en annan valuta än kronor i {name}")
        return found.belopp("summa")


def _document(data: Del) -> _Objekt:
    text = data.base64("lefiJsonSvar")
    try:
        content = json.loads(text, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise data.av.fel("är inte JSON av det slag som roboten läser") from None
    document = _Objekt(data.av, "lefiJsonSvar", content)
    document.bara(*_TOP, "ovrigInformation")
    return document


def _no_number(constant: str) -> NoReturn:
    raise ValueError(constant)


def _source(document: _Objekt, om: Om) -> _Objekt | None:
    found = [one for one in document.lista("utlamnare") if one.objekt("utlamnare").text("kod") == om.register.name]
    if len(found) > 1:
        document.fel("har två tillstånd för samma myndighet")
    return found[0] if found else None


def _deviations(document: _Objekt, code: str) -> Iterator[str]:
    """The codes of the deviations that concern an agency. A group that names neither of the two concerns both."""
    told = document.valfritt("avvikelser")
    for one in told.listor() if told else ():
        group = one.valfritt("formansgrupp") or one.valfritt("ovrigInformationstyp")
        of = group.text("kod").partition(":")[0] if group else ""
        if of == code or of not in (Register.FK.name, Register.PM.name):
            yield one.objekt("avvikelse").text("kod")


# --- Försäkringskassan ------------------------------------------------------------------------------------------------


def _payments(information: _Objekt) -> list[Utbetalning]:
    information.bara(*_CASES, *_NO_INCOME, _MADE, _ANNOUNCED)
    made = [_payment(row, row.objekt("typ").heltal("id")) for row in information.lista(_MADE)]
    # What is announced has not been paid, whatever kind of payment it will be.
    return made + [_payment(row, Utbetalningstyp.PRESUMERAD) for row in information.lista(_ANNOUNCED)]


def _payment(row: _Objekt, kind: int) -> Utbetalning:
    details = row.lista("utbetalningsdetalj")
    tax, deducted = row.pengar("skattebelopp"), row.pengar("avdragsbelopp")
    rows = [
        _deduction(one.objekt("beloppstyp").text("id"), one.pengar("avdragsbelopp"))
        for one in details
        if one.har("avdragsbelopp")
    ]
    rest = deducted - tax - sum(one.belopp for one in rows)
    period = row.valfritt("period")
    return Utbetalning(
        datum=row.datum("datum"),
        formansfamilj=row.objekt("formansfamilj").text("beskrivning"),
        forman=_together(row, [one.objekt("forman").text("beskrivning") for one in details]),
        brutto=row.pengar("bruttobelopp"),
        skatt=tax,
        netto=row.pengar("nettobelopp"),
        typ=kind,
        period_fran=period.dag("fran") if period else None,
        period_till=period.dag("till", last=True) if period else None,
        avdrag=_deductions([*rows, _deduction("", rest)]),
    )


def _deduction(code: str, amount: Decimal) -> Avdrag:
    return Avdrag(kod="" if code in _UNSPECIFIED else code, belopp=amount)


def _deductions(rows: list[Avdrag]) -> tuple[Avdrag, ...]:
    return tuple(one for one in rows if one.belopp)


def _together(row: _Objekt, names: list[str]) -> str:
    """The benefits of one payment: several are no benefit that can be counted by itself, and a person looks."""
    return ", ".join(dict.fromkeys(names)) or row.fel("har en utbetalning utan förmån")


def _cases(information: _Objekt) -> list[VantandeArende]:
    """Cases without a decision. One that does not say whether it is active counts: a person looks."""
    pending = []
    for place, benefit in _CASES.items():
        for case in information.lista(place):
            if case.nej("aktivt") or case.sant("avslaget") or case.har("beslut"):
                continue
            named = case.valfritt("forman")
            name = named.text("beskrivning") if named else benefit
            pending.append(VantandeArende(forman=name, inkommet=case.dag("startades")))
    return sorted(pending, key=lambda one: one.inkommet or date.min)


# --- Pensionsmyndigheten ----------------------------------------------------------------------------------------------


def _pension_payments(document: _Objekt) -> list[Utbetalning]:
    made = [_pension_payment(row, _told_type(row)) for row in document.lista(_PM_MADE)]
    return made + [_pension_payment(row, Utbetalningstyp.PRESUMERAD) for row in document.lista(_PM_ANNOUNCED)]


def _told_type(row: _Objekt) -> int:
    codes = {part.objekt("beloppstyp").text("kod") for part in row.lista("utbetalningsrader")}
    match = _PM_TYPE.fullmatch(codes.pop()) if len(codes) == 1 else None
    return int(match[1]) if match else _TYPE_NOT_TOLD


def _pension_payment(row: _Objekt, kind: int) -> Utbetalning:
    parts = row.lista("utbetalningsrader")
    kinds = [
        (one.objekt("avdragstyp").text("kod").removeprefix("PM:"), -one.belopp("belopp")) for one in row.lista("avdrag")
    ]
    period = row.valfritt("utbetalningsperiod")
    return Utbetalning(
        datum=row.datum("utbetalningsdatum"),
        formansfamilj=_together(row, [one.objekt("formansgrupp").text("beskrivning") for one in parts]),
        forman=_together(row, [one.objekt("utbetalningsforman").text("beskrivning") for one in parts]),
        brutto=row.belopp("bruttobelopp"),
        skatt=sum((amount for code, amount in kinds if code in _TAXES), Decimal(0)),
        netto=row.belopp("nettobelopp"),
        typ=kind,
        period_fran=period.dag("from") if period else None,
        period_till=period.dag("tom", last=True) if period else None,
        avdrag=_deductions([_deduction(code, amount) for code, amount in kinds if code not in _TAXES]),
    )


def _claims(document: _Objekt) -> list[VantandeArende]:
    """Claims that no later decision in the same group answers."""
    decided: dict[str, date] = {}
    for one in document.lista("beslut"):
        code = one.objekt("formansgrupp").text("kod")
        decided[code] = max(decided.get(code, date.min), one.datum("beslutsdatum"))
    claims = []
    for one in document.lista("ansprak"):
        group, came = one.objekt("formansgrupp"), one.datum("ankomstdatum")
        if decided.get(group.text("kod"), date.min) < came:
            claims.append(VantandeArende(forman=group.text("beskrivning"), inkommet=came))
    return claims
