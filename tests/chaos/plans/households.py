"""The households of the fault plans: scenario files as an application in the e-service's format, and their facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from scenarier import FILES, fall, las, referens
from scenariovarld import varld

from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan
from arbetsfloden.ekonomiskt_bistand.register.underlag import Arende, Underlag
from medarbetare.engine import Original
from sandkommun.etjanst.documents import flow_instance
from sandkommun.etjanst.form import of_application

STRANGER = "193601039823"
STRANGERS_CASE = "4799"
"""Somebody else, whose page a system shows by mistake."""

WEIGHTS = {
    1: 2,
    2: 6,
    3: 3,
    4: 3,
    6: 4,
    7: 4,
    10: 1,
    14: 1,
    15: 2,
    16: 1,
    20: 1,
    21: 4,
    22: 2,
    23: 2,
    24: 1,
    28: 1,
    90: 3,
}
"""How often each scenario is drawn: mostly those in which something is decided, by the robot or by approval."""


@dataclass(frozen=True)
class Household:
    """One scenario. `expected` is what its file expects without any faults."""

    number: int
    reference: str
    original: Original
    ansokan: Ansokan
    underlag: Underlag
    expected: Mapping[str, Any]

    @property
    def applicant(self) -> str:
        """Twelve digits."""
        return self.ansokan.sokande.personnummer.digits

    @property
    def arende(self) -> Arende:
        """The household's case in the case system."""
        assert self.underlag.arende is not None
        return self.underlag.arende

    @property
    def case(self) -> str:
        """The case's number."""
        return str(self.arende.nummer)

    @property
    def month(self) -> str:
        """The month that is applied for."""
        return str(self.ansokan.manad)

    @property
    def is_protected(self) -> bool:
        """Whether the population register marks anybody."""
        return any(one.skydd is not None and one.skydd.value != "inget" for one in self.underlag.folkbokforing)


@cache
def household(number: int) -> Household:
    """The household of a scenario by its number."""
    (path,) = (path for path in FILES if path.name.startswith(f"{number:02}-"))
    text = las(path)
    world, one, reference = varld([text]), fall(text), referens(text)
    form = of_application(reference, world.inkorg[reference], world)
    return Household(number, reference, Original.of(flow_instance(form)), one.ansokan, one.underlag, one.vantat)
