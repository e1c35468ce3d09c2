"""The scenarios in which the robot dies on the way: what it had written stands, and it goes on from there."""

from decimal import Decimal

import pytest
from scenarier import FILES, las, referens
from scenariovarld import varld

DIES = {"efter beslutet": ("beslut", "receipt", "worker")}
AVBRUTNA = [path for path in FILES if "avbrott" in las(path)]


@pytest.mark.parametrize("path", AVBRUTNA, ids=lambda path: path.stem)
def test_the_robot_dies_and_the_next_finds_the_decision_and_pays_once(chaos, path):
    text = las(path)
    reference, amount = referens(text), text["väntat"]["belopp"]
    ruin = chaos(varld([text]))
    ruin.configure(duration=10, margin=2, silence=7)
    ruin.plan({reference: [DIES[text["avbrott"]]]})
    with ruin.practice.database():
        ruin.take_in()
        ruin.work_off()
        assert ruin.statuses() == {reference: "beslutad"}, ruin.log()

    [death] = ruin.deeds(reference)
    records = ruin.records(reference)
    assert {write: len(found) for write, found in records.items()} == dict.fromkeys(records, 1)
    assert records["beslut"][0]["time"] < death["time"] < records["utbetalning"][0]["time"]
    assert [Decimal(records[write][0]["belopp"]) for write in ("beslut", "utbetalning")] == [amount, amount]
    ruin.assert_journal_verifies()


def test_there_is_a_scenario_in_which_the_robot_dies():
    assert AVBRUTNA
