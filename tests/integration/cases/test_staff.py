"""Whom a hand-off is assigned to, and whom it belongs to today, on a real database with real users."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection

from medarbetare.cases import staff
from medarbetare.cases.handoffs import Handoffs, Person
from medarbetare.cases.models import Absence, Handoff, StaffName
from medarbetare.cases.staff import Staff
from medarbetare.cases.status import CaseStatus
from medarbetare.engine.outcome import Aside, Outcome, decided, handed_over, stopped
from medarbetare.errors import BusinessError
from medarbetare.testing import Bench

DEPARTMENT = "avdelning"
GROUP = "avdelning: handläggare"
TODAY = date(2026, 12, 21)
HILDA = "Hilda Handläggarsson"


def user(name: str, called: str = "", *roles: str) -> User:
    first, _, last = called.rpartition(" ")
    made = User.objects.create(username=name, first_name=first, last_name=last)
    made.groups.set(Group.objects.get_or_create(name=f"{DEPARTMENT}: {role}")[0] for role in roles)
    return made


@pytest.fixture
def people(database):
    """Three case workers, and one of IT."""
    user("hilda", HILDA, "handläggare")
    user("tova", "Tova Testsson", "handläggare")
    user("aron", "Aron Exempelsson", "handläggare")
    user("ivar", "Ivar Itsson", "it")


def away(name: str, cover: str = "") -> None:
    staff.set_absent(name, TODAY, TODAY + timedelta(days=7), cover, TODAY)


def taker(name: str, today: date = TODAY) -> str:
    return Staff.read(today).taker(name, GROUP)


def handed(flow, reference: str = "REF-1") -> tuple[Bench, list[Handoff]]:
    bench = Bench({"flode": flow}, department=DEPARTMENT)
    bench.work_on(bench.receive(reference, reference))
    return bench, list(Handoff.objects.order_by("pk"))


@pytest.mark.parametrize(
    ("named", "role", "whose"),
    [
        ("  hilda   HANDLÄGGARSSON ", "handläggare", "hilda"),
        ("Hilda Handla\u0308ggarsson", "handläggare", "hilda"),
        ("Någon Annansson", "handläggare", ""),
        ("Ivar Itsson", "handläggare", ""),
        ("Ivar Itsson", "it", "ivar"),
        ("", "handläggare", ""),
    ],
    ids=["white space and case", "another way to store ä", "nobody", "lacks the role", "has it", "none named"],
)
def test_a_hand_off_goes_to_the_user_of_the_role_whom_the_case_system_names(people, named, role, whose):
    bench, (handoff,) = handed(lambda run: handed_over("Hyran.", role=role, worker=named))

    assert handoff.assigned_to == whose
    noted = [(entry.actor, entry.payload) for entry in bench.entries(handoff.case, "handoff.assigned")]
    assert noted == ([("robot", {"handoff": handoff.entry, "to": whose, "worker": named})] if whose else [])
    assert bench.journal.verify().ok


def test_a_case_systems_own_spelling_counts_before_peoples_names_and_is_one_users_alone(people):
    staff.call("tova", " Handläggarsson,  Hilda ")
    assert Staff.read(TODAY).named("handläggarsson, hilda", GROUP) == "tova"
    with pytest.raises(BusinessError, match="redan tova"):
        staff.call("aron", "HANDLÄGGARSSON, HILDA")

    staff.call("tova", HILDA)
    assert Staff.read(TODAY).named(HILDA, GROUP) == "tova"
    staff.call("tova", "")
    assert Staff.read(TODAY).named(HILDA, GROUP) == "hilda"
    user("hilda2", HILDA, "handläggare")
    assert Staff.read(TODAY).named(HILDA, GROUP) == "", "two of one name: nobody can tell"


@pytest.mark.parametrize("text", ["Tova 19850128-9832", "T" * 101])
def test_a_name_that_will_not_do_is_refused(people, text):
    with pytest.raises(BusinessError, match="får inte innehålla ett personnummer"):
        staff.call("tova", text)
    assert not StaffName.objects.exists()


def ends_in_an_error(run) -> Outcome:
    run.worker = HILDA
    raise BusinessError("Ärendet är en annans.")


def asks(run) -> Outcome:
    run.worker = HILDA
    run.approval("besluta", handed_over("Förslag."))
    return decided("Bifall.")


def goes_on_apart(run) -> Outcome:
    run.worker = HILDA
    run.hand_over_apart(Aside(about="Medicin", reasons=("Medicin 240 kr.",)))
    return decided("Bifall.")


def names_another(run) -> Outcome:
    run.worker = HILDA
    return handed_over("Planeringen saknas.", worker="Tova Testsson")


@pytest.mark.parametrize(
    ("flow", "whose"),
    [(ends_in_an_error, "hilda"), (asks, "hilda"), (goes_on_apart, "hilda"), (names_another, "tova")],
)
def test_what_a_run_hands_over_goes_to_the_applicants_own_worker_unless_another_is_named(people, flow, whose):
    bench, (handoff,) = handed(flow)
    assert handoff.assigned_to == whose
    if flow is goes_on_apart:
        assert bench.outcome(handoff.case).worker == HILDA, "the reconciliation finds there whom a difference goes to"


def test_the_same_part_is_handed_over_once_also_when_the_applicant_has_got_another_worker(people):
    named = iter([HILDA, "Tova Testsson"])

    def flow(run) -> Outcome:
        run.worker = next(named)
        goes = run.hand_over_apart(Aside(about="Medicin", reasons=("Medicin 240 kr.",)))
        run.approval("besluta", handed_over("Förslag."))
        assert goes is None
        return decided("Bifall.")

    bench, (part, whole) = handed(flow)
    bench.answer(whole.case)
    assert bench.work_on(whole.case) is CaseStatus.DECIDED
    assert [one.assigned_to for one in Handoff.objects.order_by("pk")] == ["hilda", "hilda"]
    assert part.about == "Medicin"


def test_what_only_a_named_role_may_see_goes_to_nobody_in_particular(people):
    user("siv", "Siv Skyddsson", "skyddade personuppgifter")

    def flow(run) -> Outcome:
        run.worker = "Siv Skyddsson"
        return stopped("Får inte handläggas av roboten.", "skyddade personuppgifter")

    bench, (handoff,) = handed(flow)
    assert handoff.assigned_to == ""
    assert bench.entries(handoff.case, "handoff.assigned") == []
    assert bench.outcome(handoff.case).worker == ""


def test_while_somebody_is_away_the_cover_has_it_and_the_covers_cover(people):
    assert taker("hilda") == "hilda"
    away("hilda", "tova")
    assert taker("hilda") == "tova"
    away("tova", "aron")
    assert (taker("hilda"), taker("tova")) == ("aron", "aron")
    assert Staff.read(TODAY).takers(GROUP) == {"hilda": "aron", "tova": "aron", "aron": "aron"}
    for day, whose in ((TODAY - timedelta(days=1), "hilda"), (TODAY + timedelta(days=7), "aron")):
        assert taker("hilda", day) == whose
    assert taker("hilda", TODAY + timedelta(days=8)) == "hilda", "what is open follows by itself when they are back"


def test_nobody_has_it_where_there_is_no_cover_a_circle_or_one_who_may_not(people):
    away("hilda")
    assert taker("hilda") == ""
    away("hilda", "tova")
    away("tova", "hilda")
    assert (taker("hilda"), taker("tova")) == ("", ""), "a circle"
    away("hilda", "ivar")
    assert taker("hilda") == "", "the cover lacks the role"
    away("hilda", "aron")
    User.objects.filter(username="aron").update(is_active=False)
    assert taker("hilda") == "", "the cover may not log in"
    staff.end_absence("hilda", TODAY)
    assert taker("hilda") == "hilda"
    User.objects.get(username="hilda").groups.clear()
    assert taker("hilda") == "", "has lost the role"
    assert taker("finns-inte") == ""


def test_an_absence_replaces_what_it_overlaps_and_days_gone_by_are_forgotten(people):
    staff.set_absent("aron", TODAY - timedelta(days=9), TODAY - timedelta(days=1), "", TODAY - timedelta(days=9))
    later = TODAY + timedelta(days=60)
    staff.set_absent("hilda", later, later, "", TODAY)
    away("hilda")
    (replaced,) = staff.set_absent("hilda", TODAY, TODAY + timedelta(days=2), "tova", TODAY)
    assert replaced.cover == ""
    kept = Absence.objects.order_by("first").values_list("user", "last", "cover")
    assert list(kept) == [("hilda", TODAY + timedelta(days=2), "tova"), ("hilda", later, "")]

    assert [one.first for one in staff.end_absence("hilda", TODAY)] == [TODAY], "what is planned stays"
    assert [one.first for one in staff.end_absence("hilda", TODAY)] == [later], "nothing at hand: the planned one goes"
    assert staff.end_absence("hilda", TODAY) == []


@pytest.mark.parametrize(
    ("first", "last", "cover", "told"),
    [
        (TODAY, TODAY - timedelta(days=1), "", "innan den börjar"),
        (TODAY - timedelta(days=3), TODAY - timedelta(days=1), "", "Ange dagar som inte har varit"),
        (TODAY, TODAY, "hilda", "för sig själv"),
    ],
)
def test_days_that_cannot_be_are_refused(people, first, last, cover, told):
    with pytest.raises(BusinessError, match=told):
        staff.set_absent("hilda", first, last, cover, TODAY)
    assert not Absence.objects.exists()


def test_a_person_puts_a_hand_off_on_their_own_list_once_and_not_when_it_is_closed(people):
    bench, (handoff,) = handed(asks)
    tova, handoffs = Person("tova", "Tova Testsson"), Handoffs(bench.journal)
    for _ in range(2):
        handoffs.assign(handoff.pk, tova)
    handoff.refresh_from_db()
    assert handoff.assigned_to == "tova"
    _, taken = bench.entries(handoff.case, "handoff.assigned")
    assert (taken.actor, taken.name) == ("person:tova", "besluta")
    assert taken.payload == {"handoff": handoff.entry, "to": "tova", "from": "hilda"}

    handoffs.take_over(handoff.pk, tova, datetime.now(UTC))
    with pytest.raises(BusinessError, match="redan övertagen"):
        handoffs.assign(handoff.pk, Person("aron", "Aron Exempelsson"))


def test_who_is_removed_leaves_what_is_open_to_the_group_and_nothing_to_whoever_gets_the_name(people):
    _, (handoff,) = handed(asks)
    staff.call("hilda", "HH01")
    away("hilda", "tova")
    staff.set_absent("aron", TODAY, TODAY, "hilda", TODAY)
    assert staff.forget("hilda") == 1
    handoff.refresh_from_db()
    assert handoff.assigned_to == ""
    assert not StaffName.objects.exists()
    assert list(Absence.objects.values_list("user", "cover")) == [("aron", "")]


def test_a_robot_whose_database_has_no_users_assigns_nothing(database):
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE auth_user CASCADE")
    _, (handoff,) = handed(asks)
    assert handoff.assigned_to == ""
