"""The one list of faults. Other fakes of the same systems can misbehave under the same names."""

from dataclasses import dataclass
from typing import Literal

Method = Literal["GET", "POST"]
Who = Literal["inloggad", "utloggad"]
GREATEST = 60_000
"""The greatest value of a fault whose value is a number."""


@dataclass(frozen=True)
class Fault:
    """One way to misbehave.

    `what` is told to people, in Swedish. `value` says what a plan's `varde` means ("" when the fault takes none), and
    `usual` what it is when the plan gives none. `method` is the kind of request that it hits unless the plan says
    otherwise, and with `only` the only kind that it can do anything to; `systems` the only systems that know it (empty:
    all); `who` whose requests it hits (None: anybody's); `choices` the only values that there are (empty: the whole
    numbers from `least` to 60000).
    """

    what: str
    value: str = ""
    usual: int | str | None = None
    method: Method | None = None
    systems: tuple[str, ...] = ()
    who: Who | None = None
    choices: tuple[int | str, ...] = ()
    least: int = 0
    only: bool = False


def _reading(what: str, value: str = "", usual: int | str | None = None, systems: tuple[str, ...] = ()) -> Fault:
    return Fault(what, value, usual, "GET", systems)


def _saving(
    what: str, value: str = "", usual: int | str | None = None, systems: tuple[str, ...] = (), least: int = 0
) -> Fault:
    return Fault(what, value, usual, "POST", systems, "inloggad", least=least, only=True)


def _logging_in(what: str) -> Fault:
    return Fault(what, method="POST", who="utloggad", only=True)


_CASES = ("verksamhet",)
_FREE_TEXT = ("verksamhet", "etjanst", "parkering")

CATALOGUE: dict[str, Fault] = {
    # The web site as such.
    "langsam_sida": Fault("Sidan svarar efter en stund.", "millisekunder", 3000),
    "langsam_tabell": _reading("Sidans början kommer genast, resten (tabellen) efter en stund.", "millisekunder", 3000),
    "fel_500": Fault("HTTP 500, innan något är gjort."),
    "fel_502_efter": Fault("Det begärda görs, sedan svarar systemet HTTP 502.", method="POST"),
    "avbruten_post": Fault(
        "Anslutningen bryts, innan något är gjort eller efter.",
        "fore eller efter",
        "fore",
        method="POST",
        choices=("fore", "efter"),
        only=True,
    ),
    "fel_som_200": Fault("HTTP 200 med en feltext; inget är gjort."),
    "session_borta": Fault("Sessionen är borta: inloggningen visas, inget är gjort.", who="inloggad"),
    "sso_get": _saving("Sessionen förnyas i det tysta och sparandet blir en hämtning: inget är gjort."),
    "underhall": Fault("Sidan om systemunderhåll visas i stället."),
    "trasig_fil": Fault(
        "En hämtad fil är trasig.",
        "kort, tom eller html",
        "kort",
        method="GET",
        choices=("kort", "tom", "html"),
        only=True,
    ),
    "kakbanner": _reading("En ruta om kakor täcker sidans nederkant tills den har besvarats."),
    "nyhetsruta": _reading("En nyhetsruta täcker hela sidan tills den har stängts."),
    "popup": _reading("Ett nyhetsfönster öppnas."),
    # Log-in.
    "konto_sparrat": _logging_in("Kontot är spärrat tills världen nollställs."),
    "byt_losenord": _logging_in("Lösenordet måste bytas innan inloggningen blir klar."),
    # What is typed, and what is kept of it.
    "csrf_byte": _saving("Formuläret har hunnit bli för gammalt: HTTP 200, inget sparas."),
    "kapad_text": _saving("Fria texter kapas i det tysta.", "antal tecken", 40, _FREE_TEXT, least=1),
    "teckenskada": _saving("Å, ä och ö i fria texter skadas när de sparas.", systems=_FREE_TEXT),
    "halv_sparning": _saving(
        "Bara första halvan av raderna, av det frivilliga eller av den fria texten sparas.", systems=_CASES
    ),
    "sen_synlighet": _saving("Det sparade syns i listorna först efter en stund.", "millisekunder", 3000, _CASES),
    "post_last": _saving("Posten är låst av en annan användare: inget sparas.", systems=_CASES),
    "redigeringskonflikt": _saving("Någon annan har ändrat ärendet: inget sparas.", systems=_CASES),
    "kollega": Fault(
        "En handläggare arbetar i samma ärende strax före begäran.",
        "beslutar, antecknar, beraknar eller avslutar",
        "antecknar",
        systems=_CASES,
        who="inloggad",
        choices=("beslutar", "antecknar", "beraknar", "avslutar"),
    ),
    # What the pages look like.
    "ny_version": Fault(
        "Systemet har fått ett nytt utseende från och med nu.",
        "1 ny ledtext, 2 flyttat fält, 3 omdöpt knapp, 4 nytt obligatoriskt fält, 5 ny sida emellan; med de tidigare",
        1,
        systems=("verksamhet", "etjanst"),
        choices=(1, 2, 3, 4, 5),
    ),
    "ny_i_inkorgen": Fault(
        "Ett nytt ärende kommer överst i inkorgen medan man bläddrar.",
        method="GET",
        systems=("etjanst",),
        who="inloggad",
        only=True,
    ),
}
