"""Judgement of what robots left behind, by the practice municipality's own record of what was registered and when."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from crowd import Expected
from witness import Leases, Noted

from sandkommun.worlds import World

ROBOT, STAFF = "robot", "Hilda Handläggarsson"
KINDS = {
    "aktualisering": "aktualiseringar",
    "beräkning": "berakningar",
    "beslut": "beslut",
    "utbetalning": "utbetalningar",
    "journalanteckning": "anteckningar",
    "dokument": "anteckningar",
}
_LETTER = "Beslutsbrev"
"""What the heading of the note begins with that the decision letter is filed with."""
_ON_MESSAGES = ("Begäran om", "Påminnelse om", "Kommunicering")
"""What the headings of the notes begin with that tell what the applicant was asked or told before the decision."""
NOTICE, STATUS = "underrättelse", "status i e-tjänsten"
_NOTICE = "Beslut om"
"""What the message begins with that lets the applicant know the decision."""
WRITES = ("aktualisering", "beräkning", "beslut", "utbetalning", NOTICE, "journalanteckning", "dokument", STATUS)
"""In the order in which a case makes them."""
ON_ITS_WAY = 1.0
"""Seconds: the visibility limit of the practice portals."""
_NUMBER = re.compile(r"\d+")
DECIDED, HANDED_OVER, STOPPED, UNKNOWN = "beslutad", "överlämnad", "stoppad", "okänt utfall"
Facit = Mapping[str, Any]
Records = dict[str, list[dict[str, Any]]]


@dataclass
class Household:
    """What the systems registered for one application. `case`: its number in the case system."""

    reference: str
    case: str
    robot: Records = field(default_factory=lambda: defaultdict(list))
    staff: Records = field(default_factory=lambda: defaultdict(list))
    touched_by_staff: bool = False


def made_by(write: str, case_system: Facit) -> list[dict[str, Any]]:
    """The records of one write's kind; of notes, the one with the letter and the one of the decision are two kinds."""
    found: list[dict[str, Any]] = case_system["registered"][KINDS[write]]
    if KINDS[write] != "anteckningar":
        return found
    notes = [one for one in found if not one["rubrik"].startswith(_ON_MESSAGES)]
    return [one for one in notes if one["rubrik"].startswith(_LETTER) == (write == "dokument")]


def notices(e_service: Facit) -> list[dict[str, Any]]:
    """The messages that let applicants know of a decision."""
    sent: list[dict[str, Any]] = e_service["registered"]["meddelanden"]
    return [one for one in sent if one["user"] == ROBOT and one["text"].startswith(_NOTICE)]


def households(world: World, case_system: Facit, e_service: Facit) -> dict[str, Household]:
    """Every application's records, told apart by who made them."""
    case_of = {one.sokande: nr for nr, one in world.arenden.items()}
    found = {ref: Household(ref, case_of[one.sokande]) for ref, one in world.inkorg.items()}
    by_case = {one.case: one for one in found.values()}
    for write in KINDS:
        for record in made_by(write, case_system):
            one = by_case[record["arende"]]
            (one.robot if record["user"] == ROBOT else one.staff)[write].append(record)
    for change in e_service["registered"]["statusandringar"]:
        found[change["ref"]].robot[STATUS].append(change)
    for message in notices(e_service):
        found[message["ref"]].robot[NOTICE].append(message)
    for change in case_system["changes"]:
        if change["user"] == STAFF:
            by_case[change["key"] if change["kind"] == "case" else change["content"]["arende"]].touched_by_staff = True
    return found


def was_overtaken(one: Household, case_system: Facit) -> bool:
    """Whether staff decided after the robot had looked for decisions for the last time and before its own arrived.

    No robot can see that: a case system that takes what is typed gives it no way to.
    """
    if len(one.robot["beslut"]) != 1 or len(one.staff["beslut"]) != 1:
        return False
    mine, theirs = one.robot["beslut"][0]["time"], one.staff["beslut"][0]["time"]
    paths = (f"/beslut.do?arende={one.case}", f"/api/arende/{one.case}/beslut")
    looks = [asked["time"] for asked in case_system["requests"] if asked["path"] in paths and asked["time"] < mine]
    return bool(looks) and looks[-1] < theirs < mine


