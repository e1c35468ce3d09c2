"""Asking the agencies about a person: the one way in which every portal and the SOAP service get their answers."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sandkommun.system import System
from sandkommun.worlds.agencies import Af, Fk, Myndighet, So
from sandkommun.worlds.people import Person

AGENCIES = {
    "FK": "Försäkringskassan",
    "PM": "Pensionsmyndigheten",
    "AF": "Arbetsförmedlingen",
    "SO": "A-kassorna",
    "CSN": "CSN",
    "SKV": "Skatteverket",
    "TS": "Transportstyrelsen",
    "MIV": "Migrationsverket",
}
"""The agencies by the codes that questions call them."""
_NOBODY = Person.model_construct(personnummer="", fornamn="", efternamn="")
_CODES = {"FELANDE": "BT-500", "OTILLGANGLIG": "SSBT-504", "BEGRANSAD": "BT-299"}
"""The code of a status when the world gives none."""
PROTECTED = "BT-SKYDD"
"""The code where an agency's format has no other way to say that the person is protected."""


@dataclass(frozen=True)
class Known:
    """A person as one portal knows them. `children` are personal numbers."""

    person: Person
    municipality: str
    children: Sequence[str]


@dataclass(frozen=True)
class Answer:
    """What one agency answers about one person.

    `facts` and `known` are None when it tells nothing: its status is not OK, a deviation, or the person is protected.
    `known` is also None when no agency knows the person. `stated_code` is the world's own; `code` is never empty when
    the status is not OK.
    """

    agency: str
    number: str
    status: str
    stated_code: str
    deviation: str
    protected: bool
    facts: Any = None
    known: Known | None = None

    @property
    def name(self) -> str:
        return AGENCIES[self.agency]

    @property
    def code(self) -> str:
        return "" if self.status == "OK" else self.stated_code or _CODES[self.status]

    @property
    def silent(self) -> bool:
        return self.facts is None


def known(system: System, number: str) -> Known | None:
    """What is known about a person in one portal, or None when nobody has the number."""
    content = system.people.document("person", number)
    if content is None:
        return None
    person = Person.model_validate(content["person"]).seen_in(system.name)
    return Known(person, person.kommun or content["kommun"], content["barn"])


def ask(system: System, number: str, agencies: Sequence[str], user: str) -> list[Answer]:
    """Ask agencies about a person; one answer each, in their order. Counts as a question of every agency asked.

    Somebody unknown to all of them is answered with nothing, not with an error.
    """
    about = known(system, number)
    person = about.person if about else _NOBODY
    answers = []
    for agency in agencies:
        facts: Myndighet = getattr(person, agency.lower())
        status = _status(system, number, agency, facts, user)
        answers.append(_answer(system.clock.today, number, about, agency, facts, status))
    return answers


def begin(system: System, number: str, agency: str, user: str) -> str:
    """Ask one agency, for a visit of several pages; returns the question's number, to stand in addresses."""
    (answer,) = ask(system, number, [agency], user)
    asked = {"personnummer": number, "svar": answer.status, "dag": system.clock.today.isoformat()}
    question = secrets.token_hex(8)
    system.database.add("question", question, user, asked)
    return question


def go_on(system: System, question: str, agency: str, user: str) -> Answer | None:
    """The answer to a question that the same user began, as it was on its day; None when there is no such question."""
    asked = next((one.content for one in system.database.records("question", question) if one.user == user), None)
    if asked is None:
        return None
    number, day = asked["personnummer"], date.fromisoformat(asked["dag"])
    about = known(system, number)
    facts: Myndighet = getattr(about.person if about else _NOBODY, agency.lower())
    return _answer(day, number, about, agency, facts, asked["svar"])


def _answer(day: date, number: str, about: Known | None, agency: str, facts: Myndighet, status: str) -> Answer:
    deviation = facts.avvikelse if isinstance(facts, Fk) else ""
    protected = facts.sekretess or (about is not None and about.person.skydd is not None)
    answer = Answer(agency, number, status, "" if status == "OK" else facts.felkod, deviation, protected)
    if status != "OK" or deviation or protected:
        return answer
    return replace(answer, facts=_so_far(facts, day), known=about)


def _status(system: System, number: str, agency: str, facts: Myndighet, user: str) -> str:
    if not facts.svar:
        return facts.status
    key = f"{agency} {number}"
    asked = len(system.people.records("asked", key))
    system.people.add("asked", key, user, {})
    return facts.svar[min(asked, len(facts.svar) - 1)]


def _so_far(facts: Myndighet, today: date) -> Myndighet:
    """What the agency knows on a day: what lies ahead is not there yet, but for what it has announced."""
    match facts:
        case Fk():
            paid = tuple(row for row in facts.utbetalningar if row.datum <= today or row.typ == 4)
            pending = tuple(row for row in facts.arenden if row.inkom <= today)
            return facts.model_copy(update={"utbetalningar": paid, "arenden": pending})
        case Af():
            decided = tuple(row for row in facts.beslut if row.datum <= today)
            ended = facts.avaktualiserad if facts.avaktualiserad and facts.avaktualiserad <= today else None
            return facts.model_copy(update={"beslut": decided, "avaktualiserad": ended})
        case So():
            benefits = tuple(row for row in facts.utbetalningar if row.datum <= today)
            suspended = tuple(row for row in facts.avstangningar if row.fran <= today)
            applied = facts.ansokt if facts.ansokt and facts.ansokt <= today else None
            told = {"utbetalningar": benefits, "avstangningar": suspended, "ansokt": applied}
            return facts.model_copy(update=told)
        case _:
            return facts


def within(answer: Answer, start: date, end: date) -> Answer:
    """The answer with the payments of a period, oldest first. The period is about the day of payment, not what the
    payment covers."""
    rows = getattr(answer.facts, "utbetalningar", None)
    if rows is None:
        return answer
    paid = tuple(sorted((row for row in rows if start <= row.datum <= end), key=lambda row: row.datum))
    return replace(answer, facts=answer.facts.model_copy(update={"utbetalningar": paid}))
