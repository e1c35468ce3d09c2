"""Seeded plans of faults: the same seed and the same pages give the same faults, and so they do for any other fake that
uses this list of names and this function.

A page is a kind and a path, where `*` stands for anything. Kinds: VISA a page, BLÄDDRA a list with paging, LÄSA what
a script reads, HÄMTA a file, SPARA what is posted, SKRIVA what is posted with free text, LOGGA IN where one logs in.
A page may stand once more as what it is besides: RADER what is posted with rows, I ÄRENDE what is about one case,
UTSEENDE whose looks change from version to version.
For example `VISA /handlaggning/*`, `HÄMTA /handlaggning/*/pdf`, `SKRIVA /nytt_beslut.do`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

import yaml
from pydantic import ValidationError

from sandkommun.stubbornness.hitting import Value
from sandkommun.worlds.explaining import sentences
from sandkommun.worlds.faultlist import CATALOGUE
from sandkommun.worlds.faults import Fel, Plan
from sandkommun.worlds.model import Kommun
from sandkommun.worlds.reading import TextError, data_of

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
    "halv_sparning": ("SKRIVA", "RADER"),
    "kollega": ("I ÄRENDE",),
    "ny_version": ("UTSEENDE",),
    "trasig_fil": ("HÄMTA",),
    "ny_i_inkorgen": ("BLÄDDRA",),
}
"""The kinds of page that a fault needs to show itself, where the kind of request does not say it."""

_FRAMES = (
    *("VISA /oversikt.do", "VISA /berakningar.do", "VISA /beslut.do", "VISA /utbetalningar.do", "VISA /journal.do"),
    *("VISA /ny_berakning.do", "VISA /nytt_beslut.do", "VISA /ny_utbetalning.do", "HÄMTA /beslutsmeddelande.do"),
    *("SPARA /ny_aktualisering.do", "SPARA /ny_berakning.do", "SKRIVA /nytt_beslut.do", "SPARA /ny_utbetalning.do"),
    *("SKRIVA /ny_anteckning.do", "LOGGA IN /login.do", "RADER /ny_berakning.do", "UTSEENDE /nytt_beslut.do"),
    *("I ÄRENDE /oversikt.do", "I ÄRENDE /berakningar.do", "I ÄRENDE /beslut.do", "I ÄRENDE /journal.do"),
    *("I ÄRENDE /ny_berakning.do", "I ÄRENDE /nytt_beslut.do", "I ÄRENDE /ny_utbetalning.do"),
)
_GRID = (
    *("VISA /arende/*", "VISA /sok", "LÄSA /api/arende/*"),
    *("LÄSA /api/arende/*/berakningar", "LÄSA /api/arende/*/beslut", "LÄSA /api/arende/*/utbetalningar"),
    *("LÄSA /api/arende/*/journal", "LÄSA /api/arende/*/ny/*", "HÄMTA /api/arende/*/beslutsmeddelande"),
    *("SPARA /api/arende/*/ny/aktualisering", "SPARA /api/arende/*/ny/berakning", "SKRIVA /api/arende/*/ny/beslut"),
    *("SPARA /api/arende/*/ny/utbetalning", "SKRIVA /api/arende/*/ny/anteckning", "LOGGA IN /logga-in"),
    *("RADER /api/arende/*/ny/berakning", "UTSEENDE /api/arende/*/ny/beslut"),
    *("I ÄRENDE /arende/*", "I ÄRENDE /api/arende/*/berakningar", "I ÄRENDE /api/arende/*/journal"),
    *("I ÄRENDE /api/arende/*/ny/berakning", "I ÄRENDE /api/arende/*/ny/beslut"),
)
_PAGES: dict[str, Sequence[str]] = {
    "etjanst": (
        *(
            "BLÄDDRA /inkorg",
            "VISA /handlaggning/*",
            "SPARA /handlaggning/*/status",
            "SKRIVA /handlaggning/*/meddelande",
            "LOGGA IN /logga-in",
            "UTSEENDE /handlaggning/*",
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
    more = plan(int(faults), pages_of(kommun)) if faults.isdecimal() else _read(Path(faults), kommun)
    return kommun.model_copy(update={"fel": (*kommun.fel, *more)})


def as_yaml(faults: Sequence[Fel]) -> str:
    """A plan as the file that `--faults` and a world's key `fel` read."""
    content = Plan(fel=tuple(faults)).model_dump(mode="json", exclude_defaults=True)
    return yaml.safe_dump(content or {"fel": []}, allow_unicode=True, sort_keys=False)


def _read(file: Path, kommun: Kommun) -> tuple[Fel, ...]:
    try:
        content, line = data_of(file.read_text("utf-8"), is_json=file.suffix == ".json")
    except (OSError, UnicodeDecodeError):
        raise PlanError(f"{file}: går inte att läsa. Ange ett heltal, eller en YAML-fil med nyckeln fel.") from None
    except TextError as error:
        raise PlanError(f"{file}{error}") from None
    try:
        faults = Plan.model_validate({} if content is None else content).fel
        Kommun.model_validate({**kommun.model_dump(), "fel": faults})
    except ValidationError as error:
        # A plan is a part of a world: what is wrong with it is told as of a world.
        raise PlanError("\n".join(f"{file}{sentence}" for sentence in sentences(error, line, Kommun))) from None
    return faults
