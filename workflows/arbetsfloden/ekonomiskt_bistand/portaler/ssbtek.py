"""The multi-question portal: one question about one person to the agencies that are relevant for them."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Lasning, Svarsstatus
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.portaler.visning import Visning
from arbetsfloden.ekonomiskt_bistand.register.registersvar import (
    OK,
    AfSvar,
    AkassaUtbetalning,
    Avdrag,
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
    Registersvar,
    SkvSvar,
    SoSvar,
    Tillstand,
    TsSvar,
    Utbetalning,
    VantandeArende,
)
from medarbetare.engine import Page, Portal
from medarbetare.errors import AnswerMissing, PortalError

PORTAL = "ssbtek"
_INTERNT_FEL = "INTERNT_FEL"
_NERE = frozenset({"FELANDE", "OTILLGANGLIG"})
_UNTIL_FURTHER_NOTICE = "Tills vidare"
_visning = Visning(PORTAL)


def fraga(
    portal: Portal,
    person: Personnummer,
    register: Collection[Register],
    *,
    fran: date,
    till: date,
    now: datetime,
    accept_silence: bool,
) -> Registersvar:
    """Ask one question about one person to some agencies, about payments made from `fran` to `till`.

    What an agency does not answer is *not checkable*, never nothing.

    Raises AnswerMissing when an agency is down, unless `accept_silence`: then that is the answer, for a person to see.
    """
    valda = {one.value: "Ja" if one in register else "Nej" for one in Register}
    sida = portal.page("svar", personnummer=person.digits, fran=fran.isoformat(), till=till.isoformat(), **valda)
    valda_register = [one for one in Register if one in register]
    rader = sida.read_all(*(f"{one}_{namn}" for one in valda_register for namn in _huvudrader(one)))
    om = {_visning.personnummer(rader[f"{one}_personnummer"]) for one in valda_register}
    if om != {person}:
        raise PortalError("SSBTEK svarade om en annan person än den som frågan gällde.", portal=PORTAL)
    lasta = [_Last(sida, one, person, now, rader) for one in valda_register]
    svar = {one.register.value: _svar(one) for one in lasta}
    for one in svar.values():
        if avbruten(one) and not accept_silence:
            raise AnswerMissing(f"{one.register.namn} svarar inte i SSBTEK just nu. Frågan ställs igen senare.")
    return Registersvar.model_validate(svar)


def avbruten(svar: Myndighetssvar) -> bool:
    """Whether an agency is down for now, so that it is worth asking again."""
    return svar.kallstatus in _NERE or _INTERNT_FEL in svar.avvikelser


@dataclass(frozen=True)
class _Last:
    """One agency's section of the answer. `rader` are the rows that every section has, of all agencies."""

    sida: Page
    register: Register
    person: Personnummer
    now: datetime
    rader: dict[str, str]

    def texter(self, *names: str) -> dict[str, str]:
        """Rows of the section by their names without the agency's code."""
        read = self.sida.read_all(*(f"{self.register}_{name}" for name in names))
        return {name: read[f"{self.register}_{name}"] for name in names}

    def tabell(self, name: str) -> list[dict[str, str]]:
        return self.sida.table(f"{self.register}_{name}")

    @property
    def huvud(self) -> dict[str, Any]:
        """What every answer says. `status` is EJ_KONTROLLERBART, or left for the agency's own facts to tell."""
        rows = {name: self.rader[f"{self.register}_{name}"] for name in _huvudrader(self.register)}
        avvikelser = (rows["avvikelse"],) if rows.get("avvikelse") else ()
        huvud: dict[str, Any] = {
            "person": self.person,
            "lasning": Lasning(kalla=f"{self.register.namn} via SSBTEK", tidpunkt=self.now),
            "kallstatus": rows["status"],
            "skyddad": rows["skyddad"] == "Ja",
            "avvikelser": avvikelser,
        }
        if rows["status"] != OK or avvikelser or rows["skyddad"] != "Nej":
            huvud["status"] = Svarsstatus.EJ_KONTROLLERBART
        return huvud


def _huvudrader(register: Register) -> tuple[str, ...]:
    """The rows that an agency's section always has, whether it answers or not."""
    always = ("personnummer", "status", "skyddad")
    return (*always, "avvikelse") if register in (Register.FK, Register.PM) else always


Uppgifter = dict[str, Any]
"""What an agency told: fields of its answer."""


def _svar(last: _Last) -> Myndighetssvar:
    """One agency's answer: its head alone when it does not answer, nothing when it knows nothing."""
    kind, las = _LASARE[last.register]
    huvud = last.huvud
    if "status" in huvud:
        return kind(**huvud)
    uppgifter = las(last)
    # Arbetsförmedlingen tells of everybody, if only that they are not looking for work.
    known = last.register is Register.AF or any(uppgifter.values())
    return kind(**huvud, **uppgifter, status=Svarsstatus.SVAR if known else Svarsstatus.INGET)


def _formaner(last: _Last) -> Uppgifter:
    utbetalningar = tuple(_utbetalning(rad) for rad in last.tabell("utbetalningar"))
    vantande = tuple(
        VantandeArende(forman=rad["forman"], inkommet=_visning.datum_eller_inget(rad["inkom"]))
        for rad in last.tabell("arenden")
    )
    return {"utbetalningar": utbetalningar, "vantande": vantande}


