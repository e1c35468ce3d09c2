"""Approval, dates and version of the rules in force, and the texts that they give."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.beslut.beslut import Forslagsslag, foresla
from arbetsfloden.ekonomiskt_bistand.handlaggning.avslut import overlamning
from arbetsfloden.ekonomiskt_bistand.handlaggning.formulering import beslutstext, journalanteckning, med_underrattelse
from arbetsfloden.ekonomiskt_bistand.regelverk.delegation import AVSLAG, BIFALL, DELVIS_BIFALL
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk, load_regelverk
from medarbetare.engine import Mode
from medarbetare.engine.ceiling import Ceiling
from medarbetare.errors import ConfigurationError

CONFIG = Path(__file__).parents[3] / "config" / "ekonomiskt_bistand"
SCENARIOS = Path(__file__).parents[2] / "scenarios"
TODAY = date(2026, 12, 1)


CSN = "csn: {kanal: ssbtek}"
I_STALLET = "csn: {ersatts_av: sokandens_uppgift}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The configuration, of a municipality that has no connection to CSN."""
    folder = Path(shutil.copytree(CONFIG, tmp_path / "config"))
    register = folder / "register.yaml"
    assert CSN in register.read_text("utf-8")
    register.write_text(register.read_text("utf-8").replace(CSN, I_STALLET), "utf-8")
    return folder


def test_the_grant_is_automatic_and_the_rejection_a_persons(regelverk: Regelverk) -> None:
    assert regelverk.effective_mode(BIFALL, TODAY) is Mode.AUTOMATISK
    assert regelverk.effective_mode(AVSLAG, TODAY) is Mode.FORBERED
    assert regelverk.effective_mode("okant", TODAY) is None


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("kommun.yaml", "approved_by: Socialnämnden", ""),
        ("kommun.yaml", "valid_to: 2026-12-31", "valid_to: 2026-11-30"),
        ("kommun.yaml", "valid_from: 2026-01-01", "valid_from: 2026-12-02"),
        ("register.yaml", "approved_by: Socialnämnden", ""),
        ("register.yaml", "valid_to: 2026-12-31", "valid_to: 2026-11-30"),
        ("texter.yaml", "valid_to: 2026-12-31", "valid_to: 2026-11-30"),
        ("regler.yaml", "valid_to: 2026-12-31", "valid_to: 2026-11-30"),
        ("regler.yaml", "approved_by: Socialnämnden", ""),
        ("delegation.yaml", "approved_by: Socialnämnden", ""),
        ("delegation.yaml", 'decision_reference: "SN 2026/98 § 31"', ""),
        ("normer/riksnorm-2026.yaml", "valid_to: 2026-12-31", "valid_to: 2026-11-30"),
        ("normer/riksnorm-2026.yaml", 'decision_reference: "SN 2025/287 § 109"', ""),
        ("lag.yaml", "approved_by: Socialnämnden", ""),
        ("lag.yaml", "valid_from: 2026-01-01", "valid_from: 2026-12-02"),
        ("texter.yaml", 'decision_reference: "SN 2026/123 § 47"', ""),
        ("delegation.yaml", "valid_to: 2026-12-31", "valid_to: 2026-11-30"),
        ("normer/riksnorm-2026.yaml", "approved_by: Socialnämnden", ""),
        ("normer/riksnorm-2026.yaml", "status: derived", "status: estimate"),
    ],
)
def test_an_unapproved_or_expired_file_puts_the_decision_back_to_a_person(
    file: str, old: str, new: str, folder: Path, bygg: Callable[[dict[str, Any]], Any]
) -> None:
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), "utf-8")
    changed = load_regelverk(folder)
    assert changed.effective_mode(BIFALL, TODAY) is Mode.FORBERED
    assert changed.effective_mode(AVSLAG, TODAY) is Mode.FORBERED
    assert changed.faults(BIFALL, TODAY)

    fall = bygg(yaml.safe_load((SCENARIOS / "02-ensam-med-aktivitetsstod.yaml").read_text("utf-8")))
    forslag = foresla(fall.ansokan, fall.underlag, changed, TODAY)
    assert forslag.mode is Mode.FORBERED
    assert forslag.brister == tuple(dict.fromkeys(changed.faults(BIFALL, TODAY)))
    if forslag.slag is not Forslagsslag.STOPP:
        assert overlamning(forslag).reasons[-1] == f"Roboten får inte besluta själv: {', '.join(forslag.brister)}."


