"""The e-service: the application as it was sent, and its status."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from medarbetare.engine import Mode, NaturalKey, Portal, Submit

PORTAL = "etjanst"


class Original(BaseModel):
    """The application's file, base64 so that it is kept byte for byte."""

    model_config = ConfigDict(frozen=True)

    xml_base64: str

    @property
    def xml(self) -> bytes:
        """The bytes as the e-service gave them."""
        return base64.b64decode(self.xml_base64)


def hamta_original(portal: Portal, referens: str) -> Original:
    """Download the application's XML."""
    xml = portal.page("arende", referens=referens).download("xml")
    return Original(xml_base64=base64.b64encode(xml).decode("ascii"))


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
    portal: str = PORTAL
    needs: Mode = Mode.AUTOMATISK

    def read(self) -> Sequence[Statuspost]:
        """The status, if it is the intended one."""
        post = Statuspost(status=self.sida.page("arende", referens=self.referens).read("status"))
        return [post] if post == self.intended else []

    def fill(self) -> Submit:
        """Choose the status."""
        sida = self.sida.page("arende", referens=self.referens)
        sida.fill("ny_status", self.intended.status)
        return lambda: sida.commit("andra_status")
