"""The generated municipality: the same from the same seed, right as a world, and everything happens in it."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from sandkommun import testpersoner, worlds
from sandkommun.generating import generate, write_file
from sandkommun.generating.situations import ALL
from sandkommun.worlds import World
from sandkommun.worlds.agencies import Fkutbetalning
from sandkommun.worlds.applications import Ansokan
from sandkommun.worlds.cases import Arende, Berakning
from sandkommun.worlds.people import Person

TODAY = date(2026, 12, 1)
NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))
ORDINARY_KINDS = {
    *("Lön", "Barnbidrag", "Underhållsstöd", "Bostadsbidrag", "Aktivitetsstöd", "Sjukpenning", "Föräldrapenning"),
}
REASONABLE = {"Hushållsel": 2500, "Hemförsäkring": 250, "Arbetsresor": 1800, "Fackavgift": 900, "A-kasseavgift": 400}


@dataclass(frozen=True)
class Applied:
    """One application with everybody it names, their case and what was calculated last."""

    one: Ansokan
    case: Arende | None
    people: dict[str, Person]
    world: World

    @property
    def applicant(self) -> Person:
        return self.world.personer[self.one.sokande]

    @property
    def adults(self) -> list[Person]:
        keys = [self.one.sokande, *([self.one.medsokande.person] if self.one.medsokande else [])]
        return [self.world.personer[key] for key in keys]

    @property
    def last(self) -> Berakning | None:
        return self.case.berakningar[-1] if self.case and self.case.berakningar else None

    def paid(self, covering: tuple[date, date] = NOVEMBER) -> dict[tuple[str, str], Fkutbetalning]:
        """What Försäkringskassan pays for a month, by person and benefit."""
        rows = [(key, row) for key, person in self.people.items() for row in person.fk.utbetalningar if row.typ != 3]
        return {(key, row.forman): row for key, row in rows if (row.fran, row.till) == covering}

    @property
    def declared(self) -> dict[tuple[str, str], Decimal]:
        return {(row.person, row.typ): row.belopp for row in self.one.inkomster}

    def cost(self, kind: str) -> Decimal:
        return sum((row.belopp for row in self.one.kostnader if row.typ == kind), Decimal(0))

    def cost_before(self, kind: str) -> Decimal:
        rows = self.last.kostnader if self.last else ()
        return sum((row.sokt for row in rows if row.typ == kind), Decimal(0))

    def counted(self, kind: str) -> Decimal:
        rows = self.last.inkomster if self.last else ()
        return sum((row.belopp for row in rows if row.typ == kind), Decimal(0))


def _band(born: date, day: date) -> int:
    age = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return sum(age > oldest for oldest in (0, 2, 3, 6, 10, 14, 18, 20))


def _deviates(one: Applied) -> bool:
    return any(
        one.counted(kind) and abs(amount - one.counted(kind)) > one.counted(kind) * Decimal("0.15")
        for (_, kind), amount in one.declared.items()
        if kind == "Aktivitetsstöd"
    )


def _decided_months(one: Applied) -> Counter[date]:
    return Counter(row.fran for row in one.case.beslut) if one.case else Counter()


def _registers(one: Applied) -> set[str]:
    said = [agency for person in one.adults for agency in (person.fk, person.af)]
    return {status for agency in said for status in (agency.status, *agency.svar)}


def _childs_wages(one: Applied) -> list[Decimal]:
    return [row.belopp for row in one.one.inkomster if row.typ == "Lön" and "-" in row.person]


def _wage(one: Applied) -> bool:
    return any(row.typ == "Lön" and row.person == one.one.sokande for row in one.one.inkomster)


def _stimulus(one: Applied) -> bool:
    row = one.case.jobbstimulans if one.case else None
    return row is not None and row.fran <= date(2026, 11, 1) <= row.till


def _all_as_before(one: Applied) -> bool:
    return one.last is not None and all(one.cost(row.typ) <= row.sokt for row in one.last.kostnader)


RULES: dict[int, Callable[[Applied], bool]] = {
    1: lambda one: one.applicant.skydd is not None or one.applicant.af.sekretess or one.applicant.csn.sekretess,
    2: lambda one: one.applicant.kommun is not None,
    3: lambda one: one.case is None or one.case.status == "Avslutat",
    4: lambda one: one.one.hushall_andrat,
    5: lambda one: _decided_months(one)[TODAY] > 0,
    6: lambda one: one.one.medsokande is not None and not one.one.medsokande.signerat,
    7: lambda one: not one.one.intygat,
    8: lambda one: bool(one.one.meddelande or one.one.bilagor),
    9: lambda one: one.case is not None and not one.case.berakningar,
    11: lambda one: bool(_registers(one) & {"FELANDE", "OTILLGANGLIG"}),
    12: lambda one: any(person.fk.avvikelse == "OBEHORIG" for person in one.adults),
    13: lambda one: bool(set(one.paid()) - set(one.declared)),
    14: lambda one: bool({key for key in one.declared if key[1] == "Aktivitetsstöd"} - set(one.paid())),
    15: _deviates,
    16: lambda one: any(row.typ not in ORDINARY_KINDS for row in one.one.inkomster),
    17: lambda one: bool(one.declared) and set(one.paid()) == set(one.declared),
    18: lambda one: any(row.typ == 3 for person in one.adults for row in person.fk.utbetalningar),
    19: lambda one: any(row.avdragstyp for row in one.paid().values()),
    20: lambda one: any(
        person.fk.arenden or person.so.ansokt or any(row.status == "INITIERAD" for row in person.csn.arenden)
        for person in one.adults
    ),
    21: lambda one: any(person.so.avstangningar for person in one.adults),
    22: lambda one: any(person.af.avaktualiserad for person in one.adults),
    23: lambda one: any(
        person.af.aktivitetsrapport is not None and person.af.aktivitetsrapport.kod != 200 for person in one.adults
    ),
    24: lambda one: one.case is not None and (one.case.planering is None or one.case.planering.till < TODAY),
    25: lambda one: one.case is not None and any(row.narvaro * 4 < row.planerat * 3 for row in one.case.narvaro),
    26: lambda one: one.counted("Sjukpenning") > 0 and not any(row.typ == "Sjukpenning" for row in one.one.inkomster),
    27: lambda one: bool(one.applicant.csn.utbetalningar),
    28: lambda one: _wage(one) and _stimulus(one) and one.case is not None and len(one.case.bistandsmanader) >= 6,
    29: lambda one: _wage(one) and not _stimulus(one),
    30: lambda one: bool(_childs_wages(one)),
    31: lambda one: any(row.boende != "Heltid" for row in one.one.barn),
    32: lambda one: any(
        _band(born, date(2026, 11, 30)) != _band(born, date(2026, 12, 31))
        for born in (testpersoner.birth_date(one.world.personer[row.person].personnummer) for row in one.one.barn)
    ),
    33: lambda one: one.cost("Hyra") == one.cost_before("Hyra") > 0,
    34: lambda one: one.cost("Hyra") > one.cost_before("Hyra") > 0 or one.cost("Hyra") > 8700,
    35: lambda one: any(
        one.cost(kind) > most or one.cost(kind) > 0 == one.cost_before(kind) for kind, most in REASONABLE.items()
    ),
    36: lambda one: any(one.cost(kind) for kind in ("Medicin", "Tandvård", "Glasögon", "Skuld")),
    37: lambda one: any(person.ts.fordon for person in one.adults),
    38: lambda one: one.one.tillgangar or any(person.skv.kapital for person in one.adults),
    39: lambda one: one.one.konto.andrat,
    40: lambda one: one.one.vistelse_annan_ort,
    41: lambda one: (
        one.applicant.medborgarskap != "Sverige"
        and not any(row.till is None or row.till >= TODAY for row in one.applicant.miv.tillstand)
    ),
    42: lambda one: (
        sum(one.declared.values()) > sum(row.belopp for row in one.one.kostnader) + 9000 and len(one.people) == 1
    ),
    43: lambda one: _all_as_before(one) and set(one.paid()) == set(one.declared) and not one.one.meddelande,
    45: lambda one: any(times > 1 for times in _decided_months(one).values()),
    46: lambda one: one.one.manad == "2027-01" or len(one.one.barn) >= 6,
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    file = tmp_path_factory.mktemp("generated") / "kommun.yaml"
    write_file(generate(200, 5, TODAY), file)
    return worlds.load(file)


@pytest.fixture(scope="module")
def applied(world: World) -> list[Applied]:
    homes = {key: one for one in world.hushall.values() for key in one.medlemmar}
    cases = {case.sokande: case for case in world.arenden.values()}
    found = []
    for one in world.inkorg.values():
        assert isinstance(one, Ansokan)
        people = {key: world.personer[key] for key in homes[one.sokande].medlemmar}
        found.append(Applied(one, cases.get(one.sokande), people, world))
    return found


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_world(tmp_path: Path) -> None:
    for name, seed in (("a.yaml", 5), ("b.yaml", 5), ("c.yaml", 6)):
        write_file(generate(60, seed, TODAY), tmp_path / name)
    assert (tmp_path / "a.yaml").read_bytes() == (tmp_path / "b.yaml").read_bytes()
    assert (tmp_path / "a.yaml").read_bytes() != (tmp_path / "c.yaml").read_bytes()


def test_the_world_is_the_same_as_json_and_as_yaml(tmp_path: Path) -> None:
    made = generate(30, 1, TODAY)
    write_file(made, tmp_path / "kommun.json")
    write_file(made, tmp_path / "kommun.yaml")
    assert json.loads((tmp_path / "kommun.json").read_text("utf-8")) == made
    assert worlds.load(tmp_path / "kommun.json") == worlds.load(tmp_path / "kommun.yaml")


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_of_the_table_concerns_some_household(applied: list[Applied], rule: int) -> None:
    assert any(RULES[rule](one) for one in applied)


def test_the_rules_that_are_the_municipalitys_own_stand_in_its_guidelines(world: World) -> None:
    assert set(range(1, 47)) - set(RULES) == {10, 44}
    assert world.lokalt["delegation"]["beslutstyper"]["avslag_forsorjningsstod"]["approved_by"] is None
    assert world.lokalt["kommun"]["stickprov"]["andel"] > 0
    assert {rule for one in ALL for rule in one.rules} == set(range(1, 47)) - {10, 44}


def test_every_situation_happens_when_there_are_households_enough() -> None:
    assert len(ALL) <= 200


def test_most_households_have_nothing_special(applied: list[Applied]) -> None:
    quiet = [one for one in applied if RULES[43](one) and not one.one.bilagor and one.one.konto.andrat is False]
    assert len(quiet) > len(applied) / 3


def test_what_staff_calculated_adds_up_and_is_what_they_decided_and_paid(world: World) -> None:
    for nr, case in world.arenden.items():
        for berakning in case.berakningar:
            incomes = sum((rad.belopp for rad in berakning.inkomster), Decimal(0))
            costs = sum((rad.godkant for rad in berakning.kostnader), Decimal(0))
            assert incomes - berakning.normsumma - costs == berakning.resultat, nr
            first = date.fromisoformat(f"{berakning.manad}-01")
            granted = max(-berakning.resultat, Decimal(0))
            assert {row.belopp for row in case.beslut if row.fran == first} == {granted}, nr
            assert {row.belopp for row in case.utbetalningar if row.manad == berakning.manad} <= {granted}, nr


def test_people_are_test_persons_each_with_a_number_of_their_own_and_now_and_then_a_namesake(world: World) -> None:
    numbers = [person.personnummer for person in world.personer.values()]
    assert len(set(numbers)) == len(numbers)
    namesakes = Counter(person.namn for person in world.personer.values())
    assert any(times > 1 for times in namesakes.values())
    assert sum(namesakes.values()) - len(namesakes) < len(numbers) / 20


def test_parents_are_old_enough_and_children_are_of_all_ages(world: World) -> None:
    bands = set()
    for home in world.hushall.values():
        parents = [testpersoner.birth_date(world.personer[key].personnummer) for key in home.vuxna[:1]]
        for key in home.barn:
            born = testpersoner.birth_date(world.personer[key].personnummer)
            bands.add(_band(born, TODAY))
            assert born - min(parents) > timedelta(days=17 * 365)
    assert bands == set(range(8))


def test_nothing_came_after_the_worlds_day_and_nothing_was_paid_after_it(world: World) -> None:
    end = date(2026, 12, 1)
    for one in world.inkorg.values():
        assert one.inkommet.date() <= end
    for person in world.personer.values():
        assert all(row.datum <= end for row in person.fk.utbetalningar)
    for case in world.arenden.values():
        assert all(row.registrerad.date() <= end for row in (*case.beslut, *case.utbetalningar))


@pytest.mark.parametrize("today", [date(2024, 2, 29), date(2026, 1, 31), date(2026, 7, 15), date(2027, 3, 1)])
def test_any_day_will_do(today: date, tmp_path: Path) -> None:
    write_file(generate(80, 1, today), tmp_path / "kommun.yaml")
    assert worlds.load(tmp_path / "kommun.yaml").today == today


def test_another_department_has_permits_and_applications_of_the_same_people(world: World) -> None:
    assert world.parkering.tillstand
    assert world.parkering.ansokningar
    assert set(world.parkering.namnda) <= set(world.personer)


def test_more_households_than_there_are_numbers_for_are_refused() -> None:
    with pytest.raises(ValueError, match="antalet hushåll"):
        generate(1_000_000, 1, TODAY)
