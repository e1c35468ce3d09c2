"""The case system's register: everything that a skin of it reads and does, with no word of how it looks.

All that is stubborn about the cases themselves lives here, once for every skin: what a save loses, who else holds the
case, what is refused. A skin calls `staff.arrived` first at every request of somebody logged in, names only cases that
are there, shows a `Refused` as a text with HTTP 200, and gives a save the `Hits` of its request.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sandkommun.storage import Json, Record
from sandkommun.stubbornness.hitting import NOTHING, Hits
from sandkommun.system import System
from sandkommun.verksamhet.damage import kept_files, spoiled
from sandkommun.verksamhet.entry import Posted, Refused, read
from sandkommun.verksamhet.filling import KINDS, words
from sandkommun.verksamhet.forms import REJECTION, Form, form_of
from sandkommun.verksamhet.papers import Papers, Upload

MOST_HITS = 50
"""So many people a search by name shows at most."""
ONGOING, CLOSED = "Pågående", "Avslutat"
STAFF = "Hilda Handläggarsson"
"""Whoever else works in the case system."""
_LOCK_HOLDS = timedelta(minutes=20)


class Register:
    """The records of one case system. `papers`: its letters and attachments."""

    def __init__(self, system: System) -> None:
        self.system = system
        self._database = system.database
        self._vanor = system.val.vanor
        self.papers = Papers(system)

    # How it looks now.

    @property
    def version(self) -> int:
        """The version of the looks in force, 0 to 5."""
        come = self._database.document("looks", "version")
        return max(self.system.val.version, int(come["version"]) if come else 0)

    def form(self, kind: str) -> Form:
        """A form as it looks now."""
        return form_of(kind, self.version)

    # Cases.

    def case(self, nr: str) -> Json | None:
        """A case by its number: what the world says of it, its `status` and `avslutat` as they are now."""
        return self._database.document("case", nr)

    def case_of(self, number: str) -> Json | None:
        """The case in which somebody is applicant or co-applicant, by twelve digits."""
        party = self._database.document("party", number)
        return self.case(party["arende"]) if party else None

    def named(self, name: str) -> list[Json]:
        """The first `MOST_HITS` people whose names have all the typed words: personnummer, namn, roll, arende. Several
        may have the same name."""
        typed = words(name)
        having = self._database.document("name", typed[0]) if typed else None
        hits = having["personer"] if having else []
        return [hit for hit in hits if set(typed) <= set(words(hit["namn"]))][:MOST_HITS]

    def close(self, nr: str, user: str, hits: Hits = NOTHING) -> None:
        """Close a case; a closed one stays as it is. Raises Refused."""
        today = self.system.clock.today.isoformat()
        self._set_status(nr, ONGOING, {"status": CLOSED, "avslutat": today}, user, hits)

    def open(self, nr: str, user: str, hits: Hits) -> None:
        """Open a closed case again; an open one stays as it is. Raises Refused."""
        self._set_status(nr, CLOSED, {"status": ONGOING, "avslutat": None}, user, hits)

    def numbers(self) -> list[str]:
        """The numbers of all cases."""
        return list((self._database.document("cases", "numbers") or {}).get("nr", []))

    def _existing(self, nr: str) -> Json:
        case = self.case(nr)
        if case is None:
            raise LookupError(f"there is no case {nr}: ask for it before anything is done in it")
        return case

    def _set_status(self, nr: str, before: str, after: Json, user: str, hits: Hits) -> None:
        case = self._existing(nr)
        if case["status"] == before:
            if user != STAFF:
                self._not_hindered(nr, user, hits, None)
            self._database.put("case", nr, {**case, **after}, user=user)
            self._touch(nr, user)

    # Records.

    def records(self, kind: str, nr: str) -> list[Record]:
        """What a list shows, in order of number: late records are not there yet."""
        return self._database.records(kind, nr, hidden=False)

    def record(self, kind: str, nr: str, number: str) -> Record | None:
        """One record that lists show, by its number as it stands in an address."""
        return next((one for one in self.records(kind, nr) if str(one.id) == number), None)

    def undecided(self, nr: str) -> Record | None:
        """The latest calculation that lists show if nothing is decided on it: a draft, or one made final by hand."""
        shown = self.records("calculation", nr)
        latest = shown[-1] if shown else None
        if latest is None or latest.content["status"] == "Utkast":
            return latest
        decided = {one.content.get("berakning") for one in self._database.records("decision", nr)}
        return None if latest.history or latest.id in decided else latest

    def latest(self, nr: str) -> Record | None:
        """The latest calculation of a case, shown by lists or not yet."""
        calculations = self._database.records("calculation", nr)
        return calculations[-1] if calculations else None

    def letter(self, nr: str, user: str) -> Upload | None:
        """The letter of the undecided calculation, fetched by this; None when there is nothing to write a letter of."""
        calculation = self.undecided(nr)
        return None if calculation is None else self.papers.write_letter(self._existing(nr), calculation, user)

    # Saving.

    def seen(self, nr: str) -> int:
        """Which state of the case somebody sees now: a form carries it back when it is saved."""
        touched = self._database.document("touched", nr)
        return int(touched["times"]) if touched else 0

    def begin(self, nr: str, user: str) -> str:
        """Somebody opens a form of a case, and holds the case where the habit says so; returns who else holds it ("":
        nobody)."""
        if not self._vanor.postlas:
            return ""
        holder = self._holder(nr)
        if holder in ("", user):
            self._hold(nr, user)
            return ""
        return holder

    def check(self, kind: str, nr: str, posted: Posted) -> Json:
        """The content that a save would register, before anything is lost of it. Raises Refused."""
        people = [one["personnummer"] for one in self._existing(nr)["personer"]]
        return read(self.form(kind), posted, people, self._vanor)

    def save(
        self,
        kind: str,
        nr: str,
        user: str,
        posted: Posted,
        hits: Hits,
        files: Sequence[Upload] = (),
        seen: int | None = None,
    ) -> int | None:
        """Register what was typed into a form, again and again if asked again; returns the record's number.

        None when it was silently not registered: a decision whose letter has not been fetched. A decision makes its
        calculation final. Files are kept where the form takes any. `seen`: the state of the case that the form was made
        from. Raises Refused.
        """
        self._not_closed(nr)
        self._not_hindered(nr, user, hits, seen)
        content = self.check(kind, nr, posted)
        taken = files if self.form(kind).files else ()
        self.papers.fit(taken)
        if self._vanor.andra_sparning == "vagras" and self._is_there(kind, nr, content):
            raise Refused("Uppgifterna är redan registrerade.")
        if kind == "decision" and not self._letter_is_fetched(nr):
            return None
        content = spoiled(self.form(kind), content, hits)
        late = 0.0
        if "sen_synlighet" in hits:
            hits.happened("sen_synlighet")
            late = hits.number("sen_synlighet") / 1000
        with self._database.together():
            number = self.add(kind, nr, user, content, late=late)
            for upload in kept_files(taken, hits):
                self.papers.keep(nr, user, upload, f"{self.form(kind).title}, nr {number}", late)
        return number

    def add(self, kind: str, nr: str, user: str, content: Json, *, late: float = 0) -> int:
        """Lay a record into a case, shown by lists after `late` seconds; a decision makes its calculation final."""
        about = {"arende": nr, "sokande": self._existing(nr)["sokande"]}
        if kind == "decision" and (calculation := self.latest(nr)) is not None:
            content = {**content, "berakning": calculation.id}
            self._make_final(calculation, user)
        made = {**about, **content, "registrerad": self.system.now(), "av": user}
        number = self._database.add(kind, nr, user, made, visible_after=late)
        if kind == "decision" and content["kod"] != REJECTION:
            self._count_month(nr, content["fran"][:7], user)
        self._touch(nr, user)
        return number

    def _count_month(self, nr: str, month: str, user: str) -> None:
        """A month with aid is one more of those that the overview shows."""
        case = self._existing(nr)
        months = [one for one in case["bistandsmanader"].split(", ") if one]
        if month not in months:
            self._database.put("case", nr, {**case, "bistandsmanader": ", ".join(sorted([*months, month]))}, user=user)

    def finalise(self, nr: str, number: str, user: str, hits: Hits) -> None:
        """Make a draft final by hand; a final one stays as it is. Raises Refused."""
        calculation = self.record("calculation", nr, number)
        if calculation is None:
            raise Refused("Beräkningen finns inte.")
        self._not_closed(nr)
        self._not_hindered(nr, user, hits, None)
        self._make_final(calculation, user)
        self._touch(nr, user)

    def _make_final(self, calculation: Record, user: str) -> None:
        if calculation.content["status"] != "Slutlig":
            self._database.change(calculation, {**calculation.content, "status": "Slutlig"}, user)

    def _is_there(self, kind: str, nr: str, content: Json) -> bool:
        typed = {key: value for key, value in content.items() if key != "status"}
        records = self._database.records(kind, nr)
        return any(all(one.content.get(key) == value for key, value in typed.items()) for one in records)

    def _letter_is_fetched(self, nr: str) -> bool:
        if not self._vanor.brev_fore_beslut:
            return True
        latest = self.latest(nr)
        return latest is not None and latest.id in self.papers.fetched(nr)

    # Others in the same case.

    def _not_closed(self, nr: str) -> None:
        if self._existing(nr)["status"] == CLOSED:
            raise Refused("Ärendet är avslutat. Inget sparades. Öppna ärendet först.")

    def _not_hindered(self, nr: str, user: str, hits: Hits, seen: int | None) -> None:
        if "post_last" in hits:
            hits.happened("post_last")
            raise Refused(_locked(STAFF))
        holder = self._holder(nr) if self._vanor.postlas else ""
        if holder not in ("", user):
            raise Refused(_locked(holder))
        touched = self._database.document("touched", nr)
        other = touched["av"] if touched else STAFF
        old = self._vanor.gammal_bild == "vagras" and seen is not None and seen != self.seen(nr)
        if "redigeringskonflikt" in hits:
            hits.happened("redigeringskonflikt")
            other, old = STAFF, True
        if old:
            raise Refused(f"Ärendet har ändrats av {other} sedan sidan öppnades. Inget sparades. Öppna sidan igen.")

    def _holder(self, nr: str) -> str:
        lock = self._database.document("lock", nr)
        if lock is None or not lock["av"]:
            return ""
        since = datetime.fromisoformat(lock["sedan"])
        return str(lock["av"]) if self.system.clock.now() - since < _LOCK_HOLDS else ""

    def _hold(self, nr: str, user: str) -> None:
        self._database.put("lock", nr, {"arende": nr, "av": user, "sedan": self.system.now()}, user=user)

    def _touch(self, nr: str, user: str) -> None:
        """Something of the case has changed: pages made before are old, and whoever did it no longer holds the case."""
        self._database.put("touched", nr, {"times": self.seen(nr) + 1, "av": user})
        if self._vanor.postlas and self._holder(nr) == user:
            self._database.put("lock", nr, {"arende": nr, "av": "", "sedan": self.system.now()}, user=user)

    def facit(self) -> Json:
        """What was registered after the start, by the judges' names."""
        return {"registered": self.system.registered(**KINDS, brev="letter")}


def _locked(holder: str) -> str:
    return f"Ärendet är låst av {holder}. Inget sparades. Försök igen om en stund."
