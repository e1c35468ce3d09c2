"""Återansökan om ekonomiskt bistånd, from the inbox to the decision: the story, readable from top to bottom.

The function is called again from the top after every interruption. Finished steps answer from the journal, so whatever
depends on the day, the clock or a portal stands inside a step.
"""

from datetime import date
from functools import partial

from arbetsfloden.ekonomiskt_bistand.ansokan import Ansokan
from arbetsfloden.ekonomiskt_bistand.beslut import Forslag, Forslagsslag, foresla
from arbetsfloden.ekonomiskt_bistand.delegation import AVSLAG, BIFALL
from arbetsfloden.ekonomiskt_bistand.oeplatform import las_ansokan
from arbetsfloden.ekonomiskt_bistand.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.portaler import brev, e_tjanst, folkbokforing, ssbtek, verksamhet
from arbetsfloden.ekonomiskt_bistand.portaler.registrering import (
    Aktualiseringspost,
    Plats,
    RegistreraAktualisering,
    RegistreraBeslut,
    RegistreraUtbetalning,
    SkrivAnteckning,
    SparaBerakning,
)
from arbetsfloden.ekonomiskt_bistand.poster import Handling, anteckningspost, beslutspost, utbetalningspost, utkast
from arbetsfloden.ekonomiskt_bistand.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.regler import granska_arende, granska_folkbokforing
from arbetsfloden.ekonomiskt_bistand.regler.lage import Lage
from arbetsfloden.ekonomiskt_bistand.underlag import Arende, Folkbokforing, Skydd, Underlag
from medarbetare.engine import Mode, NaturalKey, Outcome, decided, handed_over, shadowed, stopped
from medarbetare.engine.run import Run

SKYDDSROLL = "skyddade personuppgifter"


def handlagg(run: Run, regelverk: Regelverk) -> Outcome:
    """One application, steps 1 to 8."""
    dag = run.step("dagens datum", lambda: run.today, date)
    run.mode = _hogsta_mode(regelverk, dag)

    # 1. The application
    original = run.step(
        "hämta ansökan", lambda: e_tjanst.hamta_original(run.portal(e_tjanst.PORTAL), run.reference), e_tjanst.Original
    )
    ansokan = las_ansokan(original.xml)

    # 2. Folkbokföring: protected people stop here, before anything else is asked or written
    underlag = Underlag(folkbokforing=_las_folkbokforing(run, ansokan))
    if granska_folkbokforing(ansokan, underlag, regelverk, dag).hindrar:
        return _avsluta(run, _forslag(run, ansokan, underlag, regelverk, dag))

    # 3. The case system: person, history, decided already?
    arende = run.step("läs ärende", partial(_las_arende, run, ansokan), Arende)
    underlag = underlag.model_copy(update={"arende": arende})

    # 4. Aktualisering: registered on arrival, whatever happens later
    plats = _plats(run, ansokan, arende)
    if plats is not None and run.mode.allows(Mode.FORBERED):
        run.write(RegistreraAktualisering(plats, _aktualiseringspost(ansokan)))
    if granska_arende(ansokan, underlag, regelverk, dag).hindrar:
        return _avsluta(run, _forslag(run, ansokan, underlag, regelverk, dag))

    # 5. The registers, per adult
    underlag = _fraga_register(run, Lage(ansokan, underlag, regelverk, dag))

    # 6. The proposal
    forslag = _forslag(run, ansokan, underlag, regelverk, dag)
    run.mode = forslag.mode or Mode.SKUGGA

    # 7. The calculation as a draft
    if plats is not None and forslag.berakning is not None and run.mode.allows(Mode.FORBERED):
        run.write(SparaBerakning(plats, utkast(forslag.berakning)))

    # 8. Decide and pay, or hand over
    if plats is None or forslag.slag is not Forslagsslag.BIFALL or not run.mode.allows(Mode.AUTOMATISK):
        return _avsluta(run, forslag)
    handling = run.step("skriv texter", lambda: Handling.av(forslag, ansokan, arende, regelverk), Handling)
    run.step("hämta beslutsbrev", lambda: brev.hamta_och_jamfor(plats.portal, plats.arende, handling), brev.Brev)
    run.write(RegistreraBeslut(plats, beslutspost(handling), handling.motivering))
    run.write(RegistreraUtbetalning(plats, utbetalningspost(handling)))
    run.write(SkrivAnteckning(plats, anteckningspost(handling), handling.anteckning))
    run.write(_statusandring(run, ansokan))
    return decided(f"Bifall {handling.belopp} kr för {ansokan.manad.name}, utbetalning registrerad.")


