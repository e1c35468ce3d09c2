"""The numbers of law in `lag.yaml`: each decides from its day on, none can be set so that a rule is off."""

import re
import shutil
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from andringar import Andring, kapital, stimulans, svar

from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.beslut.beslut import Forslag, foresla
from arbetsfloden.ekonomiskt_bistand.regelverk.lag import INNAN_FILEN, Lag
from arbetsfloden.ekonomiskt_bistand.regelverk.regelsida import regelsida
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk, load_regelverk, regelverk_av
from arbetsfloden.ekonomiskt_bistand.register.registersvar import Register
from arbetsfloden.ekonomiskt_bistand.regler.lage import Lage
from arbetsfloden.ekonomiskt_bistand.regler.relevans import fragor
from medarbetare.errors import ConfigurationError
from sandkommun.testpersoner import personnummer

CONFIG = Path(__file__).parents[3] / "config" / "ekonomiskt_bistand"
IDAG = date(2026, 12, 1)
DEN_SOKTA, NASTA = date(2026, 12, 1), date(2027, 1, 1)
NAGON = Personnummer("199001259887")


def andrad(regelverk: Regelverk, namn: str, varde: int, fran: date) -> Regelverk:
    """The rules with one number of law that is another from a day on."""
    content = regelverk.lag.model_dump()
    content[namn] = (*content[namn], {"galler_fran": fran, "varde": varde, "kalla": "en ny lag"})
    return replace(regelverk, lag=Lag.model_validate(content))


def svarade(forslag: Forslag, nummer: int) -> str:
    return next(one.utfall.value for one in forslag.regler if one.nummer == nummer)


@pytest.mark.parametrize(("fran", "belopp"), [(DEN_SOKTA, 9130), (NASTA, 7880)])
def test_the_share_of_a_wage_follows_the_law_of_the_applied_month(
    fran: date, belopp: int, fall: Any, regelverk: Regelverk
) -> None:
    forslag = foresla(*fall(4), andrad(regelverk, "jobbstimulans_procent", 50, fran), IDAG)
    assert (forslag.belopp, forslag.skal) == (Decimal(belopp), ())
    assert forslag.berakning is not None
    share = "50 %" if fran == DEN_SOKTA else "25 %"
    assert [row.notering for row in forslag.berakning.inkomster] == [f"5 000 kr före jobbstimulans {share}"]


def bytt(alder: int) -> Andring:
    """The applicant turns so old in December, in everything that was read."""

    def change(fall: Any) -> Any:
        old, new = fall[0].sokande.personnummer.digits, personnummer(IDAG.year - alder, 1)
        return tuple(type(one).model_validate_json(one.model_dump_json().replace(old, new)) for one in fall)

    return change


@pytest.mark.parametrize(
    ("namn", "varde", "scenario", "andring", "nummer", "utfall"),
    [
        ("jobbstimulans_efter_manader", 5, 5, lambda fall: fall, 29, ("H", "utesluten")),
        ("jobbstimulans_ar", 3, 7, stimulans(fran=date(2024, 11, 1)), 28, ("D", "utesluten")),
        ("riktalder", 68, 1, lambda fall: bytt(67)(svar("af", arbetssokande=False)(fall)), 22, ("H", "H")),
    ],
)
def test_a_number_decides_from_its_month_on_and_not_before(
    namn: str,
    varde: int,
    scenario: int,
    andring: Andring,
    nummer: int,
    utfall: tuple[str, str],
    fall: Any,
    regelverk: Regelverk,
) -> None:
    case = andring(fall(scenario))
    now, later = (foresla(*case, andrad(regelverk, namn, varde, fran), IDAG) for fran in (DEN_SOKTA, NASTA))
    assert (svarade(now, nummer), svarade(later, nummer)) == utfall
    texts = [next(one.text for one in each.regler if one.nummer == nummer) for each in (now, later)]
    assert utfall[0] != utfall[1] or texts[0] != texts[1]


@pytest.mark.parametrize(
    ("namn", "varde", "alder", "fragas"),
    [
        ("myndig_alder", 19, 18, {Register.CSN}),
        ("myndig_alder", 19, 19, {Register.CSN, Register.FK, Register.PM}),
        ("studiehjalp_alder", 17, 16, set()),
        ("studiehjalp_alder", 17, 17, {Register.CSN}),
    ],
)
def test_an_age_decides_which_registers_are_asked_about_a_child(
    namn: str, varde: int, alder: int, fragas: set[Register], regelverk: Regelverk
) -> None:
    law = andrad(regelverk, namn, varde, DEN_SOKTA).lag_for(Manad(2026, 12))
    folkbokford = {NAGON: None}
    asked = fragor((), folkbokford, [one for one in Register if one is not Register.MIV], lambda person: alder, law)
    assert set(asked.get(NAGON, ())) == fragas


