"""How a receipt differs from what a portal holds under its key now."""

import json
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from medarbetare.engine.effect import plain
from medarbetare.engine.rereading import Receipt


class What(StrEnum):
    """The kinds of difference, in a case worker's words."""

    MISSING = "saknas"
    CHANGED = "ändrad"
    SEVERAL = "flera"


class Difference(BaseModel):
    """One difference. `fields` names what has changed; `records` is what stands there now and is personal data."""

    model_config = ConfigDict(frozen=True)

    write: str
    portal: str
    what: What
    fields: tuple[str, ...] = ()
    records: tuple[dict[str, Any], ...] = Field(default=(), repr=False)

    @property
    def text(self) -> str:
        """For people; no personal data."""
        what = {
            What.MISSING: f"«{self.write}» finns inte längre i {self.portal}.",
            What.CHANGED: f"«{self.write}» i {self.portal} är ändrad sedan roboten skrev: {', '.join(self.fields)}.",
            What.SEVERAL: f"Det finns {len(self.records)} «{self.write}» i {self.portal} där roboten skrev en.",
        }[self.what]
        return f"{what} Kontrollera i systemet vad som gäller."


def difference_of(receipt: Receipt, records: Sequence[BaseModel]) -> Difference | None:
    """What differs; None when the one record there is as it was read back. Raises ValueError for a receipt of old."""

    def difference(what: What, *fields: str) -> Difference:
        held = tuple(plain(record) for record in records)
        return Difference(write=receipt.name, portal=receipt.portal, what=what, fields=fields, records=held)

    if not records:
        return difference(What.MISSING)
    if len(records) > 1:
        return difference(What.SEVERAL)
    now = records[0]
    # As a model, not as text: 3590 and 3590.00 are the same amount.
    then = type(now).model_validate_json(json.dumps(receipt.record))
    changed = [name for name in type(now).model_fields if getattr(then, name) != getattr(now, name)]
    return difference(What.CHANGED, *changed) if changed else None


def differences(before: Any, now: Any, path: str = "") -> list[str]:
    """The paths at which two JSON values differ, such as `svar.0.belopp`; no values."""
    if isinstance(before, dict) and isinstance(now, dict):
        parts = [(str(key), before.get(key), now.get(key)) for key in {**before, **now}]
    elif isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        parts = [(str(number), old, new) for number, (old, new) in enumerate(zip(before, now, strict=True))]
    else:
        return [] if before == now else [path or "allt"]
    return [found for key, old, new in parts for found in differences(old, new, f"{path}.{key}" if path else key)]
