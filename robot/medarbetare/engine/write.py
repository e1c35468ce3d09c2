"""A write, once: the state machine between the journal and somebody else's system.

    (none) ──► intended ──pre-read: nothing there──► submitting ──read-back: equal──► receipt
                  ▲   └─pre-read: something there──► BusinessError,    │
                  │      or receipt or unknown after a submit          │
                  ├─absent, and the portal guarantees its limit────────┤
                  │                                                    └─otherwise──► unknown (okänt utfall)
                  └─a person: not done──────────────────────────────────────────────────┘ └─a person: done──► receipt

Every arrow is committed before the next thing is done, so after a crash the state tells what may have happened:
from `intended` nothing was sent; from `submitting` the submit may have been sent, so the portal is read, never clicked.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now

from medarbetare.cases.models import Case
from medarbetare.engine.effect import Effect, RecordT, Seen, plain
from medarbetare.engine.mode import Mode
from medarbetare.engine.models import Write, WriteState
from medarbetare.engine.patience import Patience
from medarbetare.engine.portal import Portal
from medarbetare.errors import BusinessError, PortalError, SelectorError, UnknownOutcome
from medarbetare.journal.writing import Entry

ResultT = TypeVar("ResultT")

_POLL = timedelta(seconds=0.3)


class RunAtWork(Protocol):
    """What a write needs of the run that it is a step of; see `medarbetare.engine.run.Run`."""

    case: Case
    mode: Mode

    @property
    def patience(self) -> Patience:
        """How long trouble is waited out."""

    @property
    def pseudonym(self) -> Callable[[str, str], str]:
        """Gives the pseudonym of a text within a department."""

    def begun_as(self, write: str) -> Any:
        """What a write was to leave when this case began it; None when it did not."""

    def now(self) -> datetime:
        """The time now, UTC."""

    def pause(self, seconds: float) -> None:
        """Let time pass."""

    def require_mode(self, needed: Mode) -> None:
        """Raises Held when the robot may not write that far now, whatever the workflow's mode."""

    def evidence(self, portal: str, moment: str) -> list[dict[str, str]]:
        """Keep what the portal shows now, if evidence is on; gives what stands of it in the journal."""

    def portal(self, name: str) -> Portal:
        """A portal by its name."""

    def patiently(self, action: Callable[[], ResultT]) -> ResultT:
        """Do something that a portal may fail at, a few times."""

    def record(self, kind: str, name: str, payload: Mapping[str, Any], *, remaining: timedelta = timedelta(0)) -> Entry:
        """Append to the journal if the lease is still ours for at least `remaining`."""

    def pass_boundary(self, step: str, point: str) -> None:
        """Tell whoever watches."""


