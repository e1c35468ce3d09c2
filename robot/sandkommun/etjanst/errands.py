"""The e-service's errands and what happens to them: statuses, messages, what applicants do as the world's days pass."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from functools import partial

from sandkommun.etjanst import attachments
from sandkommun.etjanst.attachments import Attachment
from sandkommun.etjanst.form import Form, of_application, of_foreign, of_json, signed
from sandkommun.storage import Database, Json
from sandkommun.system import System
from sandkommun.worlds.applications import Ansokan, Arendestatus, Bilaga, Franmande
from sandkommun.worlds.files import foreign_form
from sandkommun.worlds.model import World

SERVICE = "e-tjänsten"
HANDLERS = "handläggare"
APPLICANT = "sökande"
CO_APPLICANT = "medsökande"
_LATECOMER = ("Anmälan om sjukfrånvaro", "franmande-blankett.xml")
"""Another e-service's form, for an errand that comes while somebody reads the inbox."""


@dataclass(slots=True)
class Errand:
    """A line of the inbox as it is now. `handlaggare` is the user who has taken it, or empty."""

    ref: str
    e_tjanst: str
    sokande: str
    inkommet: str
    handlaggare: str
    status: str
    words: str = field(init=False)
    """What a search finds it by, in small letters."""

    def __post_init__(self) -> None:
        self.words = f"{self.ref} {self.e_tjanst} {self.sokande}".lower()


def fill(world: World, database: Database) -> None:
    """Lay a world's inbox down."""
    with database.together():
        for ref, entry in world.inkorg.items():
            if isinstance(entry, Ansokan):
                _put(database, of_application(ref, entry, world), entry, _first_status(entry))
                _put_to_come(database, ref, entry, world)
            else:
                posted = entry.inkommet.isoformat("T", "seconds")
                _put(database, of_foreign(ref, entry.e_tjanst, posted, foreign_form(entry.fil)), entry, entry.status)


def _put(database: Database, form: Form, entry: Ansokan | Franmande, status: str) -> None:
    database.put("form", form.reference, form.as_json())
    line = {"ref": form.reference, "e_tjanst": form.flow, "sokande": form.applicant, "inkommet": form.posted}
    database.put("errand", form.reference, {**line, "handlaggare": entry.handlaggare})
    database.add("status", form.reference, SERVICE, {"ref": form.reference, "status": status}, history=True)


def _first_status(entry: Ansokan) -> Arendestatus:
    waits = entry.medsokande is not None and entry.medsokande.signerar_efter_dagar is not None
    return "Väntar på signering" if waits else entry.status


def _put_to_come(database: Database, ref: str, entry: Ansokan, world: World) -> None:
    """The attachments, and what the people of an application will do."""
    name, day = world.personer[entry.sokande].namn, entry.inkommet.isoformat("T", "seconds")

    for one in entry.alla_bilagor:
        database.put("fil", f"{ref}/{one.fil_id}", attachments.of_world(one, name, day).as_json())
    if entry.bilagor:
        database.put("bilagor", ref, {"bilagor": _names(entry.bilagor)})
    if entry.medsokande and entry.medsokande.signerar_efter_dagar is not None:
        when = entry.inkommet + timedelta(days=entry.medsokande.signerar_efter_dagar)
        database.put("signering", ref, {"ref": ref, "tid": when.isoformat("T", "seconds"), "signerat": False})
    if entry.svar:
        answers = [{**one.model_dump(exclude={"bilagor"}), "bilagor": _names(one.bilagor)} for one in entry.svar]
        database.put("svar", ref, {"ref": ref, "svar": answers})


def _names(files: Iterable[Bilaga]) -> list[Json]:
    return [{"filnamn": one.filnamn, "fil_id": one.fil_id, "slag": one.slag} for one in files]


