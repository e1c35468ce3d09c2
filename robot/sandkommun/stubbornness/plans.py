"""Seeded plans of faults: the same seed and the same pages give the same faults, and so they do for any other fake that
uses this list of names and this function.

A page is a kind and a path, where `*` stands for anything. Kinds: VISA a page, BLÄDDRA a list with paging, LÄSA what
a script reads, HÄMTA a file, SPARA what is posted, SKRIVA what is posted with free text, LOGGA IN where one logs in.
For example `VISA /handlaggning/*`, `HÄMTA /handlaggning/*/pdf`, `SKRIVA /nytt_beslut.do`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

import yaml
from pydantic import ValidationError

from sandkommun.stubbornness.hitting import Value
from sandkommun.worlds.faultlist import CATALOGUE
from sandkommun.worlds.faults import Fel, Plan
from sandkommun.worlds.model import Kommun

MOST = 6
"""So many faults a plan has at most."""
_VALUES: dict[str, Sequence[Value]] = {
    "langsam_sida": (500, 1500, 3000),
    "langsam_tabell": (500, 1500, 3000),
    "kapad_text": (20, 40, 80),
    "sen_synlighet": (500, 1500, 3000),
}
_READING, _SAVING = ("VISA", "BLÄDDRA", "LÄSA"), ("SPARA", "SKRIVA")
_KINDS = {"GET": _READING, "POST": _SAVING, None: _READING + _SAVING}
_ONLY = {
    **dict.fromkeys(("konto_sparrat", "byt_losenord"), ("LOGGA IN",)),
    **dict.fromkeys(("kakbanner", "nyhetsruta", "popup"), ("VISA", "BLÄDDRA")),
    **dict.fromkeys(("kapad_text", "teckenskada"), ("SKRIVA",)),
    "trasig_fil": ("HÄMTA",),
    "ny_i_inkorgen": ("BLÄDDRA",),
}
"""The kinds of page that a fault needs to show itself, where the kind of request does not say it."""

_FRAMES = (
    *("VISA /oversikt.do", "VISA /berakningar.do", "VISA /beslut.do", "VISA /utbetalningar.do", "VISA /journal.do"),
    *("VISA /ny_berakning.do", "VISA /nytt_beslut.do", "VISA /ny_utbetalning.do", "HÄMTA /beslutsmeddelande.do"),
    *("SPARA /ny_aktualisering.do", "SPARA /ny_berakning.do", "SKRIVA /nytt_beslut.do", "SPARA /ny_utbetalning.do"),
    *("SKRIVA /ny_anteckning.do", "LOGGA IN /login.do"),
)
_GRID = (
    *("VISA /arende/*", "VISA /sok", "LÄSA /api/arende/*"),
    *("LÄSA /api/arende/*/berakningar", "LÄSA /api/arende/*/beslut", "LÄSA /api/arende/*/utbetalningar"),
    *("LÄSA /api/arende/*/journal", "LÄSA /api/arende/*/ny/*", "HÄMTA /api/arende/*/beslutsmeddelande"),
    *("SPARA /api/arende/*/ny/aktualisering", "SPARA /api/arende/*/ny/berakning", "SKRIVA /api/arende/*/ny/beslut"),
    *("SPARA /api/arende/*/ny/utbetalning", "SKRIVA /api/arende/*/ny/anteckning", "LOGGA IN /logga-in"),
)
_PAGES: dict[str, Sequence[str]] = {
    "etjanst": (
        *(
            "BLÄDDRA /inkorg",
            "VISA /handlaggning/*",
            "SPARA /handlaggning/*/status",
            "SKRIVA /handlaggning/*/meddelande",
            "LOGGA IN /logga-in",
        ),
        *("HÄMTA /handlaggning/*/pdf", "HÄMTA /handlaggning/*/xml"),
    ),
    "folkbokforing": ("VISA /sok", "SPARA /sok", "LOGGA IN /logga-in"),
    "ssbtek": ("VISA /fraga", "SPARA /fraga", "LOGGA IN /logga-in"),
    "fk": ("VISA /sok", "SPARA /sok", "VISA /fraga/*"),
    "af": ("VISA /sok", "SPARA /sok", "VISA /resultat/*"),
    "parkering": (
        *("VISA /ansokningar", "VISA /ansokningar/*", "SKRIVA /ansokningar/*/beslut", "LOGGA IN /logga-in"),
        *("HÄMTA /ansokningar/*/utlatande.pdf", "VISA /tillstand"),
    ),
}


class PlanError(Exception):
    """A plan of faults cannot be read. The text is Swedish."""


def plan(seed: int, pages: Mapping[str, Sequence[str]]) -> tuple[Fel, ...]:
    """One to six faults of different kinds over the systems and pages given, each at some request and then over.

    A patient user gets past them, or meets one that a person must see to (a locked account, a new field).
    """
    chance = Random(seed)  # noqa: S311 - a plan shall be the same again
    faults: list[Fel] = []
    for name in chance.sample(list(CATALOGUE), chance.randint(1, MOST)):
        fault = CATALOGUE[name]
        kinds = _ONLY.get(name) or _KINDS[fault.method]
        fitting = [
            (system, path)
            for system, of_system in pages.items()
            if not fault.systems or system in fault.systems
            for kind, _, path in (page.rpartition(" ") for page in of_system)
            if kind in kinds
        ]
        at, times, which, what = chance.randint(1, 4), chance.randint(1, 2), chance.random(), chance.random()
        if fitting:
            system, path = fitting[int(which * len(fitting))]
            values = fault.choices or _VALUES.get(name, (None,))
            once = kinds == ("LOGGA IN",)
            faults.append(
                Fel(
                    fel=name,
                    system=system,
                    sida=path,
                    gang=1 if once else at,
                    antal=1 if once else times,
                    varde=values[int(what * len(values))],
                )
            )
    return tuple(faults)


def pages_of(kommun: Kommun) -> dict[str, Sequence[str]]:
    """The pages of a municipality's systems that seeded plans hit; log-ins only where it has a form of its own."""
    pages = {**_PAGES, "verksamhet": _GRID if kommun.systemval("verksamhet").skin == "grid" else _FRAMES}
    with_form = ("losenord", "engangskod")
    return {
        system: [page for page in of_system if kommun.login(system) in with_form or not page.startswith("LOGGA IN")]
        for system, of_system in pages.items()
    }


