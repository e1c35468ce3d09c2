"""What the applicants were told before something adverse, what they answered, and how it is said afterwards."""

from datetime import date

from arbetsfloden.ekonomiskt_bistand.begrepp.dag import i_ord
from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Fakta
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan


class Delgivning(Fakta):
    """What the applicant was told, when, and until when they may answer. `text` is empty when it was told by hand.

    `tillagg` is what the case worker added in words of their own. `medsokande` is when the co-applicant was told, None
    where there is none or nobody has said. `obehovligt`: why nobody was told anything, in the case worker's words.
    """

    uppgifter: tuple[str, ...]
    tillagg: str = ""
    text: str
    dag: date
    sista_dag: date
    av: str
    medsokande: date | None = None
    obehovligt: str = ""


class Yttrande(Fakta):
    """What the applicants answered, message by message; the e-service does not tell which of them it was.

    `muntligt_till` is who was told by word of mouth and noted it, empty for what was written in the e-service.
    """

    svar: tuple[str, ...]
    muntligt_till: str = ""


def berattelse(ansokan: Ansokan, told: Delgivning, answer: Yttrande | None) -> str:
    """How the applicants were heard, in sentences for case workers."""
    if told.obehovligt:
        return f"Sökanden har inte hörts. Det är uppenbart obehövligt (25 § FL) enligt {told.av}: «{told.obehovligt}»"
    if ansokan.medsokande is None:
        return _heard(told, answer)
    if told.medsokande is None:
        return f"{_heard(told, answer)} Det framgår inte om medsökanden har fått del av dem och kunnat svara (25 § FL)."
    return f"{_heard(told, answer)} Medsökanden har fått del av dem {told.medsokande}, enligt {told.av}."


def _heard(told: Delgivning, answer: Yttrande | None) -> str:
    heard = f"Sökanden har fått del av uppgifterna {told.dag}"
    if answer is None and not told.text:
        return f"{heard}, enligt {told.av}, och haft till och med {told.sista_dag} på sig att svara."
    if answer is None:
        return f"{heard} och inte svarat i e-tjänsten senast {told.sista_dag}."
    if answer.muntligt_till:
        return f"{heard} och har svarat muntligt, antecknat av {answer.muntligt_till}: «{answer.svar[0]}»"
    words = " ".join(f"«{one}»" for one in answer.svar)
    return f"{heard} och har svarat: {words}"


def i_beslutet(told: Delgivning, answer: Yttrande | None) -> str:
    """How the applicants were heard, in sentences of the decision.

    That nobody answered is never said there: an answer by word of mouth may not have been told to the robot.
    """
    if told.obehovligt:
        return ""
    oral = answer is not None and answer.muntligt_till
    if told.medsokande is not None:
        both = f"Du fick del av uppgifterna den {i_ord(told.dag)} och medsökanden den {i_ord(told.medsokande)}."
        if oral:
            return f"{both} Ett svar har lämnats muntligt."
        if answer:
            return f"{both} Ett svar har kommit, och handläggaren har läst det."
        return f"{both} Ni har båda kunnat svara till och med den {i_ord(told.sista_dag)}."
    if oral:
        return f"Du fick del av uppgifterna den {i_ord(told.dag)} och har svarat muntligt."
    if answer:
        return f"Du fick del av uppgifterna den {i_ord(told.dag)} och har svarat. Handläggaren har läst ditt svar."
    until = i_ord(told.sista_dag)
    return f"Du har fått ta del av uppgifterna den {i_ord(told.dag)} och kunnat svara till och med den {until}."
