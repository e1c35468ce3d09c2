"""The pure decision on two files: an application as the e-service gives it, and the facts as YAML or JSON.

The facts are an `Underlag`, in the words of `underlag.py`. Where a rule of the beginning stands in the way the
registers are left out, as in a run: nobody is asked then.
"""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from arbetsfloden.ekonomiskt_bistand.beslut.beslut import Forslag, Forslagsslag, foresla
from arbetsfloden.ekonomiskt_bistand.forklaring.antaganden import Fall
from arbetsfloden.ekonomiskt_bistand.forklaring.forklaring import forklara
from arbetsfloden.ekonomiskt_bistand.forklaring.provning import Provning
from arbetsfloden.ekonomiskt_bistand.forklaring.visad import visa
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan
from arbetsfloden.ekonomiskt_bistand.formular.falt import visat
from arbetsfloden.ekonomiskt_bistand.formular.inlasning import las_ansokan
from arbetsfloden.ekonomiskt_bistand.handlaggning.avslut import overlamning
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.register.registersvar import Registersvar
from arbetsfloden.ekonomiskt_bistand.register.underlag import Underlag
from arbetsfloden.ekonomiskt_bistand.regler import granska_arende, granska_folkbokforing
from arbetsfloden.ekonomiskt_bistand.regler.lage import Lage
from arbetsfloden.ekonomiskt_bistand.visning.presentation import presentera
from medarbetare.engine import Mode, Original
from medarbetare.engine.decision import Decision
from medarbetare.engine.presentation import Section
from medarbetare.errors import BusinessError

ModelT = TypeVar("ModelT", bound=BaseModel)
_FAULTS = {
    "missing": "saknas",
    "extra_forbidden": "är okänt; kontrollera stavningen",
    "string_type": "ska vara text; skriv personnummer, månader och koder inom citattecken",
    "enum": "är inget av de ord som kan stå där",
    "timezone_aware": "ska vara en tid med tidszon, till exempel 2026-12-01T06:00:00Z",
}


class _ExactLoader(yaml.SafeLoader):
    """Keeps numbers with a decimal point and dates as text, so that no amount ever passes through a float."""


for _kept_as_text in ("float", "timestamp"):
    _ExactLoader.add_constructor(
        f"tag:yaml.org,2002:{_kept_as_text}",
        lambda loader, node: loader.construct_scalar(node),  # type: ignore[arg-type]
    )


def besluta_pa_fil(application: bytes, facts: bytes, regelverk: Regelverk, today: date) -> Decision:
    """Decide on `today` by the rules in force. Raises BusinessError that tells which field of which file is wrong."""
    ansokan = las_ansokan(Original.of(application))
    underlag = som_last(ansokan, las_underlag(facts), regelverk, today)
    forslag = foresla(ansokan, underlag, regelverk, today)
    explanation = visa(forklara(Provning(Fall(ansokan, underlag, today), regelverk, forslag)))
    return Decision(
        summary=_summary(forslag),
        sections=(*explanation.sections, *_underlagets(underlag)),
        data={**forslag.model_dump(mode="json"), "forklaring": dict(explanation.data)},
    )


def las_underlag(facts: bytes) -> Underlag:
    """Read the facts. Raises BusinessError with one line a fault, by its path, without what stands there."""
    try:
        # JSON is YAML too, except for tabs.
        content = yaml.load(facts.decode("utf-8").replace("\t", " "), Loader=_ExactLoader)  # noqa: S506
        # Through JSON, as facts come from the journal: one fault is then told once.
        return Underlag.model_validate_json(json.dumps(content))
    except UnicodeDecodeError:
        raise BusinessError("Uppgifterna är inte text i UTF-8.") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BusinessError(f"Uppgifterna är varken giltig YAML eller JSON: se rad {line}.") from None
    except (yaml.YAMLError, RecursionError, TypeError):
        raise BusinessError("Uppgifterna är varken giltig YAML eller JSON.") from None
    except ValidationError as error:
        raise BusinessError("\n".join(_faults(error))) from None


def _faults(error: ValidationError) -> Iterator[str]:
    for fault in error.errors(include_url=False, include_input=False):
        path = ".".join(visat(str(part)) for part in fault["loc"]) or "hela filen"
        yield f"Uppgifterna, {path}: {_FAULTS.get(fault['type'], 'har fel slags värde')}."


def som_last(ansokan: Ansokan, underlag: Underlag, regelverk: Regelverk, today: date) -> Underlag:
    """The facts that a run would have read."""
    known = Underlag(folkbokforing=underlag.folkbokforing)
    if granska_folkbokforing(Lage(ansokan, known, regelverk, today)).slutar:
        return known
    known = known.model_copy(update={"arende": underlag.arende})
    return known if granska_arende(Lage(ansokan, known, regelverk, today)).slutar else underlag


def _summary(forslag: Forslag) -> str:
    if forslag.slag is Forslagsslag.BIFALL and forslag.mode is Mode.AUTOMATISK:
        return f"Bifall {forslag.belopp} kr för {forslag.manad.name}. Roboten beslutar och betalar."
    return overlamning(forslag).summary


def _underlagets(underlag: Underlag) -> tuple[Section, ...]:
    """What was read, in the same tables as a case worker is shown."""
    steps: dict[str, Any] = {
        f"läs folkbokföring, person {number}": one.model_dump(mode="json")
        for number, one in enumerate(underlag.folkbokforing, 1)
    }
    if underlag.arende is not None:
        steps["läs ärende"] = underlag.arende.model_dump(mode="json")
    people = dict.fromkeys(one.person for one in underlag.registersvar)
    for number, person in enumerate(people, 1):
        answers = {one.register.value: one for one in underlag.registersvar if one.person == person}
        steps[f"fråga SSBTEK, person {number}"] = Registersvar.model_validate(answers).model_dump(mode="json")
    return tuple(section for section in presentera(steps) if not section.folded)