def added(kommun: Kommun, faults: str) -> Kommun:
    """The municipality with more faults: those of a seed (a whole number) or of a plan's file (`fel: […]`).

    Raises PlanError.
    """
    more = plan(int(faults), pages_of(kommun)) if faults.isdecimal() else _read(Path(faults))
    try:
        return Kommun.model_validate({**kommun.model_dump(), "fel": (*kommun.fel, *more)})
    except ValidationError as error:
        raise PlanError(f"{faults}: {_told(error)}") from None


def as_yaml(faults: Sequence[Fel]) -> str:
    """A plan as the file that `--faults` and a world's key `fel` read."""
    content = Plan(fel=tuple(faults)).model_dump(mode="json", exclude_defaults=True)
    return yaml.safe_dump(content or {"fel": []}, allow_unicode=True, sort_keys=False)


def _read(file: Path) -> tuple[Fel, ...]:
    try:
        return Plan.model_validate(yaml.safe_load(file.read_text("utf-8")) or {}).fel
    except (OSError, UnicodeDecodeError) as error:
        raise PlanError(f"{file}: går inte att läsa. Ange ett heltal, eller en YAML-fil med nyckeln fel.") from error
    except yaml.YAMLError as error:
        raise PlanError(f"{file}: inte riktig YAML") from error
    except ValidationError as error:
        raise PlanError(f"{file}: {_told(error)}") from None


def _told(error: ValidationError) -> str:
    problems = error.errors(include_input=False, include_url=False)
    return "; ".join(f"{'.'.join(map(str, one['loc'])) or 'planen'}: {one['msg']}" for one in problems)
