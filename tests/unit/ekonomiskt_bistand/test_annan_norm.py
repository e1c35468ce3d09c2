"""Last month's norm is compared with the riksnorm: a raised or lowered one is never replaced without a word."""

import dataclasses
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from andringar import Andring, ans, arende, tidigare
from scenarier import FILES, Fall, las

from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.beslut.beslut import Forslag, Forslagsslag, foresla
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk

ANDRE = Personnummer("197910169809")
FODD_JUNI_2026 = "202606049852"
FYRA_I_APRIL_2026 = "202204039875"
TOLV = "201401279888"
SKAL = " Pröva om det finns särskilda skäl."
Prova = Callable[..., Forslag]


def scenario(number: int, **changes: Any) -> dict[str, Any]:
    """A scenario file's text with other values of some keys; `barn` are further children, as the file has them."""
    (path,) = (path for path in FILES if path.name.startswith(f"{number:02}-"))
    text = dict(las(path))
    extra = {f"Barn {place}": one for place, one in enumerate(changes.pop("barn", ()), 1)}
    return {**text, "personer": {**text["personer"], **extra}, **changes}


@pytest.fixture
def provad(bygg: Callable[[dict[str, Any]], Fall], regelverk: Regelverk) -> Prova:
    """The proposal for a text; last month's norm is the riksnorm but for so many kronor, with a change besides."""

    def prova(
        text: dict[str, Any], more: int = 0, *, andra: Andring = lambda fall: fall, regler: Regelverk = regelverk
    ) -> Forslag:
        built = bygg(text)
        assert built.underlag.arende is not None
        shown = built.underlag.arende.berakningar[0].normsumma
        assert shown is not None
        case = andra(tidigare(normsumma=shown + more)((built.ansokan, built.underlag)))
        return foresla(*case, regler, built.idag)

    return prova


def told(forslag: Forslag) -> str:
    """What rule 9 says."""
    assert forslag.regler[8].nummer == 9
    return forslag.regler[8].text


@pytest.mark.parametrize(("more", "shown"), [(500, "13 680"), (2, "13 182"), (-2, "13 178"), (-13180, "0")])
def test_a_household_whose_norm_was_another_last_month_goes_to_a_person(more: int, shown: str, provad: Prova) -> None:
    forslag = provad(scenario(7), more)
    assert forslag.skal == (f"Förra månadens norm var {shown} kr; riksnormen för hushållet är 13 180 kr.{SKAL}",)
    assert forslag.slag is Forslagsslag.OVERLAMNA
    assert forslag.kan_godkannas
    assert forslag.belopp == 6865


@pytest.mark.parametrize("more", [Decimal(0), Decimal(1), Decimal(-1), Decimal("0.50")])
def test_the_same_norm_is_nothing_to_tell_nor_is_another_rounding_of_it(more: Decimal, provad: Prova) -> None:
    forslag = provad(scenario(7), more)
    assert (told(forslag), forslag.slag) == ("", Forslagsslag.BIFALL)


def test_a_norm_that_was_not_read_is_not_compared(provad: Prova) -> None:
    assert provad(scenario(7), andra=tidigare(normsumma=None)).slag is Forslagsslag.BIFALL


def test_a_norm_of_a_month_without_a_table_is_not_compared(provad: Prova, regelverk: Regelverk) -> None:
    without = dataclasses.replace(regelverk, normer=())
    assert told(provad(scenario(7), 500, regler=without)) == ""


@pytest.mark.parametrize(
    "change", [ans(hushallet_andrat=True), arende(hushall=(ANDRE,)), lambda fall: tidigare(antal_personer=4)(
        arende(hushall=None)(fall))], ids=["by the application", "in the case", "by the number"],
)  # fmt: skip
def test_of_a_household_that_has_changed_only_the_change_is_told(change: Andring, provad: Prova) -> None:
    forslag = provad(scenario(7), 500, andra=change)
    assert [one.nummer for one in forslag.regler if one.hindrar] == [4]


# --- The table and the ages of that month -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("idag", "manad", "norm"),
    [(date(2026, 1, 2), "2026-01", "5 180"), (date(2026, 2, 2), "2026-02", "5 220")],
)
def test_the_table_is_the_one_of_that_month(idag: date, manad: str, norm: str, provad: Prova) -> None:
    text = scenario(1, idag=idag, manad=manad)
    assert told(provad(text)) == ""
    assert f"riksnormen för hushållet är {norm} kr." in told(provad(text, 500))


