"""Costs beside 12 kap. 7 § SoL that the municipality lists with a limit: counted as last month, else decided apart."""

import shutil
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from andringar import kostnad, tidigare
from regelandringar import foljd
from regelandringar import kommun as med_kommun

from arbetsfloden.ekonomiskt_bistand.berakning.berakning import Rad
from arbetsfloden.ekonomiskt_bistand.beslut.beslut import Forslag, Forslagsslag, foresla
from arbetsfloden.ekonomiskt_bistand.forklaring.antaganden import Fall
from arbetsfloden.ekonomiskt_bistand.forklaring.forklaring import forklara
from arbetsfloden.ekonomiskt_bistand.forklaring.provning import Provning
from arbetsfloden.ekonomiskt_bistand.handlaggning import formulering
from arbetsfloden.ekonomiskt_bistand.handlaggning.poster import utkast
from arbetsfloden.ekonomiskt_bistand.regelverk.i_ovrigt import KostnadIOvrigt
from arbetsfloden.ekonomiskt_bistand.regelverk.regelsida import regelsida
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk, load_regelverk
from arbetsfloden.ekonomiskt_bistand.register.underlag import TidigareKostnad
from medarbetare.errors import ConfigurationError
from sandkommun.verksamhet.forms import COSTS

CONFIG = Path(__file__).parents[3] / "config" / "ekonomiskt_bistand"
IDAG = date(2026, 12, 1)
ENSAM, BEVILJAT = 2, Decimal(3590)
AVGIFT = "Barnomsorgsavgift"
INTE_FORUT, FORUT = "godkändes inte i förra månadens beräkning.", "I förra månadens beräkning godkändes {} kr."
LISTADE = {
    AVGIFT: KostnadIOvrigt(belopp_hogst=Decimal(1800), rad="Annat"),
    "Medicin": KostnadIOvrigt(belopp_hogst=Decimal(250)),
}
Scenario = Callable[[int], Any]
Andring = Callable[[Any], Any]


def godkand(rad: str, kronor: int, notering: str = "", ansokt: int | None = None) -> Andring:
    """Last month's calculation had this row too."""

    def change(fall: Any) -> Any:
        before = fall[1].arende.berakningar[0].kostnader
        row = TidigareKostnad(slag=rad, ansokt=Decimal(ansokt or kronor), godkant=Decimal(kronor), notering=notering)
        return tidigare(kostnader=(*before, row))(fall)

    return change


@pytest.fixture
def listande(regelverk: Regelverk) -> Regelverk:
    return med_kommun(levnadskostnader_i_ovrigt=LISTADE)(regelverk)


def foreslaget(fall: Any, regelverk: Regelverk) -> Forslag:
    return foresla(*fall, regelverk, IDAG)


def rader(forslag: Forslag) -> list[Rad]:
    assert forslag.berakning is not None
    return [row for row in forslag.berakning.kostnader if row.lagrum == "12 kap. 1 § SoL"]


AVGIFTEN = foljd(kostnad(AVGIFT, 1500), godkand("Annat", 1500, AVGIFT))


def test_a_listed_cost_as_last_month_within_its_limit_is_granted_with_its_own_provision(
    fall: Scenario, listande: Regelverk
) -> None:
    forslag = foreslaget(AVGIFTEN(fall(ENSAM)), listande)
    assert (forslag.slag, forslag.belopp) == (Forslagsslag.BIFALL, BEVILJAT + 1500)
    assert (forslag.kan_godkannas, forslag.sidorader, forslag.skal, forslag.att_kommunicera) == (True, (), (), ())
    (row,) = rader(forslag)
    assert (row.etikett, row.typ, row.notering, row.belopp) == (AVGIFT, "Annat", AVGIFT, Decimal(1500))
    (rule,) = [one for one in forslag.regler if one.nummer == 36]
    assert (rule.text, f"{AVGIFT} 1 500 kr av högst 1 800 kr" in rule.ingangar) == ("", True)


