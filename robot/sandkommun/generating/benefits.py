"""The incomes that people have: who pays them, on which day, for which month, after which tax."""

from dataclasses import dataclass
from typing import Any, Literal

from sandkommun.generating.months import Month

Agency = Literal["fk", "pm", "so", "csn"]


@dataclass(frozen=True)
class Kind:
    """One kind of income. `agency` knows of it (None: nobody); `ahead`: paid in the month before the one it is for."""

    agency: Agency | None
    family: str = ""
    benefit: str = ""
    day: int = 25
    ahead: bool = False
    tax_percent: int = 0
    row: str = ""
    """What the case system and the form call it; left out: as it is called here."""

    def paid(self, month: Month) -> str:
        """The day on which the income for a month is paid."""
        return (month.back(1) if self.ahead else month).paid(self.day)


KINDS = {
    "Lön": Kind(None),
    "Swish/insättning": Kind(None, day=12),
    "Barnbidrag": Kind("fk", "Barn", "Barnbidrag", 20),
    "Underhållsstöd": Kind("fk", "Barn", "Underhållsstöd"),
    "Bostadsbidrag": Kind("fk", "Bostad", "Bostadsbidrag", 27, ahead=True),
    "Aktivitetsstöd": Kind("fk", "Arbetsmarknad", "Aktivitetsstöd", tax_percent=22),
    "Sjukpenning": Kind("fk", "Sjukdom", "Sjukpenning", tax_percent=24),
    "Föräldrapenning": Kind("fk", "Barn", "Föräldrapenning", tax_percent=24),
    "Omvårdnadsbidrag": Kind("fk", "Barn", "Omvårdnadsbidrag", tax_percent=20, row="Annat"),
    "Merkostnadsersättning": Kind("fk", "Funktionsnedsättning", "Merkostnadsersättning", 18, row="Annat"),
    "Pension": Kind("pm", "Pension", "Garantipension", 18, tax_percent=18),
    "A-kassa": Kind("so", tax_percent=25),
    "Studiestöd": Kind("csn", "Studiemedel", "Studiemedel"),
}
_SUPPLEMENT = (0, 0, 150, 730, 1740, 2990, 4240)
"""Flerbarnstillägg by number of children."""
_MAINTENANCE = ((6, 1673), (14, 1823), (18, 2223))
"""Underhållsstöd a child: up to this age, so much."""


def child_allowance(ages: list[int]) -> int:
    """Barnbidrag with flerbarnstillägg, for children under sixteen."""
    entitled = sum(age < 16 for age in ages)
    return 1250 * entitled + _SUPPLEMENT[min(entitled, len(_SUPPLEMENT) - 1)]


def maintenance(ages: list[int]) -> int:
    """Underhållsstöd for the children of a single parent."""
    return sum(next((amount for oldest, amount in _MAINTENANCE if age <= oldest), 0) for age in ages)


def payment(
    kind: Kind, month: Month, net: int, of_type: int = 1, deduction: tuple[str, int] = ("", 0)
) -> dict[str, Any]:
    """A payment for a month as Försäkringskassan and Pensionsmyndigheten tell it."""
    code, deducted = deduction
    gross = round(net * 100 / (100 - kind.tax_percent))
    told: dict[str, Any] = {"datum": kind.paid(month), "fran": month.first, "till": month.last}
    told |= {"formansfamilj": kind.family, "forman": kind.benefit}
    if of_type != 1:
        told["typ"] = of_type
    told["brutto"] = gross
    if gross != net:
        told["skatt"] = gross - net
    if code:
        told |= {"avdrag": deducted, "avdragstyp": code}
    return {**told, "netto": net - deducted}


def fund_payment(kind: Kind, month: Month, net: int, deducted: int = 0) -> dict[str, Any]:
    """A payment for a month as an a-kassa tells it."""
    told: dict[str, Any] = {"datum": kind.paid(month), "fran": month.first, "till": month.last}
    return {**told, "dagar": 20 + month.days % 3, "netto_efter_skatt": net, "netto_efter_avdrag": net - deducted}
