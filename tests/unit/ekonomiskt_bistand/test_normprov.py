"""Next year's norm held against this year's, and tried on households of a month."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from journalsteg import Steg, begynnelse, last, lasta
from plans.households import household
from varldsfakta import fall as varldsfall

from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.beslut.beslut import foresla
from arbetsfloden.ekonomiskt_bistand.efterat.normprov import Normprov
from arbetsfloden.ekonomiskt_bistand.efterat.omrakning import FORSLAG
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.register.underlag import Arende
from medarbetare.engine import Original
from medarbetare.engine.presentation import Section
from medarbetare.engine.ruleset import Placed
from medarbetare.errors import BusinessError, ConfigurationError
from sandkommun.etjanst.documents import flow_instance
from sandkommun.etjanst.form import of_application
from sandkommun.generating import generate
from sandkommun.worlds import World

CONFIG = Path(__file__).parents[3] / "config" / "ekonomiskt_bistand"
TODAY = date(2026, 12, 1)
HOUSEHOLDS = 120

Ny = Callable[..., Path]


@pytest.fixture
def ny(tmp_path: Path) -> Ny:
    """A file with the table of 2027: this year's amounts, but for what is given."""

    def write(**changes: Any) -> Path:
        table = yaml.safe_load((CONFIG / "normer" / "riksnorm-2026.yaml").read_text("utf-8"))
        dates = {"namn": "Riksnorm 2027", "valid_from": "2027-01-01", "valid_to": "2027-12-31", "status": "published"}
        file = tmp_path / "riksnorm-2027.yaml"
        file.write_text(yaml.safe_dump({**table, **dates, **changes}, allow_unicode=True), "utf-8")
        return file

    return write


@pytest.fixture
def prov(ny: Ny, regelverk: Regelverk) -> Callable[..., Normprov]:
    def build(month: str | None = None, **changes: Any) -> Normprov:
        return Normprov.av_fil(ny(**changes), regelverk, month, TODAY)

    return build


def steg(number: int, regelverk: Regelverk) -> Steg:
    """The finished steps of a scenario's case."""
    home = household(number)
    underlag = last(home.ansokan, home.underlag, regelverk, TODAY)
    forslag = foresla(home.ansokan, underlag, regelverk, TODAY).model_dump(mode="json")
    return begynnelse(home.original, TODAY) | lasta(underlag) | {FORSLAG: forslag}


def section(prov: Normprov, begins: str) -> Section:
    return next(one for one in prov.effect() if one.title.startswith(begins))


def rows(prov: Normprov, begins: str) -> dict[str, tuple[str, ...]]:
    return {row[0]: row[1:] for row in section(prov, begins).rows}


def test_the_table_is_shown_beside_the_year_before_row_by_row(prov: Callable[..., Normprov]) -> None:
    shown = prov(ensam=4040).compared
    assert shown.columns == ("Post", "Riksnorm 2026", "Riksnorm 2027", "Ändring kr", "Ändring %")
    by_name = {row[0]: row[1:] for row in shown.rows}
    assert by_name["Ensamstående"] == ("3 940", "4 040", "+100", "+2,5")
    assert by_name["Barn 11–14 år"] == ("4 390", "4 390", "0", "+0,0")
    assert by_name["Gemensamma kostnader, 7 personer"] == ("2 830", "2 830", "0", "+0,0")
    assert len(by_name) == 22  # adults, eight ages, four with lunch elsewhere, seven sizes, the price base amount


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"approved_by": None}, "approved_by saknas"),
        ({"decision_reference": None}, "decision_reference saknas"),
        ({"source": " "}, "source saknas"),
        ({"status": "estimate"}, "status är estimate"),
        ({"prisbasbelopp": None}, "prisbasbelopp saknas"),
        ({"valid_from": "2026-12-01"}, "gäller samtidigt som Riksnorm 2026"),
        ({"valid_from": "2027-02-01"}, "Mellan Riksnorm 2026 (till 2026-12-31) och den nya (från 2027-02-01)"),
        ({"valid_from": "2027-01-02"}, "inte den första i en månad"),
        ({"valid_to": "2027-12-30"}, "inte den sista i en månad"),
        ({"valid_to": "2026-12-31"}, "före valid_from"),
        ({"namn": "Riksnorm 2026"}, "en annan tabell heter också Riksnorm 2026"),
    ],
)
def test_what_the_table_lacks_is_told(prov: Callable[..., Normprov], changes: dict[str, Any], told: str) -> None:
    assert told in " ".join(prov(**changes).missing)


def test_a_whole_table_lacks_nothing_and_nothing_in_it_is_doubtful(prov: Callable[..., Normprov]) -> None:
    whole = prov(ensam=4040)
    assert (whole.missing, whole.doubtful) == ((), ())
    assert "januari 2027" in whole.next_steps


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"ensam": 3939}, "Ensamstående: 3 939 kr är lägre än 3 940 kr året före."),
        ({"ensam": 4532}, "Ensamstående: 4 532 kr är mer än 15 procent högre än 3 940 kr året före."),
        ({"gemensamt": [1280, 1410, 1790, 2330, 2330, 2320, 2830]}, "6 personer: 2 320 kr är lägre än för 5 personer."),
        ({"par": 3900}, "Sambor, båda tillsammans: 3 900 kr är lägre än för en ensamstående."),
    ],
)
def test_an_amount_that_looks_mistyped_is_told_by_its_row(
    prov: Callable[..., Normprov], changes: dict[str, Any], told: str
) -> None:
    assert told in " ".join(prov(**changes).doubtful)