class WriteOnce(Generic[RecordT]):
    """Carries one effect out, or finds out what became of it."""

    def __init__(self, run: RunAtWork, effect: Effect[RecordT]) -> None:
        if not run.mode.allows(effect.needs):
            raise ValueError(f"the write {effect.name} needs mode {effect.needs}, the run has {run.mode}")
        self._run = run
        self._effect = effect
        self._read_backs: list[dict[str, object]] = []
        self._evidence: list[dict[str, str]] = []

    def carry_out(self) -> RecordT:
        """Bring the write to its receipt and return the record as the portal holds it.

        Raises BusinessError when the record is there already by somebody else's hand, UnknownOutcome when its fate
        cannot be told, PortalError when the portal does not answer, Held when it may not be written now, LeaseLost.
        """
        write = self._find() or self._intend()
        if write.state == WriteState.RECEIPT:
            return self._as_written()
        if write.state == WriteState.UNKNOWN:
            raise UnknownOutcome(_unknown_text(self._effect, "Det har inte retts ut ännu."))
        return self._run.patiently(self._advance)

    def _advance(self) -> RecordT:
        """One go at it from wherever the write stands. Safe to repeat: the state decides what may be done."""
        write = self._find()
        if write is None:
            raise UnknownOutcome(_unknown_text(self._effect, "Robotens egen anteckning om skrivningen saknas."))
        if write.state == WriteState.INTENDED:
            self._run.require_mode(self._effect.needs)
            found = self._effect.read()
            self._keep_evidence("pre-read")
            self._pass("pre-read")
            if write.submits and list(found) == [self._effect.intended]:
                return self._receive(found[0])
            shown = self._nothing_there(write, found)
            submit = self._effect.fill()
            self._keep_evidence("submit")
            self._begin_submit(write, shown)
            try:
                submit()
            except (PortalError, SelectorError):
                # The click may have been sent all the same. Only reading can tell.
                self._pass("submit answered")
                return self._settle()
            self._pass("submit answered")
        return self._settle()

    def _as_written(self) -> RecordT:
        """The record that stands; what rests on another than the one that was written is a person's to judge."""
        begun = self._run.begun_as(self._effect.name)
        if begun is not None and begun != plain(self._effect.intended):
            raise BusinessError(
                f"«{self._effect.name}» är redan registrerat, men ärendet skulle nu ge något annat än det som står i "
                f"{self._effect.portal}. Roboten ändrar inget: jämför och avsluta ärendet för hand."
            )
        return self._effect.intended

    # -- intended ------------------------------------------------------------------------------------------------

    def _find(self) -> Write | None:
        return Write.objects.filter(case_id=self._run.case.handle, name=self._effect.name).first()

    def _intend(self) -> Write:
        case = self._run.case
        key = self._run.pseudonym(case.department, self._effect.key.canonical())
        try:
            with transaction.atomic():
                self._run.record(
                    "write.intended", self._effect.name, self._story(intended=plain(self._effect.intended))
                )
                write = Write.objects.create(
                    case_id=case.handle,
                    name=self._effect.name,
                    portal=self._effect.portal,
                    department=case.department,
                    natural_key=key,
                    state=WriteState.INTENDED,
                    intended_at=Now(),
                )
        except IntegrityError:
            raise BusinessError(
                f"Roboten har redan påbörjat eller gjort «{self._effect.name}» för samma hushåll och månad i ett annat "
                "ärende. Kontrollera det ärendet innan något registreras."
            ) from None
        self._pass("intended")
        return write

    def _nothing_there(self, write: Write, found: Sequence[RecordT]) -> int | None:
        """Make sure that nothing is there yet; returns how many records the list shows, where it is a list."""
        if found and write.submits:
            self._give_up(
                "Något annat än det roboten försökte spara syns nu, fast det räknades som inte sparat.", found
            )
        if found:
            raise BusinessError(
                f"«{self._effect.name}» finns redan i {self._effect.portal} för samma hushåll och månad, och är inte "
                "registrerat av det här ärendet. Roboten skriver inget; kontrollera vad som är registrerat."
            )
        return _shown(found)

    def _begin_submit(self, write: Write, shown: int | None) -> None:
        if write.submits >= self._run.patience.submits_per_write:
            self._give_up(f"Roboten har försökt spara {write.submits} gånger utan att posten finns där.", [])
        with transaction.atomic():
            self._run.record(
                "write.submitting",
                self._effect.name,
                self._story(pre_read="inget fanns", shown=shown, submit=write.submits + 1),
                remaining=self._run.patience.submit_margin,
            )
            self._update(state=WriteState.SUBMITTING, submitting_at=Now(), submits=F("submits") + 1, shown_before=shown)
        self._pass("submitting")

    # -- submitting ----------------------------------------------------------------------------------------------

    def _settle(self) -> RecordT:
        """Read back until the record is there or the portal's visibility limit has passed, and draw the conclusion."""
        found, waited, limit = self._read_back(), timedelta(0), self._limit()
        # By the database's clock, which other workers share, and by this process's own: clocks are set now and then.
        while not found and min(self._since_submit(), waited) < limit:
            self._run.pause(_POLL.total_seconds())
            waited += _POLL
            found = self._read_back()
        self._keep_evidence("read-back")
        self._pass("read-back")
        if len(found) == 1 and found[0] == self._effect.intended:
            return self._receive(found[0])
        if not found and self._has_grown(found):
            return self._give_up("En ny post syns som roboten inte känner igen; den kan vara robotens.", found)
        if not found and self._run.portal(self._effect.portal).visibility.guaranteed:
            with transaction.atomic():
                self._run.record("write.absent", self._effect.name, self._story(read_back=[]))
                self._update(state=WriteState.INTENDED, submitting_at=None)
            return self._advance()
        return self._give_up(_difference(self._effect.intended, found), found)

    def _read_back(self) -> Sequence[RecordT]:
        """What stands there now; what was seen is remembered for the person who may have to settle it."""
        found = self._effect.read()
        records = [plain(record) for record in found]
        if not self._read_backs or self._read_backs[-1]["records"] != records:
            self._read_backs.append({"at": self._run.now().isoformat(), "shown": _shown(found), "records": records})
        return found

    def _receive(self, record: RecordT) -> RecordT:
        with transaction.atomic():
            self._run.record("write.receipt", self._effect.name, self._story(read_back=[plain(record)]))
            self._update(state=WriteState.RECEIPT, settled_at=Now())
        self._pass("receipt")
        return record

    def _give_up(self, why: str, found: Sequence[RecordT]) -> RecordT:
        with transaction.atomic():
            self._run.record(
                "write.unknown",
                self._effect.name,
                self._story(
                    why=why,
                    intended=plain(self._effect.intended),
                    read_back=[plain(record) for record in found],
                    read_backs=self._read_backs,
                ),
            )
            self._update(state=WriteState.UNKNOWN, settled_at=Now())
        raise UnknownOutcome(_unknown_text(self._effect, why))

    def _has_grown(self, found: Sequence[RecordT]) -> bool:
        """Whether the list shows more records than just before the submit."""
        now, write = _shown(found), self._find()
        before = write.shown_before if write is not None else None
        return now is not None and before is not None and now > before

    def _keep_evidence(self, moment: str) -> None:
        self._evidence += self._run.evidence(self._effect.portal, moment)

    def _limit(self) -> timedelta:
        return self._run.portal(self._effect.portal).visibility.limit

    def _since_submit(self) -> timedelta:
        since: timedelta = (
            Write.objects.filter(case_id=self._run.case.handle, name=self._effect.name)
            .values_list(Now() - F("submitting_at"), flat=True)
            .get()
        )
        return since

    # -- both ----------------------------------------------------------------------------------------------------

    def _update(self, **columns: object) -> None:
        Write.objects.filter(case_id=self._run.case.handle, name=self._effect.name).update(**columns)

    def _story(self, **more: object) -> dict[str, object]:
        """What an entry tells. Evidence kept since the last entry goes with this one."""
        key, evidence, self._evidence = self._effect.key, self._evidence, []
        return {
            "portal": self._effect.portal,
            "key": {"household": key.household, "month": key.month, "kind": key.kind, "payee": key.payee},
            **({"evidence": evidence} if evidence else {}),
            **more,
        }

    def _pass(self, point: str) -> None:
        self._run.pass_boundary(self._effect.name, point)


def _shown(found: Sequence[RecordT]) -> int | None:
    return found.shown if isinstance(found, Seen) else None


def _difference(intended: RecordT, found: Sequence[RecordT]) -> str:
    """What the read-back showed, by field names only: values are personal data and stand in the journal."""
    if not found:
        return "Posten finns inte där, och systemet garanterar inte att den då aldrig sparades."
    if len(found) > 1:
        return f"Det finns {len(found)} poster där det skulle finnas en."
    fields = ", ".join(
        name for name in type(intended).model_fields if getattr(intended, name) != getattr(found[0], name)
    )
    return f"Posten finns men skiljer sig i: {fields}."


def _unknown_text(effect: Effect[RecordT], why: str) -> str:
    return (
        f"Okänt utfall för «{effect.name}» i {effect.portal}. {why} Roboten trycker inte igen: se efter där om det är "
        "gjort eller inte gjort, och svara på ärendets sida."
    )
