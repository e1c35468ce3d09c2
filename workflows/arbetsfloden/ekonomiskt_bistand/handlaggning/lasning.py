"""Reading the facts of one application, each answer a step of its own.

The facts are read in rounds (*omgång*): the first when the application comes, further ones when the facts have grown
too old before the decision is written. A round's steps carry its number, so that each round is read for itself.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import Any

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Lasning
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan
from arbetsfloden.ekonomiskt_bistand.portaler import (
    arbetsformedlingen,
    e_tjanst,
    folkbokforing,
    forsakringskassan,
    ssbtek,
    ssbtek_v10,
    verksamhet,
)
from arbetsfloden.ekonomiskt_bistand.regelverk.anslutning import Anslutningar, Kanal
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.register.registersvar import Register, Registersvar
from arbetsfloden.ekonomiskt_bistand.register.underlag import (
    Arende,
    Folkbokforing,
    Skriftvaxling,
    Skydd,
    Underlag,
)
from arbetsfloden.ekonomiskt_bistand.regler import granska_arende, granska_folkbokforing
from arbetsfloden.ekonomiskt_bistand.regler.lage import Lage
from medarbetare.engine.registry import Needs
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


def las_arende(run: Run, ansokan: Ansokan, regelverk: Regelverk, omgang: int = 1) -> Arende:
    """The case system: person, history, what is decided already."""
    return run.step(i_omgang("läs ärende", omgang), partial(_las_arende, run, ansokan, regelverk), Arende)


def fraga_register(run: Run, lage: Lage, omgang: int = 1) -> Underlag:
    """One question per person and way to the registers that are relevant for them: payments from three months back
    until today, since a benefit for the month before last may be paid in the month before that.

    Nobody more is asked about once an answer marks its person as protected.
    """
    svar: list[Registersvar] = []
    for person, register in lage.fragor.items():
        number = lage.personer.index(person) + 1
        for called, through in _by_way(lage, register).items():
            one = run.step(
                i_omgang(f"fråga {called}, person {number}", omgang),
                partial(_fraga_om, run, lage, person, through),
                Registersvar,
            )
            svar.append(one)
            if any(answer.skyddad for answer in one.alla):
                return lage.underlag.med(svar)
    return lage.underlag.med(svar)


_CALLED = {Kanal.SSBTEK: "SSBTEK", Kanal.SSBTEK_V10: "SSBTEK v10"}
"""What the common ways to the registers are called in steps; an agency's own portal has the agency's name."""


def _by_way(lage: Lage, register: Iterable[Register]) -> dict[str, list[Register]]:
    """The registers to ask about somebody, by what steps call the way that each is reached."""
    through: dict[str, list[Register]] = {}
    for one in register:
        kanal = lage.regelverk.anslutningar.till(one).kanal
        if kanal is not None:
            through.setdefault(_CALLED.get(kanal, one.namn), []).append(one)
    return through


def behov(anslutningar: Anslutningar) -> Needs:
    """The portals and services that a case may need, but for the inbox's."""
    portaler, tjanster = {folkbokforing.PORTAL, verksamhet.PORTAL}, set[str]()
    for register in Register:
        one = anslutningar.till(register)
        if one.ansluten and one.kanal is Kanal.SSBTEK_V10:
            tjanster.add(ssbtek_v10.SERVICE)
        elif one.ansluten:
            portaler.add(_EGNA[register] if one.kanal is Kanal.EGEN else ssbtek.PORTAL)
    return Needs(frozenset(portaler), frozenset(tjanster))


_EGNA = {Register.FK: forsakringskassan.PORTAL, Register.AF: arbetsformedlingen.PORTAL}


def las_om(run: Run, ansokan: Ansokan, regelverk: Regelverk, dag: date, omgang: int) -> Underlag:
    """All facts once more, in the same order: where a rule ends it early, the rest is not asked."""
    lage = Lage(ansokan, Underlag(folkbokforing=las_folkbokforing(run, ansokan, omgang)), regelverk, dag)
    if granska_folkbokforing(lage).slutar:
        return lage.underlag
    arende = las_arende(run, ansokan, regelverk, omgang)
    lage = replace(lage, underlag=lage.underlag.model_copy(update={"arende": arende}))
    if granska_arende(lage).slutar:
        return lage.underlag
    return las_skriftvaxling(run, fraga_register(run, lage, omgang), omgang)


def las_skriftvaxling(run: Run, underlag: Underlag, omgang: int = 1) -> Underlag:
    """The facts with what the applicant has written in the e-service, last of all so that nothing is overlooked."""
    if run.inbox_portal is None:
        return underlag
    last = run.step(i_omgang("läs skriftväxling", omgang), partial(skrivet_nu, run), Skriftvaxling)
    return underlag.model_copy(update={"skriftvaxling": last})


def skrivet_nu(run: Run) -> Skriftvaxling:
    """What the applicant has written in the e-service, now. The application must lie in one that has messages."""
    assert run.inbox_portal is not None
    messages = e_tjanst.las_meddelanden(run.portal(run.inbox_portal), run.reference)
    return Skriftvaxling(
        lasning=Lasning(kalla="E-tjänsten", tidpunkt=run.now()),
        fran_sokanden=sum(one.fran == "sokanden" for one in messages),
    )


def aldsta_uppgift(underlag: Underlag) -> datetime | None:
    """When the oldest of the facts was read."""
    arende = (underlag.arende,) if underlag.arende else ()
    read = [*underlag.folkbokforing, *arende, *underlag.registersvar]
    return min((one.lasning.tidpunkt for one in read), default=None)


def _las_person(run: Run, person: Personnummer) -> Folkbokforing:
    return folkbokforing.las_person(run.portal(folkbokforing.PORTAL), person, run.now())


def _las_arende(run: Run, ansokan: Ansokan, regelverk: Regelverk) -> Arende:
    portal = run.portal(verksamhet.PORTAL)
    return verksamhet.las_arende(
        portal,
        ansokan.sokande.personnummer,
        ansokan.manad,
        run.now(),
        med_narvaro=regelverk.anslutningar.narvaro.ansluten,
    )


def _fraga_om(run: Run, lage: Lage, person: Personnummer, register: list[Register]) -> Registersvar:
    """Ask about one person, by the way that these registers have in common."""
    accept_silence = run.is_last_attempt or run.case.attempts >= lage.kommun.registren_fragas_hogst
    asked: dict[str, Any] = {"now": run.now(), "accept_silence": accept_silence}
    for_period = asked | {"fran": lage.tid.fran, "till": lage.tid.till}
    kanal = lage.regelverk.anslutningar.till(register[0]).kanal
    if kanal is Kanal.SSBTEK_V10:
        service = run.service(ssbtek_v10.SERVICE)
        return ssbtek_v10.fraga(service, person, register, ingivare=_ingivare(lage), **for_period)
    if kanal is Kanal.SSBTEK:
        return ssbtek.fraga(run.portal(ssbtek.PORTAL), person, register, **for_period)
    if register == [Register.FK]:
        return forsakringskassan.fraga(run.portal(forsakringskassan.PORTAL), person, **for_period)
    return arbetsformedlingen.fraga(run.portal(arbetsformedlingen.PORTAL), person, **asked)


def _ingivare(lage: Lage) -> ssbtek_v10.Ingivare:
    asker = lage.regelverk.anslutningar.fragestallare
    assert asker is not None  # the model demands it where SSBTEK v10 is used
    return ssbtek_v10.Ingivare(
        asker.organisationsnummer, lage.kommun.kommun, asker.handlaggare, aktorsid=asker.aktorsid
    )
