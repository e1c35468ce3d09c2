"""How a case ends that the robot does not decide: shadowed, stopped or handed over."""

from arbetsfloden.ekonomiskt_bistand.beslut import Forslag, Forslagsslag
from medarbetare.engine import Mode, Outcome, handed_over, shadowed, stopped

SKYDDSROLL = "skyddade personuppgifter"


def avsluta(forslag: Forslag, mode: Mode, andrat: tuple[str, ...] = ()) -> Outcome:
    """Everything that is not decided by the robot itself. `andrat`: what is new since a person last looked."""
    if forslag.sarskild:
        return stopped(
            "Ärendet får inte handläggas av roboten. Lämnas till den som har särskild behörighet.", SKYDDSROLL
        )
    if mode is Mode.SKUGGA and forslag.slag is not Forslagsslag.STOPP:
        return shadowed(_sammanfattning(forslag), forslag.skal)
    return overlamning(forslag, andrat)


def overlamning(forslag: Forslag, andrat: tuple[str, ...] = ()) -> Outcome:
    """The hand-off of a proposal.

    Its reasons: what has changed, what the rules found, the rows that are decided apart, and why the robot may not
    decide by itself although that is its chosen mode.
    """
    reasons = [*andrat, *forslag.skal, *(rad.skal for rad in forslag.sidorader)]
    if forslag.brister and forslag.slag is not Forslagsslag.STOPP:
        reasons.append(f"Roboten får inte besluta själv: {', '.join(forslag.brister)}.")
    return handed_over(_sammanfattning(forslag), tuple(reasons))


def _sammanfattning(forslag: Forslag) -> str:
    amount = f" {forslag.belopp} kr" if forslag.belopp else ""
    return {
        Forslagsslag.BIFALL: f"Förslag: bifall{amount} för {forslag.manad.name}. En handläggare beslutar.",
        Forslagsslag.AVSLAG_FORSLAG: f"Förslag: avslag för {forslag.manad.name}. En handläggare beslutar.",
        Forslagsslag.STOPP: "Roboten får inte gå vidare.",
        Forslagsslag.VANTA: "Ett register har inte svarat.",
        Forslagsslag.OVERLAMNA: f"En handläggare tar över. Beräkningen visar underskott{amount}."
        if amount
        else "En handläggare tar över.",
    }[forslag.slag]
