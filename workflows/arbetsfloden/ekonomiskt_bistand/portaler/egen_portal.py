"""What the agencies' own portals have in common: whose the answer is, what it says of itself, how faults are told."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Lasning, Svarsstatus
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.portaler.ssbtek import avbruten
from arbetsfloden.ekonomiskt_bistand.register.registersvar import OK, Myndighetssvar, Register
from medarbetare.errors import AnswerMissing, PortalError

T = TypeVar("T")
SvarT = TypeVar("SvarT", bound=Myndighetssvar)


class EgenPortal:
    """One agency's own portal. What it shows and the robot cannot read is a PortalError that names the field."""

    def __init__(self, portal: str, register: Register) -> None:
        self._portal = portal
        self._register = register
        self._kalla = f"{register.namn}s portal"

    def huvud(
        self,
        person: Personnummer,
        now: datetime,
        kallstatus: str,
        *,
        skyddad: bool = False,
        avvikelser: tuple[str, ...] = (),
    ) -> dict[str, Any]:
        """What every answer says. `status` is EJ_KONTROLLERBART, or left for the agency's own facts to tell."""
        huvud: dict[str, Any] = {
            "person": person,
            "lasning": Lasning(kalla=self._kalla, tidpunkt=now),
            "kallstatus": kallstatus,
            "skyddad": skyddad,
            "avvikelser": avvikelser,
        }
        if kallstatus != OK or skyddad or avvikelser:
            huvud["status"] = Svarsstatus.EJ_KONTROLLERBART
        return huvud

    def besvarad(self, svar: SvarT, *, accept_silence: bool) -> SvarT:
        """The answer. Raises AnswerMissing when the agency is down, unless `accept_silence`."""
        if avbruten(svar) and not accept_silence:
            raise AnswerMissing(f"{self._kalla} lämnar inga uppgifter just nu. Frågan ställs igen senare.")
        return svar

    def ratt_person(self, text: str, person: Personnummer) -> None:
        """Raises PortalError when the page is about somebody else."""
        if self.las("personnummer", Personnummer, text) != person:
            raise PortalError(
                f"{self._kalla} svarade om en annan person än den som frågan gällde.", portal=self._portal
            )

    def las(self, falt: str, read: Callable[[str], T], text: str) -> T:
        """What `read` makes of a field's text. Raises PortalError when it raises ValueError or KeyError."""
        try:
            return read(text)
        except (ValueError, KeyError):
            raise self.fel(falt) from None

    def fel(self, falt: str) -> PortalError:
        """The error for what stands in a field, by the name that the portal gives it; never with the text itself."""
        return PortalError(
            f"{self._kalla}: roboten förstår inte det som står i «{falt}». Har portalen ändrats?", portal=self._portal
        )
