"""The scenarios of tests/scenarios, as pure functions."""

from pathlib import Path

import pytest
from scenarier import FILES, Fall, fall, las

from arbetsfloden.ekonomiskt_bistand.beslut.beslut import Forslag, foresla
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.register.underlag import Underlag
from arbetsfloden.ekonomiskt_bistand.regler import granska_arende, granska_folkbokforing
from arbetsfloden.ekonomiskt_bistand.regler.lage import Lage

OF_THE_DOMAIN = {*range(1, 8), 10, 11, *range(14, 17), *range(20, 25), 26, 28}


def as_read(one: Fall, regelverk: Regelverk) -> Underlag:
    """The facts that are read: nothing more is asked once a rule of the beginning stands in the way."""
    known = one.underlag.folkbokforing
    if granska_folkbokforing(Lage(one.ansokan, Underlag(folkbokforing=known), regelverk, one.idag)).slutar:
        return Underlag(folkbokforing=known)
    early = Underlag(folkbokforing=known, arende=one.underlag.arende)
    return early if granska_arende(Lage(one.ansokan, early, regelverk, one.idag)).slutar else one.underlag


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_scenario_comes_out_as_the_case_worker_expects(path: Path, regelverk: Regelverk) -> None:
    one = fall(las(path))
    forslag = foresla(one.ansokan, as_read(one, regelverk), regelverk, one.idag)
    assert forslag.slag == one.vantat["förslag"], forslag.skal
    assert forslag.belopp == (None if one.vantat["belopp"] == "inget" else one.vantat["belopp"])
    assert [rule.nummer for rule in forslag.regler if rule.hindrar] == one.vantat.get("regler", [])
    assert [row.benamning for row in forslag.sidorader] == one.vantat.get("för sig", [])
    assert one.vantat.get("skäl", "") in " ".join(forslag.skal)
    if "norm" in one.vantat:
        assert forslag.berakning is not None
        assert forslag.berakning.normsumma == one.vantat["norm"]
        assert [rule.nummer for rule in forslag.regler] == list(range(1, 47))
        assert max(forslag.berakning.resultat, 0) == one.vantat.get("överskott", 0)
    assert Forslag.model_validate_json(forslag.model_dump_json()) == forslag


def test_every_scenario_that_is_agreed_on_has_a_file_of_its_number() -> None:
    assert {las(path)["nummer"] for path in FILES} >= OF_THE_DOMAIN
    assert all(path.name.startswith(f"{las(path)['nummer']:02}-") for path in FILES)


def test_each_row_of_the_norm_says_whose_it_is(regelverk: Regelverk) -> None:
    for one in map(fall, map(las, FILES)):
        calculation = foresla(one.ansokan, one.underlag, regelverk, one.idag).berakning
        if calculation is None:
            continue
        adult = one.ansokan.sokande.personnummer if len(one.ansokan.vuxna) == 1 else None
        (first, *children, common) = [row.person for row in calculation.norm]
        assert (first, common) == (adult, None)
        assert children == [child.personnummer for child in one.ansokan.barn][: len(children)]