@pytest.mark.parametrize(
    ("andring", "varfor"),
    [
        (
            foljd(kostnad(AVGIFT, 1801), godkand("Annat", 1801, AVGIFT)),
            "Barnomsorgsavgift 1 801 kr är över kommunens gräns 1 800 kr.",
        ),
        (
            foljd(kostnad(AVGIFT, 1000), kostnad(AVGIFT, 801), godkand("Annat", 1801, AVGIFT)),
            "Barnomsorgsavgift 1 801 kr är över kommunens gräns 1 800 kr.",
        ),
        (kostnad(AVGIFT, 1500), f"{AVGIFT} {INTE_FORUT}"),
        (foljd(kostnad(AVGIFT, 1500), godkand("Annat", 1500)), INTE_FORUT),
        (
            foljd(kostnad(AVGIFT, 1500), godkand("Annat", 1500, "Bredband")),
            INTE_FORUT,
        ),
        (
            foljd(kostnad(AVGIFT, 1501), godkand("Annat", 1500, AVGIFT)),
            FORUT.format("1 500"),
        ),
        (
            foljd(kostnad(AVGIFT, 1500), godkand("Annat", 900, AVGIFT, ansokt=1500)),
            FORUT.format(900),
        ),
        (foljd(kostnad(AVGIFT, 1500), godkand("Annat", 0, AVGIFT, 1500)), INTE_FORUT),
    ],
)
def test_a_listed_cost_that_is_new_changed_or_above_its_limit_is_decided_apart_with_the_reason(
    andring: Andring, varfor: str, fall: Scenario, listande: Regelverk
) -> None:
    forslag = foreslaget(andring(fall(ENSAM)), listande)
    assert (forslag.slag, forslag.belopp, rader(forslag)) == (Forslagsslag.BIFALL, BEVILJAT, [])
    for apart in forslag.sidorader:
        assert apart.overlamning.about == AVGIFT
        assert apart.skal.endswith(f"ingår inte i beräkningen. {apart.varfor}")
        assert apart.varfor.endswith(varfor)
    assert forslag.sidorader


def test_the_limit_itself_and_several_rows_of_a_kind_count_together(fall: Scenario, listande: Regelverk) -> None:
    several = foljd(kostnad(AVGIFT, 1000), kostnad(AVGIFT, 800), godkand("Annat", 1800, AVGIFT.upper()))
    forslag = foreslaget(several(fall(ENSAM)), listande)
    assert (forslag.belopp, len(rader(forslag))) == (BEVILJAT + 1800, 2)


def test_a_kind_that_the_case_system_has_is_known_by_itself_however_the_form_writes_it(
    fall: Scenario, listande: Regelverk
) -> None:
    forslag = foreslaget(foljd(kostnad("medicin", 250), godkand("Medicin", 250))(fall(ENSAM)), listande)
    (row,) = rader(forslag)
    assert (row.typ, row.notering, forslag.belopp) == ("Medicin", "", BEVILJAT + 250)


def test_what_may_be_a_debt_never_counts(fall: Scenario, listande: Regelverk) -> None:
    ansokan, underlag = foljd(kostnad(AVGIFT, 1500), godkand("Annat", 1500, AVGIFT))(fall(ENSAM))
    *others, fee = ansokan.kostnader
    owed = fee.model_copy(update={"mottagare": "Inkasso för hyra"})
    forslag = foreslaget((ansokan.model_copy(update={"kostnader": (*others, owed)}), underlag), listande)
    assert (forslag.belopp, rader(forslag)) == (BEVILJAT, [])
    assert [apart.overlamning.urgent for apart in forslag.sidorader] == [True]


def test_without_the_list_the_same_cost_is_decided_apart_under_no_name_of_its_own(
    fall: Scenario, regelverk: Regelverk
) -> None:
    assert regelverk.kommun.levnadskostnader_i_ovrigt == {}
    forslag = foreslaget(AVGIFTEN(fall(ENSAM)), regelverk)
    assert [apart.skal for apart in forslag.sidorader] == [
        "Annan kostnad 1 500 kr prövas för sig (12 kap. 1-2 §§ SoL) och ingår inte i beräkningen."
    ]


