"""The journal entry about an erasure, as verification reads it."""

from pydantic import BaseModel, ValidationError

ERASURE = "erasure"
"""Kind of the journal entry. It concerns no case, so that it outlives the case's key."""


class _Erased(BaseModel):
    """What an erasure entry names, as far as verification needs it."""

    case: str
    leaves: tuple[int, ...]


def named(payload: bytes) -> tuple[str, tuple[int, ...]] | None:
    """The case and the entries that an erasure entry's payload (JSON) names; None for what never was one."""
    try:
        erased = _Erased.model_validate_json(payload)
    except ValidationError:
        return None
    return erased.case, erased.leaves