def test_the_month_that_is_decided_needs_its_own_norm(regelverk: Regelverk) -> None:
    assert regelverk.faults(BIFALL, TODAY, Manad(2026, 12)) == ()
    assert regelverk.faults(BIFALL, TODAY, Manad(2027, 1)) == (
        "normtabell saknas för januari 2027",
        "riktlinjerna gäller inte januari 2027",
    )


def test_the_version_follows_the_contents(folder: Path, regelverk: Regelverk) -> None:
    before = load_regelverk(folder).version
    assert load_regelverk(folder).version == before != regelverk.version
    with (folder / "kommun.yaml").open("a", encoding="utf-8") as file:
        file.write("# ändrad\n")
    assert load_regelverk(folder).version not in (before, regelverk.version)


def test_overlapping_norms_are_refused(folder: Path) -> None:
    path = folder / "normer" / "riksnorm-2025.yaml"
    path.write_text(path.read_text("utf-8").replace("valid_to: 2025-12-31", "valid_to: 2026-01-31"), "utf-8")
    with pytest.raises(ConfigurationError, match="Riksnorm 2025 och Riksnorm 2026"):
        load_regelverk(folder)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("miv: {kanal: ssbtek}", I_STALLET.replace("csn", "miv"), "formuläret frågar inte om uppehållstillstånd"),
        ("narvaro: {kanal: verksamhet}", I_STALLET.replace("csn", "narvaro"), "formuläret frågar inte om närvaro"),
        ("fk: {kanal: ssbtek}", I_STALLET.replace("csn", "fk"), "fk: ska vara ansluten"),
        ("csn: {ersatts_av: sokandens_uppgift}", "csn: {ersatts_av: planering}", "planering kan bara ersätta narvaro"),
        ("fk: {kanal: ssbtek}", "fk: {kanal: brev}", "ssbtek_v10"),
        ("pm: {kanal: ssbtek}", "pm: {kanal: egen}", "pm: kanal egen finns bara för fk och af; välj ssbtek"),
        ("ts: {kanal: ssbtek}", "ts: {kanal: verksamhet}", "verksamhet är kanal för narvaro"),
        ("ts: {kanal: ssbtek}", "ts: {}", "ange kanal, eller ersatts_av"),
    ],
)
def test_a_way_to_a_register_that_there_is_not_is_refused(old: str, new: str, why: str, folder: Path) -> None:
    path = folder / "register.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(ConfigurationError, match=why):
        load_regelverk(folder)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [("  46:\n", "  47:\n", "46 saknas; en regel kan inte stängas av"), ("  46:\n", "  460:\n", "46 saknas")],
)
def test_a_rule_cannot_be_left_out(old: str, new: str, why: str, folder: Path) -> None:
    path = folder / "regler.yaml"
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(ConfigurationError, match=why):
        load_regelverk(folder)


def test_the_texts_name_amount_rows_provision_and_appeal(
    bygg: Callable[[dict[str, Any]], Any], regelverk: Regelverk
) -> None:
    path = Path(__file__).parents[2] / "scenarios" / "07-ensam-foralder-med-lon.yaml"
    fall = bygg(yaml.safe_load(path.read_text("utf-8")))
    forslag = foresla(fall.ansokan, fall.underlag, regelverk, fall.idag)
    text = beslutstext(forslag, fall.ansokan, regelverk)
    heading, note = journalanteckning(forslag, fall.ansokan, regelverk, "Hilda Handläggarsson")
    for part in (
        "6 865 kr",
        "Hyra: 6 800 kr",
        "13 180",
        "4 500 kr",
        "12 kap. 1, 7 och 8 §§ socialtjänstlagen (2025:400)",
        "tre veckor",
        "förvaltningsrätten",
    ):
        assert part in text
    assert "Automatiserat beslut utan handläggare" in text
    assert heading == "Beslut om försörjningsstöd december 2026"
    assert "Hilda Handläggarsson" in note
    assert (text + note).encode("cp1252")
    assert "{" not in text + med_underrattelse(note, "Underrättad.")