def test_the_draft_holds_the_row_in_the_case_systems_words_and_next_month_knows_it(
    fall: Scenario, listande: Regelverk
) -> None:
    forslag = foreslaget(AVGIFTEN(fall(ENSAM)), listande)
    assert forslag.berakning is not None
    draft = utkast(forslag.berakning)
    assert {row.slag for row in draft.kostnader} <= set(COSTS)
    again = foljd(kostnad(AVGIFT, 1500), tidigare(kostnader=draft.kostnader))(fall(ENSAM))
    assert foreslaget(again, listande).belopp == forslag.belopp


def test_the_decision_names_the_cost_and_its_provision_and_is_silent_without_one(
    fall: Scenario, listande: Regelverk
) -> None:
    def text(case: Any) -> str:
        return formulering.beslutstext(foreslaget(case, listande), case[0], listande, "Tova Testsson")

    told = "ingår barnomsorgsavgift 1 500 kr som levnadskostnader i övrigt (12 kap. 1 § socialtjänstlagen)."
    assert f"\n\nI de godkända kostnaderna {told}\n\n" in text(AVGIFTEN(fall(ENSAM)))
    assert "Barnomsorgsavgift: 1 500 kr" in text(AVGIFTEN(fall(ENSAM)))
    assert "levnadskostnader i övrigt" not in text(fall(ENSAM))


def test_the_explanation_and_the_public_page_tell_of_it_under_its_rule(fall: Scenario, listande: Regelverk) -> None:
    case = AVGIFTEN(fall(ENSAM))
    told = forklara(Provning(Fall(*case, IDAG), listande, foreslaget(case, listande)))
    (row,) = [one for one in told.rader if one.vad == AVGIFT]
    assert (row.regler, row.hindrade, row.lagrum) == ((36,), (), "12 kap. 1 § SoL")
    (rule,) = [one for one in regelsida(listande).rules if one.number == 36]
    assert rule.limits[0] == ("Barnomsorgsavgift, som förra månaden", "räknas upp till 1 800 kr")


@pytest.mark.parametrize(
    ("listat", "fel"),
    [
        ({AVGIFT: {"belopp_hogst": 5001}}, "belopp_hogst"),
        ({AVGIFT: {"belopp_hogst": 0}}, "belopp_hogst"),
        ({"Elskuld": {"belopp_hogst": 500}}, "skulder prövas alltid av en handläggare"),
        ({"hyra": {"belopp_hogst": 500}}, "används redan"),
        ({AVGIFT: {"belopp_hogst": 500, "rad": "Arbetsresor"}}, "används redan"),
        ({AVGIFT: {"belopp_hogst": 500, "rad": "Annat"}, "Annat": {"belopp_hogst": 500}}, "används redan"),
        ({"Annat": {"belopp_hogst": 500}}, "används redan"),
    ],
)
def test_a_list_that_would_let_anything_through_is_refused(listat: dict[str, Any], fel: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=fel):
        load_regelverk(_config(tmp_path, "kommun.yaml", levnadskostnader_i_ovrigt=listat))


@pytest.mark.parametrize("text", ["beslut_bifall", "beslut_delvis_bifall", "beslut_avslag", "beslut_i_ovrigt"])
def test_a_list_needs_the_words_that_tell_the_applicant(text: str, tmp_path: Path) -> None:
    listed = _config(tmp_path, "kommun.yaml", levnadskostnader_i_ovrigt={AVGIFT: {"belopp_hogst": 500}})
    assert load_regelverk(listed).kommun.levnadskostnader_i_ovrigt
    file = listed / "texter.yaml"
    words = yaml.safe_load(file.read_text("utf-8"))
    words[text] = words[text].replace("{i_ovrigt}", "").replace("{kostnader_i_ovrigt}", "")
    file.write_text(yaml.safe_dump(words, allow_unicode=True), "utf-8")
    with pytest.raises(ConfigurationError, match=f"{text} säger inte vilka kostnader"):
        load_regelverk(listed)


def _config(folder: Path, file: str, **changed: Any) -> Path:
    made = Path(shutil.copytree(CONFIG, folder / "config"))
    content = {**yaml.safe_load((made / file).read_text("utf-8")), **changed}
    (made / file).write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    return made
