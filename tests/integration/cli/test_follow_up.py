"""`followup`: the list at the command line."""

import getpass
import json
from datetime import date

from django.db import transaction

from medarbetare.engine.follow_up import Fact, FollowUp, Found, keep


def stated(bench, reference, worker, name):
    """A household of which something is stated that holds today."""
    case = bench.receive(reference, name)
    fact = Fact(text="Planeringen [tar] slut.", since=date(2026, 1, 1), due=date(2026, 2, 1))
    found = FollowUp(name=name, worker=worker, facts=(fact,), until=date(9999, 1, 1))
    with transaction.atomic():
        keep(bench.journal, case, Found(found, case.created_at), "robot")
    return case


def test_the_list_is_by_case_worker_and_each_household_shown_is_journalled(medarbetare, bench):
    stated(bench, "REF-1", "Örjan Handläggarsson", "Tova Testsson")
    second = stated(bench, "REF-2", "Hilda Handläggarsson", "Sixten Provsson")

    table = medarbetare("followup")
    assert table.exit_code in (0, None), table.err
    assert table.out.index("Sixten Provsson") < table.out.index("Tova Testsson")
    assert "Planeringen [tar] slut." in table.out

    told = json.loads(medarbetare("followup", "--worker", "hilda  handläggarsson", "--json").out)
    assert told == [
        {
            "avdelning": bench.department,
            "handläggare": "Hilda Handläggarsson",
            "ärende": second.handle,
            "sökande": "Sixten Provsson",
            "kontakt_senast": "2026-02-01",
            "uppgifter": ["Planeringen [tar] slut."],
        }
    ]
    assert [entry.actor for entry in bench.entries(second, "shown")] == [f"kommandorad:{getpass.getuser()}"] * 2


def test_nobody_to_follow_up_is_told(medarbetare, bench):
    assert "Inget hushåll att följa upp i dag." in medarbetare("followup").out
    assert json.loads(medarbetare("followup", "--json").out) == []
