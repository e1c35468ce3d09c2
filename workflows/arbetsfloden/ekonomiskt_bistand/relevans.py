"""Which registers are asked about whom: one question per person and register, and none that is not needed."""

from collections.abc import Callable

from arbetsfloden.ekonomiskt_bistand.anslutning import Anslutningar
from arbetsfloden.ekonomiskt_bistand.ansokan import Ansokan
from arbetsfloden.ekonomiskt_bistand.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.registersvar import Register
from arbetsfloden.ekonomiskt_bistand.underlag import Folkbokforing, Underlag

_OF_AGE = 18
_STUDY_AID_FROM = 16
"""Studiehjälp is paid from the year in which a pupil is sixteen (2 kap. studiestödslagen)."""
_SWEDISH = ("sverige", "svensk", "svenskt")


def ar_svensk(uppgift: Folkbokforing | None) -> bool:
    """Whether folkbokföring says that somebody is a Swedish citizen."""
    return uppgift is not None and (uppgift.medborgarskap or "").strip().casefold() in _SWEDISH


def fragor(
    ansokan: Ansokan,
    underlag: Underlag,
    anslutningar: Anslutningar,
    alder: Callable[[Personnummer], int | None],
) -> dict[Personnummer, tuple[Register, ...]]:
    """The connected registers to ask about each person in the application; who needs no question is left out.

    Adults are asked about everywhere, but at Migrationsverket only who is no Swedish citizen; a school youth of age at
    Försäkringskassan and Pensionsmyndigheten too, one from sixteen years at CSN.
    """
    asked: dict[Personnummer, tuple[Register, ...]] = {}
    for person in ansokan.personer:
        years = alder(person) or 0
        wanted = {
            Register.FK: years >= _OF_AGE,
            Register.PM: years >= _OF_AGE,
            Register.CSN: years >= _STUDY_AID_FROM,
            Register.MIV: not ar_svensk(underlag.folkbokforing_for(person)),
        } | dict.fromkeys((Register.AF, Register.SO, Register.SKV, Register.TS), person in ansokan.vuxna)
        asked[person] = tuple(
            register for register in Register if wanted[register] and anslutningar.till(register).ansluten
        )
    return {person: registers for person, registers in asked.items() if registers}
