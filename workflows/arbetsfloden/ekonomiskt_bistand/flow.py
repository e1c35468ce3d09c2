"""Återansökan om ekonomiskt bistånd, från inkorgen till beslutet, att läsa uppifrån och ned.

Efter varje avbrott börjar funktionen om från början. Steg som är klara svarar ur journalen: därför står allt som beror
på dagen, klockan eller ett system inne i ett steg. Handläggare och granskare läser filen, så den är skriven på svenska.
"""

from collections.abc import Callable
from dataclasses import replace
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
from arbetsfloden.ekonomiskt_bistand.handlaggning.beslutande import Omgang, invanta_beslut, lage_nu
from arbetsfloden.ekonomiskt_bistand.handlaggning.dialog import kompletterad, underratta
from arbetsfloden.ekonomiskt_bistand.handlaggning.formulering import med_underrattelse
from arbetsfloden.ekonomiskt_bistand.handlaggning.invantan import invanta_inkomster
from arbetsfloden.ekonomiskt_bistand.handlaggning.larm import larma
from arbetsfloden.ekonomiskt_bistand.handlaggning.lasning import (
    fraga_register,
    i_omgang,
    las_arende,
    las_folkbokforing,
    las_skriftvaxling,
)
from arbetsfloden.ekonomiskt_bistand.handlaggning.poster import (
    SKRIV_TEXTER,
    Handling,
    Verkstallighet,
    anteckningspost,
    beslutspost,
    bevakningsposter,
    bradskande,
    dokumentpost,
    overlamnas_vid_sidan,
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
    """En ansökan, steg 1-9. Samma nummer står i README."""
    dag = run.step("dagens datum", lambda: run.today, date)
    run.mode = _hogsta_mode(regelverk, dag)

    # 1. Ansökan: jäv stoppas innan något mer läses, och det som inte är en ansökan går till människor
    if _i_jav(run):
        return stoppa_for_jav()
    original = run.step("hämta ansökan", run.original, Original)
    if _i_jav(run, *namnda_personer(original)):
        return stoppa_for_jav()
    annat = annat_arende(original, regelverk.kommun.andra_arenden)
    if annat is not None:
        return lamna_over_annat(run, annat, original)
    ansokan = las_ansokan(original)
    granska_referens(ansokan, run.reference)

    # 2. Folkbokföring: skyddade personer stoppas innan något annat frågas eller skrivs
    lage = Lage(ansokan, Underlag(folkbokforing=las_folkbokforing(run, ansokan)), regelverk, dag)
    hindrad = _hindrad(run, granska_folkbokforing, lage)
    if hindrad is not None:
        return hindrad

    # 3. Verksamhetssystemet: person, historik, redan beslutat?
    arende = las_arende(run, ansokan, regelverk)
    lage = replace(lage, underlag=lage.underlag.model_copy(update={"arende": arende}))
    run.worker = arende.handlaggare or ""
    _lamna_over_bradskande(run, lage)

    # 4. Aktualisering, om steg 1-3 inte stoppade; sedan begärs det som saknas, och den som är tidig väntar
    plats, omgang, svar = _plats(run, ansokan, arende), 1, tuple[str, ...]()
    if plats is not None and run.mode.allows(Mode.FORBERED):
        run.write(_aktualisering(run, plats, ansokan))
        lage, omgang, svar = kompletterad(run, lage, plats)
        lage, omgang = invanta_inkomster(run, lage, omgang)
    for granska in (granska_folkbokforing, granska_arende):
        hindrad = _hindrad(run, granska, lage, omgang, svar)
        if hindrad is not None:
            return hindrad

    # 5. Registren, person för person; sist det som sökanden har skrivit. Efter en väntan är allt läst i steg 4
    if omgang == 1:
        lage = replace(lage, underlag=las_skriftvaxling(run, fraga_register(run, lage)))

    # 6. Förslaget: alla regler och beräkningen
    forslag = _forslag(run, lage, omgang)
    run.mode = lage_nu(run, regelverk, forslag)

    # 7. Beräkningen som utkast
    if plats is not None and forslag.berakning is not None and run.mode.allows(Mode.FORBERED):
        run.write(SparaBerakning(plats, utkast(forslag.berakning)))

    # 8. Beslut: roboten själv vid rent bifall; annars hörs sökanden (25 § FL) och en handläggare godkänner
    if plats is None:
        return avsluta(run, forslag)
    beslutad = invanta_beslut(run, lage.ansokan, regelverk, Omgang(omgang, lage.underlag, forslag), plats)
    if isinstance(beslutad, Outcome):
        return beslutad

    # 9. Verkställighet: brev, beslut, utbetalning, underrättelse, journal, dokument, bevakning, status
    return _verkstall(run, lage.ansokan, regelverk, plats, beslutad)


def _verkstall(run: Run, ansokan: Ansokan, regelverk: Regelverk, plats: Plats, beslutad: Verkstallighet) -> Outcome:
    """Brevet jämförs; sedan beslut, utbetalningar, underrättelse, journal, brevet som dokument, bevakningar, status."""
    skriv, hamta = (i_omgang(step, beslutad.omgang) for step in (SKRIV_TEXTER, "hämta beslutsbrev"))
    handling = run.step(skriv, lambda: Handling.av(beslutad, ansokan, regelverk), Handling)
    brevet = run.step(hamta, lambda: brev.hamta_och_jamfor(plats.portal, plats.arende, handling), brev.Brev)
    run.write(RegistreraBeslut(plats, beslutspost(handling), handling.motivering))
    betalningar = utbetalningsposter(handling)
    for number, betalning in enumerate(betalningar, 1):
        ovriga = tuple(one.mottagare for one in betalningar if one is not betalning)
        name = skrivningens_namn(RegistreraUtbetalning.name, number)
        run.write(RegistreraUtbetalning(plats, betalning, ovriga, name=name))
    for vid_sidan in overlamnas_vid_sidan(beslutad):
        run.hand_over_apart(vid_sidan)
    hord = bool(beslutad.hord)
    underrattad = underratta(run, ansokan, regelverk, handling.motivering, handling.dag, hord=hord)
    anteckning = med_underrattelse(handling.anteckning, underrattad)
    run.write(SkrivAnteckning(plats, anteckningspost(handling, anteckning), anteckning))
    run.write(RegistreraDokument(plats, dokumentpost(handling, run.reference), brevet.innehall))
    for slag, bevakning in bevakningsposter(handling).items():
        run.write(RegistreraBevakning(plats, bevakning, slag=slag, name=f"bevakning, {slag}"))
    if run.inbox_portal is not None:
        run.write(_statusandring(run, run.portal(run.inbox_portal), ansokan))
    return decided(f"{handling.utgang} för {ansokan.manad.name}, registrerat.")


def _i_jav(run: Run, *personer: str) -> bool:
    """Om hushållet eller någon av personerna står på jävslistan. Ett beslut som kan ha skickats slutförs."""
    return not run.has_begun(RegistreraBeslut.name) and run.in_conflict(personer)


def _hindrad(
    run: Run,
    granska: Callable[[Lage], Granskning],
    lage: Lage,
    omgang: int = 1,
    svar: tuple[str, ...] = (),
) -> Outcome | None:
    """Slutet, när en regel i början avgör. None: gå vidare, eller så kan beslutet redan ha skickats.

    `svar` är vad sökanden har svarat under tiden: den som tar ärendet läser det först.
    """
    granskning = granska(lage)
    if not granskning.slutar:
        return None
    forslag = _forslag(run, lage, omgang)
    if not forslag.alla_provade:
        return avsluta(run, forslag, svar)
    return None if run.has_begun(RegistreraBeslut.name) else avsluta_pa_nya_regler(granskning)


def _lamna_over_bradskande(run: Run, lage: Lage) -> None:
    """Skulder för hyra och el lämnas över genast, vad det än blir av resten."""
    if run.mode.allows(Mode.FORBERED):
        for one in bradskande(lage.sidorader):
            run.hand_over_apart(one)


def _hogsta_mode(regelverk: Regelverk, dag: date) -> Mode:
    """Det högsta läget av de tre slagen av beslut: vad som får skrivas innan man vet vilket det blir."""
    modes = [regelverk.effective_mode(beslutstyp, dag) for beslutstyp in (BIFALL, DELVIS_BIFALL, AVSLAG)]
    return max((mode for mode in modes if mode is not None), key=list(Mode).index, default=Mode.SKUGGA)


def _forslag(run: Run, lage: Lage, omgang: int) -> Forslag:
    """Förslaget på de uppgifter som finns. IT får veta om en myndighet vägrade svara kommunen."""

    def propose() -> Forslag:
        return foresla(lage.ansokan, lage.underlag, lage.regelverk, lage.today)

    larma(run, lage.underlag, i_omgang("larma it", omgang))
    return run.step(i_omgang("föreslå", omgang), propose, Forslag)


def _plats(run: Run, ansokan: Ansokan, arende: Arende) -> Plats | None:
    """Var roboten skriver, när sökanden har ett eget pågående ärende."""
    if arende.nummer is None or not arende.aktivt:
        return None
    return Plats(run.portal(verksamhet.PORTAL), arende.nummer, ansokan.sokande.personnummer, ansokan.manad)


def _aktualisering(run: Run, plats: Plats, ansokan: Ansokan) -> RegistreraAktualisering:
    """Ansökan som den registreras, med sina filer när den ligger i en e-tjänst som har dem."""
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
