"""The e-service: the status that the applicant sees."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from medarbetare.engine import Mode, NaturalKey, Portal, Submit


class Statuspost(BaseModel):
    """The status of an application in the e-service."""

    model_config = ConfigDict(frozen=True)

    status: str


@dataclass(frozen=True)
class Statusandring:
    """Sets the status that the applicant sees. The status has changed only when it reads as intended."""

    sida: Portal
    referens: str
    intended: Statuspost
    key: NaturalKey
    name: str = "status i e-tjänsten"
    needs: Mode = Mode.AUTOMATISK

    @property
    def portal(self) -> str:
        """The portal of the inbox that the application came from."""
        return self.sida.name

    def read(self) -> Sequence[Statuspost]:
        """The status, if it is the intended one."""
        post = Statuspost(status=self.sida.page("arende", referens=self.referens).read("status"))
        return [post] if post == self.intended else []

    def fill(self) -> Submit:
        """Choose the status."""
        sida = self.sida.page("arende", referens=self.referens)
        sida.fill("ny_status", self.intended.status)
        return lambda: sida.commit("andra_status")
