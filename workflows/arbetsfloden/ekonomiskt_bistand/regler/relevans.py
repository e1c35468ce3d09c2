"""Which registers are asked about whom: one question per person and register, and none that is not needed."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple

from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.regelverk.lag import Lagtal
from arbetsfloden.ekonomiskt_bistand.register.registersvar import ALLA_REGISTER, Myndighetssvar, Register
from arbetsfloden.ekonomiskt_bistand.register.underlag import Folkbokforing

_INSURERS = (Register.FK, Register.PM)
_WORK = (Register.AF, Register.SO)
_ASSETS = (Register.SKV, Register.TS)
_SWEDISH = ("sverige", "svensk", "svenskt")
_NORDIC = frozenset({"danmark", "finland", "island", "norge"})
"""They need no residence permit (2 kap. 8 b § utlänningslagen, the Nordic agreement of 1954)."""
_EEA = frozenset(
    {
        *("belgien", "bulgarien", "cypern", "estland", "frankrike", "grekland", "irland", "italien", "kroatien"),
        *("lettland", "liechtenstein", "litauen", "luxemburg", "malta", "nederländerna", "polen", "portugal"),
        *("rumänien", "slovakien", "slovenien", "spanien", "tjeckien", "tyskland", "ungern", "österrike"),
    }
)
"""Their citizens may have a right of residence without a permit (3 a kap. utlänningslagen); not Switzerland's."""


def ar_svensk(uppgift: Folkbokforing | None) -> bool:
    """Whether folkbokföring says that somebody is a Swedish citizen."""
    return uppgift is not None and (uppgift.medborgarskap or "").strip().casefold() in _SWEDISH


def ar_nordisk(uppgift: Folkbokforing | None) -> bool:
    """Whether folkbokföring says that somebody is a citizen of another Nordic country."""
    return uppgift is not None and (uppgift.medborgarskap or "").strip().casefold() in _NORDIC


def ar_ees(uppgift: Folkbokforing | None) -> bool:
    """Whether folkbokföring says that somebody is a citizen of a country of the EEA outside the Nordic ones."""
    return uppgift is not None and (uppgift.medborgarskap or "").strip().casefold() in _EEA


def fragor(
    vuxna: Collection[Personnummer],
    folkbokforing: Mapping[Personnummer, Folkbokforing | None],
    anslutna: Collection[Register],
    alder: Callable[[Personnummer], int | None],
    lag: Lagtal,
) -> dict[Personnummer, tuple[Register, ...]]:
    """The connected registers to ask about each person that folkbokföring was asked about; others are left out.

    Who needs no question is left out.

    Adults are asked about everywhere, but at Migrationsverket only who is no Nordic citizen; a school youth of age at
    Försäkringskassan and Pensionsmyndigheten too, one who may have studiehjälp at CSN. `lag` has the ages.
    """
    asked: dict[Personnummer, tuple[Register, ...]] = {}
    for person, uppgift in folkbokforing.items():
        years, adult = alder(person) or 0, person in vuxna
        wanted = (
            *(_INSURERS if years >= lag.myndig_alder else ()),
            *(_WORK if adult else ()),
            *((Register.CSN,) if years >= lag.studiehjalp_alder else ()),
            *(_ASSETS if adult else ()),
            *(() if ar_svensk(uppgift) or ar_nordisk(uppgift) else (Register.MIV,)),
        )
        registers = tuple([register for register in wanted if register in anslutna])
        if registers:
            asked[person] = registers
    return asked


class Besked(NamedTuple):
    """A question to an agency and its answer, None while there is none."""

    register: Register
    person: Personnummer
    svar: Myndighetssvar | None


def besked(
    fragor: Mapping[Personnummer, Iterable[Register]], svar: Mapping[Register, tuple[Myndighetssvar, ...]]
) -> tuple[Besked, ...]:
    """What came of every question; the first answer where there are several."""
    return tuple(
        [
            Besked(register, person, _answer(svar[register], person))
            for person, asked in fragor.items()
            for register in asked
        ]
    )


def _answer(answers: Iterable[Myndighetssvar], person: Personnummer) -> Myndighetssvar | None:
    # A loop: `next` over a generator takes twice the time, and this is done for every question of every decision.
    for one in answers:
        if one.person == person:
            return one
    return None


def samlade(besked: Iterable[Besked]) -> dict[Register, tuple[Myndighetssvar, ...] | None]:
    """Each register's answers, None where one of them is missing or not checkable."""
    found: dict[Register, tuple[Myndighetssvar, ...] | None] = dict.fromkeys(ALLA_REGISTER, ())
    for register, _, answer in besked:
        before = found[register]
        if before is None or answer is None or not answer.ar_kontrollerbart:
            found[register] = None
        else:
            found[register] = (*before, answer)
    return found
