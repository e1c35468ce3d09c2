"""People, where they live, and what the agencies answer about them."""

from typing import Literal

from pydantic import Field

from sandkommun.worlds.agencies import Af, Csn, Fk, Miv, Skv, So, Ts
from sandkommun.worlds.elements import Element, Nyckel, Personnummer

Civilstand = Literal["Ogift", "Gift", "Skild", "Änka/änkling"]
Skydd = Literal["Skyddad folkbokföring", "Sekretessmarkering"]
Portal = Literal["folkbokforing", "ssbtek", "fk", "af"]
"""The systems that show what is known about people; the SOAP service is ssbtek's."""


class Avvikande(Element):
    """What one portal says otherwise about a person than the others do: whole elements, those that are given."""

    civilstand: Civilstand | None = None
    kommun: str | None = None
    skydd: Skydd | None = None
    fk: Fk | None = None
    pm: Fk | None = None
    af: Af | None = None
    so: So | None = None
    csn: Csn | None = None
    skv: Skv | None = None
    ts: Ts | None = None
    miv: Miv | None = None


class Person(Element):
    """A person: what folkbokföringen knows, and what the agencies answer about them."""

    personnummer: Personnummer
    fornamn: str
    efternamn: str
    civilstand: Civilstand = "Ogift"
    medborgarskap: str = "Sverige"
    kommun: str | None = None
    """Registered in another municipality than the world's."""
    skydd: Skydd | None = None
    fk: Fk = Fk()
    pm: Fk = Fk()
    af: Af = Af()
    so: So = So()
    csn: Csn = Csn()
    skv: Skv = Skv()
    ts: Ts = Ts()
    miv: Miv = Miv()
    avviker: dict[Portal, Avvikande] = Field(default_factory=dict)
    """Where one portal contradicts the others. Without it all of them say the same."""

    @property
    def namn(self) -> str:
        return f"{self.fornamn} {self.efternamn}"

    def seen_in(self, portal: str) -> "Person":
        """The person as one portal shows them."""
        otherwise = next((one for name, one in self.avviker.items() if name == portal), None)
        if otherwise is None:
            return self
        given = {name: value for name, value in otherwise if value is not None}
        return self.model_copy(update=given)


class Hushall(Element):
    """People at one address, as folkbokföringen has it."""

    adress: str
    vuxna: list[Nyckel] = Field(min_length=1)
    barn: tuple[Nyckel, ...] = ()
    ovriga: tuple[Nyckel, ...] = ()

    @property
    def medlemmar(self) -> list[str]:
        return [*self.vuxna, *self.barn, *self.ovriga]
