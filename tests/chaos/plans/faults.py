"""The faults of a plan: where each may show itself at the portal contract, and which of them hit an act.

The names are those of `robot/sandkommun/worlds/faultlist.py`. What is listed there and not here:

    kakbanner, nyhetsruta, popup    lie over a page or beside it: the browser room's selector file closes them, and what
                                    is not closed is a SelectorError before the click, which `ny_version` shows too
    ny_i_inkorgen                   happens while the inbox is paged through; a plan begins with the case taken in

Faults of the plans' own are in `OWN`: what no web site can be told to do (a worker that dies or hangs), and a few ways
of lying that Sandkommun has no word for.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Act = Literal["open", "read", "save", "download", "boundary", "original"]
Value = int | str

SAVING = (
    *("ny_aktualisering", "ny_berakning", "nytt_beslut", "ny_utbetalning"),
    *("ny_anteckning", "ny_anteckning_med_bilaga", "ny_bevakning"),
)
LISTS = ("aktualiseringar", "berakningar", "beslut", "utbetalningar", "journal", "bevakningar", "dokument")
PAGES: dict[str, dict[Act, tuple[str, ...]]] = {
    "verksamhet": {
        "open": ("person", *LISTS, "berakning", "brev", *SAVING),
        "read": ("person", *LISTS, "berakning", *SAVING),
        "save": SAVING,
        "download": ("brev",),
    },
    "etjanst": {"open": ("arende",), "read": ("arende",), "save": ("arende",)},
    "folkbokforing": {"open": ("person",), "read": ("person",)},
    "ssbtek": {"open": ("svar", "svar_forsakringskassan"), "read": ("svar", "svar_forsakringskassan")},
}
"""What is done on which page of which portal."""
POINTS = ("step", "intended", "pre-read", "submitting", "submit answered", "read-back", "receipt")
WORKER = "arbetaren"
"""Stands where a portal's name does, for what happens to the robot itself."""
WHOLE = "*"


@dataclass(frozen=True)
class Kind:
    """How a fault may be drawn: at which acts, in which portals and on which pages (empty: all), with which values."""

    acts: tuple[Act, ...]
    portals: tuple[str, ...] = tuple(PAGES)
    pages: tuple[str, ...] = ()
    values: tuple[Value, ...] = ("",)
    most: int = 4
    """So many acts in a row are hit at most."""
    weight: int = 2


_CASES = ("verksamhet",)
_SAVES: tuple[Act, ...] = ("save",)
_TIMEOUT = 20_000

LISTED: dict[str, Kind] = {
    "langsam_sida": Kind(("open", "save"), values=(800, 3000, 9000, 25_000)),
    "langsam_tabell": Kind(("read",), values=(3000, 9000, 25_000), weight=1),
    "fel_500": Kind(("open", "save")),
    "fel_502_efter": Kind(_SAVES, weight=5),
    "avbruten_post": Kind(_SAVES, values=("fore", "efter"), weight=5),
    "fel_som_200": Kind(("open", "save")),
    "session_borta": Kind(("open", "read", "save"), weight=3),
    "sso_get": Kind(_SAVES),
    "underhall": Kind(("open",), values=(1, 30, 600)),
    "trasig_fil": Kind(("download",), _CASES, values=("kort", "tom", "html"), weight=1),
    "konto_sparrat": Kind(("open",), weight=1),
    "byt_losenord": Kind(("open",), weight=1),
    "csrf_byte": Kind(_SAVES, values=("syns", "tyst")),
    "kapad_text": Kind(_SAVES, _CASES, values=(1, 10, 40, 255), most=1, weight=3),
    "teckenskada": Kind(_SAVES, _CASES, most=1, weight=3),
    "halv_sparning": Kind(_SAVES, _CASES, most=1, weight=3),
    "sen_synlighet": Kind(_SAVES, _CASES, values=(500, 2000, 9000, 60_000), weight=6),
    "post_last": Kind(_SAVES, _CASES, values=("syns", "tyst")),
    "redigeringskonflikt": Kind(_SAVES, _CASES, values=("syns", "tyst")),
    "kollega": Kind(
        ("open", "save"),
        _CASES,
        values=("beslutar", "beslutar", "antecknar", "beraknar", "avslutar", "betalar", "andrar_utkast"),
        most=1,
        weight=8,
    ),
    "ny_version": Kind(("open",), _CASES, ("nytt_beslut",), values=(1, 2, 3, 4, 5), weight=1),
}
OWN: dict[str, Kind] = {
    "tappad_sparning": Kind(_SAVES),
    "dubbel_sparning": Kind(_SAVES, _CASES, most=1, weight=4),
    "fel_person": Kind(
        ("open",), ("verksamhet", "folkbokforing", "ssbtek"), ("person", "svar", "svar_forsakringskassan")
    ),
    "dubblett": Kind(("open",), ("verksamhet", "folkbokforing"), ("person",), weight=1),
    "tyst_register": Kind(("open",), ("ssbtek",), values=("FELANDE", "OTILLGANGLIG", "INTERNT_FEL"), most=6),
    "delvis_register": Kind(("open",), ("ssbtek",), ("svar",), values=("FELANDE", "OTILLGANGLIG"), most=6),
    "ny_uppgift": Kind(("boundary",), (WORKER,), POINTS, most=1),
    "krasch": Kind(("boundary",), (WORKER,), POINTS, most=2, weight=10),
    "krasch_vid_sida": Kind(("open", "read"), most=2, weight=3),
    "krasch_efter_klick": Kind(_SAVES, most=1, weight=5),
    "krasch_fore_klick": Kind(_SAVES, most=1, weight=3),
    "hang": Kind(("open", "read"), most=2, weight=8),
    "hang_vid_grans": Kind(
        ("boundary",), (WORKER,), tuple(one for one in POINTS if one != "submitting"), most=1, weight=4
    ),
    "stopp": Kind(("open", "boundary"), (*PAGES, WORKER), most=1),
    "inkorg_tyst": Kind(("original",), (WORKER,), ("original",), most=3, weight=1),
}
BROWSER_ONLY = frozenset({"kakbanner", "nyhetsruta", "popup", "ny_i_inkorgen"})
KINDS = LISTED | OWN


@dataclass(frozen=True)
class Fault:
    """One fault: `name` hits the act from its `nth` time on, `times` times."""

    name: str
    act: Act
    portal: str
    page: str
    nth: int = 1
    times: int = 1
    value: Value = ""

    def __str__(self) -> str:
        told = f" ({self.value})" if self.value != "" else ""
        return f"{self.name}{told}: {self.portal}, {self.page}, {self.act} {self.nth}–{self.nth + self.times - 1}"


class Hits:
    """Counts acts and says which faults hit them. `happened` is how often each fault has hit."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self._faults = tuple(faults)
        self._acts: Counter[tuple[Act, str, str]] = Counter()
        self.happened: Counter[str] = Counter()

    def at(self, act: Act, portal: str, page: str) -> dict[str, Value]:
        """The faults that hit this act, with their values."""
        self._acts[act, portal, page] += 1
        number = self._acts[act, portal, page]
        hit: dict[str, Value] = {}
        for fault in self._faults:
            same = (fault.act, fault.portal, fault.page) == (act, portal, page)
            if same and fault.nth <= number < fault.nth + fault.times and fault.name not in hit:
                hit[fault.name] = fault.value
        self.happened.update(hit.keys())
        return hit
