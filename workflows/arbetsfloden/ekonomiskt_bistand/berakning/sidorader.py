"""Costs outside 12 kap. 7 § SoL (medicine, dental care, glasses, debt, …): decided apart, by a person."""

from decimal import Decimal

from arbetsfloden.ekonomiskt_bistand.begrepp.belopp import kronor
from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Fakta
from medarbetare.engine import Aside

ANNAN_KOSTNAD = "Annan kostnad"
FORMULARETS_SLAG = frozenset({
    "Hyra", "Hushållsel", "Hemförsäkring", "Arbetsresor", "Fackavgift", "A-kasseavgift",
    "Medicin", "Tandvård", "Glasögon", "Skuld",
})  # fmt: skip
"""The kinds of cost that the form offers. Anything else is the applicant's own words and may tell who it is about."""


class Sidorad(Fakta):
    """A cost that was applied for and is decided apart, by a person (12 kap. 1-2 §§ SoL)."""

    slag: str
    belopp: Decimal

    @property
    def benamning(self) -> str:
        """The kind in the form's words, free of personal data."""
        return self.slag if self.slag in FORMULARETS_SLAG else ANNAN_KOSTNAD

    @property
    def skal(self) -> str:
        """The sentence for whoever decides it."""
        return (
            f"{self.benamning} {kronor(self.belopp)} kr prövas för sig (12 kap. 1-2 §§ SoL) och ingår inte i "
            "beräkningen."
        )

    @property
    def overlamning(self) -> Aside:
        """The row as a hand-off of its own."""
        return Aside(about=self.benamning, reasons=(self.skal,))
