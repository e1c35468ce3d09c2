"""What staff put down as the norm of a month: last year's and this year's riksnorm, as data.

Only what has already been calculated by people is made with it: the history of a case.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

_LISTED = 7
_OLDEST = (0, 2, 3, 6, 10, 14, 18, 20)
"""The last year of age of each column of children."""


@dataclass(frozen=True)
class Norm:
    """One year's table: kronor a month."""

    children: tuple[int, ...]
    single: int
    couple: int
    common: tuple[int, ...]

    def child(self, age: int) -> int:
        return next(amount for oldest, amount in zip(_OLDEST, self.children, strict=True) if age <= oldest)

    def common_for(self, persons: int) -> int:
        over = max(0, persons - _LISTED)
        return self.common[min(persons, _LISTED) - 1] + over * (self.common[-1] - self.common[-2])


_TABLES = {
    2023: Norm(
        (2420, 2700, 2410, 2700, 3380, 3890, 4390, 4430), 3490, 6300, (1130, 1250, 1580, 1790, 2060, 2330, 2510)
    ),
    2024: Norm(
        (2640, 2940, 2620, 2940, 3680, 4230, 4780, 4820), 3800, 6850, (1230, 1360, 1720, 1950, 2240, 2540, 2730)
    ),
    2025: Norm(
        (2720, 3030, 2700, 3030, 3790, 4350, 4920, 4960), 3910, 7050, (1270, 1400, 1770, 2010, 2310, 2620, 2810)
    ),
    2026: Norm(
        (2740, 3060, 2720, 3060, 3820, 4390, 4960, 5000), 3940, 7100, (1280, 1410, 1790, 2030, 2330, 2640, 2830)
    ),
}


def year_of(year: int) -> int:
    """The year whose table staff use: the latest there is."""
    return min(max(year, min(_TABLES)), max(_TABLES))


def norm_sum(
    year: int,
    adults: int,
    ages: Sequence[int],
    sharing_with: int = 0,
    part_time: Mapping[int, int | None] = MappingProxyType({}),
) -> int:
    """The norm of a household: one adult or a couple, children of these ages, in a home with so many others.

    `part_time` has the children, by place, that are not all the time at home: the days of a visit, None for half the
    time. A visitor has no part in what is common.
    """
    norm = _TABLES[year_of(year)]
    persons = adults + len(ages) - sum(days is not None for days in part_time.values())
    common = norm.common_for(persons)
    if sharing_with:
        common = round(norm.common_for(persons + sharing_with) * persons / (persons + sharing_with))
    total = (norm.single if adults == 1 else norm.couple) + common
    for place, age in enumerate(ages):
        monthly, days = norm.child(age), part_time.get(place)
        if place not in part_time:
            total += monthly
        else:
            total += monthly // 2 if days is None else round(monthly * 12 / 365) * days
    return total
