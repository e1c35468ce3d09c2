"""Every path through `medarbetare.engine.write`, on a real database: how often was pressed, what the journal holds."""

import re
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

import pytest
from pydantic import BaseModel, ConfigDict

from medarbetare.cases.models import Case
from medarbetare.database.dsn import Dsn
from medarbetare.engine.effect import NaturalKey, Seen, Submit
from medarbetare.engine.mode import Mode
from medarbetare.engine.models import Write, WriteState
from medarbetare.engine.outcome import decided
from medarbetare.engine.run import Boundary
from medarbetare.errors import BusinessError, LeaseLost, PortalError, SelectorError, SessionLost, UnknownOutcome
from medarbetare.testing import Bench, MemoryPortal, Sheet

TOVA = NaturalKey("tova", "2026-12", "utbetalning")
WRITTEN = ["write.intended", "write.submitting", "write.receipt"]


class Crash(BaseException):
    """kill -9, as far as the code that runs can tell."""


class Betalning(BaseModel):
    model_config = ConfigDict(frozen=True)

    mottagare: str
    belopp: Decimal


PAYMENT = Betalning(mottagare="Tova Testsson", belopp=Decimal("6865.00"))


@dataclass
class OtherSystem:
    """Somebody else's system with its payments. `save` is what happens when its button is pressed."""

    rows: list[dict[str, str]] = field(default_factory=list)
    guaranteed: bool = False
    visible_within: timedelta = timedelta(0)
    reads: int = 0

    def __post_init__(self) -> None:
        self.save: Callable[[dict[str, str]], object] = self.rows.append
        self.show: Callable[[], Sequence[dict[str, str]]] = lambda: self.rows
        self.fields = {"mottagare", "belopp"}
        self.portal = MemoryPortal(
            "kassa",
            {"lista": self._list, "ny": self._form},
            guaranteed=self.guaranteed,
            visible_within=self.visible_within,
        )

    def _list(self) -> Sheet:
        self.reads += 1
        return Sheet(tables={"betalningar": list(self.show())})

    def _form(self) -> Sheet:
        return Sheet(fields=self.fields, commits={"spara": lambda typed: self.save(typed)})

    @property
    def submits(self) -> int:
        return len(self.portal.commits())


@dataclass
class Betala:
    """The write under test."""

    system: OtherSystem
    intended: Betalning = PAYMENT
    others: tuple[str, ...] = ("Någon Annan", "Tova Te")
    name: str = "utbetalning"
    portal: str = "kassa"
    needs: Mode = Mode.AUTOMATISK
    key: NaturalKey = TOVA

    def read(self) -> Sequence[Betalning]:
        rows = self.system.portal.page("lista").table("betalningar")
        return Seen((Betalning.model_validate(row) for row in rows if row["mottagare"] not in self.others), len(rows))

    def fill(self) -> Submit:
        page = self.system.portal.page("ny")
        page.fill_all({"mottagare": self.intended.mottagare, "belopp": str(self.intended.belopp)})
        return lambda: page.commit("spara")


Try = Callable[..., Betalning]


@pytest.fixture
def bench(database: Dsn) -> Bench:
    return Bench({"flode": lambda run: decided("klart")})


@pytest.fixture
def case(bench: Bench) -> Case:
    return bench.receive("REF-1", "tova")


@pytest.fixture
def write(bench: Bench) -> Try:
    """One attempt at the write in a fresh run, as after a crash or a wait."""

    def once(
        case: Case, system: OtherSystem, mode: Mode = Mode.AUTOMATISK, lease: timedelta | None = None
    ) -> Betalning:
        bench.portals["kassa"] = system.portal
        run = bench.begin(case) if lease is None else bench.begin(case, lease)
        run.mode = mode
        return run.write(Betala(system))

    return once


def kinds(bench: Bench, case: Case) -> list[str]:
    return [entry.kind for entry in bench.entries(case, "write.")]


def state(case: Case) -> str:
    return Write.objects.get(case=case).state


def crash_at(point: str, bench: Bench, work: Callable[[], object]) -> None:
    def passed(boundary: Boundary) -> None:
        if boundary.point == point:
            raise Crash

    bench.passed = passed
    with pytest.raises(Crash):
        work()
    bench.passed = lambda boundary: None


def test_a_write_is_submitted_once_read_back_and_receipted(bench: Bench, case: Case, write: Try) -> None:
    system = OtherSystem()

    written = write(case, system)
    assert written == PAYMENT
    assert system.rows == [{"mottagare": "Tova Testsson", "belopp": "6865.00"}]
    assert system.submits == 1
    assert kinds(bench, case) == WRITTEN
    assert state(case) == WriteState.RECEIPT
    receipt = bench.entries(case, "write.receipt")[0].payload
    assert receipt["read_back"] == [{"mottagare": "Tova Testsson", "belopp": "6865.00"}]


