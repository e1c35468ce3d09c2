"""A proposal made again from the steps of its case, as they stand in the journal."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from journalsteg import begynnelse, last, lasta
from plans.households import household
from scenarier import FILES, fall, las
from varldsfakta import fall as varldsfall

from arbetsfloden.ekonomiskt_bistand.beslut.beslut import foresla
from arbetsfloden.ekonomiskt_bistand.efterat.omrakning import FORSLAG, Omraknare
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk, load_regelverk, regelverk_av
from medarbetare.engine import Original
from medarbetare.engine.difference import differences
from medarbetare.engine.ruleset import version_of
from medarbetare.errors import ConfigurationError
from sandkommun.etjanst.documents import flow_instance
from sandkommun.etjanst.form import of_application
from sandkommun.generating import generate
from sandkommun.worlds import World

CONFIG = Path(__file__).parents[3] / "config" / "ekonomiskt_bistand"
TODAY = date(2026, 12, 1)
GENERATED = 200


def olika(step: str, result: Any, before: Mapping[str, Any], regelverk: Regelverk) -> list[str]:
    """Where a proposal that is made again differs, by the way through JSON that the journal takes."""
    read = json.loads(json.dumps([result, before]))
    return differences(*Omraknare().again(step, read[0], read[1], regelverk))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_scenario_gives_the_same_proposal_again(path: Path, regelverk: Regelverk) -> None:
    one, text = fall(las(path)), las(path)
    home = household(text["nummer"])
    underlag = last(one.ansokan, one.underlag, regelverk, one.idag)
    forslag = foresla(home.ansokan, underlag, regelverk, one.idag)
    steps = begynnelse(home.original, one.idag) | lasta(underlag)
    # What the form says that the scenario's own application leaves out is read anew: the original is the truth.
    then, now = Omraknare().again(FORSLAG, forslag.model_dump(mode="json"), steps, regelverk)
    assert differences(then, now) == []


def test_two_hundred_generated_households_give_the_same_proposals_again(regelverk: Regelverk) -> None:
    world = World.model_validate(generate(GENERATED, 7, TODAY))
    kept = regelverk_av(regelverk.filer)
    made = 0
    for reference, entry in world.inkorg.items():
        if not hasattr(entry, "namnda"):
            continue
        ansokan, read = varldsfall(world, reference)
        underlag = last(ansokan, read, regelverk, TODAY)
        forslag = foresla(ansokan, underlag, regelverk, TODAY)
        original = Original.of(flow_instance(of_application(reference, entry, world)))
        steps = begynnelse(original, TODAY) | lasta(underlag)
        assert olika(FORSLAG, forslag.model_dump(mode="json"), steps, kept) == [], reference
        made += 1
    assert made >= GENERATED


def test_each_round_rests_on_its_own_facts_and_day(regelverk: Regelverk) -> None:
    home, later = household(2), date(2026, 12, 7)
    (aktivitetsstod,) = home.underlag.fk
    paid = aktivitetsstod.utbetalningar[0]
    more = paid.model_copy(update={"netto": paid.netto + 100, "brutto": paid.brutto + 100})
    changed = home.underlag.model_copy(update={"fk": (aktivitetsstod.model_copy(update={"utbetalningar": (more,)}),)})
    first = foresla(home.ansokan, home.underlag, regelverk, TODAY)
    second = foresla(home.ansokan, changed, regelverk, later)
    before = begynnelse(home.original, TODAY) | lasta(home.underlag)
    after = before | {FORSLAG: first.model_dump(mode="json")} | {"läs om, omgång 2": later.isoformat()}
    after |= lasta(changed, ", omgång 2")

    assert second.belopp != first.belopp
    assert olika(FORSLAG, first.model_dump(mode="json"), before, regelverk) == []
    assert olika("föreslå, omgång 2", second.model_dump(mode="json"), after, regelverk) == []
    wrong = olika("föreslå, omgång 2", first.model_dump(mode="json"), after, regelverk)
    assert {"belopp", "dag", "berakning.inkomstsumma"} <= set(wrong)


def test_the_day_after_an_approval_is_that_of_the_approval(regelverk: Regelverk) -> None:
    home, later = household(2), date(2026, 12, 7)
    forslag = foresla(home.ansokan, home.underlag, regelverk, later).model_dump(mode="json")
    steps = begynnelse(home.original, TODAY) | lasta(home.underlag)
    steps |= {"beslutsläge": {"dag": later.isoformat(), "las_om": True}} | lasta(home.underlag, ", omgång 2")
    assert olika("föreslå, omgång 2", forslag, steps, regelverk) == []


def test_other_rules_give_another_proposal_and_it_is_told_where(regelverk: Regelverk) -> None:
    home = household(2)
    steps = begynnelse(home.original, TODAY) | lasta(home.underlag)
    forslag = foresla(home.ansokan, home.underlag, regelverk, TODAY).model_dump(mode="json")
    norm = "normer/riksnorm-2026.yaml"
    higher = regelverk.filer[norm].replace(b"ensam: 3940", b"ensam: 3950")
    changed = regelverk_av({**regelverk.filer, norm: higher})
    assert {"belopp", "berakning.normsumma", "regelverk_version"} <= set(olika(FORSLAG, forslag, steps, changed))


def test_rules_from_kept_files_are_the_rules_of_the_folder(regelverk: Regelverk) -> None:
    assert regelverk == load_regelverk(CONFIG) == regelverk_av(dict(regelverk.filer))
    assert regelverk.version == version_of(regelverk.filer)
    without = {name: content for name, content in regelverk.filer.items() if name != "texter.yaml"}
    with pytest.raises(ConfigurationError, match=r"texter.yaml: filen finns inte"):
        regelverk_av(without)
