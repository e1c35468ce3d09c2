"""Draws ordinary households: who lives together, on what, and what they pay."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from sandkommun.generating import names
from sandkommun.generating.benefits import child_allowance, maintenance
from sandkommun.generating.months import Month
from sandkommun.generating.norms import norm_sum
from sandkommun.generating.plan import Home, Income, Member
from sandkommun.testpersoner import PER_DAY, personnummer

_LEAST_AID = 400
"""So much was missing to the norm last month, at least."""
_LEAST_INCOME = 500


@dataclass(frozen=True)
class Wish:
    """What a household must be like for something to happen in it. None: as it comes."""

    couple: bool | None = None
    children: int | None = None
    ages: tuple[int, int] = (0, 17)
    """The youngest and the oldest that a child may be."""
    income: str | None = None
    """The applicant's income; "" for none."""
    shared: bool = False


@dataclass
class Drawing:
    """What households are drawn with: the chance, the month applied for, the numbers that are already somebody's."""

    rng: Random
    month: Month
    used: dict[date, int] = field(default_factory=dict)

    def born(self, earliest: date, latest: date) -> tuple[str, date]:
        """A personal number of the series that nobody has yet, of a day between two. Raises ValueError: none left."""
        span = (latest - earliest).days
        for _ in range(4 * span + 40):
            day = earliest + timedelta(days=self.rng.randint(0, span))
            n = self.used.get(day, 0)
            if n < PER_DAY:
                self.used[day] = n + 1
                return personnummer(day, n), day
        raise ValueError(f"testpersonnumren för födda {earliest} till {latest} är slut; ange färre hushåll")

    def member(self, key: str, youngest: int, oldest: int, last: str) -> Member:
        """Somebody of an age, with no birthday in the months that the case is about: it would change the norm."""
        age = self.rng.randint(youngest, oldest)
        earliest = self.month.back(12 * (age + 1) - 1).day(1)
        number, born = self.born(earliest, earliest + timedelta(days=235))
        return Member(key, number, born, names.first_name(self.rng), last)

    def household(self, number: int, wish: Wish) -> Home:
        """One household of its own."""
        rng = self.rng
        couple = rng.random() < 0.23 if wish.couple is None else wish.couple
        last = names.surname(rng)
        children = list(self._children(number, couple, wish, last))
        youngest = max([20, *(child.age(self.month) + 19 for child in children)])
        youngest, oldest = (66, 84) if wish.income == "Pension" else (youngest, max(62, youngest))
        adults = [self.member(f"p{number}a", youngest, oldest, last)]
        if couple:
            partner = last if rng.random() < 0.6 else names.surname(rng)
            adults.append(self.member(f"p{number}b", youngest, oldest, partner))
        home = Home(
            number,
            adults,
            children,
            lodgers=[self.member(f"p{number}i", 21, 60, names.surname(rng))] if wish.shared else [],
            address=names.address(rng),
            landlord=rng.choice(names.LANDLORDS),
            rooms=_rooms(rng, len(children), couple),
            staff=rng.choice(names.STAFF),
            before={},
            months_of_aid=rng.choice((7, 8, 9, 11, 14, 18, 26, 36)),
            history=rng.choice((1, 1, 2, 3)),
        )
        self._civil(home, couple)
        _costs(rng, home)
        self._incomes(home, wish)
        self._keep_in_need(home)
        return home

    def _children(self, number: int, couple: bool, wish: Wish, last: str) -> Iterator[Member]:
        if wish.shared:
            return
        chance = (36, 22, 24, 12, 6) if couple else (66, 14, 12, 6, 2)
        count = self.rng.choices(range(5), chance)[0] if wish.children is None else wish.children
        for one in range(count):
            youngest, oldest = wish.ages if one == 0 else (0, 17)
            yield self.member(f"p{number}-{one + 1}", youngest, oldest, last)

    def _civil(self, home: Home, couple: bool) -> None:
        rng = self.rng
        if couple and rng.random() < 0.6:
            status = "Gift"
        elif not couple and rng.random() < 0.35:
            status = "Skild" if rng.random() < 0.93 else "Änka/änkling"
        else:
            status = "Ogift"
        for adult in home.adults:
            if status != "Ogift":
                adult.said["civilstand"] = status
        if rng.random() < 0.09:
            country = rng.choice(names.COUNTRIES)
            for one in (*home.adults, *home.children):
                one.said["medborgarskap"] = country
                since = max(one.born, date(self.month.year - 4, 3, 14))
                one.answer("miv")["tillstand"] = [{"slag": "Uppehållstillstånd", "fran": since.isoformat()}]

    def _incomes(self, home: Home, wish: Wish) -> None:
        rng, ages = self.rng, [child.age(self.month) for child in home.children]
        if home.children:
            self._add(home, home.adults[-1], "Barnbidrag", child_allowance(ages))
            if len(home.adults) == 1 and rng.random() < 0.7:
                self._add(home, home.applicant, "Underhållsstöd", maintenance(ages))
            if rng.random() < 0.6:
                self._add(home, home.applicant, "Bostadsbidrag", rng.randint(10, 34) * 100)
        usual = ("", "Aktivitetsstöd", "Aktivitetsstöd", "Lön", "Sjukpenning", "Föräldrapenning")
        chance = (40, 25, 6, 16, 7, 6 if any(age < 3 for age in ages) else 0)
        for adult in home.adults:
            asked = wish.income if adult is home.applicant and wish.income is not None else None
            called = rng.choices(usual, chance)[0] if asked is None else asked
            if called:
                most = 5500 if len(home.adults) > 1 else 8200
                amount = rng.randint(22, most // 100) * 100 + rng.choice((0, 0, 25, 50, 72))
                varied = round(amount * rng.uniform(0.92, 1.07)) if rng.random() < 0.3 else amount
                home.incomes.append(Income(adult, called, amount, varied))
            _labour(rng, self.month, adult, called)

    def _add(self, home: Home, member: Member, called: str, amount: int) -> None:
        if amount:
            home.incomes.append(Income(member, called, amount, amount))

    def _keep_in_need(self, home: Home) -> None:
        """Who had enough would not apply again: the largest earnings shrink until something was missing."""
        ages = [child.age(self.month) for child in home.children]
        need = norm_sum(self.month.year, len(home.adults), ages, len(home.lodgers)) + sum(home.before.values())
        for one in sorted(home.incomes, key=lambda income: -income.before):
            over = sum(income.before for income in home.incomes) + _LEAST_AID - need
            if over <= 0:
                break
            if one.called in ("Barnbidrag", "Underhållsstöd"):
                continue
            one.before = one.now = max(_LEAST_INCOME, (one.before - over) // 100 * 100)
        if any(one.called == "Lön" for one in home.incomes):
            start = self.month.back(self.rng.choice((2, 4, 7, 11)))
            home.stimulus = (start.first, start.back(-23).last)
            home.months_of_aid = max(home.months_of_aid, 7 + self.rng.randint(2, 12))


def _rooms(rng: Random, children: int, couple: bool) -> int:
    return min(5, 1 + (children + 1) // 2 + (1 if couple or children else rng.randint(0, 1)))


def _costs(rng: Random, home: Home) -> None:
    """What a home costs, within what is usual: rents below the usual caps, electricity by size."""
    children, persons = len(home.children), home.persons
    highest = 4700 if home.rooms == 1 and children < 2 else (6400, 6400, 6900, 8400, 8700)[min(children, 4)]
    rent = highest - rng.randint(0, 14) * 50 - rng.choice((0, 12, 37))
    home.before["Hyra"] = rent // 2 if home.lodgers else rent
    home.before["Hushållsel"] = rng.randint(210, min(1150, 380 + 130 * persons))
    if rng.random() < 0.9:
        home.before["Hemförsäkring"] = rng.randint(85, 245)
    if rng.random() < 0.3:
        home.before["A-kasseavgift"] = rng.choice((120, 130, 147, 150, 165))
    if rng.random() < 0.2:
        home.before["Fackavgift"] = rng.choice((190, 235, 260, 310))
    if rng.random() < 0.12:
        home.before["Arbetsresor"] = rng.choice((510, 640, 795))
    home.now.update(home.before)
    if rng.random() < 0.5:
        home.now["Hushållsel"] = max(150, home.before["Hushållsel"] + rng.randint(-60, 60))


def _labour(rng: Random, month: Month, adult: Member, called: str) -> None:
    """How Arbetsförmedlingen knows an adult with an income. The ill and the parents on leave are not looking."""
    if called in ("Sjukpenning", "Föräldrapenning", "Pension"):
        return
    category = {"Aktivitetsstöd": "Jobb- och utvecklingsgarantin", "Lön": "Deltidsarbetslös"}
    since = month.back(rng.randint(9, 30)).day(rng.randint(1, 28))
    told = adult.answer("af")
    told |= {"arbetssokande": True, "kategori": category.get(called, "Öppet arbetslös")}
    told |= {"registrerad": since.isoformat(), "omfattning": 75 if called == "Lön" else 100}
    told["aktivitetsrapport"] = {"period": month.back(2).text, "kod": 200}
    if called == "Aktivitetsstöd":
        assigned = month.back(rng.randint(5, 8)).day(4).isoformat()
        told["beslut"] = [{"datum": assigned, "beslut": "Anvisad till jobb- och utvecklingsgarantin"}]
