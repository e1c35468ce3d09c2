"""The department's system: an application is read, and a decision registered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pydantic import BaseModel, ConfigDict

from arbetsfloden.parkeringstillstand.ansokan import Ansokan, Utlatande
from medarbetare.engine import Mode, NaturalKey, Portal, Submit
from medarbetare.engine.rereading import Trace

PORTAL = "parkering"


def las_ansokan(portal: Portal, referens: str) -> Ansokan:
    """Read the application. Raises what a portal raises."""
    read = portal.page("ansokan", referens=referens).read_all(
        "namn", "personnummer", "adress", "avser", "tidigare_tillstand", "beskrivning"
    )
    return Ansokan.model_validate({**read, "personnummer": read["personnummer"].replace("-", "")})


def las_utlatande(portal: Portal, referens: str) -> Utlatande | None:
    """Read the doctor's statement; None while none has come."""
    page = portal.page("ansokan", referens=referens)
    if page.has("inget_utlatande"):
        return None
    read = page.read_all("utlatandets_datum", "lakare", "diagnos", "gangstracka", "varaktighet", "bedomning")
    return Utlatande.model_validate({**read, "datum": read["utlatandets_datum"]})


class Beslutspost(BaseModel):
    """A decision as it stands in the system. Days are empty for a refusal."""

    model_config = ConfigDict(frozen=True)

    beslut: str
    fran: date | None
    till: date | None
    motivering: str


@dataclass(frozen=True)
class RegistreraBeslut:
    """Registers the decision on one application, in the name of whom decided."""

    sida: Portal
    referens: str
    personnummer: str
    intended: Beslutspost
    name: str = "beslut"
    portal: str = PORTAL
    needs: Mode = Mode.AUTOMATISK

    @property
    def key(self) -> NaturalKey:
        """One decision an application."""
        return NaturalKey(self.personnummer, "", f"beslut {self.referens}")

    def read(self) -> Sequence[Beslutspost]:
        """The decision, if the application has one."""
        page = self.sida.page("ansokan", referens=self.referens)
        if not page.has("beslutat"):
            return []
        read = page.read_all("beslutat", "fran", "till", "beslutets_motivering")
        return [
            Beslutspost(
                beslut=read["beslutat"],
                fran=_day(read["fran"]),
                till=_day(read["till"]),
                motivering=read["beslutets_motivering"],
            )
        ]

    def fill(self) -> Submit:
        """Fill in the decision form."""
        page, post = self.sida.page("ansokan", referens=self.referens), self.intended
        page.fill("bevilja" if post.beslut == "Beviljad" else "avsla", True)
        days = {"giltigt_fran": post.fran, "giltigt_till": post.till}
        page.fill_all({**{name: str(day) for name, day in days.items() if day}, "motivering": post.motivering})
        return lambda: page.commit("spara_beslut")


def spar(portal: Portal, referens: str, robot: str) -> tuple[Trace, ...]:
    """The decision that the robot, as the system calls it, has registered on an application."""
    ansokan, page = las_ansokan(portal, referens), portal.page("ansokan", referens=referens)
    if not page.has("beslutat") or page.read("beslutat_av") != robot:
        return ()
    nobody = Beslutspost(beslut="", fran=None, till=None, motivering="")
    effekt = RegistreraBeslut(portal, referens, ansokan.personnummer, nobody)
    return (Trace(effekt.name, PORTAL, effekt.key, tuple(effekt.read()), decides=True),)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
