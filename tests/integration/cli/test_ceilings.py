"""`status` tells what the robot has decided by itself today against the municipality's limits."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.db import transaction

from medarbetare.engine.ceiling import Ceiling
from medarbetare.engine.reserving import reserve
from medarbetare.testing import Bench

DAY = date(2026, 12, 1)
KIND = "egna beslut"


@pytest.fixture
def configured(folder: Path) -> Ceiling:
    """A municipality with low limits, on its practice day."""
    guidelines = folder / "ekonomiskt_bistand" / "kommun.yaml"
    content = yaml.safe_load(guidelines.read_text("utf-8"))
    content["betalningsstopp"] = {"belopp_per_dag": 10000, "antal_per_dag": 3}
    guidelines.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    installation = folder / "medarbetare.yaml"
    with_day = {**yaml.safe_load(installation.read_text("utf-8")), "practice_date": DAY}
    installation.write_text(yaml.safe_dump(with_day, allow_unicode=True), "utf-8")
    return Ceiling(Decimal(10000), 3)


def test_status_tells_what_is_left_and_when_the_stop_holds(
    medarbetare: Callable[..., Any], bench: Bench, configured: Ceiling
) -> None:
    def ask(reference: str, amount: str) -> None:
        case = bench.receive(reference, reference)
        type(case).objects.filter(pk=case.pk).update(workflow="ekonomiskt_bistand")
        case.refresh_from_db()
        with transaction.atomic():
            reserve(case, KIND, Decimal(amount), configured, DAY)

    ask("REF-1", "6865.50")
    before = medarbetare("status").out.replace("\N{NO-BREAK SPACE}", " ")
    ask("REF-2", "4000")
    after = medarbetare("status").out.replace("\N{NO-BREAK SPACE}", " ")

    told = "ekonomiskt_bistand, ekonomiskt_bistand: egna beslut i dag 1 av högst 3, 6 865,50 kr av högst 10 000 kr."
    assert told in before
    assert "Betalningsstopp" not in before
    assert f"{told} Betalningsstopp: det som inte ryms godkänner en handläggare. 1 ärenden har lämnats" in after


def test_a_broken_configuration_is_told_and_hides_nothing_else(medarbetare: Callable[..., Any], folder: Path) -> None:
    (folder / "ekonomiskt_bistand" / "kommun.yaml").write_text("kommun: Exempelby\n", "utf-8")
    status = medarbetare("status")
    assert (status.exit_code, status.err) == (0, "")
    assert "kommun.yaml" in status.out
    assert "Journal: " in status.out