@pytest.mark.parametrize(
    ("ut", "told"),
    [
        (True, "beslutstypen {} står inte i delegationsordningen"),
        (False, "beslutstypens delegation gäller inte 2026-12-01"),
    ],
    ids=["missing", "expired"],
)
@pytest.mark.parametrize(("scenario", "beslutstyp"), [(17, AVSLAG), (14, DELVIS_BIFALL)])
def test_what_is_adverse_and_whose_delegation_is_missing_or_expired_is_nothing_to_approve(
    scenario: int, beslutstyp: str, ut: bool, told: str, fall: Any, regelverk: Regelverk
) -> None:
    order = regelverk.delegation
    types = {
        name: entry.model_copy(update={"valid_to": date(2026, 11, 30)}) if name == beslutstyp else entry
        for name, entry in order.beslutstyper.items()
        if name != beslutstyp or not ut
    }
    changed = replace(regelverk, delegation=order.model_copy(update={"beslutstyper": types}))

    before, forslag = foresla(*fall(scenario), regelverk, TODAY), foresla(*fall(scenario), changed, TODAY)
    assert (before.beslutstyp, before.kan_godkannas) == (beslutstyp, True)
    assert (forslag.beslutstyp, forslag.kan_godkannas) == (beslutstyp, False)
    assert told.format(beslutstyp) in forslag.brister


def test_without_a_payment_stop_the_robot_decides_nothing_by_itself(folder: Path) -> None:
    path = folder / "kommun.yaml"
    content = yaml.safe_load(path.read_text("utf-8"))
    assert load_regelverk(folder).kommun.betalningsstopp.tak.amount > 0
    del content["betalningsstopp"]
    path.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    assert load_regelverk(folder).kommun.betalningsstopp.tak == Ceiling(Decimal(0), 0)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("raknas_aldrig: [Fritidskort]", "raknas_aldrig: [aktivitetsstöd]", "står både i raknas_aldrig och bland"),
        ("inkomstavvikelse_procent: 12", "inkomstavvikelse_procent: 51", "inkomstavvikelse_procent"),
        ("narvaro_minst_procent: 80", "narvaro_minst_procent: 0", "narvaro_minst_procent"),
        ("lon_enbart_ansokan_hogst: 8000", "lon_enbart_ansokan_hogst: 1000000", "lon_enbart_ansokan_hogst"),
        ("belopp_hogst_per_hushall: 30000", "belopp_hogst_per_hushall: 1000000", "belopp_hogst_per_hushall"),
        ("avslutat_arende_dagar: 30", "avslutat_arende_dagar: 9999", "avslutat_arende_dagar"),
        ("radrum_manader: 3", "radrum_manader: 999", "radrum_manader"),
        ("kapitalinkomst_ar: 2", "kapitalinkomst_ar: 0", "kapitalinkomst_ar"),
        ("af_beslut_manader: 2", "af_beslut_manader: 0", "af_beslut_manader"),
        ("registren_fragas_hogst: 3", "registren_fragas_hogst: 999", "registren_fragas_hogst"),
        ("belopp: 8700", "belopp: 1000000", "hyrestak"),
        ("fordon_godtas_fran_alder: null", "fordon_godtas_fran_alder: 4", "fordon_godtas_fran_alder"),
        ("belopp_per_dag: 5000000", "belopp_per_dag: 100000000", "belopp_per_dag"),
        ("antal_per_dag: 500", "antal_per_dag: 100000", "antal_per_dag"),
        ("kapitalinkomst_hogst_per_ar: 0", "kapitalinkomst_hogst_per_ar: 1000000", "kapitalinkomst_hogst_per_ar"),
        ("uppgifter_hogst_dagar: 3", "uppgifter_hogst_dagar: 365", "uppgifter_hogst_dagar"),
        ("{planering: 1, upp", "{planering: 0, upp", "planering"),
        ("Hemförsäkring: {belopp: [250]}", "Hemförsäkring: {belopp: [1000000]}", "skaliga_kostnader"),
    ],
)
def test_no_rule_is_silently_off_by_a_limit_that_nobody_can_reach(old: str, new: str, told: str, folder: Path) -> None:
    text = (folder / "kommun.yaml").read_text("utf-8")
    assert old in text
    (folder / "kommun.yaml").write_text(text.replace(old, new), "utf-8")
    with pytest.raises(ConfigurationError, match=told):
        load_regelverk(folder)
