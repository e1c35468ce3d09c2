"""Reading the facts of one application, each answer a step of its own.

The facts are read in rounds (*omgång*): the first when the application comes, further ones when the facts have grown
too old before the decision is written. A round's steps carry its number, so that each round is read for itself.
"""

from datetime import date, datetime
from functools import partial

from arbetsfloden.ekonomiskt_bistand.ansokan import Ansokan
from arbetsfloden.ekonomiskt_bistand.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.portaler import folkbokforing, ssbtek, verksamhet
from arbetsfloden.ekonomiskt_bistand.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.regler import granska_arende, granska_folkbokforing
from arbetsfloden.ekonomiskt_bistand.regler.lage import Lage
from arbetsfloden.ekonomiskt_bistand.underlag import Arende, Folkbokforing, Skydd, Underlag
from medarbetare.engine.run import Run


def i_omgang(step: str, omgang: int) -> str:
    """The step's name in a round; the first round's is the bare name."""
    return step if omgang == 1 else f"{step}, omgång {omgang}"


def las_folkbokforing(run: Run, ansokan: Ansokan, omgang: int = 1) -> tuple[Folkbokforing, ...]:
    """Everybody in the application, one at a time; nobody more once a protected person is found."""
    lasta: list[Folkbokforing] = []
    for number, person in enumerate(ansokan.personer, 1):
        uppgift = run.step(
            i_omgang(f"läs folkbokföring, person {number}", omgang), partial(_las_person, run, person), Folkbokforing
        )
        lasta.append(uppgift)
        if uppgift.skydd not in (None, Skydd.INGET):
            break
    return tuple(lasta)


def las_arende(run: Run, ansokan: Ansokan, omgang: int = 1) -> Arende:
    """The case system: person, history, what is decided already."""
    return run.step(i_omgang("läs ärende", omgang), partial(_las_arende, run, ansokan), Arende)


def fraga_register(run: Run, lage: Lage, omgang: int = 1) -> Underlag:
    """One question per person for whom a register is relevant: payments from two months back until today.

    Nobody more is asked about once an answer marks its person as protected.
    """
    svar: list[ssbtek.Registersvar] = []
    for number, person in enumerate(lage.fk_personer, 1):
        one = run.step(
            i_omgang(f"fråga SSBTEK, person {number}", omgang),
            partial(_fraga_om, run, lage, person),
            ssbtek.Registersvar,
        )
        svar.append(one)
        if one.fk.skyddad or (one.af is not None and one.af.sekretess):
            break
    af = tuple(one.af for one in svar if one.af is not None)
    return lage.underlag.model_copy(update={"fk": tuple(one.fk for one in svar), "af": af})


def las_om(run: Run, ansokan: Ansokan, regelverk: Regelverk, dag: date, omgang: int) -> Underlag:
    """All facts once more, in the same order: where a rule ends it early, the rest is not asked."""
    underlag = Underlag(folkbokforing=las_folkbokforing(run, ansokan, omgang))
    if granska_folkbokforing(ansokan, underlag, regelverk, dag).hindrar:
        return underlag
    underlag = underlag.model_copy(update={"arende": las_arende(run, ansokan, omgang)})
    if granska_arende(ansokan, underlag, regelverk, dag).hindrar:
        return underlag
    return fraga_register(run, Lage(ansokan, underlag, regelverk, dag), omgang)


def aldsta_uppgift(underlag: Underlag) -> datetime | None:
    """When the oldest of the facts was read."""
    arende = (underlag.arende,) if underlag.arende else ()
    read = [*underlag.folkbokforing, *arende, *underlag.fk, *underlag.af]
    return min((one.lasning.tidpunkt for one in read), default=None)


def _las_person(run: Run, person: Personnummer) -> Folkbokforing:
    return folkbokforing.las_person(run.portal(folkbokforing.PORTAL), person, run.now())


def _las_arende(run: Run, ansokan: Ansokan) -> Arende:
    portal = run.portal(verksamhet.PORTAL)
    return verksamhet.las_arende(portal, ansokan.sokande.personnummer, ansokan.manad, run.now())


def _fraga_om(run: Run, lage: Lage, person: Personnummer) -> ssbtek.Registersvar:
    return ssbtek.fraga(
        run.portal(ssbtek.PORTAL),
        person,
        with_af=person in lage.af_personer,
        fran=lage.manad.minus(2).first,
        till=max(lage.today, lage.manad.minus(1).last),
        now=run.now(),
        accept_silence=run.is_last_attempt or run.case.attempts >= lage.kommun.registren_fragas_hogst,
    )
