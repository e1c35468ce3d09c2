"""The steps that a run leaves in the journal, made of an application and its facts without any run."""

from datetime import date
from typing import Any

from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.register.registersvar import Registersvar
from arbetsfloden.ekonomiskt_bistand.register.underlag import Underlag
from arbetsfloden.ekonomiskt_bistand.regler import granska_arende, granska_folkbokforing
from arbetsfloden.ekonomiskt_bistand.regler.lage import Lage
from medarbetare.engine import Original

Steg = dict[str, Any]


def last(ansokan: Ansokan, underlag: Underlag, regelverk: Regelverk, dag: date) -> Underlag:
    """The facts that a run reads: nothing more once a rule of the beginning stands in the way."""
    first = Underlag(folkbokforing=underlag.folkbokforing)
    if granska_folkbokforing(Lage(ansokan, first, regelverk, dag)).slutar:
        return first
    early = first.model_copy(update={"arende": underlag.arende})
    return early if granska_arende(Lage(ansokan, early, regelverk, dag)).slutar else underlag


def begynnelse(original: Original, dag: date) -> Steg:
    """How every case begins."""
    return {"dagens datum": dag.isoformat(), "hämta ansökan": original.model_dump(mode="json")}


def lasta(underlag: Underlag, omgang: str = "") -> Steg:
    """A round's steps of reading; `omgang` is what their names end in."""
    steps: Steg = {
        f"läs folkbokföring, person {number}{omgang}": one.model_dump(mode="json")
        for number, one in enumerate(underlag.folkbokforing, 1)
    }
    if underlag.arende is not None:
        steps[f"läs ärende{omgang}"] = underlag.arende.model_dump(mode="json")
    for number, person in enumerate(dict.fromkeys(one.person for one in underlag.registersvar), 1):
        answers = {one.register.value: one for one in underlag.registersvar if one.person == person}
        told = Registersvar.model_validate(answers)
        steps[f"fråga SSBTEK, person {number}{omgang}"] = told.model_dump(mode="json")
    if underlag.skriftvaxling is not None:
        steps[f"läs skriftväxling{omgang}"] = underlag.skriftvaxling.model_dump(mode="json")
    return steps
