"""`audit redecide` and `norms try` as an auditor and a municipality run them, on a case that a real run has left."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.db import connection
from plans.clock import Clock
from plans.plan import Plan
from plans.playing import Played, Player, text_of

from arbetsfloden.ekonomiskt_bistand.beslut.beslut import foresla
from arbetsfloden.ekonomiskt_bistand.efterat import omrakning
from arbetsfloden.ekonomiskt_bistand.handlaggning import brev
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import load_regelverk
from medarbetare.bootstrap import build_journal, load_workflows, read_configuration
from medarbetare.bootstrap.rules import keep_rules_in_force
from medarbetare.cases.models import Case
from medarbetare.cases.retention import Retention, RetentionSettings
from medarbetare.clock import utc_now
from medarbetare.config import config_folder
from medarbetare.database.dsn import Dsn
from medarbetare.engine.models import Ruleset
from medarbetare.journal.erasing import Erasure
from medarbetare.journal.models import Leaf
from medarbetare.testing import Bench

Medarbetare = Callable[..., Any]
CONFIG = config_folder() / "ekonomiskt_bistand"
OLD_CODE = "0123456789ab"


@pytest.fixture
def played(database: Dsn, monkeypatch: pytest.MonkeyPatch) -> Played:
    """One application that the shipped workflow has granted."""
    Clock.install()
    monkeypatch.setattr(brev, "text_of", text_of)
    player = Player(Clock(), load_regelverk(CONFIG))
    player.codes = {"ateransokan": OLD_CODE}
    played = player.play(Plan(2))
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {connection.ops.quote_name(database.dbname)} RESET search_path")
    connection.close()
    return played


@pytest.fixture
def bench(played: Played) -> Bench:
    assert played.bench is not None
    return played.bench


@pytest.fixture
def folder(folder: Path, bench: Bench) -> Path:
    """The configuration under which it was granted, by the names that the run had."""
    for name in ("workflows.yaml", "inbox.yaml", "schedule.yaml"):
        text = (folder / name).read_text("utf-8")
        text = text.replace("workflow: ekonomiskt_bistand", "workflow: ateransokan")
        text = text.replace("department: ekonomiskt_bistand", f"department: {bench.department}")
        text = text.replace("  ekonomiskt_bistand:\n", "  ateransokan:\n")
        (folder / name).write_text(text, "utf-8")
    (folder / "retention.yaml").unlink()
    installation = yaml.safe_load((folder / "medarbetare.yaml").read_text("utf-8"))
    (folder / "medarbetare.yaml").write_text(yaml.safe_dump({**installation, "practice_date": "2026-12-01"}), "utf-8")
    configuration = read_configuration(folder)
    keep_rules_in_force(configuration, build_journal(configuration), load_workflows(configuration))
    return folder


def test_a_redecision_tells_how_many_came_out_the_same(medarbetare: Medarbetare) -> None:
    said = medarbetare("audit", "redecide")
    assert (said.exit_code, said.err) == (0, "")
    (row,) = [line for line in said.out.splitlines() if line.startswith("│")]
    assert row.replace("│", " ").split() == ["1", "1", "1", "0", "0", "0"]
    assert "Alla omräknade förslag blev desamma: 1." in said.out
    assert "ärenden i sekunden" in said.out
    assert Leaf.objects.get(kind="redecision").actor.startswith("kommandorad:")
    assert medarbetare("audit", "redecide", "--case", Case.objects.get().handle).exit_code == 0
    assert medarbetare("audit", "redecide", "--since", "2027-01-01").exit_code == 0

    for arguments, told in (
        (("--case", "finnsinte"), "Ärende finnsinte har inget förslag i journalen."),
        (("--since", "i går"), "--since: dagen skrivs ÅÅÅÅ-MM-DD"),
    ):
        wrong = medarbetare("audit", "redecide", *arguments)
        assert (wrong.exit_code, wrong.out) == (1, "")
        assert told in wrong.err


def test_rules_that_are_changed_or_gone_are_told(medarbetare: Medarbetare) -> None:
    row = Ruleset.objects.get()
    row.files["kommun.yaml"] += "# ändrad\n"
    row.save()
    changed = medarbetare("audit", "redecide")
    assert changed.exit_code == 1
    assert "Går inte: det sparade regelverket är ändrat: 1" in changed.out

    row.delete()
    gone = medarbetare("audit", "redecide")
    assert gone.exit_code == 1
    assert "Går inte: regelverket är inte sparat: 1" in gone.out
    assert "Förslag som inte gick att räkna om: 1. Om de hade blivit desamma är inte känt." in gone.out
    assert "blev desamma" not in gone.out


def test_an_erased_case_is_told_and_is_no_failure(medarbetare: Medarbetare, bench: Bench) -> None:
    case = Erasure(case=Case.objects.get().handle, department=bench.department, rule="fem år", decided_by="SN")
    Retention(bench.journal, RetentionSettings(), utc_now).erase_again([case], "robot")
    said = medarbetare("audit", "redecide")
    assert said.exit_code == 0
    (row,) = [line for line in said.out.splitlines() if line.startswith("│")]
    assert row.replace("│", " ").split() == ["1", "0", "0", "0", "0", "1"]
    assert "Gallrade ärenden, där inget finns kvar att räkna om: 1." in said.out
    assert "Går inte:" not in said.out


def test_a_proposal_that_comes_out_otherwise_is_a_failure_and_counted(
    medarbetare: Medarbetare, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(omrakning, "foresla", lambda *given: foresla(*given).model_copy(update={"belopp": Decimal(1)}))
    said = medarbetare("audit", "redecide")
    assert said.exit_code == 1
    assert f"Olika: ärende {Case.objects.get().handle}, föreslå (gjort av annan kod, {OLD_CODE}): belopp" in said.out
    assert "Förslag som blev andra än de som står i journalen: 1." in said.out


def test_code_that_is_another_than_the_one_that_proposed_is_told_and_is_no_failure(medarbetare: Medarbetare) -> None:
    said = medarbetare("audit", "redecide")
    assert said.exit_code == 0
    assert f"Kod: 1 förslag gjordes av en annan kod, {OLD_CODE}, än den som räknade om dem." in said.out


def test_next_years_norm_is_shown_with_its_effect_before_it_holds(medarbetare: Medarbetare, tmp_path: Path) -> None:
    this_year = (CONFIG / "normer" / "riksnorm-2026.yaml").read_text("utf-8")
    text = this_year.replace("2026-", "2027-").replace("Riksnorm 2026", "Riksnorm 2027")
    file = tmp_path / "riksnorm-2027.yaml"
    file.write_text(text.replace("ensam: 3940", "ensam: 4040").replace("approved_by: Socialnämnden\n", ""), "utf-8")

    said = medarbetare("norms", "try", str(file))
    assert (said.exit_code, said.err) == (0, "")
    for told in (
        "Riksnorm 2027 (2027-01-01 till 2027-12-31)",
        "+2,5",
        "Att rätta: approved_by saknas",
        "Ansökningar om december 2026, som om tabellen hade gällt då",
        "Nästa steg: låt den som får besluta om normen godkänna tabellen",
        "medarbetare config check",
    ):
        assert told in said.out
    tried = Leaf.objects.get(kind="norms.tried")
    assert (tried.case, tried.actor.partition(":")[0]) == (None, "kommandorad")
    assert "Journalen har inga ansökningar" in medarbetare("norms", "try", str(file), "--month", "2026-11").out

    file.write_text(text.replace("ensam: 3940", "ensam: 394"), "utf-8")
    mistyped = medarbetare("norms", "try", str(file))
    assert mistyped.exit_code == 1
    assert "Tveksamt: Ensamstående: 394 kr är lägre än 3 940 kr året före." in mistyped.out
    assert "--godta" in mistyped.err
    assert medarbetare("norms", "try", str(file), "--godta").exit_code == 0
    approval = ("--approved-by", "Socialnämnden", "--reference", "SN 2026/301", "--godta")
    added = medarbetare("norms", "add", str(file), *approval)
    assert (added.exit_code, added.err) == (0, "")
    assert "Ansökningar om december 2026, som om tabellen hade gällt då" in added.out
    assert medarbetare("norms", "try", str(tmp_path / "saknas.yaml")).exit_code == 2


def test_the_decisions_of_a_day_are_listed_for_the_board_without_anything_about_the_applicant(
    medarbetare: Medarbetare, bench: Bench
) -> None:
    case = Case.objects.get()
    said = medarbetare("decisions", "--from", "2026-12-01", "--to", "2026-12-01", "--json")
    assert (said.exit_code, said.err) == (0, "")
    (row,) = json.loads(said.out)["beslut"]
    assert row == {
        "dag": "2026-12-01",
        "ärende": case.handle,
        "beslut": "01 Bifall försörjningsstöd, december 2026",
        "delegation": "Delegationsordningen punkt 4.2 A (SN 2026/98 § 31)",
        "av": "Automatiserat beslut utan handläggare, delegationsordningen punkt 4.2 A",
    }
    shown = medarbetare("decisions", "--from", "2026-12-01", "--to", "2026-12-31").out
    assert case.handle in shown
    assert "1 beslut." in shown
    assert "0 beslut." in medarbetare("decisions", "--from", "2026-12-02", "--to", "2026-12-31").out
    wrong = medarbetare("decisions", "--from", "2026-12-02", "--to", "2026-12-01")
    assert (wrong.exit_code, wrong.out) == (1, "")
    assert "Sista dagen 2026-12-01 är före den första, 2026-12-02." in wrong.err