def test_who_is_of_age_is_told_by_the_number_of_the_month(fall: Any, regelverk: Regelverk) -> None:
    case = bytt(18)(fall(1))
    told = [foresla(*case, andrad(regelverk, "myndig_alder", 19, fran), IDAG) for fran in (DEN_SOKTA, NASTA)]
    assert ["En sökande är under 19 år." in forslag.skal for forslag in told] == [True, False]
    assert [
        Lage(*case, each, IDAG).lag.myndig_alder
        for each in (regelverk, andrad(regelverk, "myndig_alder", 19, DEN_SOKTA))
    ] == [18, 19]


@pytest.mark.parametrize(("ar", "hindrar"), [(2, True), (1, False)])
def test_how_far_back_capital_is_judged_is_the_municipalitys(
    ar: int, hindrar: bool, fall: Any, regelverk: Regelverk
) -> None:
    local = replace(regelverk, kommun=regelverk.kommun.model_copy(update={"kapitalinkomst_ar": ar}))
    assert (svarade(foresla(*kapital(2024, 1)(fall(2)), local, IDAG), 38) == "H") == hindrar


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CONFIG, tmp_path / "config"))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("2026-01-01, varde: 67", "2026-01-01, varde: 0", r"lag.yaml:\d+: riktalder.0.varde: .*minst 65"),
        ("2026-01-01, varde: 67", "2026-01-01, varde: 99", r"riktalder.0.varde: .*högst 72"),
        ("varde: 18", "varde: 17", r"myndig_alder.0.varde: .*minst 18"),
        ("varde: 18", "varde: 120", r"myndig_alder.0.varde: .*högst 21"),
        ("varde: 16", "varde: 99", r"studiehjalp_alder.0.varde: .*högst 18"),
        ("varde: 25", "varde: 0", r"jobbstimulans_procent.0.varde: .*minst 5"),
        ("varde: 25", "varde: 100", r"jobbstimulans_procent.0.varde: .*högst 75"),
        ("varde: 6,", "varde: 600,", r"jobbstimulans_efter_manader.0.varde: .*högst 24"),
        ("varde: 2,", "varde: 0,", r"jobbstimulans_ar.0.varde: .*minst 1"),
        ("2026-01-01, varde: 67", "2026-01-02, varde: 67", "riktalder: galler_fran ska vara den första i en månad"),
        ("2026-01-01, varde: 67", "2026-02-01, varde: 67", "riktalder: inget värde gäller från valid_from, 2026-01-01"),
        (', kalla: "2 kap. 10 a § socialförsäkringsbalken"', "", r"riktalder.0.kalla: saknas"),
        (
            "riktalder:\n",
            'riktalder:\n  - {galler_fran: 2026-01-01, varde: 66, kalla: "en dubblett"}\n',
            "riktalder: skriv värdena i tidsordning",
        ),
    ],
)
def test_a_number_that_would_put_a_rule_out_is_refused(old: str, new: str, told: str, folder: Path) -> None:
    file = folder / "lag.yaml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(ConfigurationError, match=told):
        load_regelverk(folder)


def test_the_file_must_be_there_but_a_version_kept_from_before_it_decides_as_it_did(
    folder: Path, fall: Any, regelverk: Regelverk
) -> None:
    kept = regelverk_av({name: content for name, content in regelverk.filer.items() if name != "lag.yaml"})
    assert kept.lag is INNAN_FILEN
    assert kept.lag_for(Manad(2026, 12)) == regelverk.lag_for(Manad(2026, 12))
    before, now = (foresla(*fall(4), each, IDAG) for each in (kept, regelverk))
    assert before.model_copy(update={"regelverk_version": now.regelverk_version}) == now
    (folder / "lag.yaml").unlink()
    with pytest.raises(ConfigurationError, match=r"lag\.yaml: filen finns inte"):
        load_regelverk(folder)


def test_the_rules_tell_the_numbers_with_their_source_and_the_words_repeat_none(regelverk: Regelverk) -> None:
    rules = {one.number: one for one in regelsida(regelverk).rules}
    law = "12 kap. 8 § socialtjänstlagen (2025:400)"
    assert ("Räknas inte av lönen", f"25 procent från 2025-07-01 ({law})") in rules[28].limits
    assert any("67 år från 2026-01-01" in value for _, value in rules[22].limits)
    assert any("18 år" in value for _, value in rules[4].limits)
    for number in (22, 28):
        one = rules[number]
        words = " ".join((one.trigger, one.action, one.in_plain_words, one.required))
        assert not re.search(r"[0-9]|\b(två|sex)\b", words)
