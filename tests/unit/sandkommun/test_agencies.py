"""What a world may say of people and agencies."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from sandkommun import worlds
from sandkommun.worlds import WorldError
from sandkommun.worlds.people import Person

BASE = """
today: 2026-12-01
personer: {{bo: {{personnummer: "198501289832", fornamn: Bo, efternamn: Prov, {more}}}}}
hushall: {{a: {{adress: Provgatan 1, vuxna: [bo]}}}}
"""


def bo(folder: Path, more: str) -> Person:
    (folder / "world.yaml").write_text(BASE.format(more=more), "utf-8")
    return worlds.load(folder / "world.yaml").personer["bo"]


def test_an_agency_that_the_world_does_not_mention_answers_with_nothing(tmp_path: Path) -> None:
    person = bo(tmp_path, "civilstand: Gift")
    agencies = (person.fk, person.pm, person.af, person.so, person.csn, person.skv, person.ts, person.miv)
    assert {agency.status for agency in agencies} == {"OK"}
    assert all(agency == type(agency)() for agency in agencies)


def test_every_agency_has_its_own_facts(tmp_path: Path) -> None:
    person = bo(
        tmp_path,
        "so: {kassa: Provkassan, ansokt: 2026-11-20, avstangningar: [{fran: 2026-10-01}], utbetalningar:"
        " [{datum: 2026-11-25, fran: 2026-11-01, till: 2026-11-14, dagar: 4.5, netto_efter_skatt: 9,"
        " netto_efter_avdrag: 9}]},"
        " csn: {arenden: [{typ: Studiemedel, status: INITIERAD, fran: 2026-08-31, till: 2027-01-17}],"
        " utbetalningar: [{datum: 2026-11-25, typ: Studiemedel, belopp: 3964}]},"
        " skv: {kapital: [{taxeringsar: 2025, intakter: 12, overskott: -3}]},"
        " ts: {fordon: [{regnr: ABC12A, fabrikat: Volvo, ar: 2012}]}, miv: {tillstand: [{slag: X, fran: 2024-03-01}]}",
    )
    assert (person.so.ansokt, person.so.utbetalningar[0].dagar) == (date(2026, 11, 20), Decimal("4.5"))
    assert person.so.avstangningar[0].till is None
    assert person.csn.utbetalningar[0].belopp == 3964
    assert person.skv.kapital[0].overskott == -3
    assert person.ts.fordon[0].slag == "PERSONBIL"
    assert person.miv.tillstand[0].till is None


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("csn: {status: TRASIG}", "bo.csn.status"),
        ("fk: {status: FELANDE, svar: [OK]}", "ange status eller svar, inte båda"),
        (
            "pm: {utbetalningar: [{datum: 2026-11-25, formansfamilj: P, forman: P, brutto: 9, netto: 8}]}",
            "netto ska vara",
        ),
        ("ts: {fordon: [{regnr: ABC1, fabrikat: Volvo, ar: 2012}]}", "bo.ts.fordon.0.regnr"),
        ("csn: {utbetalningar: [{datum: 2026-11-25, typ: S, belopp: 10.5}]}", "bo.csn.utbetalningar.0.belopp"),
        (
            "so: {utbetalningar: [{datum: 2026-11-25, fran: 2026-11-01, till: 2026-11-14, dagar: 4,"
            " netto_efter_skatt: 1, netto_efter_avdrag: 2}]}",
            "netto_efter_avdrag får inte vara mer",
        ),
        ("avviker: {verksamhet: {civilstand: Gift}}", "bo.avviker"),
        ("avviker: {fk: {fornamn: Bosse}}", "bo.avviker.fk.fornamn"),
    ],
)
def test_what_an_agency_cannot_answer_is_refused_where_it_stands(tmp_path: Path, more: str, expected: str) -> None:
    with pytest.raises(WorldError) as refused:
        bo(tmp_path, more)
    assert expected in str(refused.value)


def test_a_portal_sees_what_the_world_says_otherwise_for_it_and_nothing_else(tmp_path: Path) -> None:
    person = bo(tmp_path, "civilstand: Gift, af: {arbetssokande: true}, avviker: {af: {af: {}, kommun: Grannkommun}}")
    seen = person.seen_in("af")
    assert (seen.af.arbetssokande, seen.kommun, seen.civilstand) == (False, "Grannkommun", "Gift")
    assert person.seen_in("ssbtek") == person


def test_answers_in_turn_and_contradictions_are_written_and_read_back(tmp_path: Path) -> None:
    bo(tmp_path, "fk: {svar: [OTILLGANGLIG, OK]}, csn: {sekretess: true}, avviker: {fk: {fk: {}}}")
    world = worlds.load(tmp_path / "world.yaml")
    (tmp_path / "again.yaml").write_text(worlds.dump(world), "utf-8")
    again = worlds.load(tmp_path / "again.yaml")
    assert again == world
    assert again.personer["bo"].avviker["fk"].fk is not None
