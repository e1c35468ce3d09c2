"""What the start page tells of a running world, in Swedish: its systems, how one logs in, its habits and its faults."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sandkommun.clock import in_words
from sandkommun.worlds.faultlist import CATALOGUE
from sandkommun.worlds.faults import Fel
from sandkommun.worlds.model import Kommun
from sandkommun.worlds.systems import TITLES, Session, Systemnamn, Systemval, Vanor

_WEEKDAYS = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")
_STANDS_FOR: dict[str, str] = {
    "inloggning": "Kommunens gemensamma inloggning. Andra system skickar dig hit och tar emot dig igen efteråt.",
    "etjanst": "Kommunens e-tjänsteplattform som handläggarna ser den. Här kommer ansökningar om ekonomiskt bistånd "
    "in, med bilagor. Handläggaren ändrar status och skriver till sökanden.",
    "folkbokforing": "Uppgifter ur folkbokföringen: adress, hushåll, civilstånd och skydd av personuppgifter.",
    "ssbtek": "En fråga till flera myndigheter på en gång om en persons ersättningar och ärenden.",
    "fk": "Försäkringskassans egen portal. Samma uppgifter som i multifrågan, men sidorna är andra.",
    "af": "Arbetsförmedlingens egen portal. Samma uppgifter som i multifrågan, men sidan är en annan.",
    "verksamhet": "Socialtjänstens system för ekonomiskt bistånd: aktualisering, beräkning, beslut, utbetalning, "
    "journal, brev och bevakning.",
    "parkering": "En annan förvaltnings system: ansökningar om parkeringstillstånd för rörelsehindrade, med "
    "läkarutlåtanden, och tillståndsregister.",
}
_LOGIN = {
    "losenord": "Med användarnamn och lösenord.",
    "engangskod": "Med användarnamn och lösenord, och därefter en sexsiffrig engångskod.",
    "sso": "Genom den gemensamma inloggningen: systemet skickar dig dit och tar emot dig när du har loggat in där.",
    "certifikat": "Med ett klientcertifikat som läses in i webbläsaren. Filen säger var certifikat och nyckel ligger; "
    "ca.pem i samma mapp är utfärdaren.",
}
_SKINS = {
    "frames": "Utseende: ramar, popupfönster och tabeller (frames).",
    "grid": "Utseende: en enda sida som byggs i webbläsaren (grid).",
}
_HABITS = {
    ("csrf", "session"): "Ett formulär går bara att skicka från den inloggning där det öppnades.",
    ("csrf", "sida"): "Ett formulär går bara att skicka från den sida som öppnades sist.",
    ("andra_sparning", "vagras"): "Att spara samma sak en gång till vägras.",
    ("nollrader", "sparas"): "Rader med noll kronor sparas.",
    ("samma_inkomst", "sparas"): "Samma slags inkomst två gånger för en person sparas.",
    ("brev_fore_beslut", False): "Beslut kan sparas utan att brevet har hämtats.",
    ("gammal_bild", "vagras"): "Det som sparas från ett formulär som har hunnit bli gammalt vägras.",
    ("postlas", True): "Den som öppnar ett formulär håller ärendet tills det har sparats.",
    ("fraga_fore_beslut", True): "Systemet frågar innan ett beslut sparas.",
    ("bekraftar_beslut", True): "Systemet bekräftar i en ruta att ett beslut har sparats.",
}


@dataclass(frozen=True)
class Told:
    """One system for the start page. `person` and `robot` are the files with their log-ins; `habits` sentences."""

    name: str
    title: str
    stands_for: str
    address: str
    login: str
    one_time_code: bool
    person: Path
    robot: Path
    habits: list[str]
    faults: int


@dataclass(frozen=True)
class Trouble:
    """One fault of the day's plan: which, where, what it does, when."""

    name: str
    system: str
    where: str
    what: str
    when: str


def system_told(kommun: Kommun, name: Systemnamn, address: str, credentials: Path) -> Told:
    """What is told of one system; `credentials` is the folder of the log-ins' files."""
    kind = kommun.login(name)
    return Told(
        name=name,
        title=TITLES[name],
        stands_for=_STANDS_FOR[name],
        address=address,
        login=_LOGIN[kind],
        one_time_code=kind == "engangskod",
        person=credentials / f"{name}.handlaggare.json",
        robot=credentials / f"{name}.json",
        habits=habits(name, kommun.systemval(name)),
        faults=sum(one.system == name for one in kommun.fel),
    )


def habits(name: str, val: Systemval) -> list[str]:
    """How a system is set up, a sentence for each thing that a user notices."""
    told = [f"Varje svar dröjer {val.delay_ms} millisekunder."] if val.delay_ms else []
    told += _of_session(val.session)
    if name == "verksamhet":
        told.append(_SKINS[val.skin])
    if val.version:
        told.append(f"Utseendet har ändrats till version {val.version}.")
    return told + _of_habits(val.vanor)


def _of_session(session: Session) -> list[str]:
    told = []
    if session.max_requests is not None:
        told.append(f"Inloggningen tar slut efter {session.max_requests} klick.")
    if session.borta_vid:
        numbers = ", ".join(map(str, session.borta_vid))
        told.append(f"Inloggningen försvinner vid dessa klick sedan systemets start: {numbers}.")
    if session.borta_vid_post:
        pages = ", ".join(session.borta_vid_post)
        told.append(f"Inloggningen försvinner första gången något sparas på {pages}, och inget sparas.")
    return told


def _of_habits(vanor: Vanor) -> list[str]:
    """The habits that are not the usual ones."""
    usual, told = Vanor(), []
    for key, value in vanor:
        if value == getattr(usual, key):
            continue
        if key == "sparrar_konto_efter":
            told.append("Konton spärras aldrig." if value is None else f"Kontot spärras efter {value} nekade försök.")
        else:
            told.append(_HABITS.get((key, value), f"{key}: {value}"))
    return told


def trouble(fel: Fel) -> Trouble:
    """One fault as people read it."""
    fault = CATALOGUE[fel.fel]
    value = fault.usual if fel.varde is None else fel.varde
    what = fault.what if value is None else f"{fault.what} ({value}{_unit(fault.value)})"
    where = "alla sidor" if fel.sida == "*" else fel.sida
    method = fel.metod or fault.method
    doing = {"GET": ", när sidan hämtas", "POST": ", när något skickas"}.get(method or "", "")
    return Trouble(fel.fel, TITLES[fel.system], where + doing, what, _when(fel))


def _unit(meaning: str) -> str:
    return {"millisekunder": " millisekunder", "antal tecken": " tecken"}.get(meaning, "")


def _when(fel: Fel) -> str:
    if fel.antal == "alltid":
        told = "varje gång" if fel.gang == 1 else f"från gång {fel.gang} och alltid därefter"
    elif fel.antal == 1:
        told = f"gång {fel.gang}"
    else:
        told = f"gång {fel.gang}–{fel.gang + fel.antal - 1}"
    return f"{told}, klockan {fel.tider.fran:%H.%M}–{fel.tider.till:%H.%M}" if fel.tider else told


def day_told(day: date) -> str:
    """A date in words: tisdag 1 december 2026."""
    return f"{_WEEKDAYS[day.weekday()]} {in_words(day)}"
