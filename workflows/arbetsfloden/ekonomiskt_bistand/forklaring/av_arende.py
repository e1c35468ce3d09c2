"""A case explained from its journal: the newest proposal, by the rules that held when it was made."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from arbetsfloden.ekonomiskt_bistand.efterat.omrakning import grunder, senaste_forslag
from arbetsfloden.ekonomiskt_bistand.forklaring.antaganden import Fall
from arbetsfloden.ekonomiskt_bistand.forklaring.forklaring import Beslutat, forklara
from arbetsfloden.ekonomiskt_bistand.forklaring.provning import Provning
from arbetsfloden.ekonomiskt_bistand.forklaring.visad import visa
from arbetsfloden.ekonomiskt_bistand.portaler.registrering import RegistreraBeslut
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk, regelverk_av
from medarbetare.engine.explanation import Explanation
from medarbetare.errors import ConfigurationError

_TEXTER = "skriv texter"
_Kept = Callable[[str], Mapping[str, bytes] | None]


def forklara_arende(
    steps: Mapping[str, Any], written: Collection[str], regelverk: Regelverk, kept: _Kept
) -> Explanation | None:
    """Explain the newest proposal among finished steps, and the decision that rests on it; None when there is none.

    `written` are the writes with a receipt: that of the decision tells that it was made, its texts only by whom.
    `kept` gives the files of rules of another version than `regelverk`, None when they are not kept.
    Raises ValueError, KeyError or BusinessError when the steps are not what a run leaves.
    """
    newest = senaste_forslag(steps)
    if newest is None:
        return None
    proposal, step, before = newest
    made_of = grunder(proposal, step, before)
    fall = Fall(made_of.ansokan, made_of.underlag, made_of.dag)
    provning = Provning(fall, _rules(proposal.regelverk_version, regelverk, kept), proposal)
    return visa(forklara(provning, _decided(steps, step) if RegistreraBeslut.name in written else None))


def _rules(version: str, now: Regelverk, kept: _Kept) -> Regelverk:
    files = kept(version) if version != now.version else None
    try:
        return regelverk_av(files) if files is not None else now
    except ConfigurationError:
        # Of an older release: the proposal is explained, and what might have been is not tried.
        return now


def _decided(steps: Mapping[str, Any], proposal: str) -> Beslutat | None:
    """What the texts of the decision say, where they were written after the proposal."""
    names = list(steps)
    written = [name for name in names[names.index(proposal) :] if name.startswith(_TEXTER)]
    if not written:
        return None
    texts = steps[written[-1]]
    return Beslutat(beslutsfattare=texts["beslutsfattare"], dag=texts["dag"])
