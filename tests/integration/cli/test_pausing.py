from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from medarbetare.cases.status import CaseStatus
from medarbetare.engine.models import Hold, PortalStanding, Recovery
from medarbetare.testing import Bench


@pytest.mark.parametrize(
    ("words", "held", "told"),
    [
        ((), "allt", "Allt är pausat"),
        (("portal", "verksamhet"), "portal:verksamhet", "Portalen verksamhet är pausad"),
        (("workflow", "ekonomiskt_bistand"), "arbetsflöde:ekonomiskt_bistand", "ekonomiskt_bistand är pausat"),
    ],
)
def test_what_is_paused_is_told_by_status_until_it_is_resumed(
    medarbetare: Callable[..., Any], words: tuple[str, ...], held: str, told: str
) -> None:
    paused = medarbetare("pause", *words)
    assert (paused.exit_code, paused.err) == (0, "")
    assert f"{told}." in paused.out
    assert f"{told} redan." in medarbetare("pause", *words).out
    for looked in (medarbetare("status").out, medarbetare("schedule", "list").out):
        assert f"{told} sedan" in looked
        assert f"Upphäv: {' '.join(('medarbetare resume', *words))}\n" in looked

    resumed = medarbetare("resume", *words).out
    assert f"{told.removesuffix(' är pausat').removesuffix(' är pausad')} går vidare." in resumed
    assert "pausa" not in resumed
    assert not Hold.objects.exists()
    assert "pausa" not in medarbetare("status").out
    again = medarbetare("resume", *words)
    assert (again.exit_code, f"«{held}» är inte pausat" in again.err) == (1, True)


def test_a_paused_robot_takes_no_case_and_the_journal_says_who_paused_it(
    medarbetare: Callable[..., Any], bench: Bench
) -> None:
    case = bench.receive("REF-1", "tova")
    medarbetare("pause")
    with pytest.raises(ValueError, match="not due"):
        bench.take(case)

    medarbetare("resume")
    assert bench.work_on(case) is CaseStatus.HANDED_OVER
    kinds = [bench.journal.entry(index) for index in range(bench.journal.verify().size)]
    told = [(entry.kind, entry.name, entry.actor.partition(":")[0]) for entry in kinds if entry.name == "allt"]
    assert told == [("paused", "allt", "kommandorad"), ("resumed", "allt", "kommandorad")]


@pytest.mark.parametrize("words", [("portal",), ("portal", "finns-inte"), ("workflow", "verksamhet")])
def test_a_name_that_does_not_exist_is_told_with_those_that_do(
    medarbetare: Callable[..., Any], words: tuple[str, ...]
) -> None:
    refused = medarbetare("pause", *words)
    assert refused.exit_code == 1
    assert "Ange vilken" in refused.err
    assert ("verksamhet" if words[0] == "portal" else "ekonomiskt_bistand") in refused.err
    assert not Hold.objects.exists()


def test_status_tells_of_portals_that_rest_or_refuse_and_of_a_restore(medarbetare: Callable[..., Any]) -> None:
    now = datetime.now(UTC)
    PortalStanding.objects.create(
        portal="ssbtek", failures=7, open_until=now + timedelta(minutes=2), last_failure="svarar inte"
    )
    PortalStanding.objects.create(portal="verksamhet", login_refused_at=now, last_failure="avvisades")
    Recovery.objects.create(noticed_at=now, why="Journalen är kortare än märket.")

    told = " ".join(medarbetare("status").out.split())

    assert "Portalen ssbtek svarar inte (7 sidor i rad), till " in told
    assert "Senast: svarar inte" in told
    assert "Portalen verksamhet nekade robotens inloggning" in told
    assert "medarbetare resume portal verksamhet" in told
    assert "inget beslutas eller betalas förrän en avstämning har gått igenom" in told
    assert "medarbetare recovery status" in told

    # Who lets one go on is told what else stands still.
    assert "Portalen ssbtek svarar inte" in medarbetare("resume", "portal", "verksamhet").out
    assert not PortalStanding.objects.filter(portal="verksamhet").exists()
