"""How a case ends that is never handled as an application: conflict of interest, and other letters."""

from arbetsfloden.ekonomiskt_bistand.formular.inkommet import AnnatArende
from arbetsfloden.ekonomiskt_bistand.handlaggning.avslut import SKYDDSROLL
from medarbetare.engine import Outcome, handed_over, stopped
from medarbetare.engine.household import Earlier, earlier_cases, shielding_role
from medarbetare.engine.run import Run

JAVSROLL = "jäv"
SARSKILDA_ROLLER = frozenset({SKYDDSROLL, JAVSROLL})
"""Roles that alone see a household once a case of it has come to them."""


def stoppa_for_jav() -> Outcome:
    """Somebody in the case is on the conflict-of-interest list. Nothing more is read, asked or written."""
    return stopped("Ärendet handläggs i särskild ordning av utsedd funktion.", JAVSROLL)


def lamna_over_annat(run: Run, annat: AnnatArende) -> Outcome:
    """Hand a letter over with what it is, what the law says, and the household's earlier cases."""
    summary = f"{annat.namn} har kommit in. Det är ingen ansökan: en människa handlägger det."
    role = run.step("särskild roll", lambda: shielding_role(run.case, SARSKILDA_ROLLER), str | None)
    earlier = run.step("tidigare ärenden", lambda: earlier_cases(run.case), tuple[Earlier, ...])
    reasons = (annat.text, _hanvisning(earlier))
    if role is not None:
        # Handed to anybody else nobody would see it.
        return stopped(summary, role).model_copy(update={"reasons": reasons})
    return handed_over(summary, reasons, role=annat.formular.till)


def _hanvisning(earlier: tuple[Earlier, ...]) -> str:
    if not earlier:
        return "Roboten har inget avgjort ärende för hushållet. Sök beslutet i verksamhetssystemet."
    told = ", ".join(f"{one.case} ({one.status.value} {one.day})" for one in earlier)
    return f"Hushållets senast avgjorda ärenden hos roboten: {told}. Jämför med det beslut som skrivelsen gäller."
