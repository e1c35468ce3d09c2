"""The agencies' answers in SSBTEK v10, one reader each: the same facts as the multi-question portal's page shows.

Försäkringskassan's and Pensionsmyndigheten's common document is read in `ssbtek_v10_lefi.py`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Lasning, Svarsstatus
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.portaler.ssbtek_v10_del import Avsandare, Del, trad
from arbetsfloden.ekonomiskt_bistand.register.registersvar import (
    OK,
    AfSvar,
    AkassaUtbetalning,
    Avstangning,
    CsnArende,
    CsnSvar,
    CsnUtbetalning,
    FkSvar,
    Fordon,
    Kapitaluppgift,
    MivSvar,
    Myndighetssvar,
    PmSvar,
    Register,
    SkvSvar,
    SoSvar,
    Tillstand,
    TsSvar,
)

SAKNAS = "SAKNAS"
"""The status of an agency that was asked and that the answer does not speak of."""
_KINDS: dict[Register, type[Myndighetssvar]] = {
    kind.register: kind for kind in (FkSvar, PmSvar, AfSvar, SoSvar, CsnSvar, SkvSvar, TsSvar, MivSvar)
}
_AF_ANSWERED = 0
_SO_ANSWERED = "all clear"
_CSN_ANSWERED = "0"
_CSN_NO_HIT = "Ej träff"
_CSN_KINDS = {"BESLUTAT": "BESLUTAD", "INITIERAT": "INITIERAD", "AVSLUTAT": "AVSLUTAD"}
"""CSN writes the state of some kinds of aid in the neuter."""
_CSN_STATES = ("", "BESLUTAD", "INITIERAD", "AVSLUTAD")
_CSN_PAID = {"utbetald": True, "utbetalad": True, "planerad": False}
_SKV_ANSWERED = "999"
_MIV_GRANTED = "BEV"
_MIV_PERMANENT, _MIV_LIMITED = "PERMANENT", "TIDBEGRANSAT"


@dataclass(frozen=True)
class Om:
    """What an answer is about: whom which register was asked about, and when."""

    register: Register
    person: Personnummer
    now: datetime
    av: Avsandare

    def svar(self, *told: object, **facts: object) -> Myndighetssvar:
        """An answer with its facts: SVAR when any of `told` is something, otherwise the agency knows nothing."""
        status = Svarsstatus.SVAR if any(told) else Svarsstatus.INGET
        return self._made(kallstatus=OK, status=status, **facts)

    def ej_kontrollerbart(
        self, kallstatus: str, *, skyddad: bool = False, avvikelser: tuple[str, ...] = ()
    ) -> Myndighetssvar:
        """No answer, with what the agency said instead."""
        status = Svarsstatus.EJ_KONTROLLERBART
        return self._made(kallstatus=kallstatus, status=status, skyddad=skyddad, avvikelser=avvikelser)

    def _made(self, **facts: object) -> Myndighetssvar:
        reading = Lasning(kalla=f"{self.register.namn} via SSBTEK", tidpunkt=self.now)
        return _KINDS[self.register].model_validate({"person": self.person, "lasning": reading, **facts})


def arbetsformedlingen(data: Del, om: Om) -> Myndighetssvar:
    """Job seeker or not, the last activity report, decisions."""
    svar = data.den("Svar")
    om.av.ratt_person(svar.text("IdentitetsbeteckningFysiskPerson"), om.person)
    if svar.valfri_text("Sekretessmarkering") and svar.ja("Sekretessmarkering"):
        return om.ej_kontrollerbart(OK, skyddad=True)
    if svar.heltal("StatusSokandeinformationKod") != _AF_ANSWERED:
        return om.ej_kontrollerbart(svar.text("StatusSokandeinformationKod"))
    decided = svar.valfri("BeslutInfo")
    decisions = tuple(
        f"{one.datum('BeslutFrom')} {one.text('ErsattningTyp')}"
        for one in (decided.den("EkonomiskaBeslut").delar("Beslut") if decided else ())
    )
    info = svar.valfri("ArbetssokandeInfo")
    if info is None:
        return om.svar(decisions, beslut=decisions)
    report = info.valfri("AktivetetsRapportDatum")
    return om.svar(
        info,
        arbetssokande=info.ja("Arbetssokande") if info.valfri_text("Arbetssokande") else None,
        kategori=info.valfri_text("ArbetssokandeSKAT") or None,
        registrerad=info.valfritt_datum("ArbetssokandeRegistrerad"),
        omfattning=info.heltal("ArbetssokandeOmfattning") if info.valfri_text("ArbetssokandeOmfattning") else None,
        avaktualiserad=info.valfritt_datum("ArbetssokandeAvaktualiserad"),
        aktivitetsrapport=report.text("AktivitetsRapportMeddelande") if report else None,
        beslut=decisions,
    )


def akassorna(data: Del, om: Om) -> Myndighetssvar:
    """Payments, suspensions and what is applied for. Each a-kassa answers for itself; one that does not is silence."""
    om.av.ratt_person(data.text("IdentificationNumber"), om.person)
    funds = data.den("ArbetsloshetsersattningLista").delar("Arbetsloshetsersattning")
    for fund in funds:
        state = fund.valfri_text("StatusSvarandeOrganisation") or SAKNAS
        if state != _SO_ANSWERED:
            return om.ej_kontrollerbart(state)
        fund.bara(
            *("SvarandeOrganisation", "StatusSvarandeOrganisation", "Utbetalningar", "Avstangningar", "SoktErsattning")
        )
    names = ", ".join(dict.fromkeys(filter(None, (fund.valfri_text("SvarandeOrganisation") for fund in funds))))
    applied = min(filter(None, (fund.valfritt_datum("SoktErsattning") for fund in funds)), default=None)
    paid = tuple(
        AkassaUtbetalning(
            datum=row.datum("Utbetalningsdatum"),
            avser_fran=row.datum("AvserFrom"),
            avser_till=row.datum("AvserTom"),
            dagar=row.tal("Ersattningsdagar"),
            netto_efter_skatt=row.belopp("NettoEfterSkatt"),
            netto_efter_avdrag=row.belopp("NettoEfterAvdrag"),
        )
        for fund in funds
        for row in fund.delar("Utbetalningar")
    )
    suspended = tuple(
        Avstangning(fran=row.datum("From"), till=row.valfritt_datum("Tom"), orsak=row.valfri_text("Orsak"))
        for fund in funds
        for row in fund.delar("Avstangningar")
    )
    return om.svar(
        *(names, applied, paid, suspended),
        kassa=names or None,
        ansokt=applied,
        utbetalningar=paid,
        avstangningar=suspended,
    )


def csn(data: Del, om: Om) -> Myndighetssvar:
    """Cases, and payments made and planned, out of CSN's own document in base64."""
    document = trad(data.base64("svar"), om.av)
    result = document.den("GemensamtSvarEkbistand").den("Resultat").text("ResultatKod")
    if result != _CSN_ANSWERED:
        return om.ej_kontrollerbart(result)
    person = document.den("Personer").den("Person")
    om.av.ratt_person(f"{person.attribut('sekel') or ''}{person.attribut('personnummer') or ''}", om.person)
    secrecy, state = person.attribut("sekretess") or "", person.attribut("Status") or ""
    if secrecy not in ("", "N"):
        return om.ej_kontrollerbart(OK, skyddad=True)
    if state not in ("", _CSN_NO_HIT):
        return om.ej_kontrollerbart(state)
    aids = [aid for part in person.delar() for place in part.delar("Arenden") for aid in place.delar("Arende")]
    cases = tuple(case for aid in aids if (case := _csn_case(aid)) is not None)
    paid = tuple(sorted((row for aid in aids for row in _csn_payments(aid)), key=lambda row: row.datum))
    return om.svar(cases, paid, arenden=cases, utbetalningar=paid)


