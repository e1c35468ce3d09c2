"""How a case ends that the robot does not decide: shadowed, stopped or handed over."""

from arbetsfloden.ekonomiskt_bistand.begrepp.belopp import kronor
from arbetsfloden.ekonomiskt_bistand.beslut.beslut import Forslag, Forslagsslag
from arbetsfloden.ekonomiskt_bistand.portaler.registrering import RegistreraAktualisering
from arbetsfloden.ekonomiskt_bistand.regler import Granskning, Utfall
from medarbetare.engine import Mode, Outcome, handed_over, shadowed, stopped
from medarbetare.engine.run import Run

SKYDDSROLL = "skyddade personuppgifter"

_ANSOKANS_EGNA = frozenset({6, 7})
"""Rules that wait for the applicants and not for a register."""
_EJ_REGISTRERAD = (
    "Roboten har inte registrerat ansökan i verksamhetssystemet: registrera den med dagen då den kom in till kommunen."
)
_NU_I_SKUGGA = (
    "Kommunen har ställt om roboten så att den inte längre skriver i ärenden av det här slaget, och ärendet är redan "
    "påbörjat. Se efter i verksamhetssystemet vad som är registrerat och avsluta ärendet för hand."
)


def avsluta(run: Run, forslag: Forslag, andrat: tuple[str, ...] = ()) -> Outcome:
    """Everything that is not decided by the robot itself. `andrat`: what is new since a person last looked.

    Shadowed is only a case that has left no trace: nothing written, and no person's answer.
    """
    if forslag.sarskild:
        return _skyddad()
    if run.mode is Mode.SKUGGA and forslag.slag is not Forslagsslag.STOPP:
        if not run.has_begun() and not run.is_approved():
            return shadowed(_sammanfattning(forslag), forslag.skal)
        andrat = (_NU_I_SKUGGA, *andrat)
    elif not run.has_begun(RegistreraAktualisering.name) and run.mode is not Mode.SKUGGA:
        andrat = (*andrat, _EJ_REGISTRERAD)
    return overlamning(forslag, andrat)


def avsluta_pa_nya_regler(granskning: Granskning) -> Outcome:
    """A rule of the beginning hinders now that did not when the proposal was made: what it says, not the proposal."""
    if granskning.sarskild:
        return _skyddad()
    return handed_over("Reglerna har ändrats sedan förslaget. En handläggare tar över.", granskning.skal)


def _skyddad() -> Outcome:
    return stopped("Ärendet får inte handläggas av roboten. Lämnas till den som har särskild behörighet.", SKYDDSROLL)


def overlamning(forslag: Forslag, andrat: tuple[str, ...] = ()) -> Outcome:
    """The hand-off of a proposal.

    Its reasons: debts that cannot wait, what has changed, what the rules found, the other rows that are decided apart,
    and why the robot may not decide by itself although that is its chosen mode.
    """
    urgent = [rad.skal for rad in forslag.sidorader if rad.bradska is not None]
    others = [rad.skal for rad in forslag.sidorader if rad.bradska is None]
    reasons = [*urgent, *andrat, *forslag.skal, *others]
    if forslag.brister and forslag.slag is not Forslagsslag.STOPP:
        reasons.append(f"Roboten får inte besluta själv: {', '.join(forslag.brister)}.")
    return handed_over(_sammanfattning(forslag), tuple(reasons), forslag.roll, worker=forslag.handlaggare or "")


def _sammanfattning(forslag: Forslag) -> str:
    amount = f" {kronor(forslag.belopp)} kr" if forslag.belopp else ""
    return {
        Forslagsslag.BIFALL: f"Förslag: bifall{amount} för {forslag.manad.name}. En handläggare beslutar.",
        Forslagsslag.AVSLAG_FORSLAG: f"Förslag: avslag för {forslag.manad.name}. En handläggare beslutar.",
        Forslagsslag.STOPP: "Roboten får inte gå vidare.",
        Forslagsslag.VANTA: _vantan(forslag),
        Forslagsslag.OVERLAMNA: f"En handläggare avgör. Beräkningen visar underskott{amount}."
        if amount
        else "En handläggare avgör.",
    }[forslag.slag]


def _vantan(forslag: Forslag) -> str:
    if any(one.nummer in _ANSOKANS_EGNA and one.utfall is Utfall.VANTA for one in forslag.regler):
        return "Ansökan är inte komplett. En handläggare tar över."
    return "Ett register har inte svarat."
