"""World files and the series of personal numbers."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from sandkommun import testpersoner, worlds
from sandkommun.etjanst.documents import flow_instance, pdf
from sandkommun.etjanst.form import of_application
from sandkommun.worlds import WorldError
from sandkommun.worlds.applications import Ansokan
from sandkommun.worlds.elements import Element


def application(world: worlds.World, reference: str) -> Ansokan:
    entry = world.inkorg[reference]
    assert isinstance(entry, Ansokan)
    return entry


def test_every_listed_number_belongs_to_the_series_once() -> None:
    listed = testpersoner.listed()
    assert len(listed) > 300
    assert len(set(listed)) == len(listed)
    assert all(testpersoner.is_test_number(number) for number in listed)


@pytest.mark.parametrize("number", ["198501289833", "198502309832", "198501281232", "8501289832"])
def test_wrong_check_digit_day_serial_or_length_is_not_a_test_number(number: str) -> None:
    assert not testpersoner.is_test_number(number)


def test_a_year_gives_more_numbers_than_it_has_days() -> None:
    numbers = [testpersoner.personnummer(1988, n) for n in range(1000)]
    assert len(set(numbers)) == 1000
    assert all(testpersoner.is_test_number(number) for number in numbers)


@pytest.mark.parametrize("name", worlds.shipped())
def test_a_shipped_world_is_read_back_as_it_was_written(name: str, tmp_path: Path) -> None:
    world = worlds.load(name)
    (tmp_path / "world.yaml").write_text(worlds.dump(world), "utf-8")
    assert worlds.load(tmp_path / "world.yaml") == world


def test_a_world_may_build_on_another_and_say_otherwise_only_what_it_says(tmp_path: Path) -> None:
    demo, grid = worlds.load("demo"), worlds.load("demo-grid")
    assert (demo.systemval("verksamhet").skin, grid.systemval("verksamhet").skin) == ("frames", "grid")
    assert grid.systemval("verksamhet").session == demo.systemval("verksamhet").session
    assert grid.personer == demo.personer
    (tmp_path / "egen.yaml").write_text("bygger_pa: demo\npersoner: {tova: {fornamn: Tove}}\nfel: []\n", "utf-8")
    own = worlds.load(tmp_path / "egen.yaml")
    assert (own.personer["tova"].fornamn, own.personer["tova"].efternamn) == ("Tove", "Testsson")


def test_a_file_is_told_from_where_the_world_lies(tmp_path: Path) -> None:
    (tmp_path / "blankett.xml").write_text("<blankett/>", "utf-8")
    form = "{inkommet: 2026-12-01T06:50:00, e_tjanst: Prov, fil: blankett.xml}"
    (tmp_path / "egen.yaml").write_text(f'bygger_pa: demo\ninkorg: {{"999999": {form}}}\n', "utf-8")
    entry = worlds.load(tmp_path / "egen.yaml").inkorg["999999"]
    assert getattr(entry, "fil", "") == str(tmp_path / "blankett.xml")


@pytest.mark.parametrize("other", ["demo-grid", "finns-inte", "[1]"])
def test_a_world_that_cannot_be_built_on_is_told(tmp_path: Path, other: str) -> None:
    (tmp_path / "egen.yaml").write_text(f"bygger_pa: {other}\n", "utf-8")
    with pytest.raises(WorldError, match=r"bygger|går inte att läsa|finns inte"):
        worlds.load(tmp_path / "egen.yaml")


def test_copies_are_other_people_of_the_same_ages_with_the_same_facts() -> None:
    demo = worlds.load("demo")
    copied = worlds.copies(demo, "260107", 40)
    numbers = [person.personnummer for person in copied.personer.values()]
    assert len(copied.inkorg) == len(copied.arenden) == 40
    assert len(set(numbers)) == 120
    assert not set(numbers) & {person.personnummer for person in demo.personer.values()}
    assert {number[:4] for number in numbers} == {"1988", "2021", "2014"}
    assert all((number[4:6], number[6:8]) <= ("12", "01") for number in numbers)
    assert len({case.konto for case in copied.arenden.values()}) == 40
    for case, one in zip(copied.arenden.values(), copied.inkorg.values(), strict=True):
        assert isinstance(one, Ansokan)
        assert case.konto is not None
        assert one.konto.text == case.konto.text == case.utbetalningar[0].konto
        assert case.mottagare == copied.personer[one.sokande].namn
        assert one.kostnader == application(demo, "260107").kostnader


def test_only_keeps_one_household_and_its_case() -> None:
    world = worlds.only(worlds.load("demo"), "260106")
    assert set(world.personer) == {"pia", "par"}
    assert list(world.arenden) == ["4706"]


def test_every_calculation_of_the_demo_adds_up() -> None:
    for nr, case in worlds.load("demo").arenden.items():
        for berakning in case.berakningar:
            incomes = sum((rad.belopp for rad in berakning.inkomster), Decimal(0))
            costs = sum((rad.godkant for rad in berakning.kostnader), Decimal(0))
            assert incomes - berakning.normsumma - costs == berakning.resultat, nr


def test_the_demo_declares_what_the_register_pays_for_november() -> None:
    world = worlds.load("demo")
    november = (date(2026, 11, 1), date(2026, 11, 30))
    for ref, entry in world.inkorg.items():
        if not isinstance(entry, Ansokan):
            continue
        people = {key for one in world.hushall.values() if entry.sokande in one.vuxna for key in one.medlemmar}
        paid = [(key, row) for key in people for row in world.personer[key].fk.utbetalningar]
        covering = {(key, row.forman, row.netto, row.datum) for key, row in paid if (row.fran, row.till) == november}
        declared = {(row.person, row.typ, row.belopp, row.datum) for row in entry.inkomster if row.typ != "Lön"}
        assert covering == declared, ref


def test_a_wrong_world_is_refused_with_file_path_and_expectation_but_no_personal_number(tmp_path: Path) -> None:
    file = tmp_path / "fel.yaml"
    file.write_text(
        'today: 2026-12-01\npersoner: {bo: {personnummer: "198501289833", fornamn: Bo, efternamn: Prov, skyd: Ja}}\n'
        "hushall: {}\n",
        "utf-8",
    )
    with pytest.raises(WorldError) as refused:
        worlds.load(file)
    text = str(refused.value)
    assert f"{file}, rad 2: personer.bo.skyd: okänd nyckel; menade du skydd?" in text
    assert "personer.bo.personnummer" in text
    assert "198501289833" not in text


def test_people_who_are_named_but_not_there_are_pointed_out(tmp_path: Path) -> None:
    file = tmp_path / "fel.yaml"
    file.write_text("today: 2026-12-01\npersoner: {}\nhushall: {x: {adress: Provgatan 1, vuxna: [bo]}}\n", "utf-8")
    with pytest.raises(WorldError, match=r"hushall\.x: personen 'bo' finns inte"):
        worlds.load(file)


def test_the_form_holds_the_applications_answers_in_latin_1() -> None:
    world = worlds.load("demo")
    form = of_application("260107", application(world, "260107"), world)
    xml = flow_instance(form)
    assert xml == flow_instance(form)
    text = xml.decode("iso-8859-1")
    assert "<FlowInstanceID>260107</FlowInstanceID>" in text
    assert "<kind><![CDATA[Hushållsel]]></kind>" in text
    assert "<amount>612</amount>" in text
    assert pdf(form).startswith(b"%PDF")


def test_a_world_never_changes_after_loading() -> None:
    world = worlds.load("demo")
    assert isinstance(world, Element)
    with pytest.raises(ValueError, match="frozen"):
        world.kommun = "Annankommun"  # type: ignore[misc]
