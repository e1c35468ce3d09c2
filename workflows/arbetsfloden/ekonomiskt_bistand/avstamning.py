"""The case system read again: do the robot's decisions and payments stand, and what have staff decided since?

Decisions and payments are compared. Calculations are not (a person may make a new draft), nor are notes and the
e-service's status, which staff may rightly change.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import BaseModel

from arbetsfloden.ekonomiskt_bistand.manad import Manad
from arbetsfloden.ekonomiskt_bistand.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.portaler import verksamhet
from arbetsfloden.ekonomiskt_bistand.portaler.registrering import (
    Beslutspost,
    Plats,
    RegistreraBeslut,
    RegistreraUtbetalning,
    Utbetalningspost,
)
from arbetsfloden.ekonomiskt_bistand.underlag import Arende, Folkbokforing, Svarsstatus, TidigareBeslut
from medarbetare.engine import Portal
from medarbetare.engine.rereading import Receipt

_BESLUT, _UTBETALNING = "beslut", "utbetalning"
ModelT = TypeVar("ModelT", bound=BaseModel)

_Beslut = tuple[Manad, str, Decimal, str | None]
"""What makes two decisions the same: month, code, amount, decision maker."""
_Listor = dict[tuple[str, str], list[dict[str, str]]]
"""Rows of lists by case number and list."""


@dataclass(frozen=True)
class _LastPlats(Plats):
    """A place whose lists are read once."""

    listor: _Listor = field(default_factory=dict)

    def lista(self, name: str) -> list[dict[str, str]]:
        """The rows of one of the case's lists, as they were when it was first asked for."""
        key = (self.arende, name)
        if key not in self.listor:
            self.listor[key] = super().lista(name)
        return self.listor[key]


class _Manaden(BaseModel):
    """What is needed of a proposal."""

    manad: Manad


class Avstamning:
    """One household's records, each list read once. Implements `medarbetare.engine.rereading.Rereader`."""

    def __init__(self, portals: Callable[[str], Portal]) -> None:
        self._portals = portals
        self._listor: _Listor = {}

    def records(self, receipt: Receipt, steps: Mapping[str, Any]) -> Sequence[BaseModel] | None:
        """Decisions and payments under the receipt's key, in the case in which the robot registered them."""
        arende = _senaste(steps, "läs ärende", Arende)
        if arende is None or arende.nummer is None or receipt.key.kind not in (_BESLUT, _UTBETALNING):
            return None
        manad = Manad.parse(receipt.key.month)
        plats = self._plats(arende.nummer, Personnummer(receipt.key.household), manad)
        record = json.dumps(receipt.record)
        if receipt.key.kind == _BESLUT:
            return RegistreraBeslut(plats, Beslutspost.model_validate_json(record), "").read()
        return RegistreraUtbetalning(plats, Utbetalningspost.model_validate_json(record)).read()

    def finished(self, steps: Mapping[str, Any], receipts: Sequence[Receipt]) -> Mapping[str, object] | None:
        """Decisions of the month that were not there when the case system was last read, and that are not the robot's.

        What was there already says nothing about this application: it may be a supplement to that very decision.
        """
        arende = _senaste(steps, "läs ärende", Arende)
        forslag = _senaste(steps, "föreslå", _Manaden)
        sokande = _senaste(steps, "läs folkbokföring, person 1", Folkbokforing)
        if arende is None or forslag is None or sokande is None:
            return None
        manad = forslag.manad
        nummer = self._nummer(arende, sokande.person)
        if nummer is None:
            return None
        rader = self._plats(nummer, sokande.person, manad).lista(_BESLUT)
        now = verksamhet.tidigare_beslut(rader)
        known = _counted(arende.beslut, manad) | _counted(_robotens(receipts), manad)
        new = _counted(now, manad) - known
        if not new:
            return None
        return {"beslut": [one.model_dump(mode="json") for one in now if _as_compared(one) in new]}

    def _nummer(self, arende: Arende, sokande: Personnummer) -> str | None:
        """The applicant's own case; looked up when there was none, or a closed one, at the time."""
        if arende.status is Svarsstatus.SVAR and arende.aktivt:
            return arende.nummer
        return verksamhet.sok_arende(self._portals(verksamhet.PORTAL), sokande)

    def _plats(self, nummer: str, sokande: Personnummer, manad: Manad) -> Plats:
        return _LastPlats(self._portals(verksamhet.PORTAL), nummer, sokande, manad, self._listor)


def _robotens(receipts: Iterable[Receipt]) -> Iterable[TidigareBeslut]:
    for receipt in receipts:
        if receipt.key.kind == _BESLUT:
            post = Beslutspost.model_validate_json(json.dumps(receipt.record))
            yield TidigareBeslut(
                manad=Manad.of(post.fran), kod=post.kod, belopp=post.belopp, beslutsfattare=post.beslutsfattare
            )


def _counted(beslut: Iterable[TidigareBeslut], manad: Manad) -> Counter[_Beslut]:
    return Counter(_as_compared(one) for one in beslut if one.manad == manad)


def _as_compared(beslut: TidigareBeslut) -> _Beslut:
    return beslut.manad, beslut.kod, beslut.belopp, beslut.beslutsfattare


def _senaste(steps: Mapping[str, Any], name: str, model: type[ModelT]) -> ModelT | None:
    """The newest round's result of a step, through JSON as when the workflow itself is run again."""
    rounds = [step for step in steps if step == name or step.startswith(f"{name}, omgång ")]
    return model.model_validate_json(json.dumps(steps[rounds[-1]])) if rounds else None
