"""Återansökan om ekonomiskt bistånd, from the inbox to the decision: the story, readable from top to bottom.

The function is called again from the top after every interruption. Finished steps answer from the journal, so whatever
depends on the day, the clock or a portal stands inside a step.
"""

from collections.abc import Callable
from datetime import date

from arbetsfloden.ekonomiskt_bistand.beslut.beslut import Forslag, foresla
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan
from arbetsfloden.ekonomiskt_bistand.formular.inlasning import (
    annat_arende,
    granska_referens,
    las_ansokan,
    namnda_personer,
)
from arbetsfloden.ekonomiskt_bistand.handlaggning import brev
from arbetsfloden.ekonomiskt_bistand.handlaggning.avslut import avsluta, avsluta_pa_nya_regler
from arbetsfloden.ekonomiskt_bistand.handlaggning.dialog import komplettera
from arbetsfloden.ekonomiskt_bistand.handlaggning.lasning import fraga_register, i_omgang, las_arende, las_folkbokforing
from arbetsfloden.ekonomiskt_bistand.handlaggning.omprovning import invanta_beslut, lage_nu
from arbetsfloden.ekonomiskt_bistand.handlaggning.poster import (
    Handling,
    Verkstallighet,
    anteckningspost,
    beslutspost,
    bevakningsposter,
    dokumentpost,
    utbetalningsposter,
    utkast,
)
from arbetsfloden.ekonomiskt_bistand.handlaggning.sarskilt import lamna_over_annat, stoppa_for_jav
from arbetsfloden.ekonomiskt_bistand.portaler import e_tjanst, verksamhet
from arbetsfloden.ekonomiskt_bistand.portaler.registrering import (
    Aktualiseringspost,
    Plats,
    RegistreraAktualisering,
    RegistreraBeslut,
    RegistreraBevakning,
    RegistreraDokument,
    RegistreraUtbetalning,
    SkrivAnteckning,
    SparaBerakning,
    skrivningens_namn,
)
from arbetsfloden.ekonomiskt_bistand.portaler.visning import folded
from arbetsfloden.ekonomiskt_bistand.regelverk.delegation import AVSLAG, BIFALL, DELVIS_BIFALL
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.register.underlag import Arende, Underlag
from arbetsfloden.ekonomiskt_bistand.regler import Granskning, granska_arende, granska_folkbokforing
from arbetsfloden.ekonomiskt_bistand.regler.lage import Lage
from medarbetare.engine import Mode, NaturalKey, Original, Outcome, Portal, decided
from medarbetare.engine.run import Run


def handlagg(run: Run, regelverk: Regelverk) -> Outcome:
    """One application, steps 1 to 9."""
    dag = run.step("dagens datum", lambda: run.today, date)
    run.mode = _hogsta_mode(regelverk, dag)

    # 1. The application: whoever is in a conflict of interest stops here, and what is no application goes to people
    if _i_jav(run):
        return stoppa_for_jav()
    original = run.step("hämta ansökan", run.original, Original)
    if _i_jav(run, *namnda_personer(original)):
        return stoppa_for_jav()
    annat = annat_arende(original, regelverk.kommun.andra_arenden)
    if annat is not None:
        return lamna_over_annat(run, annat)
    ansokan = las_ansokan(original)
    granska_referens(ansokan, run.reference)

    # 2. Folkbokföring: protected people stop here, before anything else is asked or written
    underlag = Underlag(folkbokforing=las_folkbokforing(run, ansokan))
    hindrad = _hindrad(run, granska_folkbokforing, Lage(ansokan, underlag, regelverk, dag))
    if hindrad is not None:
        return hindrad

    # 3. The case system: person, history, decided already?
    arende = las_arende(run, ansokan, regelverk)
    underlag = underlag.model_copy(update={"arende": arende})
    run.worker = arende.handlaggare or ""

    # 4. Aktualisering: registered on arrival, whatever happens later; then asked for what it lacks
    plats = _plats(run, ansokan, arende)
    if plats is not None and run.mode.allows(Mode.FORBERED):
        run.write(_aktualisering(run, plats, ansokan))
        ansokan = komplettera(run, Lage(ansokan, underlag, regelverk, dag))
    hindrad = _hindrad(run, granska_arende, Lage(ansokan, underlag, regelverk, dag))
    if hindrad is not None:
        return hindrad

    # 5. The registers, per person
    underlag = fraga_register(run, Lage(ansokan, underlag, regelverk, dag))

    # 6. The proposal
    forslag = _forslag(run, ansokan, underlag, regelverk, dag)
    run.mode = lage_nu(run, regelverk, forslag)

    # 7. The calculation as a draft
    if plats is not None and forslag.berakning is not None and run.mode.allows(Mode.FORBERED):
        run.write(SparaBerakning(plats, utkast(forslag.berakning)))

    # 8. Decide by delegation, or on a person's approval once the applicant has been heard; or hand over
    if plats is None:
        return avsluta(run, forslag)
    beslutad = invanta_beslut(run, ansokan, underlag, regelverk, forslag, plats)
    if isinstance(beslutad, Outcome):
        return beslutad

    # 9. Carry it out
    return _verkstall(run, ansokan, regelverk, plats, beslutad)


