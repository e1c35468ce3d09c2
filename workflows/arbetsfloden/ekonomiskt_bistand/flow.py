"""Återansökan om ekonomiskt bistånd, from the inbox to the decision: the story, readable from top to bottom.

The function is called again from the top after every interruption. Finished steps answer from the journal, so whatever
depends on the day, the clock or a portal stands inside a step.
"""

from datetime import date

from arbetsfloden.ekonomiskt_bistand.ansokan import Ansokan
from arbetsfloden.ekonomiskt_bistand.avslut import avsluta
from arbetsfloden.ekonomiskt_bistand.beslut import Forslag, Forslagsslag, foresla
from arbetsfloden.ekonomiskt_bistand.delegation import AVSLAG, BIFALL
from arbetsfloden.ekonomiskt_bistand.inlasning import granska_referens, las_ansokan
from arbetsfloden.ekonomiskt_bistand.omprovning import invanta_godkannande
from arbetsfloden.ekonomiskt_bistand.portaler import brev, e_tjanst, verksamhet
from arbetsfloden.ekonomiskt_bistand.portaler.registrering import (
    Aktualiseringspost,
    Plats,
    RegistreraAktualisering,
    RegistreraBeslut,
    RegistreraUtbetalning,
    SkrivAnteckning,
    SparaBerakning,
)
from arbetsfloden.ekonomiskt_bistand.poster import (
    Handling,
    Verkstallighet,
    anteckningspost,
    beslutspost,
    utbetalningspost,
    utkast,
)
from arbetsfloden.ekonomiskt_bistand.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.regler import granska_arende, granska_folkbokforing
from arbetsfloden.ekonomiskt_bistand.regler.lage import Lage
from arbetsfloden.ekonomiskt_bistand.underlag import Arende, Underlag
from arbetsfloden.ekonomiskt_bistand.uppgifter import fraga_register, las_arende, las_folkbokforing
from medarbetare.engine import Mode, NaturalKey, Original, Outcome, Portal, decided
from medarbetare.engine.run import Run


def handlagg(run: Run, regelverk: Regelverk) -> Outcome:
    """One application, steps 1 to 8."""
    dag = run.step("dagens datum", lambda: run.today, date)
    run.mode = _hogsta_mode(regelverk, dag)

    # 1. The application
    ansokan = las_ansokan(run.step("hämta ansökan", run.original, Original))
    granska_referens(ansokan, run.reference)

    # 2. Folkbokföring: protected people stop here, before anything else is asked or written
    underlag = Underlag(folkbokforing=las_folkbokforing(run, ansokan))
    if granska_folkbokforing(ansokan, underlag, regelverk, dag).hindrar:
        return avsluta(_forslag(run, ansokan, underlag, regelverk, dag), run.mode)

    # 3. The case system: person, history, decided already?
    arende = las_arende(run, ansokan)
    underlag = underlag.model_copy(update={"arende": arende})

    # 4. Aktualisering: registered on arrival, whatever happens later
    plats = _plats(run, ansokan, arende)
    if plats is not None and run.mode.allows(Mode.FORBERED):
        run.write(RegistreraAktualisering(plats, _aktualiseringspost(ansokan)))
    if granska_arende(ansokan, underlag, regelverk, dag).hindrar:
        return avsluta(_forslag(run, ansokan, underlag, regelverk, dag), run.mode)

    # 5. The registers, per adult
    underlag = fraga_register(run, Lage(ansokan, underlag, regelverk, dag))

    # 6. The proposal
    forslag = _forslag(run, ansokan, underlag, regelverk, dag)
    run.mode = forslag.mode or Mode.SKUGGA

    # 7. The calculation as a draft
    if plats is not None and forslag.berakning is not None and run.mode.allows(Mode.FORBERED):
        run.write(SparaBerakning(plats, utkast(forslag.berakning)))

    # 8. Decide and pay, by delegation or on a person's approval; or hand over
    if plats is None:
        return avsluta(forslag, run.mode)
    beslutad = _beslutad(run, ansokan, underlag, regelverk, forslag, plats)
    if isinstance(beslutad, Outcome):
        return beslutad
    handling = run.step("skriv texter", lambda: Handling.av(beslutad, ansokan, regelverk), Handling)
    run.step("hämta beslutsbrev", lambda: brev.hamta_och_jamfor(plats.portal, plats.arende, handling), brev.Brev)
    run.write(RegistreraBeslut(plats, beslutspost(handling), handling.motivering))
    run.write(RegistreraUtbetalning(plats, utbetalningspost(handling)))
    run.write(SkrivAnteckning(plats, anteckningspost(handling), handling.anteckning))
    if run.inbox_portal is not None:
        run.write(_statusandring(run, run.portal(run.inbox_portal), ansokan))
    return decided(
        f"Bifall {handling.belopp} kr för {ansokan.manad.name}, utbetalning registrerad.",
        tuple(rad.overlamning for rad in beslutad.forslag.sidorader),
    )


def _beslutad(
    run: Run, ansokan: Ansokan, underlag: Underlag, regelverk: Regelverk, forslag: Forslag, plats: Plats
) -> Verkstallighet | Outcome:
    """The grant as decided: by the robot where it may, else by a person whose approval is awaited; or the hand-off."""
    if forslag.slag is Forslagsslag.BIFALL and run.mode.allows(Mode.AUTOMATISK) and underlag.arende is not None:
        return Verkstallighet(forslag, underlag.arende, forslag.dag)
    if not forslag.kan_godkannas or run.mode is Mode.SKUGGA:
        return avsluta(forslag, run.mode)
    beslutad = invanta_godkannande(run, ansokan, underlag, regelverk, forslag, plats)
    # The mode bounds what the robot decides by itself; this is a person's decision.
    run.mode = Mode.AUTOMATISK
    return beslutad


def _hogsta_mode(regelverk: Regelverk, dag: date) -> Mode:
    """The highest mode of any decision type: what may be written before one knows which decision it will be."""
    modes = [regelverk.effective_mode(beslutstyp, dag) for beslutstyp in (BIFALL, AVSLAG)]
    return max((mode for mode in modes if mode is not None), key=list(Mode).index, default=Mode.SKUGGA)


def _forslag(run: Run, ansokan: Ansokan, underlag: Underlag, regelverk: Regelverk, dag: date) -> Forslag:
    return run.step("föreslå", lambda: foresla(ansokan, underlag, regelverk, dag), Forslag)


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


def _statusandring(run: Run, inkorg: Portal, ansokan: Ansokan) -> e_tjanst.Statusandring:
    key = NaturalKey(ansokan.sokande.personnummer.digits, str(ansokan.manad), f"status {run.reference}")
    return e_tjanst.Statusandring(inkorg, run.reference, e_tjanst.Statuspost(status="Beslutad"), key)
