"""Random kill -9 and SIGSTOP, database restarts and staff at work, all at once: each decision once and right.

make test    2 workers, 6 applications, 6 kills
make chaos   4 workers, 200 applications, 200 kills (`--applications`, `--kills`, `--seed` choose otherwise)

Stops come beside the kills.
"""

import os
import signal
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from math import inf
from random import Random

import psycopg
import pytest
from crowd import crowd
from judging import asked_without_lease, complaints_about, households, judge_writes, was_overtaken
from own_server import FAST, IMMEDIATE, OwnServer
from reporting import FIGURES, TABLE
from resuming import LIMIT, described, resumed, story
from violence import Violence
from witness import LEASES, Leases, Log, journal_of, leases_of

from medarbetare.cases.status import RUNNABLE
from sandkommun.worlds.systems import Personal

LEASE = {"duration": 10, "margin": 2, "silence": 6}
PAST_LEASE = LEASE["duration"] + 2.0
LONGEST_QUIET = 12.0
"""Seconds: violence keeps pace with the work that gets done, but is never away for longer."""
STEP = 0.1


@dataclass(frozen=True)
class Size:
    """How much of everything."""

    applications: int
    kills: int
    robots: int
    workers: int
    restart_every: float
    restarts: float
    staff_every: int
    seed: int
    seconds: float


@pytest.fixture
def size(request, whole_matrix):
    chosen = request.config.getoption
    applications, kills, robots, workers, restarts = (200, 200, 2, 2, inf) if whole_matrix else (6, 6, 2, 1, 1)
    return Size(
        applications=chosen("--applications") or applications,
        kills=chosen("--kills") or kills,
        robots=robots,
        workers=workers,
        restart_every=20.0,
        restarts=restarts,
        staff_every=60,
        seed=chosen("--seed"),
        seconds=3600.0 if whole_matrix else 600.0,
    )


@dataclass
class Ordeal:
    """Robots at work until every case is settled and the violence is done."""

    ruin: object
    server: OwnServer
    size: Size
    violence: Violence
    restarts: Counter = field(default_factory=Counter)
    ended: list[int] = field(default_factory=list)
    seconds: float = 0.0

    def go_through(self):
        robots = [self._start() for _ in range(self.size.robots)]
        began = last_act = time.monotonic()
        next_restart = began + self.size.restart_every
        chance = Random(self.size.seed)  # noqa: S311 - a plan to be repeated, nothing secret
        while (unsettled := self._unsettled()) or self.violence.kills < self.size.kills:
            now = time.monotonic()
            assert now - began < self.size.seconds, f"{unsettled} cases are left\n{self.ruin.log()}"
            robots = [self._kept(robot) for robot in robots]
            self.violence.wake()
            if self._is_time_to_act(unsettled, now - last_act) and self.violence.act(robots):
                last_act = now
            if now >= next_restart and self.restarts.total() < self.size.restarts:
                how = chance.choice((FAST, IMMEDIATE))
                self.server.restart(how)
                self.restarts["fast" if how == FAST else "immediate"] += 1
                next_restart = time.monotonic() + self.size.restart_every
            time.sleep(STEP)
        self.seconds = time.monotonic() - began
        self.violence.wake(all_of_them=True)
        for robot in robots:
            robot.terminate()
        return [robot.wait(60) for robot in robots]

    def _start(self):
        return self.ruin.start_service()

    def _kept(self, robot):
        """The robot, or, when it has ended, another in its place, as systemd would start it."""
        if robot.poll() is None:
            return robot
        self.ended.append(robot.returncode)
        return self._start()

    def _is_time_to_act(self, unsettled, quiet):
        """The share of violence done keeps a little ahead of the share of work done."""
        done, left = 1 - unsettled / self.size.applications, self.size.kills - self.violence.kills
        return left > 0 and (quiet > LONGEST_QUIET or left > self.size.kills * (1 - done) - 2)

    def _unsettled(self):
        runnable = [status.value for status in RUNNABLE]
        with suppress(psycopg.OperationalError), self.server.connect() as connection:
            return connection.execute("SELECT count(*) FROM cases_case WHERE status = ANY(%s)", [runnable]).fetchone()[
                0
            ]
        return self.size.applications


@dataclass(frozen=True)
class Seen:
    """Everything that is judged, read once when all is over."""

    cases: dict
    summaries: dict
    leases: Leases
    journal: dict
    log: Log
    case_system: dict
    e_service: dict