def _verkstall(run: Run, ansokan: Ansokan, regelverk: Regelverk, plats: Plats, beslutad: Verkstallighet) -> Outcome:
    """The letter compared, then decision, payments, journal note, document, reminders and the applicant's status."""
    skriv, hamta = (i_omgang(step, beslutad.omgang) for step in ("skriv texter", "hämta beslutsbrev"))
    handling = run.step(skriv, lambda: Handling.av(beslutad, ansokan, regelverk), Handling)
    brevet = run.step(hamta, lambda: brev.hamta_och_jamfor(plats.portal, plats.arende, handling), brev.Brev)
    run.write(RegistreraBeslut(plats, beslutspost(handling), handling.motivering))
    betalningar = utbetalningsposter(handling)
    for number, betalning in enumerate(betalningar, 1):
        ovriga = tuple(one.mottagare for one in betalningar if one is not betalning)
        name = skrivningens_namn(RegistreraUtbetalning.name, number)
        run.write(RegistreraUtbetalning(plats, betalning, ovriga, name=name))
    for rad in beslutad.forslag.sidorader:
        run.hand_over_apart(rad.overlamning)
    run.write(SkrivAnteckning(plats, anteckningspost(handling), handling.anteckning))
    run.write(RegistreraDokument(plats, dokumentpost(handling, run.reference), brevet.innehall))
    for slag, bevakning in bevakningsposter(handling).items():
        run.write(RegistreraBevakning(plats, bevakning, slag=slag, name=f"bevakning, {slag}"))
    if run.inbox_portal is not None:
        run.write(_statusandring(run, run.portal(run.inbox_portal), ansokan))
    return decided(f"{handling.utgang} för {ansokan.manad.name}, registrerat.")


def _i_jav(run: Run, *personer: str) -> bool:
    """Whether the household or any of the persons is on the conflict list; a decision that may be sent is finished."""
    return not run.has_begun(RegistreraBeslut.name) and run.in_conflict(personer)


def _hindrad(
    run: Run, granska: Callable[[Ansokan, Underlag, Regelverk, date], Granskning], lage: Lage
) -> Outcome | None:
    """The end where a rule of the beginning hinders; None when none does, or the decision may have been sent."""
    granskning = granska(lage.ansokan, lage.underlag, lage.regelverk, lage.today)
    if not granskning.hindrar:
        return None
    forslag = _forslag(run, lage.ansokan, lage.underlag, lage.regelverk, lage.today)
    if not forslag.alla_provade:
        return avsluta(run, forslag)
    return None if run.has_begun(RegistreraBeslut.name) else avsluta_pa_nya_regler(granskning)


def _hogsta_mode(regelverk: Regelverk, dag: date) -> Mode:
    """The highest mode of any decision type: what may be written before one knows which decision it will be."""
    modes = [regelverk.effective_mode(beslutstyp, dag) for beslutstyp in (BIFALL, DELVIS_BIFALL, AVSLAG)]
    return max((mode for mode in modes if mode is not None), key=list(Mode).index, default=Mode.SKUGGA)


def _forslag(run: Run, ansokan: Ansokan, underlag: Underlag, regelverk: Regelverk, dag: date) -> Forslag:
    return run.step("föreslå", lambda: foresla(ansokan, underlag, regelverk, dag), Forslag)


def _plats(run: Run, ansokan: Ansokan, arende: Arende) -> Plats | None:
    """Where to write, when the applicant has a case of their own."""
    if arende.nummer is None or not arende.aktivt:
        return None
    return Plats(run.portal(verksamhet.PORTAL), arende.nummer, ansokan.sokande.personnummer, ansokan.manad)


def _aktualisering(run: Run, plats: Plats, ansokan: Ansokan) -> RegistreraAktualisering:
    """The application as it is registered, with its files where it lies in an e-service that has them."""
    post = Aktualiseringspost(
        ankomstdatum=ansokan.inkommen.date(),
        arendetyp="Återansökan ekonomiskt bistånd",
        referens=ansokan.referens,
        bilagor=", ".join(bilaga.filnamn for bilaga in ansokan.bilagor),
    )
    if run.inbox_portal is None:
        return RegistreraAktualisering(plats, post)
    inkorg = run.portal(run.inbox_portal)
    filer = run.step("läs ansökans filer", lambda: e_tjanst.las_filer(inkorg, ansokan), e_tjanst.Ansokningsfiler)
    post = post.model_copy(update={"bilagor": filer.i_ord, "filer": tuple(sorted(map(folded, filer.namn)))})
    return RegistreraAktualisering(plats, post, lambda: e_tjanst.hamta_filer(inkorg, ansokan, filer))


def _statusandring(run: Run, inkorg: Portal, ansokan: Ansokan) -> e_tjanst.Statusandring:
    key = NaturalKey(ansokan.sokande.personnummer.digits, str(ansokan.manad), f"status {run.reference}")
    return e_tjanst.Statusandring(inkorg, run.reference, e_tjanst.Statuspost(status="Beslutad"), key)
