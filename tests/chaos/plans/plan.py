"""A plan: what shall happen to one household's application, drawn from a seed."""

from dataclasses import dataclass
from datetime import timedelta
from random import Random

from plans.faults import KINDS, PAGES, WORKER, Fault
from plans.households import WEIGHTS

LIMIT = timedelta(seconds=3)
"""The portals' declared visibility."""


@dataclass(frozen=True)
class Plan:
    """What shall happen to one household's application.

    `guaranteed`: the portals guarantee their visibility. `approvals`: so many hand-offs are approved, `answer_after`
    is how long each person waits. `late`: how long after its due time a waiting case is taken up. `settles`: people see
    to what the robot cannot: an unknown outcome, a refused log-in. `closes_at_night`: portals are open from 5 to 21.
    """

    scenario: int
    faults: tuple[Fault, ...] = ()
    guaranteed: bool = False
    approvals: int = 0
    answer_after: timedelta = timedelta(hours=1)
    late: timedelta = timedelta(0)
    settles: bool = False
    closes_at_night: bool = False

    def __str__(self) -> str:
        promised = "lovar synlighet" if self.guaranteed else "lovar inget"
        first = f"scenario {self.scenario}, {promised}, {self.approvals} godkännanden efter {self.answer_after}"
        people = "människor reder ut" if self.settles else "människor gör inget"
        people += ", portaler stänger om natten" if self.closes_at_night else ""
        return "\n".join([f"{first}, tas upp {self.late} sent, {people}", *(f"  {fault}" for fault in self.faults)])


def drawn(seed: int) -> Plan:
    """The plan of a seed: the same everywhere."""
    chance = Random(seed)  # noqa: S311 - to be repeated, nothing secret
    guaranteed = chance.random() < 0.4
    faults = tuple(_fault(chance, guaranteed) for _ in range(chance.randint(1, 6)))
    return Plan(
        scenario=chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0],
        faults=faults,
        guaranteed=guaranteed,
        approvals=chance.choice((0, 0, 1, 1, 1, 2, 3)),
        answer_after=chance.choice((timedelta(minutes=5), timedelta(hours=20), timedelta(days=2), timedelta(days=6))),
        late=chance.choice((timedelta(0), timedelta(0), timedelta(0), timedelta(hours=17), timedelta(days=4))),
        settles=chance.random() < 0.4,
        closes_at_night=chance.random() < 0.3,
    )


def _fault(chance: Random, guaranteed: bool) -> Fault:
    name = chance.choices(list(KINDS), [one.weight for one in KINDS.values()])[0]
    kind = KINDS[name]
    if kind.portals == (WORKER,):
        act, portal, page = kind.acts[0], WORKER, chance.choice(kind.pages)
    else:
        places = [
            (act, portal, page)
            for portal in kind.portals
            for act in kind.acts
            for page in PAGES.get(portal, {}).get(act, ())
            if not kind.pages or page in kind.pages
        ]
        act, portal, page = chance.choice(places)
    values = kind.values
    if name == "sen_synlighet" and guaranteed:
        # Who guarantees a limit keeps to it.
        values = tuple(one for one in values if int(one) < LIMIT.total_seconds() * 1000)
    nth = chance.randint(1, 12 if act == "boundary" and page == "step" else 6 if act == "boundary" else 4)
    if act in ("save", "download"):
        nth = chance.choice((1, 1, 1, 2))
    times = min(kind.most, chance.choice((1, 1, 1, 2, 3, 6)))
    return Fault(name, act, portal, page, nth, times, chance.choice(values))
