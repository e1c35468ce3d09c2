"""What every stated fact has in common: it never changes, and what was read says where and when."""

from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict


class Fakta(BaseModel):
    """Base of all models of facts and results: frozen, no unknown fields; JSON gives the same object back."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Lasning(Fakta):
    """Where and when something was read. `kalla` is shown to people, for example "Försäkringskassan via SSBTEK"."""

    kalla: str
    tidpunkt: AwareDatetime


class Svarsstatus(StrEnum):
    """What asking gave. "Not checkable" is never the same as nothing."""

    SVAR = "svar"
    INGET = "inget"
    EJ_KONTROLLERBART = "ej_kontrollerbart"
