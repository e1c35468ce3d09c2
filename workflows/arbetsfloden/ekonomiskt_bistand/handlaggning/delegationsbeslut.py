"""A registered decision as the board is told of it (6 kap. 40 § kommunallagen): nothing about the applicant."""

from collections.abc import Collection, Mapping
from typing import Any

from arbetsfloden.ekonomiskt_bistand.handlaggning.poster import SKRIV_TEXTER, Handling
from arbetsfloden.ekonomiskt_bistand.portaler.registrering import RegistreraBeslut
from medarbetare.engine.delegated import DelegatedDecision


def delegationsbeslut(steps: Mapping[str, Any], written: Collection[str]) -> DelegatedDecision | None:
    """The decision of a case, None when none is registered. Raises ValueError when it cannot be read."""
    texts = [name for name in steps if name.startswith(SKRIV_TEXTER)]
    if RegistreraBeslut.name not in written or not texts:
        return None
    handling = Handling.model_validate(steps[texts[-1]])
    what = f"{handling.kod}, {handling.manad.name}"
    return DelegatedDecision(handling.dag, what, handling.beslutsfattare, handling.delegation)
