"""How a case ends that is never handled as an application: conflict of interest, and other letters."""

from enum import StrEnum
from functools import partial

from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.formular.inkommet import AnnatArende
from arbetsfloden.ekonomiskt_bistand.formular.inlasning import andra_namnda, avsandare
from arbetsfloden.ekonomiskt_bistand.handlaggning.avslut import SKYDDSROLL
from arbetsfloden.ekonomiskt_bistand.portaler import folkbokforing, verksamhet
from arbetsfloden.ekonomiskt_bistand.register.underlag import Skydd
from arbetsfloden.ekonomiskt_bistand.regler.inledning import ar_skyddad
from medarbetare.engine import Original, Outcome, handed_over, stopped
from medarbetare.engine.household import Earlier, earlier_cases, shielding_role
from medarbetare.engine.run import Run
from medarbetare.errors import PortalError

JAVSROLL = "jäv"
SARSKILDA_ROLLER = frozenset({SKYDDSROLL, JAVSROLL})
"""Roles that alone see a household once a case of it has come to them."""


def stoppa_for_jav() -> Outcome:
    """Somebody in the case is on the conflict-of-interest list. Nothing more is read, asked or written."""
    return stopped("Ärendet handläggs i särskild ordning av utsedd funktion.", JAVSROLL)


class Skyddsmarke(StrEnum):
    """What folkbokföring says of a person's protection; nothing else of the answer is kept."""

    SKYDDAD = "skyddad"
    OSKYDDAD = "oskyddad"
    OKAND = "okänd"


def lamna_over_annat(run: Run, annat: AnnatArende, original: Original) -> Outcome:
    """Hand a letter over with what it is, what the law says, and the household's earlier cases.

    It goes to the sender's own case worker where the case system names one, else to the group. Folkbokföring is asked
    first, of the sender and of everybody else whom the letter names: if anybody of them is protected the case
    system is not asked, and the letter goes to those who may see it. The letter has a time to be kept, so a system that
    does not answer never keeps it from people: after the last attempt it goes to the group.
    """
    summary = f"{annat.namn} har kommit in. Det är ingen ansökan: en människa handlägger det."
    role = run.step("särskild roll", lambda: shielding_role(run.case, SARSKILDA_ROLLER), str | None)
    earlier = run.step("tidigare ärenden", lambda: earlier_cases(run.case), tuple[Earlier, ...])
    reasons: tuple[str, ...] = (annat.text, _hanvisning(earlier))
    if role is None:
        try:
            sender = avsandare(original)
            if _skyddad(run, sender, andra_namnda(original, sender)):
                role = SKYDDSROLL
        except PortalError:
            if not run.is_last_attempt:
                raise
            reasons = (*reasons, _EJ_SVARAT)
    if role is not None:
        # Handed to anybody else nobody would see it.
        return stopped(summary, role).model_copy(update={"reasons": reasons})
    return handed_over(summary, reasons, role=annat.formular.till)


_EJ_SVARAT = (
    "Ett system har inte svarat, så roboten kan inte säga vem som är hushållets egen handläggare eller om någon har "
    "skyddade personuppgifter. Kontrollera det först."
)


def _skyddad(run: Run, avsandare: Personnummer | None, andra: tuple[Personnummer, ...]) -> bool:
    """Whether anybody is protected. If not, and folkbokföring knows the sender, the run gets their own case worker.

    Nobody more is asked of once somebody is protected.
    """
    mark = Skyddsmarke.OKAND
    if avsandare is not None:
        mark = run.step("läs skyddsmarkering", partial(_las_skydd, run, avsandare), Skyddsmarke)
    if mark is Skyddsmarke.SKYDDAD:
        return True
    for number, person in enumerate(andra, 1):
        step = f"läs skyddsmarkering, {number} av övriga"
        if run.step(step, partial(_las_skydd, run, person), Skyddsmarke) is Skyddsmarke.SKYDDAD:
            return True
    if avsandare is not None and mark is Skyddsmarke.OSKYDDAD:
        run.worker = run.step("läs handläggare", partial(_las_handlaggare, run, avsandare), str)
    return False


def _las_skydd(run: Run, person: Personnummer) -> Skyddsmarke:
    entry = folkbokforing.las_person(run.portal(folkbokforing.PORTAL), person, run.now())
    if ar_skyddad(entry):
        return Skyddsmarke.SKYDDAD
    return Skyddsmarke.OSKYDDAD if entry.skydd is Skydd.INGET else Skyddsmarke.OKAND


def _las_handlaggare(run: Run, person: Personnummer) -> str:
    return verksamhet.las_handlaggare(run.portal(verksamhet.PORTAL), person)


def _hanvisning(earlier: tuple[Earlier, ...]) -> str:
    if not earlier:
        return "Roboten har inget avgjort ärende för hushållet. Sök beslutet i verksamhetssystemet."
    told = ", ".join(f"{one.case} ({one.status.value} {one.day})" for one in earlier)
    return f"Hushållets senast avgjorda ärenden hos roboten: {told}. Jämför med det beslut som skrivelsen gäller."
