"""kill -9 in a case that waits for people: asked for what it lacks, approved, heard, answered, approved, carried out.

The points are what `test_matrix.py` has not: the messages to the applicant, the resumption on an approval, a hand-off,
a second payment and a reminder.

    make test    one case in frames, ten kills
    make chaos   both skins: three cases each, every point, the victim changing from case to case
"""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from judging import NOTICE
from reporting import FIGURES, TABLE
from test_matrix import AFTER_THE_CLICK, OF_A_STEP, OF_A_WRITE, VICTIMS, kill_of, table

from medarbetare.bootstrap import build_journal, read_configuration
from medarbetare.cases.handoffs import Handoffs, Person
from medarbetare.cases.models import Case, Handoff
from sandkommun import remote, worlds
from sandkommun.worlds import World
from sandkommun.worlds.systems import Systemval

HOUSEHOLD = Path(__file__).parents[1] / "worlds" / "medsokande-signerar.yaml"
REFERENCE, LANDLORD, RENT, REST = "260106", "Sandköpingsbostäder AB", Decimal(6200), Decimal(3060)
TOVA = Person("tova", "Tova Testsson")
ASKED, REMINDED = "komplettering", "bevakning, planering"
ASKED_NOTED = "anteckning om komplettering"
TOLD, HEARD, NOTED = (f"{one}, omgång 2" for one in ("delgivning", "kommunicering", "anteckning om kommunicering"))
"""Of the second round: what was read before the applicant was asked is read again when the answer has come."""
RECORDS = {
    ASKED: lambda held: held["meddelanden"][0:1],
    ASKED_NOTED: lambda held: [one for one in held["anteckningar"] if one["rubrik"].startswith("Begäran")],
    HEARD: lambda held: held["meddelanden"][1:2],
    NOTED: lambda held: [one for one in held["anteckningar"] if one["rubrik"].startswith("Kommunicering")],
    "beslut": lambda held: held["beslut"],
    "utbetalning": lambda held: [one for one in held["utbetalningar"] if one["mottagare"] == LANDLORD],
    "utbetalning 2": lambda held: [one for one in held["utbetalningar"] if one["mottagare"] != LANDLORD],
    NOTICE: lambda held: held["meddelanden"][2:],
    REMINDED: lambda held: held["bevakningar"],
}
"""The records of each write that is killed at, among all that the systems hold of a case."""
RESUMED = (("ärendet", "before begun"), ("ärendet", "begun"))
HANDED_OVER = (("ärendet", "before outcome"), ("ärendet", "outcome"))


def every_point_of(*writes: str) -> list[tuple[str, str]]:
    return [(write, point) for write in writes for point in OF_A_WRITE]


POINTS = (
    every_point_of(ASKED, ASKED_NOTED),
    list(HANDED_OVER),
    [*RESUMED, *((TOLD, point) for point in OF_A_STEP), *every_point_of(HEARD, NOTED)],
    list(HANDED_OVER),
    [*RESUMED, *every_point_of("utbetalning 2", NOTICE, REMINDED)],
)
"""Stretch by stretch, between which a person approves or a day goes by."""
ENDS = ("väntar", "överlämnad", "väntar", "överlämnad", "beslutad")
APPROVED: dict[int, dict[str, str]] = {
    2: {"medsokande_delgiven": "2026-12-01"},
    4: {"bedomning": "Elen är dyrare än för andra i samma storlek."},
}
"""The stretches that a person's approval begins, with what the person answers; a day begins the others."""
APART = "Underrätta medsökanden"
"""What a person does beside the decision, since the two who have applied were heard."""
SAMPLE = (
    [(ASKED, "submit answered", "worker"), (ASKED_NOTED, "submitting", "worker")],
    [("ärendet", "outcome", "supervisor")],
    [("ärendet", "begun", "worker"), (HEARD, "submitting", "browser"), (NOTED, "submit answered", "worker")],
    [],
    [
        ("ärendet", "begun", "supervisor"),
        ("utbetalning 2", "submit answered", "browser"),
        (NOTICE, "before receipt", "worker"),
        (REMINDED, "submitting", "worker"),
    ],
)


def turn(number: int) -> tuple[list[tuple[str, str, str]], ...]:
    """Every point; browsers die only where one must be open, since something has been read."""
    kills = [
        [(step, point, VICTIMS[(place + number) % 3]) for place, (step, point) in enumerate(stretch)]
        for stretch in POINTS
    ]
    return tuple([kill for kill in stretch if kill[2] != "browser" or kill[1] in OF_A_WRITE[2:]] for stretch in kills)


def municipality(skin: str, copies: int) -> World:
    """Households whose rent has gone to the landlord, whose plan soon ends, and who answer when they are heard."""
    content = worlds.load(HOUSEHOLD).model_dump(mode="json", exclude_defaults=True)
    [case] = content["arenden"].values()
    case["planering"]["till"] = "2026-12-31"
    [paid] = case["utbetalningar"]
    own = Decimal(paid["belopp"]) - RENT
    rent = {**paid, "mottagare": LANDLORD, "konto": "8888-2000002", "belopp": str(RENT)}
    case["utbetalningar"] = [rent, {**paid, "belopp": str(own)}]
    content["inkorg"][REFERENCE]["svar"] = [{"pa": 2, "efter_dagar": 1, "text": "Det stämmer."}]
    made = worlds.copies(World.model_validate(content), REFERENCE, copies)
    return made.model_copy(update={"system": {"verksamhet": Systemval(skin=skin)}})