def _utbetalning(rad: dict[str, str]) -> Utbetalning:
    avdrag = _visning.kronor(rad["avdrag"]) if rad["avdrag"] else 0
    return Utbetalning(
        datum=_visning.datum(rad["datum"]),
        formansfamilj=rad["familj"],
        forman=rad["forman"],
        brutto=_visning.kronor(rad["brutto"]),
        skatt=_visning.kronor(rad["skatt"]),
        netto=_visning.kronor(rad["netto"]),
        typ=_visning.heltal(rad["typ"].split(" ")[0]),
        period_fran=_visning.datum_eller_inget(rad["period_fran"]),
        period_till=_visning.datum_eller_inget(rad["period_till"]),
        avdrag=(Avdrag(kod=rad["avdragstyp"], belopp=_visning.kronor(rad["avdrag"])),) if avdrag else (),
    )


def _arbetsformedlingen(last: _Last) -> Uppgifter:
    rader = last.texter("arbetssokande", "kategori", "registrerad", "omfattning", "avaktualiserad", "aktivitetsrapport")
    return {
        "arbetssokande": _visning.ja(rader["arbetssokande"]) if rader["arbetssokande"] else None,
        "kategori": rader["kategori"] or None,
        "registrerad": _visning.datum_eller_inget(rader["registrerad"]),
        "omfattning": _visning.heltal(rader["omfattning"]) if rader["omfattning"] else None,
        "avaktualiserad": _visning.datum_eller_inget(rader["avaktualiserad"]),
        "aktivitetsrapport": rader["aktivitetsrapport"] or None,
        "beslut": tuple(f"{rad['datum']} {rad['beslut']}" for rad in last.tabell("beslut")),
    }


def _akassorna(last: _Last) -> Uppgifter:
    rader = last.texter("kassa", "ansokt")
    utbetalningar = tuple(
        AkassaUtbetalning(
            datum=_visning.datum(rad["datum"]),
            avser_fran=_visning.datum(rad["avser_fran"]),
            avser_till=_visning.datum(rad["avser_till"]),
            dagar=_visning.kronor(rad["dagar"]),
            netto_efter_skatt=_visning.kronor(rad["netto_efter_skatt"]),
            netto_efter_avdrag=_visning.kronor(rad["netto_efter_avdrag"]),
        )
        for rad in last.tabell("utbetalningar")
    )
    avstangningar = tuple(
        Avstangning(
            fran=_visning.datum(rad["fran"]),
            till=None if rad["till"] == _UNTIL_FURTHER_NOTICE else _visning.datum(rad["till"]),
            orsak=rad["orsak"],
        )
        for rad in last.tabell("avstangningar")
    )
    return {
        "kassa": rader["kassa"] or None,
        "ansokt": _visning.datum_eller_inget(rader["ansokt"]),
        "utbetalningar": utbetalningar,
        "avstangningar": avstangningar,
    }


def _csn(last: _Last) -> Uppgifter:
    arenden = tuple(
        CsnArende(
            typ=rad["typ"],
            lage=rad["lage"],
            fran=_visning.datum_eller_inget(rad["fran"]),
            till=_visning.datum_eller_inget(rad["till"]),
        )
        for rad in last.tabell("arenden")
    )
    utbetalningar = tuple(
        CsnUtbetalning(
            datum=_visning.datum(rad["datum"]),
            typ=rad["typ"],
            belopp=_visning.kronor(rad["belopp"]),
            utbetald=rad["lage"] == "Utbetald",
        )
        for rad in last.tabell("utbetalningar")
    )
    return {"arenden": arenden, "utbetalningar": utbetalningar}


def _skatteverket(last: _Last) -> Uppgifter:
    kapital = tuple(
        Kapitaluppgift(
            taxeringsar=_visning.heltal(rad["ar"]),
            intakter=_visning.kronor(rad["intakter"]),
            overskott=_visning.kronor(rad["overskott"]),
        )
        for rad in last.tabell("kapital")
    )
    return {"kapital": kapital}


def _transportstyrelsen(last: _Last) -> Uppgifter:
    fordon = tuple(
        Fordon(
            regnr=rad["regnr"],
            fabrikat=rad["fabrikat"],
            modell=rad["modell"],
            ar=_visning.heltal(rad["ar"]),
            slag=rad["slag"],
        )
        for rad in last.tabell("fordon")
    )
    return {"fordon": fordon}


def _migrationsverket(last: _Last) -> Uppgifter:
    tillstand = tuple(
        Tillstand(slag=rad["slag"], fran=_visning.datum(rad["fran"]), till=_visning.datum_eller_inget(rad["till"]))
        for rad in last.tabell("tillstand")
    )
    return {"tillstand": tillstand}


_LASARE: dict[Register, tuple[type[Myndighetssvar], Callable[[_Last], Uppgifter]]] = {
    Register.FK: (FkSvar, _formaner),
    Register.PM: (PmSvar, _formaner),
    Register.AF: (AfSvar, _arbetsformedlingen),
    Register.SO: (SoSvar, _akassorna),
    Register.CSN: (CsnSvar, _csn),
    Register.SKV: (SkvSvar, _skatteverket),
    Register.TS: (TsSvar, _transportstyrelsen),
    Register.MIV: (MivSvar, _migrationsverket),
}
