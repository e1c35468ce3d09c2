"""Amounts in kronor: the type of configured amounts, the rounding of every row, and how people read them."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

from pydantic import Field

Kronor = Annotated[Decimal, Field(ge=0)]
_KRONA = Decimal(1)


def hela_kronor(amount: Decimal) -> Decimal:
    """Rounded half-up to a whole krona."""
    return amount.quantize(_KRONA, ROUND_HALF_UP)


def kronor(amount: Decimal) -> str:
    """For people: "6 865", with öre only where there are any."""
    whole = int(amount)
    if whole != amount:
        return f"{amount:,.2f}".replace(",", " ").replace(".", ",").removesuffix(",00")
    return str(whole) if -1000 < whole < 1000 else f"{whole:,}".replace(",", " ")
