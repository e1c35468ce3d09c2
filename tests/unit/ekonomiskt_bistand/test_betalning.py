"""To whom a grant is paid: all to the account on file, or the rent to the landlord and the rest to the applicant."""

from decimal import Decimal
from typing import Any

import pytest
from scenarier import FILES, Fall, fall, las

from arbetsfloden.ekonomiskt_bistand.berakning.betalning import betalningar
from arbetsfloden.ekonomiskt_bistand.beslut.beslut import foresla
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.register.underlag import Arende, TidigareUtbetalning

VARD = "Sandköpingsbostäder AB"
GIRO = "5050-1055"


def med_hyresvard(*, belopp: int = 5800, namngiven: str = VARD, **row: Any) -> Fall:
    """Scenario 1 (11 490 kr), with last month's rent paid to the landlord whom the application names."""
    one = fall(las(next(path for path in FILES if path.name.startswith("01-"))))
    arende = one.underlag.arende
    assert arende is not None
    paid = TidigareUtbetalning(
        **{"manad": one.ansokan.manad.minus(1), "mottagare": VARD, "konto": GIRO, "belopp": Decimal(belopp)} | row
    )
    costs = tuple(
        row.model_copy(update={"mottagare": namngiven}) if row.slag == "Hyra" else row for row in one.ansokan.kostnader
    )
    granted = tuple(
        row.model_copy(update={"belopp": row.belopp + paid.belopp}) if row.manad == paid.manad else row
        for row in arende.beslut
    )
    changed = arende.model_copy(update={"utbetalningar": (*arende.utbetalningar, paid), "beslut": granted})
    return Fall(
        one.ansokan.model_copy(update={"kostnader": costs}),
        one.underlag.model_copy(update={"arende": changed}),
        one.idag,
        one.vantat,
    )


def arende_i(one: Fall) -> Arende:
    assert one.underlag.arende is not None
    return one.underlag.arende


def test_the_rent_goes_to_the_landlord_as_last_month_and_the_rest_to_the_applicant(regelverk: Regelverk) -> None:
    one = med_hyresvard()
    forslag = foresla(one.ansokan, one.underlag, regelverk, one.idag)
    assert (forslag.slag.value, forslag.kan_godkannas) == ("bifall", True)
    paid = betalningar(one.ansokan, arende_i(one), Decimal(11490))
    assert [(row.mottagare, row.konto, row.belopp) for row in paid] == [
        (VARD, GIRO, 5800),
        (one.ansokan.sokande.namn, paid[1].konto, 5690),
    ]


@pytest.mark.parametrize(
    "one",
    [
        pytest.param(med_hyresvard(belopp=5700), id="another amount than the rent"),
        pytest.param(med_hyresvard(namngiven="Annan hyresvärd"), id="another landlord in the application"),
        pytest.param(med_hyresvard(konto=None), id="no account"),
    ],
)
def test_whatever_is_not_as_last_month_goes_to_a_person_who_pays_by_hand(one: Fall, regelverk: Regelverk) -> None:
    forslag = foresla(one.ansokan, one.underlag, regelverk, one.idag)
    assert not forslag.kan_godkannas
    if arende_i(one).utbetalningar[-1].konto is not None:
        assert 39 in {rule.nummer for rule in forslag.regler if rule.hindrar}


def test_a_grant_smaller_than_the_rent_is_a_persons_to_divide() -> None:
    one = med_hyresvard()
    with pytest.raises(ValueError, match="hyran är större"):
        betalningar(one.ansokan, arende_i(one), Decimal(5000))


def test_nothing_is_paid_for_a_rejection() -> None:
    one = med_hyresvard()
    assert betalningar(one.ansokan, arende_i(one), Decimal(0)) == ()