def look(ruin, server):
    with server.connect() as connection:
        cases = {
            ref: (handle, status)
            for ref, handle, status in connection.execute("SELECT reference, handle, status FROM cases_case")
        }
        leases, journal = leases_of(connection), journal_of(connection)
    summaries = {ref: outcome.get("summary", "") for ref, outcome in ruin.practice.outcomes().items()}
    log = Log((ruin.folder / "robots.log").read_text("utf-8", "replace").splitlines())
    return Seen(cases, summaries, leases, journal, log, ruin.practice.facit(), ruin.practice.facit("etjanst"))


def test_whatever_is_killed_or_stopped_each_decision_is_made_once_and_right(chaos, size, whole_matrix, record_property):
    world, expected = crowd(size.applications)
    world = world.model_copy(update={"personal": Personal(var=size.staff_every, seed=size.seed)})
    with OwnServer() as server:
        ruin = chaos(world)
        ruin.configure(**LEASE, workers=size.workers)
        ruin.use_database(server.conninfo)
        with ruin.practice.database():
            ruin.take_in()
        with server.connect() as connection:
            connection.execute(LEASES)
        ordeal = Ordeal(ruin, server, size, Violence(size.seed, PAST_LEASE))
        codes = ordeal.go_through()
        seen = look(ruin, server)
        ruin.assert_journal_verifies()

    found = households(world, seen.case_system, seen.e_service)
    overtaken = [ref for ref, one in found.items() if was_overtaken(one, seen.case_system)]
    complaints = [
        what
        for ref, one in found.items()
        for what in complaints_about(
            one, expected[ref], seen.cases[ref][1], seen.summaries[ref], overtaken=ref in overtaken
        )
    ]
    handles = {ref: handle for ref, (handle, _) in seen.cases.items()}
    writes = judge_writes(found, handles, seen.leases, seen.journal)
    writes.asked_late = asked_without_lease(found, handles, seen.leases, seen.case_system)
    after = resumed(ordeal.violence.acts, seen.log, seen.journal)
    report(record_property, ordeal, seen, found, expected, complaints, overtaken, writes, after)
    assert complaints == []
    assert writes.late == writes.unannounced == writes.asked_late == []
    assert after.never == []
    if whole_matrix:
        # A figure, and so for a machine that does nothing else.
        late = [story(one, seen.log, seen.journal, seen.leases) for one in after.slow]
        assert max(after.kills) <= LIMIT, "\n\n".join(late)
    # Killed, or started while the database was away; nothing that happens ends one by itself.
    assert set(ordeal.ended) <= {-signal.SIGKILL, os.EX_TEMPFAIL}, ruin.log()
    # One may have been killed, or stopped, by the last act.
    assert set(codes) <= {0, -signal.SIGKILL}, ruin.log()


def report(record_property, ordeal, seen, found, expected, complaints, overtaken, writes, after):
    """The table that `make chaos` prints."""
    size, statuses = ordeal.size, Counter(status for _, status in seen.cases.values())
    acts = Counter(act.deed for act in ordeal.violence.acts)
    figures = {
        "size": f"{size.applications} applications, {size.robots} robots of {size.workers} workers, seed {size.seed}",
        "time": f"{ordeal.seconds:.0f} s",
        "violence": f"{sum(acts.values())}: " + ", ".join(f"{n} × {deed}" for deed, n in sorted(acts.items())),
        "database restarts": ", ".join(f"{n} × {how}" for how, n in ordeal.restarts.items()),
        "robots started again": f"{len(ordeal.ended)}: {dict(Counter(ordeal.ended))}",
        "leases taken": str(seen.leases.count()),
        "ended": ", ".join(f"{n} × {status}" for status, n in statuses.items()),
        "decided by robot": str(sum(len(one.robot["beslut"]) for one in found.values())),
        "decided by staff": str(sum(len(one.staff["beslut"]) for one in found.values())),
        "touched by staff": str(sum(one.touched_by_staff for one in found.values())),
        "overtaken by staff": str(len(overtaken)),
        "wrong, double, lost": str(len(complaints)),
        "portal writes": str(writes.number),
        "after their lease": f"{len(writes.late)}; {writes.on_their_way} on their way when their worker was killed",
        "asked without a lease": str(len(writes.asked_late)),
        "unannounced": str(len(writes.unannounced)),
        "resumed after kills": described(after.kills),
        "resumed after stops": described(after.stops),
        "hit again when begun": str(after.hit_again),
        "not resumed": str(len(after.never)),
    }
    record_property(TABLE, "\n".join(f"{name:<22} {figure}" for name, figure in figures.items()))
    record_property(FIGURES, {"name": "random kills", **figures})
