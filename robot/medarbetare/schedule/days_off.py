"""Swedish holidays and eves by their names."""

from datetime import date
from functools import cache

EVES = frozenset(
    {
        *("trettondagsafton", "skärtorsdagen", "påskafton", "valborgsmässoafton", "klämdag"),
        *("pingstafton", "midsommarafton", "allahelgonsafton", "julafton", "nyårsafton"),
    }
)
"""Days that are no public holidays but that many keep closed."""


def day_off(day: date, closed_eves: frozenset[str]) -> str | None:
    """The name of a public holiday, or of an eve that is kept closed; None on an ordinary day.

    A Sunday is ordinary here: it is a weekday of its own in the opening hours.
    """
    if holiday := _days(day.year, eve=False).get(day):
        return holiday
    eve = _days(day.year, eve=True).get(day)
    return eve if eve is not None and eve.casefold() in closed_eves else None


@cache
def _days(year: int, *, eve: bool) -> dict[date, str]:
    # Here and not above: it takes 0.1 s and 12 MB, and a process that asks of no portal with hours has no use for it.
    from holidays.constants import DE_FACTO, OPTIONAL, PUBLIC
    from holidays.countries.sweden import Sweden

    categories = (DE_FACTO, OPTIONAL) if eve else (PUBLIC,)
    calendar = Sweden(years=year, categories=categories, language="sv")
    # `Skärtorsdagen (från kl. 14.00)`: an eve is closed as a whole or not at all.
    return {day: str(name).partition(" (")[0] for day, name in calendar.items()}
