"""What every stated fact has in common: it never changes, and what was read says where and when."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

Belopp = Annotated[Decimal, Field(max_digits=20, decimal_places=8)]
"""Kronor as read: what is longer is no amount, and arithmetic would round it without a word."""


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


def som_objekt(kind: type[Any], handler: GetCoreSchemaHandler) -> CoreSchema:
    """How a NamedTuple stands as a field of `Fakta`: as an object with its fields, as a model would.

    For the values that every decision makes dozens of: a tuple is made in a third of the time of a frozen dataclass.
    """
    names = kind.__annotations__
    fields = {name: core_schema.typed_dict_field(handler.generate_schema(names[name])) for name in kind._fields}
    told = core_schema.typed_dict_schema(fields, config={"extra_fields_behavior": "forbid"})
    made = core_schema.no_info_after_validator_function(lambda values: kind(**values), told)
    return core_schema.json_or_python_schema(
        json_schema=made,
        python_schema=core_schema.union_schema([core_schema.is_instance_schema(kind), made]),
        serialization=core_schema.plain_serializer_function_ser_schema(
            lambda value: value._asdict(), return_schema=told
        ),
    )