def test_a_file_that_is_no_table_is_refused_by_its_line(ny: Ny, regelverk: Regelverk) -> None:
    file = ny(ensam="fyra tusen")
    with pytest.raises(
        ConfigurationError, match=r"riksnorm-2027.yaml:[0-9]+: ensam: fann «fyra tusen», väntade ett tal"
    ):
        Normprov.av_fil(file, regelverk, None, TODAY)
    with pytest.raises(BusinessError, match="ÅÅÅÅ-MM"):
        Normprov.av_fil(ny(), regelverk, "december", TODAY)


def test_the_effect_on_a_months_households_tells_of_groups_and_never_of_one(
    prov: Callable[..., Normprov], regelverk: Regelverk
) -> None:
    world = World.model_validate(generate(HOUSEHOLDS, 7, TODAY))
    trial = prov("2026-12", ensam=4040)
    for reference, entry in world.inkorg.items():
        if not hasattr(entry, "namnda"):
            continue
        ansokan, read = varldsfall(world, reference)
        underlag = last(ansokan, read, regelverk, TODAY)
        forslag = foresla(ansokan, underlag, regelverk, TODAY)
        original = Original.of(flow_instance(of_application(reference, entry, world)))
        steps = begynnelse(original, TODAY) | lasta(underlag) | {FORSLAG: forslag.model_dump(mode="json")}
        december = ansokan.manad == Manad(2026, 12)
        assert (trial.take(f"handtag-{reference}", steps) is Placed.WITHIN) is december

    groups = rows(trial, "Hur underskottet")
    assert groups["Ensamstående utan barn"][3] == "+100"
    assert {shown[1:] for kind, shown in groups.items() if kind.startswith("Par")} == {("0", "0", "0")}
    assert all(int(shown[0]) >= 5 or shown[1:] == ("visas inte",) * 3 for shown in groups.values())
    together = rows(trial, "Ansökningar om december 2026")
    assert int(together["Hushåll med en beräkning"][0]) == sum(int(shown[0]) for shown in groups.values())
    before, after, change = (int(text.replace(" ", "")) for text in together["Underskott tillsammans, kr"])
    assert 0 < change == after - before <= 100 * HOUSEHOLDS
    shown = repr(trial.effect())
    assert not any(person.personnummer in shown or person.namn in shown for person in world.personer.values())


def test_an_application_that_gets_another_outcome_is_named_by_its_handle(
    prov: Callable[..., Normprov], regelverk: Regelverk
) -> None:
    trial = prov(ensam=5000)
    for number, handle in ((16, "sjukpenning"), (2, "vanlig")):
        assert trial.take(handle, steg(number, regelverk)) is Placed.WITHIN
    assert section(trial, "Ansökningar som får en annan utgång").rows == (
        ("förslag om avslag", "bifall", "1", "sjukpenning"),
    )
    (rule,) = section(trial, "Regler som träffar").rows
    assert rule[0].startswith("42. ")
    assert rule[1:] == ("0", "1")
    assert rows(trial, "Hur underskottet")["Övriga hushåll"] == ("2", *("visas inte",) * 3)


def test_a_household_whose_norm_had_been_raised_is_handed_over_with_either_table(
    prov: Callable[..., Normprov], regelverk: Regelverk
) -> None:
    steps = steg(2, regelverk)
    case = Arende.model_validate(steps["läs ärende"])
    raised = case.berakningar[0].model_copy(update={"normsumma": Decimal(5720)})
    case = case.model_copy(update={"berakningar": (raised,)})
    trial = prov(ensam=4040)
    assert trial.take("höjd", {**steps, "läs ärende": case.model_dump(mode="json")}) is Placed.WITHIN
    assert [one.title for one in trial.effect()] == [
        "Ansökningar om december 2026, som om tabellen hade gällt då",
        "Hur underskottet ändras, kr per hushåll",
    ]


def test_the_latest_month_is_tried_unless_another_is_named(prov: Callable[..., Normprov], regelverk: Regelverk) -> None:
    def of(month: str) -> Steg:
        steps = steg(1, regelverk)
        return {**steps, FORSLAG: {**steps[FORSLAG], "manad": month}}

    latest = prov()
    placed = [latest.take("ett", of(month)) for month in ("2026-11", "2027-01", "2026-12", "2026-11", "2026-12")]
    assert placed == [Placed.WITHIN, Placed.ASIDE, Placed.WITHIN, Placed.EARLIER, Placed.WITHIN]
    assert rows(latest, f"Ansökningar om {Manad(2026, 12).name}")["Ansökningar som prövats"][0] == "2"

    named = prov("2026-11")
    placed = [named.take("ett", of(month)) for month in ("2026-12", "2026-11", "2026-10")]
    assert placed == [Placed.ASIDE, Placed.WITHIN, Placed.EARLIER]
    assert named.take("utan", begynnelse(household(1).original, TODAY)) is Placed.ASIDE