def complaints_about(
    one: Household, expected: Expected, status: str, summary: str, *, overtaken: bool = False
) -> list[str]:
    """What is wrong with how an application ended; empty when it is decided once and right, or in a person's hands.

    Where staff have `overtaken` the robot there is one decision of each. All else is judged alike.
    """
    told = [f"{write}: {len(made)} by the robot" for write, made in one.robot.items() if len(made) > 1]
    decisions = [*one.robot["beslut"], *one.staff["beslut"]]
    if len(decisions) > 1 + overtaken:
        told.append(f"decided {len(decisions)} times")
    if one.robot["utbetalning"] and not one.robot["beslut"]:
        told.append("paid without a decision")
    amounts = [Decimal(record["belopp"]) for write in ("beslut", "utbetalning") for record in one.robot[write]]
    if any(amount != expected.amount for amount in amounts):
        told.append(f"decided or paid {amounts}, not {expected.amount}")
    told += _wrong_end(one, expected, status, summary)
    return [f"{one.reference} ({status}): {what}" for what in told]


def _wrong_end(one: Household, expected: Expected, status: str, summary: str) -> list[str]:
    if status == DECIDED:
        return [f"{write} is missing" for write in WRITES if not one.robot[write]]
    if status == UNKNOWN:
        named = [write for write in WRITES if f"«{write}»" in summary]
        return [] if named else [f"an unknown outcome that names no write: {summary}"]
    if status not in (HANDED_OVER, STOPPED):
        return ["not settled"]
    if expected.amount is None or one.touched_by_staff:
        return []
    return [f"given up: {summary}"]


@dataclass
class Writes:
    """The robot's writes, held against the leases: how many there were, and what was wrong with them.

    `on_their_way`: those that arrived just after their worker had been killed and its lease given back. Nothing can
    call them back; the next worker waits out the portal's visibility limit before it believes that they are not there.
    `asked_late`: see asked_without_lease.
    """

    number: int = 0
    on_their_way: int = 0
    late: list[str] = field(default_factory=list)
    asked_late: list[str] = field(default_factory=list)
    unannounced: list[str] = field(default_factory=list)


def judge_writes(
    found: Mapping[str, Household], handles: Mapping[str, str], leases: Leases, journal: Mapping[str, list[Noted]]
) -> Writes:
    """Whether each write had been announced in the journal, and arrived while the lease lived that had announced it.

    A worker whose lease has ended cannot hide behind its successor's: what it sends then is one more than its
    successor has announced.
    """
    judged = Writes()
    for one in found.values():
        handle, used = handles[one.reference], set[Noted]()
        for write, record in _in_order(one.robot):
            judged.number += 1
            told, announced = (
                f"{one.reference}: {write} at {record['time']}",
                [
                    entry
                    for entry in journal[handle]
                    if (entry.kind, entry.name) == ("write.submitting", write)
                    and entry.time <= record["time"]
                    and entry not in used
                ],
            )
            if not announced:
                judged.unannounced.append(told)
                continue
            used.add(announced[-1])
            after = record["time"] - leases.end_of(handle, announced[-1].time)
            judged.on_their_way += 0 < after <= ON_ITS_WAY
            if after > ON_ITS_WAY:
                judged.late.append(f"{told}, {after:.1f} s after its lease")
    return judged


def asked_without_lease(
    found: Mapping[str, Household], handles: Mapping[str, str], leases: Leases, case_system: Facit
) -> list[str]:
    """The robot's requests to change a case when nobody held its lease: also those that the system refused or lost.

    Nobody is logged in any more on some of them; staff always are.
    """
    of_case = {one.case: (ref, handles[ref]) for ref, one in found.items()}
    told = []
    for asked in case_system["requests"]:
        case = next((of_case[number] for number in _NUMBER.findall(asked["path"]) if number in of_case), None)
        if case is None or asked["method"] == "GET" or asked["user"] not in (ROBOT, None):
            continue
        ref, handle = case
        if asked["time"] - leases.last_live(handle, asked["time"]) > ON_ITS_WAY:
            told.append(f"{ref}: {asked['method']} {asked['path']} at {asked['time']}")
    return told


def _in_order(records: Records) -> list[tuple[str, dict[str, Any]]]:
    return sorted(
        ((write, record) for write, made in records.items() for record in made), key=lambda one: float(one[1]["time"])
    )