def _csn_case(aid: Del) -> CsnArende | None:
    """None for what is only a plan of payments, without a state and a time that was applied for."""
    written = aid.valfri_text("status").upper()
    state = _CSN_KINDS.get(written, written)
    if state not in _CSN_STATES:
        raise aid.av.fel("har ett ärende med okänd status")
    times = [time for place in aid.delar("soktaTider") for time in place.delar("soktTid")]
    if not state and not times:
        return None
    return CsnArende(
        typ=aid.text("klartext"),
        lage=state,
        fran=min((time.datum("soktfrom") for time in times), default=None),
        till=max((time.datum("sokttom") for time in times), default=None),
    )


def _csn_payments(aid: Del) -> Iterable[CsnUtbetalning]:
    for plan in aid.delar("UtbetalningsPlan"):
        for row in plan.delar("Utbetalning"):
            state = row.text("utbetstatus").casefold()
            if state not in _CSN_PAID:
                raise row.av.fel("har en utbetalning med okänd status")
            yield CsnUtbetalning(
                datum=row.datum("utbetdatum"),
                typ=aid.text("klartext"),
                belopp=row.belopp("totbelopp"),
                utbetald=_CSN_PAID[state],
            )


def skatteverket(data: Del, om: Om) -> Myndighetssvar:
    """Capital income, out of Skatteverket's own document, which is text in the answer."""
    person = data.dokument("svar").den("PersonuppgiftLista").den("Personuppgift")
    om.av.ratt_person(person.text("IdentitetsbeteckningFysiskPerson"), om.person)
    state = person.text("StatusPersonuppgiftKod")
    if state != _SKV_ANSWERED:
        return om.ej_kontrollerbart(state)
    capital = tuple(
        Kapitaluppgift(
            taxeringsar=row.heltal("Taxeringsar"),
            intakter=row.belopp("SummaIntakterPaKapital"),
            overskott=row.belopp("OverskottPaKapital"),
        )
        for row in person.delar("Kapitaluppgift")
    )
    return om.svar(capital, kapital=capital)


