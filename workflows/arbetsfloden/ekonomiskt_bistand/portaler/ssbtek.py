"""The multi-question portal: Försäkringskassan and Arbetsförmedlingen, one question per person."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict

from arbetsfloden.ekonomiskt_bistand.fakta import Lasning
from arbetsfloden.ekonomiskt_bistand.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.portaler.visning import Visning
from arbetsfloden.ekonomiskt_bistand.underlag import (
    AfSvar,
    Avdrag,
    FkSvar,
    FkUtbetalning,
    Svarsstatus,
    VantandeArende,
)
from medarbetare.engine import Page, Portal
from medarbetare.errors import AnswerMissing, PortalError

PORTAL = "ssbtek"
_OK = "OK"
_INTERNT_FEL = "INTERNT_FEL"
_NERE = frozenset({"FELANDE", "OTILLGANGLIG"})
_visning = Visning(PORTAL)


class Registersvar(BaseModel):
    """What the agencies answered about one person; `af` is None when Arbetsförmedlingen was not asked."""

    model_config = ConfigDict(frozen=True)

    fk: FkSvar
    af: AfSvar | None


def fraga(
    portal: Portal,
    person: Personnummer,
    *,
    with_af: bool,
    fran: date,
    till: date,
    now: datetime,
    accept_silence: bool,
) -> Registersvar:
    """Ask one question about one person, to Arbetsförmedlingen only `with_af`.

    What an agency does not answer is *not checkable*, never nothing.

    Raises AnswerMissing when an agency is down, unless `accept_silence`: then that is the answer, for a person to see.
    """
    page, numbers = ("svar", ["af_personnummer"]) if with_af else ("svar_forsakringskassan", [])
    sida = portal.page(page, personnummer=person.digits, fran=fran.isoformat(), till=till.isoformat())
    om = sida.read_all("fk_personnummer", *numbers)
    if {_visning.personnummer(text) for text in om.values()} != {person}:
        raise PortalError("SSBTEK svarade om en annan person än den som frågan gällde.", portal=PORTAL)
    fk = _forsakringskassan(sida, person, now)
    af = _arbetsformedlingen(sida, person, now) if with_af else None
    down = {
        "Försäkringskassan": fk.kallstatus in _NERE or _INTERNT_FEL in fk.avvikelser,
        "Arbetsförmedlingen": af is not None and af.kallstatus in _NERE,
    }
    for agency, is_down in down.items():
        if is_down and not accept_silence:
            raise AnswerMissing(f"{agency} svarar inte i SSBTEK just nu. Frågan ställs igen senare.")
    return Registersvar(fk=fk, af=af)


def _forsakringskassan(sida: Page, person: Personnummer, now: datetime) -> FkSvar:
    huvud = sida.read_all("fk_status", "fk_avvikelse", "fk_skyddad")
    lasning = Lasning(kalla="Försäkringskassan via SSBTEK", tidpunkt=now)
    avvikelser = (huvud["fk_avvikelse"],) if huvud["fk_avvikelse"] else ()
    skyddad = huvud["fk_skyddad"] != "Nej"
    if huvud["fk_status"] != _OK or avvikelser or skyddad:
        return FkSvar(
            person=person,
            status=Svarsstatus.EJ_KONTROLLERBART,
            lasning=lasning,
            kallstatus=huvud["fk_status"],
            skyddad=huvud["fk_skyddad"] == "Ja",
            avvikelser=avvikelser,
        )
    utbetalningar = tuple(_utbetalning(rad) for rad in sida.table("fk_utbetalningar"))
    vantande = tuple(
        VantandeArende(forman=rad["forman"], inkommet=_visning.datum_eller_inget(rad["inkom"]))
        for rad in sida.table("fk_arenden")
    )
    return FkSvar(
        person=person,
        status=Svarsstatus.SVAR if utbetalningar or vantande else Svarsstatus.INGET,
        lasning=lasning,
        kallstatus=_OK,
        utbetalningar=utbetalningar,
        vantande=vantande,
    )


def _utbetalning(rad: dict[str, str]) -> FkUtbetalning:
    avdrag = _visning.kronor(rad["avdrag"]) if rad["avdrag"] else 0
    return FkUtbetalning(
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


def _arbetsformedlingen(sida: Page, person: Personnummer, now: datetime) -> AfSvar:
    huvud = sida.read_all("af_status", "af_sekretess")
    lasning = Lasning(kalla="Arbetsförmedlingen via SSBTEK", tidpunkt=now)
    if huvud["af_status"] != _OK or huvud["af_sekretess"] != "Nej":
        return AfSvar(
            person=person,
            status=Svarsstatus.EJ_KONTROLLERBART,
            lasning=lasning,
            kallstatus=huvud["af_status"],
            sekretess=huvud["af_sekretess"] == "Ja",
        )
    uppgifter = sida.read_all(
        "af_arbetssokande",
        "af_kategori",
        "af_registrerad",
        "af_omfattning",
        "af_avaktualiserad",
        "af_aktivitetsrapport",
    )
    return AfSvar(
        person=person,
        status=Svarsstatus.SVAR,
        lasning=lasning,
        kallstatus=_OK,
        arbetssokande=_visning.ja(uppgifter["af_arbetssokande"]) if uppgifter["af_arbetssokande"] else None,
        kategori=uppgifter["af_kategori"] or None,
        registrerad=_visning.datum_eller_inget(uppgifter["af_registrerad"]),
        omfattning=_visning.heltal(uppgifter["af_omfattning"]) if uppgifter["af_omfattning"] else None,
        avaktualiserad=_visning.datum_eller_inget(uppgifter["af_avaktualiserad"]),
        aktivitetsrapport=uppgifter["af_aktivitetsrapport"] or None,
        beslut=tuple(f"{rad['datum']} {rad['beslut']}" for rad in sida.table("af_beslut")),
    )
