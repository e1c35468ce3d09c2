"""The rules in words: what each is called, what triggers it, what it reads, what follows and by which law."""

from typing import Self

from pydantic import model_validator

from arbetsfloden.ekonomiskt_bistand.regelverk.godkannande import Godkannande
from medarbetare.config import Strict

ANTAL = 46


class Regeltext(Strict):
    """One rule. `for_alla` is for the public, `vad_kravs` for the explanation of a case that it stood in the way of.

    `alltid_handlaggare`: every application that it judges goes to a person. There is no way to switch a rule off.
    """

    namn: str
    utloser: str
    kallor: str
    atgard: str
    lagrum: str
    for_alla: str
    vad_kravs: str
    alltid_handlaggare: bool = False


class Regelbok(Godkannande):
    """Every rule by its number."""

    regler: dict[int, Regeltext]

    @model_validator(mode="after")
    def _every_rule_once(self) -> Self:
        numbers = set(range(1, ANTAL + 1))
        if missing := sorted(numbers - set(self.regler)):
            raise ValueError(f"regler: {', '.join(map(str, missing))} saknas; en regel kan inte stängas av")
        if unknown := sorted(set(self.regler) - numbers):
            raise ValueError(f"regler: {', '.join(map(str, unknown))} finns inte; numren är 1 till {ANTAL}")
        return self