def test_a_receipted_write_is_not_looked_at_again(bench: Bench, case: Case, write: Try) -> None:
    system = OtherSystem()
    first = write(case, system)
    reads = system.reads
    assert write(case, system) == first
    assert (system.submits, system.reads) == (1, reads)
    assert kinds(bench, case) == WRITTEN


@pytest.mark.parametrize("point", ["intended", "pre-read", "submitting", "submit answered", "read-back", "receipt"])
def test_a_crash_at_any_boundary_gives_one_record_or_an_unknown_outcome(
    bench: Bench, case: Case, write: Try, point: str
) -> None:
    system = OtherSystem()
    crash_at(point, bench, lambda: write(case, system))

    if point == "submitting":
        with pytest.raises(UnknownOutcome, match="garanterar inte"):
            write(case, system)
        assert (system.submits, state(case)) == (0, WriteState.UNKNOWN)
    else:
        write(case, system)
        assert (system.submits, len(system.rows), state(case)) == (1, 1, WriteState.RECEIPT)
        assert kinds(bench, case) == WRITTEN


def test_a_crash_before_the_submit_is_made_good_where_the_portal_guarantees_its_limit(
    bench: Bench, case: Case, write: Try
) -> None:
    system = OtherSystem(guaranteed=True)
    crash_at("submitting", bench, lambda: write(case, system))

    write(case, system)
    assert (system.submits, len(system.rows)) == (1, 1)
    assert kinds(bench, case) == ["write.intended", "write.submitting", "write.absent", *WRITTEN[1:]]


def test_a_record_that_vanishes_without_a_guarantee_is_an_unknown_outcome_for_good(
    bench: Bench, case: Case, write: Try
) -> None:
    system = OtherSystem()
    system.save = lambda typed: None

    for _ in range(2):
        with pytest.raises(UnknownOutcome, match="«utbetalning» i kassa"):
            write(case, system)
    assert system.submits == 1
    assert kinds(bench, case) == ["write.intended", "write.submitting", "write.unknown"]
    assert state(case) == WriteState.UNKNOWN


def test_a_record_that_shows_within_the_limit_is_waited_for(bench: Bench, case: Case, write: Try) -> None:
    system = OtherSystem(visible_within=timedelta(seconds=20))
    system.show = lambda: system.rows if system.reads > 2 else []

    write(case, system)
    assert (system.submits, system.reads) == (1, 3)
    assert kinds(bench, case) == WRITTEN


def test_submits_are_bounded_also_where_the_portal_guarantees_its_limit(bench: Bench, case: Case, write: Try) -> None:
    system = OtherSystem(guaranteed=True)
    system.save = lambda typed: None

    with pytest.raises(UnknownOutcome, match="3 gånger"):
        write(case, system)
    assert system.submits == bench.patience.submits_per_write == 3
    assert kinds(bench, case) == ["write.intended", *["write.submitting", "write.absent"] * 3, "write.unknown"]
    assert state(case) == WriteState.UNKNOWN


@pytest.mark.parametrize("after_a_crash", [False, True])
def test_a_record_damaged_beyond_recognition_is_not_taken_for_absent_since_the_list_has_grown(
    bench: Bench, case: Case, write: Try, after_a_crash: bool
) -> None:
    system = OtherSystem(guaranteed=True, rows=[{"mottagare": "Någon Annan", "belopp": "1.00"}])
    system.save = lambda typed: system.rows.append({**typed, "mottagare": typed["mottagare"][:7]})
    if after_a_crash:
        crash_at("submit answered", bench, lambda: write(case, system))

    with pytest.raises(UnknownOutcome, match="inte känner igen"):
        write(case, system)
    assert (system.submits, state(case)) == (1, WriteState.UNKNOWN)
    assert kinds(bench, case) == ["write.intended", "write.submitting", "write.unknown"]


def test_a_record_that_was_there_before_stops_the_write(bench: Bench, case: Case, write: Try) -> None:
    system = OtherSystem(rows=[{"mottagare": "Tova Testsson", "belopp": "6865.00"}])

    with pytest.raises(BusinessError, match="finns redan i kassa") as stopped:
        write(case, system)
    assert "Tova" not in stopped.value.message
    assert (system.submits, kinds(bench, case)) == (0, ["write.intended"])


@pytest.mark.parametrize(("shown", "ends"), [({}, "write.receipt"), ({"belopp": "1.00"}, "write.unknown")])
def test_what_shows_after_the_portal_promised_that_nothing_would_is_the_robots_own_only_if_it_is_equal(
    bench: Bench, case: Case, write: Try, shown: dict[str, str], ends: str
) -> None:
    system = OtherSystem(guaranteed=True)
    system.show = lambda: [{**row, **shown} for row in system.rows] if system.reads > 2 else []

    with nullcontext() if ends == "write.receipt" else pytest.raises(UnknownOutcome):
        write(case, system)
    assert system.submits == 1
    assert kinds(bench, case) == ["write.intended", "write.submitting", "write.absent", ends]


