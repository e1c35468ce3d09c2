"""What a rule is, and what it answers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import som_objekt
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelord
from arbetsfloden.ekonomiskt_bistand.regler.lage import Lage


class Utfall(StrEnum):
    """G go on, D deduct a row, H hand over, W wait and ask again, X stop; or the trigger is positively excluded."""

    GA_VIDARE = "G"
    DRA_AV = "D"
    OVERLAMNA = "H"
    VANTA = "W"
    STOPP = "X"
    UTESLUTEN = "utesluten"


HINDER = frozenset({Utfall.OVERLAMNA, Utfall.VANTA, Utfall.STOPP})

HOR_FORST = "Kommunicera innan beslut."
"""Ends the sentence on what the applicant must be heard about first (25 § FL)."""

# `tuple.__new__` below makes the same named tuples in a third of the time: dozens in every decision.
_ALWAYS = "Kommunen har bestämt att «{}» alltid prövas av en handläggare."


class Regelutfall(NamedTuple):
    """That a rule ran, and what came of it. `text` is for people, free of personal data, empty when none is needed.

    `ingangar` are the inputs in short; `tidpunkt` is when the oldest was read, None for the application's own.
    """

    nummer: int
    namn: str
    utfall: Utfall
    text: str
    ingangar: tuple[str, ...]
    kalla: str
    tidpunkt: datetime | None
    lagrum: str

    @property
    def hindrar(self) -> bool:
        return self.utfall in HINDER

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return som_objekt(cls, handler)


class Svar(NamedTuple):
    """A rule's own answer, before it is put down as a Regelutfall."""

    utfall: Utfall
    texter: tuple[str, ...] = ()
    ingangar: tuple[str, ...] = ()
    tidpunkt: datetime | None = None


def svar(
    vid_fynd: Utfall,
    fynd: Sequence[str],
    *ingangar: str,
    tidpunkt: datetime | None = None,
    annars: Utfall = Utfall.UTESLUTEN,
) -> Svar:
    """`vid_fynd` with the findings' sentences when there are any, else `annars`."""
    found = (vid_fynd, tuple(fynd), ingangar, tidpunkt) if fynd else (annars, (), ingangar, tidpunkt)
    return tuple.__new__(Svar, found)


def vantar(kalla: str) -> Svar:
    """The rule cannot be judged yet because a register has not answered; rule 11 tells which."""
    return Svar(Utfall.VANTA, (), (f"{kalla} har inte svarat",))


@dataclass(frozen=True)
class Regel:
    """A rule of the table: its number, by which `regler.yaml` tells of it, and the function that judges it."""

    nummer: int
    prova: Callable[[Lage], Svar]

    def utfall(self, lage: Lage, text: Regelord) -> Regelutfall:
        """What came of it; a person's to judge where the municipality has said so, whatever the function found."""
        utfall, texter, ingangar, tidpunkt = self.prova(lage)
        if text.alltid_handlaggare and utfall not in HINDER:
            utfall, texter = Utfall.OVERLAMNA, (*texter, _ALWAYS.format(text.namn))
        told = " ".join(texter) if texter else ""
        outcome = (self.nummer, text.namn, utfall, told, ingangar, text.kallor, tidpunkt, text.lagrum)
        return tuple.__new__(Regelutfall, outcome)


def egna_ord(outcome: Regelutfall) -> str:
    """The rule's own sentences, without the one that the municipality's choice to always hand over adds."""
    return outcome.text.removesuffix(_ALWAYS.format(outcome.namn)).strip()
