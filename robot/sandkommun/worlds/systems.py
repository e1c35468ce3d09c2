"""The systems of a municipality, and how each is set up: log-in, looks, habits."""

from typing import Annotated, Literal

from pydantic import Field

from sandkommun.worlds.elements import Element

Systemnamn = Literal["start", "inloggning", "etjanst", "folkbokforing", "ssbtek", "fk", "af", "verksamhet", "parkering"]
SYSTEMS: tuple[Systemnamn, ...] = (
    *("start", "inloggning", "etjanst", "folkbokforing", "ssbtek", "fk", "af", "verksamhet", "parkering"),
)
TITLES: dict[str, str] = {
    "start": "Startsidan",
    "inloggning": "Gemensam inloggning",
    "etjanst": "E-tjänsten",
    "folkbokforing": "Folkbokföringen",
    "ssbtek": "SSBTEK, multifrågan",
    "fk": "Försäkringskassan",
    "af": "Arbetsförmedlingen",
    "verksamhet": "Verksamhetssystemet",
    "parkering": "Parkeringstillstånd",
}
"""What people call the systems."""
Inloggning = Literal["losenord", "engangskod", "sso", "certifikat"]
USUAL_LOGIN: dict[str, Inloggning] = {"verksamhet": "engangskod", "fk": "certifikat", "af": "sso"}
"""How one logs in to a system when the world does not say; to the others by password."""
LONGEST_DELAY = 60_000
"""So many milliseconds an answer is held back at most."""
WITH_LOOKS = ("verksamhet", "etjanst")
"""The systems whose looks change from version to version."""


class Session(Element):
    """When a logged-in session is lost in a system."""

    max_requests: int | None = Field(None, ge=1)
    """A session answers so many requests; the next click finds it gone."""
    borta_vid: tuple[Annotated[int, Field(ge=1)], ...] = ()
    """At these requests (logged-in requests to the system since its start, the first is 1) the session is gone."""
    borta_vid_post: tuple[str, ...] = ()
    """The first time something is posted to each of these paths the session is gone, and nothing is saved."""


class Vanor(Element):
    """What a system always does, good or bad. The usual ones are those of real systems."""

    sparrar_konto_efter: int | None = Field(5, ge=1)
    """So many refused log-ins in a row lock an account; null: never."""
    csrf: Literal["av", "session", "sida"] = "av"
    """Forms carry a token that is one for the session, or new on every page so that an older page's form is refused."""
    andra_sparning: Literal["ny_post", "vagras"] = "ny_post"
    """verksamhet: saving the same once more makes a second record, or is refused."""
    nollrader: Literal["slapps", "sparas"] = "slapps"
    """verksamhet: rows of zero are dropped without a word, or kept."""
    samma_inkomst: Literal["vagras", "sparas"] = "vagras"
    """verksamhet: the same income kind twice for a person is refused, or saved."""
    brev_fore_beslut: bool = True
    """verksamhet: without a fetched letter nothing is decided, silently."""
    gammal_bild: Literal["slapps", "vagras"] = "slapps"
    """verksamhet: a form opened before somebody changed the case is saved all the same, or refused."""
    postlas: bool = False
    """verksamhet: whoever opens a form of a case holds the case; others save nothing until that form is saved."""
    fraga_fore_beslut: bool = False
    """verksamhet, frames: a question (confirm) must be answered before a decision is saved."""
    bekraftar_beslut: bool = False
    """verksamhet, frames: a message (alert) must be closed after a decision is saved."""

    @property
    def unusual(self) -> list[str]:
        """The habits that are not the usual ones."""
        usual = Vanor()
        return [key for key, value in self if value != getattr(usual, key)]

    @property
    def of_cases(self) -> list[str]:
        """Those of them that only verksamhet can have."""
        return [f"vanor.{key}" for key in self.unusual if key not in ("sparrar_konto_efter", "csrf")]

    @property
    def of_frames(self) -> list[str]:
        """Those of them that only its skin of frames can have."""
        return [key for key in self.unusual if key in ("fraga_fore_beslut", "bekraftar_beslut")]


class Systemval(Element):
    """How one system is set up."""

    delay_ms: int = Field(0, ge=0, le=LONGEST_DELAY)
    session: Session = Session()
    inloggning: Inloggning | None = None
    """How one logs in; left out: as `USUAL_LOGIN` says."""
    skin: Literal["frames", "grid"] = "frames"
    """verksamhet only: frameset and Latin-1, or one page of JavaScript."""
    version: int = Field(0, ge=0, le=5)
    """How far the looks have changed from what they were; see the fault `ny_version`."""
    vanor: Vanor = Vanor()

    def strange(self, system: str, login: Inloggning) -> list[str]:
        """What is said here that this system does not have: sentences, with the key first."""
        told = [f"{key}: finns bara i verksamhet" for key in self.vanor.of_cases if system != "verksamhet"]
        if self.skin == "grid":
            told += [f"vanor.{key}: finns bara i utseendet frames" for key in self.vanor.of_frames]
            told += ["skin: finns bara i verksamhet"] if system != "verksamhet" else []
        if self.version and system not in WITH_LOOKS:
            told.append(f"version: finns bara i {', '.join(WITH_LOOKS)}")
        if system == "start":
            told += [f"{key}: på startsidan loggar ingen in" for key in self._of_log_in]
        elif system == "inloggning" and login in ("sso", "certifikat"):
            told.append("inloggning: den gemensamma inloggningen sker med losenord eller engangskod")
        elif system != "ssbtek" and login in ("sso", "certifikat") and "sparrar_konto_efter" in self.vanor.unusual:
            told.append("vanor.sparrar_konto_efter: systemet tar inte emot lösenord. Ange den för inloggning")
        return told

    @property
    def _of_log_in(self) -> list[str]:
        vanor = [f"vanor.{key}" for key in ("sparrar_konto_efter", "csrf") if key in self.vanor.unusual]
        said = {"inloggning": self.inloggning is not None, "session": self.session != Session()}
        return [key for key, is_said in said.items() if is_said] + vanor


class Personal(Element):
    """Staff who work in the case system at the same time: one act after every so many requests that others make."""

    var: int = Field(ge=1)
    seed: int = 0
