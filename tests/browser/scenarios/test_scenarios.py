"""The scenarios of tests/scenarios end to end in the browser, judged by what the practice municipality registered.

All scenarios of one day share a municipality and a run; what became of each is asserted by itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from scenarier import FILES, Scenario, arendenummer, las, referens
from scenariovarld import varld

from medarbetare.bootstrap import build_journal, read_configuration
from medarbetare.cases.models import Case, Handoff

SCENARIER = [las(path) for path in FILES]
IN_ONE_RUN = [one for one in SCENARIER if "avbrott" not in one]
KINDS = {
    "aktualisering": "aktualiseringar",
    "beräkning": "berakningar",
    "beslut": "beslut",
    "utbetalning": "utbetalningar",
    "anteckning": "anteckningar",
    "dokument": "anteckningar",
}
_LETTER = "Beslutsbrev"
"""What the heading of the note begins with that the letter is filed with."""
STATUS = {"bifall": "beslutad", "avslag_forslag": "överlämnad", "overlamna": "överlämnad", "vanta": "överlämnad"}


@dataclass(frozen=True)
class Worked:
    """What became of one scenario."""

    case: dict[str, Any]
    waits: int
    asides: list[str]
    proposal: dict[str, Any] | None
    records: dict[str, list[dict[str, Any]]]
    status: str
    questions: list[str]


@pytest.fixture(scope="module")
def worked(practise_once: Callable[..., Any]) -> dict[int, Worked]:
    """Every scenario worked off, one run a day."""
    done: dict[int, Worked] = {}
    for idag in sorted({one["idag"] for one in IN_ONE_RUN}):
        texts = [one for one in IN_ONE_RUN if one["idag"] == idag]
        practice = practise_once(varld(texts), workers=2)
        practice.configure("medarbetare.yaml", lambda content: content.update(patience={"wait_between_attempts": 1}))
        ran = practice.medarbetare("run", "--once", timeout=420)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        done |= _judged(practice, texts)
    return done


def _judged(practice: Any, texts: list[Scenario]) -> dict[int, Worked]:
    outcomes = practice.outcomes()
    held = practice.facit()["registered"]
    statuses = practice.facit("etjanst")["statuses"]
    asked = practice.facit("ssbtek")["registered"]["fragor"]
    told = {}
    with practice.database():
        journal = build_journal(read_configuration(practice.config))
        for text in texts:
            case = Case.objects.get(reference=referens(text))
            entries = journal.entries(case.handle)
            told[text["nummer"]] = Worked(
                case=outcomes[case.reference],
                waits=sum(e.kind == "case.outcome" and e.payload["status"] == "väntar" for e in entries),
                asides=sorted(Handoff.objects.filter(case=case).exclude(about="").values_list("about", flat=True)),
                proposal=next((e.payload["result"] for e in entries if e.name == "föreslå"), None),
                records={kind: _made(held, kind, arendenummer(text)) for kind in KINDS},
                status=statuses[case.reference],
                questions=[
                    one["personnummer"]
                    for one in asked
                    if one["personnummer"] in {p["personnummer"] for p in text["personer"].values()}
                ],
            )
    return told


def _made(held: dict[str, list[dict[str, Any]]], kind: str, case: str) -> list[dict[str, Any]]:
    found = [one for one in held[KINDS[kind]] if one["arende"] == case]
    if KINDS[kind] != "anteckningar":
        return found
    return [one for one in found if one["rubrik"].startswith(_LETTER) == (kind == "dokument")]


@pytest.mark.parametrize("text", IN_ONE_RUN, ids=[path.stem for path in FILES if "avbrott" not in las(path)])
def test_the_scenario_is_carried_out_as_the_case_worker_expects(text: Scenario, worked: dict[int, Worked]) -> None:
    expected, one = text["väntat"], worked[text["nummer"]]
    granted = expected["förslag"] == "bifall"
    stopped = 1 in expected.get("regler", [])
    assert one.case["status"] == ("stoppad" if stopped else STATUS.get(expected["förslag"], "överlämnad")), one.case
    kinds = list(KINDS) if granted else expected["registreras"]
    assert {kind: len(found) for kind, found in one.records.items()} == {kind: int(kind in kinds) for kind in KINDS}
    assert one.status == ("Beslutad" if granted else "Inkommen")
    assert one.asides == sorted(expected.get("för sig", []))
    if stopped:
        assert one.questions == []
    assert one.proposal is not None
    amount = None if expected["belopp"] == "inget" else expected["belopp"]
    proposed = one.proposal["belopp"]
    assert (None if proposed is None else Decimal(proposed)) == amount
    assert [rule["nummer"] for rule in one.proposal["regler"] if rule["utfall"] in "HWX"] == expected.get("regler", [])
    assert expected.get("skäl", "") in " ".join(one.case["reasons"])
    if granted:
        _assert_granted(one, expected)


def _assert_granted(one: Worked, expected: dict[str, Any]) -> None:
    (beslut,), (utbetalning,) = one.records["beslut"], one.records["utbetalning"]
    assert Decimal(beslut["belopp"]) == Decimal(utbetalning["belopp"]) == expected["belopp"]
    assert beslut["beslutsfattare"] == "Automatiserat beslut utan handläggare, delegationsordningen punkt 4.2 A"
    assert (beslut["kod"], beslut["user"]) == ("01 Bifall försörjningsstöd", "robot")


def test_a_register_that_is_away_is_waited_for_twice_and_is_never_zero(worked: dict[int, Worked]) -> None:
    [text] = [one for one in IN_ONE_RUN if "frågor till Försäkringskassan" in one["väntat"]]
    one = worked[text["nummer"]]
    assert one.waits == 2
    assert len(one.questions) == text["väntat"]["frågor till Försäkringskassan"]
    assert one.records["beräkning"] == []
