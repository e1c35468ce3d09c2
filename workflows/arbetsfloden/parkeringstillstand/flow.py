"""Ansökan om parkeringstillstånd för rörelsehindrade, from the list to the decision.

The smallest whole workflow: steps, a wait that may take weeks, a person's answer, one write. The function is called
again from the top after every interruption; finished steps answer from the journal.
"""

from datetime import date, timedelta

from arbetsfloden.parkeringstillstand.ansokan import Ansokan, Bedomning, Utlatande
from arbetsfloden.parkeringstillstand.portal import PORTAL, Beslutspost, RegistreraBeslut, las_ansokan, las_utlatande
from medarbetare.engine import Mode, Outcome, decided, handed_over, stopped
from medarbetare.engine.run import Run

SKYDDSROLL = "skyddade personuppgifter"
VANTAN = timedelta(days=21)
LASER = timedelta(days=1)


def handlagg(run: Run) -> Outcome:
    """One application."""
    portal = run.portal(PORTAL)

    # 1. The application. Protected people are seen by a named role only.
    ansokan = run.step("läs ansökan", lambda: las_ansokan(portal, run.reference), Ansokan)
    if ansokan.ar_skyddad:
        return stopped("Sökanden har skyddade uppgifter. Handläggs för hand.", SKYDDSROLL)

    # 2. The doctor's statement, looked for once a day; the worker is free meanwhile.
    utlatande = run.wait_for(
        "läkarutlåtande",
        lambda: las_utlatande(portal, run.reference),
        Utlatande,
        every=LASER,
        longest=VANTAN,
        why="Läkarutlåtandet har inte kommit in.",
    )
    if utlatande is None:
        return handed_over(f"Inget läkarutlåtande har kommit inom {VANTAN.days} dagar. Förelägg sökanden eller avvisa.")

    # 3. A person judges, with everything prepared.
    svar = run.handoff("bedöm", handed_over(_forslag(ansokan, utlatande)), Bedomning)

    # 4. The decision, in that person's name.
    # The mode bounds what the robot decides by itself; what a person has decided it may carry out.
    run.mode = Mode.AUTOMATISK
    idag = run.step("beslutsdag", lambda: run.today, date)
    run.write(RegistreraBeslut(portal, run.reference, ansokan.personnummer, _post(svar, idag)))
    return decided(f"{svar.beslut}: beslutat av {svar.by}, registrerat.")


def _forslag(ansokan: Ansokan, utlatande: Utlatande) -> str:
    return (
        f"{ansokan.avser} för {ansokan.namn}. Utlåtande {utlatande.datum} av {utlatande.lakare}: {utlatande.diagnos}, "
        f"gångsträcka {utlatande.gangstracka}, varaktighet {utlatande.varaktighet}. {utlatande.bedomning}"
    )


def _post(svar: Bedomning, idag: date) -> Beslutspost:
    beviljas = svar.beslut == "Bevilja"
    return Beslutspost(
        beslut="Beviljad" if beviljas else "Avslagen",
        fran=idag if beviljas else None,
        till=svar.giltigt_till if beviljas else None,
        motivering=svar.motivering,
    )