@pytest.mark.parametrize(
    ("amounts", "why"), [(["6866.00"], "skiljer sig i: belopp."), (["6865.00", "6865.00"], "Det finns 2 poster")]
)
def test_other_records_than_intended_are_an_unknown_outcome_that_names_no_values(
    bench: Bench, case: Case, write: Try, amounts: list[str], why: str
) -> None:
    system = OtherSystem()
    system.save = lambda typed: system.rows.extend({**typed, "belopp": amount} for amount in amounts)

    with pytest.raises(UnknownOutcome, match=why) as unknown:
        write(case, system)
    assert not {"6866", "6865", "Tova", "mottagare"} & set(re.findall(r"\w+", unknown.value.message))
    assert system.submits == 1
    assert kinds(bench, case) == ["write.intended", "write.submitting", "write.unknown"]
    assert [row["belopp"] for row in bench.entries(case, "write.unknown")[0].payload["read_back"]] == amounts


@pytest.mark.parametrize(
    "error",
    [PortalError("500", portal="kassa"), SessionLost("utloggad", portal="kassa"), SelectorError("spara saknas")],
    ids=["portal fails", "logged out", "element missing"],
)
@pytest.mark.parametrize("landed", [True, False], ids=["landed", "did not land"])
def test_trouble_during_the_submit_is_settled_by_reading(
    bench: Bench, case: Case, write: Try, error: Exception, landed: bool
) -> None:
    system = OtherSystem()

    def save(typed: dict[str, str]) -> None:
        if landed:
            system.rows.append(typed)
        raise error

    system.save = save

    if landed:
        write(case, system)
        assert kinds(bench, case) == WRITTEN
    else:
        with pytest.raises(UnknownOutcome):
            write(case, system)
    assert system.submits == 1


def test_a_read_back_that_fails_is_tried_again_and_never_submits_again(bench: Bench, case: Case, write: Try) -> None:
    system = OtherSystem()

    def show() -> Sequence[dict[str, str]]:
        if system.reads in (2, 3):
            raise PortalError("långsam", portal="kassa")
        return system.rows

    system.show = show

    write(case, system)
    assert (system.submits, system.reads) == (1, 4)
    assert kinds(bench, case) == WRITTEN


def test_a_read_back_that_never_answers_leaves_the_write_submitting_for_the_next_attempt(
    bench: Bench, case: Case, write: Try
) -> None:
    system = OtherSystem()

    def show() -> Sequence[dict[str, str]]:
        if system.rows:
            raise PortalError("nere", portal="kassa")
        return []

    system.show = show
    with pytest.raises(PortalError):
        write(case, system)
    assert (system.submits, state(case)) == (1, WriteState.SUBMITTING)

    system.show = lambda: system.rows
    write(case, system)
    assert system.submits == 1
    assert kinds(bench, case) == WRITTEN


def test_a_form_that_cannot_be_filled_is_not_submitted(bench: Bench, case: Case, write: Try) -> None:
    system = OtherSystem()
    system.fields = {"mottagare"}

    with pytest.raises(SelectorError):
        write(case, system)
    assert system.submits == 0
    assert kinds(bench, case) == ["write.intended"]


def test_a_natural_key_that_another_case_has_written_under_stops_the_write(bench: Bench, write: Try) -> None:
    first, second = bench.receive("REF-1", "tova"), bench.receive("REF-2", "tova")
    system, other = OtherSystem(), OtherSystem()
    write(first, system)

    with pytest.raises(BusinessError, match="ett annat ärende"):
        write(second, other)
    assert (system.submits, other.submits) == (1, 0)
    assert kinds(bench, second) == []
    assert Write.objects.count() == 1
    assert bench.journal.verify().ok


def test_a_lease_that_another_took_stops_the_submit(bench: Bench, case: Case, write: Try) -> None:
    system = OtherSystem()

    def lose(boundary: Boundary) -> None:
        if boundary.point == "pre-read":
            bench.take(case)

    bench.passed = lose
    with pytest.raises(LeaseLost):
        write(case, system)
    assert system.submits == 0
    assert kinds(bench, case) == ["write.intended"]
    assert state(case) == WriteState.INTENDED


def test_a_lease_too_short_for_a_submit_stops_it(bench: Bench, case: Case, write: Try) -> None:
    system = OtherSystem()

    with pytest.raises(LeaseLost):
        write(case, system, lease=bench.patience.submit_margin - timedelta(seconds=1))
    assert system.submits == 0
    assert kinds(bench, case) == ["write.intended"]


@pytest.mark.parametrize("mode", [Mode.SKUGGA, Mode.FORBERED])
def test_a_mode_that_is_too_low_refuses_the_write(bench: Bench, case: Case, write: Try, mode: Mode) -> None:
    system = OtherSystem()

    with pytest.raises(ValueError, match="needs mode automatisk"):
        write(case, system, mode)
    assert (system.submits, system.portal.acts) == (0, [])
    assert kinds(bench, case) == []
    assert not Write.objects.exists()