def _hogsta_mode(regelverk: Regelverk, dag: date) -> Mode:
    """The highest mode of any decision type: what may be written before one knows which decision it will be."""
    modes = [regelverk.effective_mode(beslutstyp, dag) for beslutstyp in (BIFALL, AVSLAG)]
    return max((mode for mode in modes if mode is not None), key=list(Mode).index, default=Mode.SKUGGA)


def _las_folkbokforing(run: Run, ansokan: Ansokan) -> tuple[Folkbokforing, ...]:
    """Everybody in the application, one at a time; nobody more once a protected person is found."""
    lasta: list[Folkbokforing] = []
    for number, person in enumerate(ansokan.personer, 1):
        uppgift = run.step(
            f"läs folkbokföring, person {number}",
            partial(_las_person, run, person),
            Folkbokforing,
        )
        lasta.append(uppgift)
        if uppgift.skydd not in (None, Skydd.INGET):
            break
    return tuple(lasta)


def _las_person(run: Run, person: Personnummer) -> Folkbokforing:
    return folkbokforing.las_person(run.portal(folkbokforing.PORTAL), person, run.now())


def _las_arende(run: Run, ansokan: Ansokan) -> Arende:
    portal = run.portal(verksamhet.PORTAL)
    return verksamhet.las_arende(portal, ansokan.sokande.personnummer, ansokan.manad, run.now())


def _fraga_register(run: Run, lage: Lage) -> Underlag:
    """One question per person for whom a register is relevant: payments from two months back until today."""
    svar = [
        run.step(f"fråga SSBTEK, person {number}", partial(_fraga_om, run, lage, person), ssbtek.Registersvar)
        for number, person in enumerate(lage.fk_personer, 1)
    ]
    af = tuple(one.af for one in svar if one.af is not None)
    return lage.underlag.model_copy(update={"fk": tuple(one.fk for one in svar), "af": af})


def _fraga_om(run: Run, lage: Lage, person: Personnummer) -> ssbtek.Registersvar:
    return ssbtek.fraga(
        run.portal(ssbtek.PORTAL),
        person,
        with_af=person in lage.af_personer,
        fran=lage.manad.minus(2).first,
        till=max(lage.today, lage.manad.minus(1).last),
        now=run.now(),
        accept_silence=run.is_last_attempt,
    )


def _forslag(run: Run, ansokan: Ansokan, underlag: Underlag, regelverk: Regelverk, dag: date) -> Forslag:
    return run.step("föreslå", lambda: foresla(ansokan, underlag, regelverk, dag), Forslag)


def _avsluta(run: Run, forslag: Forslag) -> Outcome:
    """Everything that is not decided by the robot itself."""
    if forslag.sarskild:
        return stopped(
            "Ärendet får inte handläggas av roboten. Lämnas till den som har särskild behörighet.", SKYDDSROLL
        )
    if run.mode is Mode.SKUGGA and forslag.slag is not Forslagsslag.STOPP:
        return shadowed(_sammanfattning(forslag), forslag.skal)
    return handed_over(_sammanfattning(forslag), forslag.skal)


def _sammanfattning(forslag: Forslag) -> str:
    amount = f" {forslag.belopp} kr" if forslag.belopp else ""
    return {
        Forslagsslag.BIFALL: f"Förslag: bifall{amount} för {forslag.manad.name}. En handläggare beslutar.",
        Forslagsslag.AVSLAG_FORSLAG: f"Förslag: avslag för {forslag.manad.name}. En handläggare beslutar.",
        Forslagsslag.STOPP: "Roboten får inte gå vidare.",
        Forslagsslag.VANTA: "Ett register har inte svarat.",
        Forslagsslag.OVERLAMNA: "En handläggare tar över.",
    }[forslag.slag]


def _plats(run: Run, ansokan: Ansokan, arende: Arende) -> Plats | None:
    """Where to write, when the applicant has a case of their own."""
    if arende.nummer is None or not arende.aktivt:
        return None
    return Plats(run.portal(verksamhet.PORTAL), arende.nummer, ansokan.sokande.personnummer, ansokan.manad)


def _aktualiseringspost(ansokan: Ansokan) -> Aktualiseringspost:
    return Aktualiseringspost(
        ankomstdatum=ansokan.inkommen.date(),
        arendetyp="Återansökan ekonomiskt bistånd",
        referens=ansokan.referens,
        bilagor=", ".join(bilaga.filnamn for bilaga in ansokan.bilagor),
    )


def _statusandring(run: Run, ansokan: Ansokan) -> e_tjanst.Statusandring:
    key = NaturalKey(ansokan.sokande.personnummer.digits, str(ansokan.manad), f"status {run.reference}")
    return e_tjanst.Statusandring(
        run.portal(e_tjanst.PORTAL), run.reference, e_tjanst.Statuspost(status="Beslutad"), key
    )