def test_a_month_without_a_table_of_its_own_is_still_compared_with_the_month_before(provad: Prova) -> None:
    assert told(provad(scenario(11))) == ""
    assert "riksnormen för hushållet är 32 130 kr." in told(provad(scenario(11), 500))


def test_a_child_has_the_age_that_it_had_last_month(provad: Prova) -> None:
    text = scenario(
        1,
        idag=date(2026, 4, 1),
        manad="2026-04",
        barn=[{"personnummer": FYRA_I_APRIL_2026, "barn": "Heltid"}],
        bostad={"rum": 2, "personer": 2},
    )
    forslag = provad(text)
    assert told(forslag) == ""
    assert forslag.berakning is not None
    assert forslag.berakning.normsumma == 3940 + 3060 + 1410
    assert "riksnormen för hushållet är 8 070 kr." in told(provad(text, 340))


# --- A child that came ------------------------------------------------------------------------------------------------


def newborn(manad: str) -> dict[str, Any]:
    """A household with a child born in June 2026 that the case knows of; last month's norm has the child too."""
    return scenario(
        1,
        idag=Manad.parse(manad).last,
        manad=manad,
        barn=[{"personnummer": FODD_JUNI_2026, "barn": "Heltid"}],
        bostad={"rum": 2, "personer": 2},
    )


WITH_CHILD, WITHOUT = 3940 + 2740 + 1410, 3940 + 1280


@pytest.mark.parametrize(
    ("manad", "norm", "sentence"),
    [
        ("2026-06", WITHOUT, ""),
        ("2026-06", WITH_CHILD, "är 5 220 kr."),
        ("2026-07", WITHOUT, ""),
        ("2026-07", WITH_CHILD, ""),
        ("2026-07", WITHOUT + 500, "är 5 220 kr utan och 8 090 kr med barn fött i juni 2026."),
        ("2026-08", WITH_CHILD, ""),
        ("2026-08", WITHOUT, "är 8 090 kr."),
    ],
)
def test_a_child_counts_from_the_month_of_its_birth_in_which_both_norms_are_right(
    manad: str, norm: int, sentence: str, bygg: Callable[[dict[str, Any]], Fall], regelverk: Regelverk
) -> None:
    built = bygg(newborn(manad))
    case = tidigare(normsumma=Decimal(norm))((built.ansokan, built.underlag))
    text = told(foresla(*case, regelverk, built.idag))
    assert text.removesuffix(SKAL).partition("riksnormen för hushållet ")[2] == sentence


# --- What no calculation shows ----------------------------------------------------------------------------------------


def test_a_child_that_lives_in_turns_is_half(provad: Prova) -> None:
    text = scenario(1, barn=[{"personnummer": TOLV, "barn": "Växelvis"}], bostad={"rum": 2, "personer": 2})
    assert told(provad(text)) == ""
    assert "hushållet är 7 545 kr. Pröva" in told(provad(text, 2195))


@pytest.mark.parametrize("more", [500, 144, -144])
def test_days_of_visits_that_may_have_been_others_are_told(more: int, provad: Prova) -> None:
    visits = [{"personnummer": TOLV, "barn": "Umgänge", "dagar": 8}]
    text = scenario(1, barn=visits, bostad={"rum": 2, "personer": 2})
    assert told(provad(text)) == ""
    assert told(provad(text, more)).endswith(
        f"riksnormen för hushållet är 6 372 kr med lika många dagars umgänge som nu.{SKAL}"
    )


def test_those_who_share_the_home_may_have_been_others(provad: Prova) -> None:
    text = scenario(1, bostad={"rum": 3, "personer": 3, "delad": True})
    assert told(provad(text)) == ""
    assert told(provad(text, 683)).endswith(f"är 4 537 kr med lika många i hemmet som nu.{SKAL}")


def test_a_home_shared_with_a_child_on_visits_says_both(provad: Prova) -> None:
    visits = [{"personnummer": TOLV, "barn": "Umgänge", "dagar": 8}]
    text = scenario(1, barn=visits, bostad={"rum": 3, "personer": 4, "delad": True})
    assert told(provad(text, 500)).endswith(f" med lika många dagars umgänge och lika många i hemmet som nu.{SKAL}")
