"""The case system read again: do the robot's decisions and payments stand, and what have staff decided since?

Decisions and payments are compared, each payee's for itself. Calculations are not (a person may make a new draft), nor
are registrations, notes, documents, reminders, messages and the e-service's status, which staff may rightly change.
"""

import json
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Svarsstatus
from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.handlaggning.spar import sok_spar
from arbetsfloden.ekonomiskt_bistand.portaler import verksamhet
from arbetsfloden.ekonomiskt_bistand.portaler.registrering import (
    Beslutspost,
    Plats,
    RegistreraBeslut,
    RegistreraUtbetalning,
    Utbetalningspost,
)
from arbetsfloden.ekonomiskt_bistand.register.underlag import Arende, Folkbokforing
from medarbetare.engine import Portal
from medarbetare.engine.rereading import Application, Finished, Receipt, Traces

_BESLUT, _UTBETALNING = "beslut", "utbetalning"
visning = verksamhet.visning
ModelT = TypeVar("ModelT", bound=BaseModel)

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


class _Mottagare(BaseModel):
    mottagare: str


class _Betalt(BaseModel):
    """What is needed of a decision's texts: to whom it pays."""

    betalningar: tuple[_Mottagare, ...] = ()


class Avstamning:
    """One household's records, each list read once. Implements `medarbetare.engine.rereading.Rereader`.

    `koder` are the codes of decisions on försörjningsstöd.
    """

    def __init__(self, portals: Callable[[str], Portal], koder: Set[str]) -> None:
        self._portals = portals
        self._koder = koder
        self._listor: _Listor = {}

    def records(self, receipt: Receipt, steps: Mapping[str, Any]) -> Sequence[BaseModel] | None:
        """Decisions and payments under the receipt's key, in the case in which the robot registered them.

        What was taken up again after a restore has no steps: then it is the case that is found with the applicant.
        """
        if receipt.key.kind not in (_BESLUT, _UTBETALNING):
            return None
        arende, sokande = _senaste(steps, "läs ärende", Arende), Personnummer(receipt.key.household)
        portal = self._portals(verksamhet.PORTAL)
        nummer = arende.nummer if arende is not None else verksamhet.arende_med(portal, sokande)
        if nummer is None:
            return None
        plats = self._plats(nummer, sokande, Manad.parse(receipt.key.month))
        record = json.dumps(receipt.record)
        if receipt.key.kind == _BESLUT:
            return RegistreraBeslut(plats, Beslutspost.model_validate_json(record), "").read()
        paid = _senaste(steps, "skriv texter", _Betalt) or _Betalt()
        others = tuple(one.mottagare for one in paid.betalningar if one.mottagare != receipt.key.payee)
        return RegistreraUtbetalning(plats, Utbetalningspost.model_validate_json(record), ovriga=others).read()

    def finished(self, steps: Mapping[str, Any]) -> Finished | None:
        """Decisions on försörjningsstöd for the whole month that were not there when the case system was last read.

        What was there already says nothing about this application: it may be a supplement to that very decision, and
        it may have been changed since. It is known by its number; where numbers are not known, nothing can be told.
        """
        arende = _senaste(steps, "läs ärende", Arende)
        forslag = _senaste(steps, "föreslå", _Manaden)
        sokande = _senaste(steps, "läs folkbokföring, person 1", Folkbokforing)
        if arende is None or forslag is None or sokande is None:
            return None
        nummer = self._nummer(arende, sokande.person)
        # The numbers of another case say nothing about this one's.
        known = {one.nummer for one in arende.beslut} if nummer == arende.nummer else set()
        if nummer is None or None in known:
            return None
        plats = self._plats(nummer, sokande.person, forslag.manad)
        rader = [rad for rad in plats.lista(_BESLUT) if rad["nr"] not in known and self._avgor(rad, forslag.manad)]
        if not rader:
            return None
        beslut = [one.model_dump(mode="json") for one in verksamhet.tidigare_beslut(rader)]
        return Finished(key=plats.key(_BESLUT), found={"beslut": beslut})

    def traces(self, application: Application, robot: Callable[[str], str]) -> Traces:
        """What the robot has registered of an application; see `arbetsfloden.ekonomiskt_bistand.handlaggning.spar`."""
        return sok_spar(self._portals, application, robot)

    def _avgor(self, rad: dict[str, str], manad: Manad) -> bool:
        """Whether a decision settles an application for the whole month."""
        if not rad["nr"] or rad["kod"] not in self._koder:
            return False
        return visning.datum(rad["fran"]) <= manad.first and visning.datum(rad["till"]) >= manad.last

    def _nummer(self, arende: Arende, sokande: Personnummer) -> str | None:
        """The applicant's own case; looked up when there was none, or a closed one, at the time."""
        if arende.status is Svarsstatus.SVAR and arende.aktivt:
            return arende.nummer
        return verksamhet.sok_arende(self._portals(verksamhet.PORTAL), sokande)

    def _plats(self, nummer: str, sokande: Personnummer, manad: Manad) -> Plats:
        return _LastPlats(self._portals(verksamhet.PORTAL), nummer, sokande, manad, self._listor)


def _senaste(steps: Mapping[str, Any], name: str, model: type[ModelT]) -> ModelT | None:
    """The newest round's result of a step, through JSON as when the workflow itself is run again."""
    rounds = [step for step in steps if step == name or step.startswith(f"{name}, omgång ")]
    return model.model_validate_json(json.dumps(steps[rounds[-1]])) if rounds else None
