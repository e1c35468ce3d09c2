"""Why a case ended, or went to a person, before there was any proposal to explain; told from its journal alone.

Whom the case concerns is judged before this is asked for, as for every explanation.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from medarbetare.cases.access import group_of, is_shielded
from medarbetare.cases.models import Case, Closing, Handoff
from medarbetare.cases.opening import outcome_of
from medarbetare.cases.staff import Staff
from medarbetare.cases.status import RUNNABLE, CaseStatus
from medarbetare.clock import utc_now
from medarbetare.engine.conflicts import ASKED
from medarbetare.engine.explanation import Explanation, Part
from medarbetare.engine.models import Write, WriteState
from medarbetare.engine.presentation import STEP, Section, finished_steps
from medarbetare.journal.writing import Entry
from medarbetare.readable import day_and_time, local

_NOTHING_JUDGED = "Roboten har inte räknat eller föreslagit något i ärendet."
_CONFLICT, _CONFLICT_LAW = "Någon som ärendet gäller eller nämner står på jävslistan.", "16–18 §§ förvaltningslagen"
_STATES = {
    WriteState.RECEIPT: "registrerat",
    WriteState.UNKNOWN: "okänt utfall",
    WriteState.SUBMITTING: "kan vara skickat",
    WriteState.INTENDED: "inte skickat",
}
_CLOSED = {
    Closing.TAKEN_OVER: "En handläggare har tagit över ärendet och avgör det.",
    Closing.FINISHED_ELSEWHERE: "En handläggare har avslutat ärendet i verksamhetssystemet.",
}


@dataclass(frozen=True)
class _Told:
    """How a case ended: in a sentence, and what would have to differ."""

    outcome: str
    required: str


_CONFLICT_END = _Told(
    "Roboten fick inte handlägga ärendet. Utsedd funktion handlägger det i särskild ordning.",
    "Ingen som ärendet gäller eller nämner hade fått stå på jävslistan. Då hade roboten prövat ärendet som vanligt.",
)
_GAVE_UP = _Told(
    "Roboten kom inte vidare av tekniska skäl, innan den hade räknat eller föreslagit något.",
    "Ingenting i ansökan. Det tekniska hindret behöver vara undanröjt: då kan den som har ärendet låta roboten försöka "
    "igen, och det som är gjort görs inte om.",
)
_ASKED_A_PERSON = _Told(
    "Roboten väntar på en människas svar, innan den räknar eller föreslår något.",
    "Roboten går vidare när en människa har svarat på överlämningen.",
)
_ENDS = {
    CaseStatus.HANDED_OVER: _Told(
        "Roboten lämnade över ärendet till en människa, innan den hade räknat eller föreslagit något.",
        "Det som står som skäl nedan. Vilket beslut det hade lett till går inte att säga, för inget av det är prövat.",
    ),
    CaseStatus.STOPPED: _Told(
        "Roboten fick inte gå vidare med ärendet. Den som har särskild behörighet handlägger det.",
        "Det som stoppade ärendet. Vad det är ser bara den som har särskild behörighet.",
    ),
    CaseStatus.UNKNOWN_OUTCOME: _Told(
        "Det går inte att avgöra om något som roboten registrerade blev sparat. En människa utreder det.",
        "Ingenting i ansökan. Roboten hade behövt kunna läsa tillbaka det som den skrev. När en människa har svarat på "
        "vad som blev sparat går roboten vidare.",
    ),
    CaseStatus.SHADOWED: _Told(f"Ärendet lästes utan att något skrevs. {_NOTHING_JUDGED}", "Inget i ärendet prövades."),
    CaseStatus.DECIDED: _Told(f"Ärendet är beslutat. {_NOTHING_JUDGED}", "Roboten prövade inget i ärendet."),
}
_GOES_ON = _Told("Roboten är inte klar med ärendet, och det finns inget förslag än.", "Inget i ärendet är prövat än.")


def explain_early_end(case: Case, entries: Sequence[Entry], shielded_roles: Collection[str]) -> Explanation:
    """What was read before the end, why it ended, who has the case now, and what would have to differ.

    To people who alone see a case, `shielded_roles`, nobody in particular is named.
    """
    outcome = outcome_of(entries)
    payload = outcome.payload if outcome else {}
    handoff = Handoff.objects.filter(case=case, about="").order_by("pk").last()
    in_conflict = finished_steps(entries).get(ASKED) is True
    told, who = _told(case, payload, in_conflict), _who(case, handoff, shielded_roles)
    reasons = tuple(_reasons(payload, in_conflict))
    steps, writes, attempts = tuple(_steps(entries)), tuple(_writes(case)), tuple(_attempts(entries))
    return Explanation(
        outcome=told.outcome,
        decided_by=who,
        differs=Part("Vad som hade behövt vara annorlunda", (), note=told.required),
        otherwise=(),
        parts=(
            Part("Varför roboten stannade", (Section("Skäl", ("Skäl", "Lagrum"), reasons),), _if_none(reasons)),
            Part("Det här är läst", (Section("Steg som blev klara", ("Steg", "Klart"), steps),), _if_none(steps)),
            Part("Det här är registrerat", (Section("Skrivningar", ("Vad", "Var", "Läge"), writes),), _if_none(writes)),
            Part("Robotens försök", (Section("Försök", ("Började", "Slutade", "Hur"), attempts),)),
        ),
        data={
            "utgang": told.outcome,
            "beslutat_av": who,
            "annorlunda": told.required,
            "skal": [{"skal": why, "lagrum": law} for why, law in reasons],
            "steg": [{"steg": name, "klart": when} for name, when in steps],
            "skrivningar": [{"vad": name, "var": where, "lage": state} for name, where, state in writes],
            "forsok": [{"borjade": began, "slutade": ended, "hur": how} for began, ended, how in attempts],
        },
    )


def _told(case: Case, payload: dict[str, Any], in_conflict: bool) -> _Told:
    if in_conflict:
        return _CONFLICT_END
    status = payload.get("status", case.status)
    if case.status in RUNNABLE or status in RUNNABLE:
        return _GOES_ON
    if payload.get("gave_up"):
        return _GAVE_UP
    if payload.get("waits_at"):
        return _ASKED_A_PERSON
    return _ENDS.get(CaseStatus(status), _GOES_ON)


def _who(case: Case, handoff: Handoff | None, shielded_roles: Collection[str]) -> str:
    """Who has the case now."""
    if case.status in RUNNABLE:
        return "Ingen än. Roboten har ärendet."
    if handoff is None:
        return "Ingen: ärendet är avslutat och ingen människa har fått det från roboten."
    if handoff.closed_as in _CLOSED:
        return _CLOSED[Closing(handoff.closed_as)]
    if handoff.closed_at is not None:
        return "Den som svarade på överlämningen. Ärendet är avslutat."
    if is_shielded(case, shielded_roles):
        return "Inte roboten. Den som har särskild behörighet har ärendet."
    staff = Staff.read(local(utc_now()).date())
    taker = staff.taker(handoff.assigned_to, group_of(case.department, handoff.role)) if handoff.assigned_to else ""
    by = staff.name_of(taker) if taker else "gruppen, ingen särskild"
    return f"Inte roboten. Ärendet ligger hos {handoff.role}: {by}."


def _reasons(payload: dict[str, Any], in_conflict: bool) -> Iterator[tuple[str, str]]:
    if in_conflict:
        yield _CONFLICT, _CONFLICT_LAW
        return
    # The law, where one is known, stands in the workflow's own words.
    for reason in payload.get("reasons") or filter(None, [payload.get("summary")]):
        yield reason, ""


def _steps(entries: Sequence[Entry]) -> Iterator[tuple[str, str]]:
    """The steps that count, in their order, each with when it was finished last."""
    times = {entry.name: entry.time for entry in entries if entry.kind == STEP}
    for name in finished_steps(entries):
        yield name, day_and_time(times[name])


def _writes(case: Case) -> Iterator[tuple[str, str, str]]:
    for write in Write.objects.filter(case=case).order_by("intended_at"):
        yield write.name, write.portal, _STATES[WriteState(write.state)]


def _attempts(entries: Sequence[Entry]) -> Iterator[tuple[str, str, str]]:
    """Each time the robot began, when it ended and how; one that was cut off has no end."""
    began = ""
    for entry in entries:
        if entry.kind == "run.started":
            if began:
                yield began, "", "avbröts"
            began = day_and_time(entry.time)
        elif entry.kind == "case.outcome":
            how = f"{entry.payload.get('status', '')}: {entry.payload.get('summary', '')}"
            yield began or "–", day_and_time(entry.time), how
            began = ""
    if began:
        yield began, "", "pågår eller avbröts"


def _if_none(rows: Sequence[object]) -> str:
    return "" if rows else "Inget."
