"""One household while it is thought out: who they are, how they live, what is special this month."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sandkommun.generating.benefits import KINDS, Kind
from sandkommun.generating.months import Month

Answers = dict[str, dict[str, Any]]


@dataclass
class Member:
    """Somebody. `said` is what folkbokföringen has beside the name; `answers` what agencies say beside payments."""

    key: str
    number: str
    born: date
    first: str
    last: str
    said: dict[str, Any] = field(default_factory=dict)
    answers: Answers = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"

    def answer(self, agency: str) -> dict[str, Any]:
        """What an agency says about the member, to add to."""
        return self.answers.setdefault(agency, {})

    def age(self, month: Month) -> int:
        """Age in whole years on the month's last day, as staff count it."""
        return month.year - self.born.year - (month.number < self.born.month)


@dataclass
class Income:
    """A monthly income. `before` is what it was until last month, `now` what it is this time; 0: not at all.

    `declared` is what the application says (None: as it is; 0: nothing), `registered` whether the agency knows of it.
    """

    member: Member
    called: str
    before: int
    now: int
    declared: int | None = None
    registered: bool = True
    of_type: int = 1
    deduction: tuple[str, int] = ("", 0)

    @property
    def stated(self) -> int:
        """What the application says."""
        return self.now if self.declared is None else self.declared

    @property
    def kind(self) -> Kind:
        return KINDS[self.called]

    @property
    def row(self) -> str:
        """What the case system and the form call it."""
        return self.kind.row or self.called


@dataclass
class Home:
    """A household and its case. Costs are what is applied for: `before` until last month, `now` this time."""

    number: int
    adults: list[Member]
    children: list[Member]
    lodgers: list[Member]
    address: str
    landlord: str
    rooms: int
    staff: str
    before: dict[str, int]
    incomes: list[Income] = field(default_factory=list)
    now: dict[str, int] = field(default_factory=dict)
    approved: dict[str, int] = field(default_factory=dict)
    """What staff approved of a cost last month where that was not all of it, as it had been until then."""
    months_of_aid: int = 12
    history: int = 1
    """So many months are in the case's history; 0: no calculation was ever made."""
    ended: Month | None = None
    """The last month with aid when it is not the one before this."""
    stimulus: tuple[str, str] | None = None
    residence: dict[str, dict[str, Any]] = field(default_factory=dict)
    """How a child lives, by key, when it is not all the time at home."""
    known: list[Member] | None = None
    """The children that the case knows of; None: all of them."""
    lives_here: list[Member] = field(default_factory=list)
    """Adults who live here and are not in the case."""
    case: dict[str, Any] | None = field(default_factory=dict)
    """What the case says otherwise; None: there is no case."""
    application: dict[str, Any] = field(default_factory=dict)
    """What the application says otherwise."""
    already: bool = False
    """This month is decided and paid as well."""
    twice: bool = False
    """Last month's decision and payment were registered twice."""
    again: bool = False
    """A second application came for the same month."""

    @property
    def applicant(self) -> Member:
        return self.adults[0]

    @property
    def account(self) -> dict[str, str]:
        return {"clearing": "9999", "konto": str(2_000_000 + 7 * self.number)}

    @property
    def persons(self) -> int:
        return len(self.adults) + len(self.children)

    def income(self, *called: str) -> Income | None:
        """The household's first income of these kinds."""
        return next((one for one in self.incomes if one.called in called), None)
