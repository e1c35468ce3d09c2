"""Ansökan om parkeringstillstånd för rörelsehindrade, from the list to the decision.

The smallest whole workflow: steps, a wait that may take weeks, a person's answer, one write. The function is called
again from the top after every interruption; finished steps answer from the journal. So what was read before a wait may
be weeks old after it: it is read again, in a step with a name of its own.
"""

from datetime import date, timedelta

from arbetsfloden.parkeringstillstand.ansokan import Ansokan, Bedomning, Utlatande
from arbetsfloden.parkeringstillstand.portal import PORTAL, Beslutspost, RegistreraBeslut, las_ansokan, las_utlatande
from medarbetare.engine import Mode, Outcome, decided, handed_over, stopped
from medarbetare.engine.run import Run

SKYDDSROLL = "skyddade personuppgifter"
VANTAN = timedelta(days=21)
LASER = timedelta(days=1)
LAS = "läs ansökan"
"""What the steps that read the application are called, and how their names begin."""


def handlagg(run: Run) -> Outcome:
    """One application."""
    portal = run.portal(PORTAL)

    def las() -> Ansokan:
        return las_ansokan(portal, run.reference)

    # 1. The application. Protected people are seen by a named role only.
    if run.step(LAS, las, Ansokan).ar_skyddad:
        return _skyddad()

    # 2. The doctor's statement, looked for once a day; the worker is free meanwhile.
    utlatande = run.wait_for(
        "läkarutlåtande",
        lambda: las_utlatande(portal, run.reference),
        Utlatande,
        every=LASER,
        longest=VANTAN,
        why="Läkarutlåtandet har inte kommit in.",
    )
    # Weeks may have passed, and what follows is shown to every case worker.
    ansokan = run.step(f"{LAS} efter väntan", las, Ansokan)
    if ansokan.ar_skyddad:
        return _skyddad()
    if utlatande is None:
        return handed_over(f"Inget läkarutlåtande har kommit inom {VANTAN.days} dagar. Förelägg sökanden eller avvisa.")

    # 3. A person judges, with everything prepared.
    svar = run.handoff("bedöm", handed_over(_forslag(ansokan, utlatande)), Bedomning)

    # 4. The decision, in that person's name, on the application as it is now: read anew each day until it is sent,
    # since a hold or a closed portal may keep it waiting too. (`max_age` would trust what a write is intended on.)
    if not run.has_begun():
        nu = run.step(f"{LAS} inför beslutet {run.today}", las, Ansokan)
        if nu.ar_skyddad:
            return _skyddad()
        if nu != ansokan:
            return handed_over("Ansökan har ändrats sedan den bedömdes. Bedöm den igen och registrera för hand.")
    # The mode bounds what the robot decides by itself; what a person has decided it may carry out.
    run.mode = Mode.AUTOMATISK
    idag = run.step("beslutsdag", lambda: run.today, date)
    run.write(RegistreraBeslut(portal, run.reference, ansokan.personnummer, _post(svar, idag)))
    return decided(f"{svar.beslut}: beslutat av {svar.by}, registrerat.")


def _skyddad() -> Outcome:
    return stopped("Sökanden har skyddade uppgifter. Handläggs för hand.", SKYDDSROLL)


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