def transportstyrelsen(data: Del, om: Om) -> Myndighetssvar:
    """Vehicles. The answer does not say whose they are: only that it belongs to the question asked."""
    result = data.text("resultat")
    if result != OK:
        return om.ej_kontrollerbart(result)
    vehicles = tuple(
        Fordon(
            regnr=row.text("regnr"),
            fabrikat=row.text("fabrikat"),
            modell=row.valfri_text("handelsbeteckning"),
            ar=row.heltal("fordonsar"),
            slag=row.text("fordonsslag"),
        )
        for row in data.den("fordonsinnehav").delar("fordon")
    )
    return om.svar(vehicles, fordon=vehicles)


def migrationsverket(data: Del, om: Om) -> Myndighetssvar:
    """Permits: what was granted, and not followed by a decision of another kind (rejected, revoked)."""
    response = data.den("response")
    om.av.ratt_person(response.text("personnummer"), om.person)
    decided = [row for row in response.den("svarCollection").delar("svar") if row.valfri_text("beslutsKod")]
    others = [row for row in decided if row.text("beslutsKod") != _MIV_GRANTED]
    last_other = max((_decision_day(row) or date.max for row in others), default=date.min)
    permits = tuple(
        _permit(row)
        for row in decided
        if row not in others and row.valfri_text("giltighetstid") and (_decision_day(row) or date.max) > last_other
    )
    return om.svar(permits, others, tillstand=permits)


def _decision_day(row: Del) -> date | None:
    return row.valfritt_datum("beslutsdatum") or row.valfritt_datum("fromDatum")


def _permit(row: Del) -> Tillstand:
    lasts = row.text("giltighetstid")
    if lasts not in (_MIV_PERMANENT, _MIV_LIMITED):
        raise row.av.fel("har ett tillstånd med okänd giltighetstid")
    named = row.valfri_text("beslutsTypNamn") or row.text("arendeTypNamn")
    return Tillstand(
        slag=named.capitalize() if named.isupper() else named,
        fran=row.valfritt_datum("fromDatum") or row.datum("beslutsdatum"),
        till=row.datum("tomDatum") if lasts == _MIV_LIMITED else None,
    )
