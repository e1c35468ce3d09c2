"""The 46 rules, in the order in which they are judged."""

from collections.abc import Sequence
from dataclasses import dataclass

# As in `lage`: no lock at each first reading.
from django.utils.functional import cached_property

from arbetsfloden.ekonomiskt_bistand.regler.inkomster import INKOMSTER
from arbetsfloden.ekonomiskt_bistand.regler.inledning import ARENDE, FOLKBOKFORING
from arbetsfloden.ekonomiskt_bistand.regler.lage import Lage
from arbetsfloden.ekonomiskt_bistand.regler.rader import RADER
from arbetsfloden.ekonomiskt_bistand.regler.regel import HINDER, Regel, Regelutfall, Utfall
from arbetsfloden.ekonomiskt_bistand.regler.register import REGISTREN
from arbetsfloden.ekonomiskt_bistand.regler.sysselsattning import SYSSELSATTNING
from arbetsfloden.ekonomiskt_bistand.regler.utgang import UTGANG

__all__ = ["ALLA", "Granskning", "Regelutfall", "Utfall", "granska_arende", "granska_folkbokforing", "prova"]

ALLA = (*FOLKBOKFORING, *ARENDE, *REGISTREN, *INKOMSTER, *SYSSELSATTNING, *RADER, *UTGANG)
_PROTECTION = FOLKBOKFORING[0].nummer
_READS_CASE = frozenset({2})
"""Rules of folkbokföring that hand over with the application registered: the municipality's own case system is read."""
_ASKS_ON = frozenset({4, 8, 9})
"""Rules of the beginning that hand over with everything prepared: the case is open, its registers may be asked."""


@dataclass(frozen=True)
class Granskning:
    """What some of the rules said. `forbereds`: those of them that hand over, but after more has been prepared."""

    regler: tuple[Regelutfall, ...]
    forbereds: frozenset[int] = frozenset()

    def har(self, utfall: Utfall) -> bool:
        rules = self.hinder if utfall in HINDER else self.regler
        return utfall in [one.utfall for one in rules]

    @cached_property
    def hinder(self) -> tuple[Regelutfall, ...]:
        """The rules that hand over, wait or stop."""
        return tuple([one for one in self.regler if one.utfall in HINDER])

    @property
    def hindrar(self) -> bool:
        """Whether any rule hands over, waits or stops."""
        return bool(self.hinder)

    @property
    def slutar(self) -> bool:
        """Whether the robot goes no further than these rules of the beginning: nothing more is read."""
        return any(one.nummer not in self.forbereds or one.utfall is not Utfall.OVERLAMNA for one in self.hinder)

    @property
    def sarskild(self) -> bool:
        """Whether only the named role for protected persons may see the case."""
        return any(one.nummer == _PROTECTION and one.utfall is Utfall.STOPP for one in self.hinder)

    @property
    def skal(self) -> tuple[str, ...]:
        """Every triggered rule's sentence, for people."""
        return tuple([one.text for one in self.hinder if one.text])


def granska_folkbokforing(lage: Lage) -> Granskning:
    """Rules 1–2, once folkbokföring is read for everybody in the application. Rule 1 looks at register answers too.

    No case is looked for by an applicant's number that no one can have.
    """
    reads_case = lage.ansokan.sokande.personnummer.is_valid
    return Granskning(prova(FOLKBOKFORING, lage), _READS_CASE if reads_case else frozenset())


def granska_arende(lage: Lage, forst: Granskning | None = None) -> Granskning:
    """Rules 1–10, once the case system is read too, before any other register is asked.

    `forst` is what rules 1–2 have said of the same `lage`, where they have been judged already.
    """
    first = forst or granska_folkbokforing(lage)
    return Granskning(first.regler if first.sarskild else first.regler + prova(ARENDE, lage), _ASKS_ON)


def prova(regler: Sequence[Regel], lage: Lage) -> tuple[Regelutfall, ...]:
    """Judge the rules in order. A protected person ends it at once, with that one answer and nothing else."""
    outcomes: list[Regelutfall] = []
    told = lage.regelverk.regelord
    for rule in regler:
        outcome = rule.utfall(lage, told[rule.nummer])
        outcomes.append(outcome)
        if rule.nummer == _PROTECTION and outcome.utfall is Utfall.STOPP:
            break
    return tuple(outcomes)