def less_for_electricity(content: dict[str, Any]) -> None:
    """So that the grant is less than what was asked for, and the applicant must be heard."""
    content["skaliga_kostnader"]["Hushållsel"] = {"belopp": [500]}


@dataclass
class Story:
    """Cases with people in them, each killed by a plan of its own."""

    ruin: Any
    plans: dict[str, tuple[list[tuple[str, str, str]], ...]]

    def go_through(self) -> None:
        for stretch, end in enumerate(ENDS):
            if stretch in APPROVED:
                self._approve(APPROVED[stretch])
            elif stretch:
                self._a_day_goes_by()
            self.ruin.plan({ref: list(chain(*plan[: stretch + 1])) for ref, plan in self.plans.items()})
            self.ruin.work_off(seconds=3600.0)
            assert self.ruin.statuses() == dict.fromkeys(self.plans, end), (stretch, self._why(), self.ruin.log())

    def _approve(self, answers: dict[str, str]) -> None:
        handoffs = Handoffs(self._journal())
        for one in Handoff.objects.filter(closed_at=None, about=""):
            handoffs.approve(one.pk, TOVA, datetime.now(UTC), answers=answers, today=date(2026, 12, 1))

    def _a_day_goes_by(self) -> None:
        remote.tick(self.ruin.practice.folder / "sandkommun", "1d")
        Case.objects.update(due_at=datetime.now(UTC) - timedelta(seconds=1))

    def _journal(self) -> Any:
        return build_journal(read_configuration(self.ruin.practice.config))

    def _why(self) -> list[Any]:
        journal = self._journal()
        return [journal.entries(case.handle)[-1].payload for case in Case.objects.all()]

    def noted(self, reference: str) -> Counter[tuple[str, str]]:
        case = Case.objects.get(reference=reference)
        return Counter((entry.kind, entry.name) for entry in self._journal().entries(case.handle))

    def held(self, reference: str) -> dict[str, list[dict[str, Any]]]:
        """All that the systems hold of a case since its application came."""
        applicant = self.ruin.world.inkorg[reference].sokande
        [case] = [number for number, one in self.ruin.world.arenden.items() if one.sokande == applicant]
        of_case = {
            kind: [one for one in records if one["arende"] == case]
            for kind, records in self.ruin.practice.facit()["registered"].items()
        }
        sent = self.ruin.practice.facit("etjanst")["registered"]["meddelanden"]
        return {**of_case, "meddelanden": [one for one in sent if one["ref"] == reference and one["user"] == "robot"]}


def assert_right(story: Story, reference: str) -> None:
    held, done = story.held(reference), story.ruin.deeds(reference)
    assert [kill_of(one) for one in done] == list(chain(*story.plans[reference]))
    found = {write: records(held) for write, records in RECORDS.items()}
    assert {write: len(records) for write, records in found.items()} == dict.fromkeys(RECORDS, 1)
    amounts = [Decimal(found[write][0]["belopp"]) for write in ("beslut", "utbetalning", "utbetalning 2")]
    assert amounts == [RENT + REST, RENT, REST]
    assert found["beslut"][0]["beslutsfattare"] == TOVA.name
    for one in done:
        if one["step"] in RECORDS:
            is_there = found[one["step"]][0]["time"] < one["time"]
            assert is_there == (one["boundary"] in AFTER_THE_CLICK), one
        assert one["browsers"] or one["deed"] != "browser", one
    once = {"step", "write.intended", "write.receipt"}
    assert {what: n for what, n in story.noted(reference).items() if n > 1 and what[0] in once} == {}
    handed_over = list(Handoff.objects.filter(case__reference=reference).values_list("about", flat=True))
    assert sorted(handed_over) == [*[""] * len(APPROVED), APART]


def test_each_turn_reaches_every_point_once() -> None:
    turns = [kill for number in range(3) for stretch in turn(number) for kill in stretch]
    points = Counter((step, point) for stretch in POINTS for step, point in stretch)
    assert Counter(kill[:2] for kill in turns) == Counter(
        {at: (3 if at[1] in OF_A_WRITE[2:] else 2) * times for at, times in points.items()}
    )


@pytest.mark.parametrize("skin", ["frames", "grid"])
def test_kill_9_in_a_case_with_people_leaves_one_of_each_record_and_asks_them_once(
    chaos: Any, record_property: Any, whole_matrix: bool, skin: str
) -> None:
    if skin == "grid" and not whole_matrix:
        pytest.skip("make chaos")
    plans = [turn(number) for number in range(3)] if whole_matrix else [SAMPLE]
    world = municipality(skin, len(plans))
    ruin = chaos(world)
    ruin.configure(duration=10, margin=2, silence=7, workers=len(plans))
    ruin.practice.configure("ekonomiskt_bistand/kommun.yaml", less_for_electricity)
    story = Story(ruin, dict(zip(world.inkorg, plans, strict=True)))
    with ruin.practice.database():
        ruin.take_in()
        story.go_through()
        for reference in story.plans:
            assert_right(story, reference)
        done = {reference: ruin.deeds(reference) for reference in story.plans}
        points = list(dict.fromkeys(at for stretch in POINTS for at in stretch))
        record_property(TABLE, table(f"{skin}, with people", done, ruin.statuses(), points))
    record_property(
        FIGURES,
        {"name": f"crash matrix with people, {skin}", "kills": [kill_of(one) for it in done.values() for one in it]},
    )
    assert ruin.complaints() == ""
    ruin.assert_journal_verifies()
