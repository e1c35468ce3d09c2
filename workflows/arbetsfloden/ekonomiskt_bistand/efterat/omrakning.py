"""A proposal made again from the journal: the application, what was read and the day, as they were then.

Pure: from finished steps' results, as they stand in the journal, to the same proposal. A round's facts are the steps of
its number (see `handlaggning/lasning.py`) that were finished before the proposal.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from pydantic import BaseModel

from arbetsfloden.ekonomiskt_bistand.beslut.beslut import Forslag, foresla
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan
from arbetsfloden.ekonomiskt_bistand.formular.inlasning import las_ansokan
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk, regelverk_av
from arbetsfloden.ekonomiskt_bistand.register.registersvar import Registersvar
from arbetsfloden.ekonomiskt_bistand.register.underlag import Arende, Folkbokforing, Skriftvaxling, Underlag
from medarbetare.engine import Original

FORSLAG = "föreslå"
_ROUND = re.compile(r"(.+?)(?:, omgång ([0-9]+))?")
ModelT = TypeVar("ModelT", bound=BaseModel)


@dataclass(frozen=True)
class Grunder:
    """What one proposal rests on beside the rules."""

    ansokan: Ansokan
    underlag: Underlag
    dag: date


def grunder(forslag: Forslag, step: str, fore: Mapping[str, Any]) -> Grunder:
    """What the proposal of `step` was made of, by the steps that were finished before it.

    Raises ValueError or KeyError when they are not what a run leaves, BusinessError for an unreadable application.
    """
    _, omgang = _delat(step)
    sent = [result for name, result in fore.items() if _delat(name)[0] == "hämta ansökan"]
    return Grunder(
        ansokan=las_ansokan(_som(sent[-1] if sent else None, Original)),
        underlag=_underlag({name: result for name, result in fore.items() if _delat(name)[1] == omgang}),
        dag=_dag(forslag, omgang, fore),
    )


def senaste_forslag(steps: Mapping[str, Any]) -> tuple[Forslag, str, Mapping[str, Any]] | None:
    """The newest proposal of a case, its step and the steps before it; None when there is none. Raises ValueError."""
    names = list(steps)
    made = [name for name in names if name.startswith(FORSLAG)]
    if not made:
        return None
    before = {name: steps[name] for name in names[: names.index(made[-1])]}
    return _som(steps[made[-1]], Forslag), made[-1], before


@dataclass(frozen=True)
class Omraknare:
    """Implements `medarbetare.engine.ruleset.Redecider`."""

    proposal: str = FORSLAG

    def made_by(self, result: Any) -> str:
        """The version that the proposal names."""
        return str(result["regelverk_version"])

    def rules(self, files: Mapping[str, bytes]) -> Regelverk:
        """The rules that were in force. Raises ConfigurationError."""
        return regelverk_av(files)

    def again(self, step: str, result: Any, before: Mapping[str, Any], rules: Regelverk) -> tuple[Any, Any]:
        """The journal's proposal and the one that follows from its facts now."""
        then = _som(result, Forslag)
        rests_on = grunder(then, step, before)
        now = foresla(rests_on.ansokan, rests_on.underlag, rules, rests_on.dag)
        return then.model_dump(mode="json"), now.model_dump(mode="json")


def _delat(step: str) -> tuple[str, int]:
    """What a step does, and in which round."""
    match = _ROUND.fullmatch(step)
    return (match[1], int(match[2] or 1)) if match else (step, 1)


def _underlag(steps: Mapping[str, Any]) -> Underlag:
    """The facts of one round. What it never came to read is not there, as it was not when the proposal was made."""

    def named(begins: str, model: type[ModelT]) -> list[ModelT]:
        return [_som(result, model) for name, result in steps.items() if name.startswith(begins)]

    arenden = named("läs ärende", Arende)
    facts = Underlag(
        folkbokforing=tuple(named("läs folkbokföring, ", Folkbokforing)), arende=arenden[-1] if arenden else None
    )
    written = named("läs skriftväxling", Skriftvaxling)
    if written:
        facts = facts.model_copy(update={"skriftvaxling": written[-1]})
    return facts.med(named("fråga ", Registersvar))


def _dag(forslag: Forslag, omgang: int, fore: Mapping[str, Any]) -> date:
    """The day of a round: of the first when the case was begun, else when it was found that one must look again.

    The proposal's own where no step tells it.
    """
    if omgang == 1:
        return date.fromisoformat(fore["dagens datum"])
    told = fore.get(f"läs om, omgång {omgang}")
    if told is None:
        asked = fore.get("beslutsläge" if omgang == 2 else f"beslutsläge, omgång {omgang - 1}")
        told = asked["dag"] if asked and asked.get("las_om") else None
    return date.fromisoformat(told) if told else forslag.dag


def _som(result: Any, model: type[ModelT]) -> ModelT:
    """A step's result as its model, through JSON as when the workflow itself is run again."""
    return model.model_validate_json(json.dumps(result))