class Errands:
    """All errands. The inbox's lines are kept in memory beside the database, so that a large inbox is as quick."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._database = system.database
        self._lines: dict[str, Errand] = {}
        self._oldest_first: list[Errand] = []
        self.services: list[str] = []
        """The e-services that there are errands of, by name."""
        self._settled: tuple[int, date] | None = None
        """As of which reset and which day everything that was due has happened."""
        self.settle()

    def settle(self) -> None:
        """Let everything happen that is due by the world's date."""
        now = (self._database.restored, self._system.clock.today)
        if self._settled is None or self._settled[0] != now[0]:
            self._read()
        if self._settled != now:
            self._settled = now
            self._let_happen([*self._signings(), *self._answers(self._database.documents("svar"))])

    def arrived(self) -> list[Errand]:
        """Every errand that has come, oldest first."""
        today = self._system.clock.today.isoformat()
        return self._oldest_first[: bisect_right(self._oldest_first, today, key=lambda line: line.inkommet[:10])]

    def find(self, ref: str) -> tuple[Errand, Form] | None:
        """An errand that has come, and its form."""
        line, form = self._lines.get(ref), self._database.document("form", ref)
        if line is None or form is None or line.inkommet[:10] > self._system.clock.today.isoformat():
            return None
        return line, of_json(form)

    def history(self, ref: str) -> list[Json]:
        """Each status that an errand has had: status, user, registrerad (a time, absent for the first)."""
        return [{**record.content, "user": record.user} for record in self._database.records("status", ref)]

    def messages(self, ref: str) -> list[Json]:
        """What handlers and applicant have written to each other: fran, user, tid, text, bilagor."""
        return [{**record.content, "user": record.user} for record in self._database.records("meddelande", ref)]

    def attachments(self, ref: str) -> list[Json]:
        """The files of an errand, sent with the application and then with the applicant's messages: filnamn, fil_id,
        slag."""
        sent = (self._database.document("bilagor", ref) or {"bilagor": []})["bilagor"]
        return [*sent, *(one for message in self.messages(ref) for one in message["bilagor"])]

    def attachment(self, ref: str, file_id: str) -> Attachment | None:
        """One file that has come with an errand."""
        come = any(one["fil_id"] == file_id for one in self.attachments(ref))
        content = self._database.document("fil", f"{ref}/{file_id}") if come else None
        return None if content is None else attachments.of_json(content)

    def set_status(self, ref: str, status: str, user: str, when: str, why: str = "") -> None:
        """Give an errand a status; `why` where the pages ask for it."""
        reason = {"orsak": why} if why else {}
        self._database.add("status", ref, user, {"ref": ref, "status": status, "registrerad": when, **reason})
        self._lines[ref].status = status

    def take(self, ref: str, user: str) -> None:
        """Make an errand a user's own."""
        self._lines[ref].handlaggare = user
        self._put_line(self._lines[ref], user)

    def write(self, ref: str, text: str, user: str, when: str) -> None:
        """Send a message to the applicant, who may answer at once or later."""
        content = {"ref": ref, "fran": HANDLERS, "tid": when, "text": text, "bilagor": []}
        self._database.add("meddelande", ref, user, content)

    def answer_what_is_due(self, ref: str) -> None:
        """Let an applicant answer who answers on the same day."""
        expected = self._database.document("svar", ref)
        self._let_happen(self._answers([expected] if expected else []))

    def come_first(self) -> None:
        """A new errand comes, and lies before all others: it was posted before them but was long under way."""
        here = self.arrived()
        posted = datetime.fromisoformat(here[0].inkommet) if here else self._system.clock.now()
        ref = str(max(int(one) for one in self._lines) + 1 if self._lines else 1)
        flow, file = _LATECOMER
        number = f"<FlowInstanceID>{ref}</FlowInstanceID>".encode("ascii")
        xml = re.sub(rb"<FlowInstanceID>\d+</FlowInstanceID>", number, foreign_form(file))
        form = of_foreign(ref, flow, (posted - timedelta(minutes=1)).isoformat("T", "seconds"), xml)
        line = Errand(ref, flow, form.applicant, form.posted, "", "Inkommen")
        with self._database.together():
            self._database.put("form", ref, form.as_json(), user=SERVICE)
            self._put_line(line, SERVICE)
            self._database.add("status", ref, SERVICE, {"ref": ref, "status": line.status}, history=True)
        self._keep([*self._lines.values(), line])

    def _read(self) -> None:
        statuses = {record.subject: str(record.content["status"]) for record in self._database.records("status")}
        self._keep([Errand(**line, status=statuses[line["ref"]]) for line in self._database.documents("errand")])

    def _keep(self, lines: list[Errand]) -> None:
        self._lines = {line.ref: line for line in lines}
        self._oldest_first = sorted(lines, key=lambda line: (line.inkommet, line.ref))
        self.services = sorted({line.e_tjanst for line in lines})

    def _put_line(self, line: Errand, user: str) -> None:
        content = asdict(line)
        del content["status"], content["words"]
        self._database.put("errand", line.ref, content, user=user)

    def _let_happen(self, events: list[tuple[str, Callable[[str], None]]]) -> None:
        for when, happens in sorted(events, key=lambda event: event[0]):
            with self._database.together():
                happens(when)

    def _signings(self) -> list[tuple[str, Callable[[str], None]]]:
        due = [one for one in self._database.documents("signering") if not one["signerat"] and self._is_due(one["tid"])]
        return [(one["tid"], partial(self._sign, one)) for one in due]

    def _sign(self, signing: Json, when: str) -> None:
        ref = signing["ref"]
        self._database.put("signering", ref, {**signing, "signerat": True}, user=CO_APPLICANT)
        form = self._database.document("form", ref)
        if form:
            self._database.put("form", ref, signed(of_json(form)).as_json(), user=CO_APPLICANT)
        if self._lines[ref].status == "Väntar på signering":
            self.set_status(ref, "Inkommen", CO_APPLICANT, when)

    def _answers(self, expected: list[Json]) -> list[tuple[str, Callable[[str], None]]]:
        events: list[tuple[str, Callable[[str], None]]] = []
        for one in expected:
            messages = self.messages(one["ref"])
            asked = [message["tid"] for message in messages if message["fran"] == HANDLERS]
            answered = {message["pa"] for message in messages if message["fran"] == APPLICANT}
            for answer in one["svar"]:
                if answer["pa"] > len(asked) or answer["pa"] in answered:
                    continue
                days = timedelta(days=answer["efter_dagar"])
                when = (datetime.fromisoformat(asked[answer["pa"] - 1]) + days).isoformat("T", "seconds")
                if self._is_due(when):
                    events.append((when, partial(self._answer, one["ref"], answer)))
        return events

    def _answer(self, ref: str, answer: Json, when: str) -> None:
        content = {"ref": ref, "fran": APPLICANT, "tid": when, "text": answer["text"], "bilagor": answer["bilagor"]}
        self._database.add("meddelande", ref, APPLICANT, {**content, "pa": answer["pa"]})
        if self._lines[ref].status == "Väntar på komplettering":
            self.set_status(ref, "Komplettering inkommen", APPLICANT, when)

    def _is_due(self, when: str) -> bool:
        return when[:10] <= self._system.clock.today.isoformat()
