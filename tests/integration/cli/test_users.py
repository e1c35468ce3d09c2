import getpass
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from medarbetare.cases.handoffs import Handoffs, Person
from medarbetare.cases.models import Absence, Handoff
from medarbetare.testing import Bench

PASSWORD = "ett-ganska-langt-losenord"
Medarbetare = Callable[..., Any]


@pytest.fixture
def secret(tmp_path: Path) -> str:
    file = tmp_path / "losenord"
    file.write_text(PASSWORD + "\n", "utf-8")
    return str(file)


def test_a_person_who_is_added_can_log_in_and_takes_the_roles_hand_offs(medarbetare: Medarbetare, secret: str) -> None:
    said = medarbetare(
        *("users", "add", "tova", "--role", "handläggare", "--role", "it"),
        *("--name", "Tova T. Testsson", "--password-file", secret),
    )

    assert (said.exit_code, said.err) == (0, "")
    user = User.objects.get()
    assert user.check_password(PASSWORD)
    assert (user.username, user.get_full_name(), user.last_name) == ("tova", "Tova T. Testsson", "Testsson")
    assert sorted(group.name for group in user.groups.all()) == [
        "ekonomiskt_bistand: handläggare",
        "ekonomiskt_bistand: it",
    ]
    listed = medarbetare("users", "list").out
    assert "Tova T. Testsson" in listed
    assert "ekonomiskt_bistand: it" in listed
    assert "öppen" in listed
    assert PASSWORD not in said.out + listed


def test_the_password_is_asked_for_twice(medarbetare: Medarbetare, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter([PASSWORD, PASSWORD, PASSWORD, "något annat"])
    monkeypatch.setattr(getpass, "getpass", lambda prompt: next(typed))

    assert medarbetare("users", "add", "tova", "--role", "handläggare").exit_code == 0
    assert User.objects.get().check_password(PASSWORD)
    differing = medarbetare("users", "add", "olle", "--role", "handläggare")
    assert differing.exit_code == 1
    assert "Lösenorden är inte lika." in differing.err
    assert User.objects.count() == 1


def test_adding_again_changes_roles_and_opens_a_log_in_that_was_closed(medarbetare: Medarbetare, secret: str) -> None:
    medarbetare("users", "add", "tova", "--role", "handläggare", "--password-file", secret)
    closed = medarbetare("users", "disable", "tova")
    assert "kan inte logga in längre" in closed.out
    assert not User.objects.get().is_active
    assert "stängd" in medarbetare("users", "list").out

    medarbetare("users", "add", "tova", "--role", "it", "--password-file", secret)

    assert User.objects.get().is_active
    assert [group.name for group in User.objects.get().groups.all()] == ["ekonomiskt_bistand: it"]
    assert medarbetare("users", "remove", "tova").exit_code == 0
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("name", "more", "told"),
    [
        ("Tova Testsson", (), "Inloggningsnamnet får ha"),
        ("19850128-9832", (), "får inte vara ett personnummer"),
        ("tova", ("--name", "T" * 61), "högst 60 tecken"),
        ("tova", ("--name", "Tova 198501289832"), "får inte innehålla ett personnummer"),
        ("tova", ("--department", "annan"), "en av: ekonomiskt_bistand"),
        ("tova", ("--password-file", "/finns/inte"), "/finns/inte"),
    ],
)
def test_what_will_not_do_is_told_and_nobody_is_added(
    medarbetare: Medarbetare, secret: str, name: str, more: tuple[str, ...], told: str
) -> None:
    said = medarbetare("users", "add", name, "--role", "handläggare", "--password-file", secret, *more)

    assert said.exit_code == 1
    assert told in said.err
    assert not User.objects.exists()


@pytest.mark.parametrize("password", ["kort", "123456789012345", "handlaggare", "tova.testsson1"])
def test_a_weak_password_is_refused_and_not_repeated(medarbetare: Medarbetare, tmp_path: Path, password: str) -> None:
    file = tmp_path / "svagt"
    file.write_text(password, "utf-8")

    said = medarbetare("users", "add", "tova.testsson", "--role", "handläggare", "--password-file", str(file))

    assert said.exit_code == 1
    assert "Lösenordet duger inte." in said.err
    assert password not in said.err.split("duger inte.")[1].split()
    assert not User.objects.exists()


def test_a_role_that_nobody_hands_over_to_is_pointed_out(medarbetare: Medarbetare, secret: str) -> None:
    said = medarbetare("users", "add", "tova", "--role", "handlägare", "--password-file", secret)
    assert said.exit_code == 0
    assert "Stavat rätt?" in said.out


def test_somebody_that_there_is_not_is_told(medarbetare: Medarbetare) -> None:
    for command in ("disable", "remove"):
        said = medarbetare("users", command, "olle")
        assert said.exit_code == 1
        assert "Det finns ingen olle." in said.err


@pytest.fixture
def people(medarbetare: Medarbetare, secret: str) -> None:
    """Two case workers, and one of IT."""
    for user, name, role in (
        ("tova", "Tova Testsson", "handläggare"),
        ("aron", "Aron", "handläggare"),
        ("ia", "Ia", "it"),
    ):
        added = medarbetare("users", "add", user, "--role", role, "--name", name, "--password-file", secret)
        assert added.exit_code == 0


def test_the_case_systems_name_of_a_person_is_noted_listed_and_one_persons_alone(
    medarbetare: Medarbetare, secret: str, people: None
) -> None:
    said = medarbetare("users", "name", "tova", "--case-system-name", " Testsson,  Tova ")
    assert said.out.startswith("tova heter «Testsson, Tova» i verksamhetssystemet.")
    assert "(Testsson, Tova)" in medarbetare("users", "list").out

    taken = medarbetare(
        *("users", "add", "olle", "--role", "it", "--password-file", secret), "--case-system-name", "TESTSSON, TOVA"
    )
    assert taken.exit_code == 1
    assert "redan tova" in taken.err
    assert not User.objects.filter(username="olle").exists(), "nothing is half done"
    assert "heter likadant" in medarbetare("users", "name", "tova", "--case-system-name", "").out


def test_an_absence_is_noted_listed_and_ended(medarbetare: Medarbetare, people: None) -> None:
    days = ("--from", "2031-12-20", "--to", "2032-01-07")
    said = medarbetare("users", "absent", "tova", *days, "--cover", "aron")
    assert said.out == "tova är frånvarande 2031-12-20–2032-01-07. aron går in.\n"
    assert Absence.objects.values_list("user", "cover").get() == ("tova", "aron")
    assert "aron går in" in " ".join(medarbetare("users", "list").out.split())

    changed = medarbetare("users", "absent", "tova", *days)
    assert "Gruppen tar det.\nDet ersätter 2031-12-20–2032-01-07." in changed.out
    assert "2031-12-20–2032-01-07 är borttagen" in medarbetare("users", "back", "tova").out
    assert "har ingen frånvaro" in medarbetare("users", "back", "tova").out
    assert not Absence.objects.exists()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("tova", "--to", "20 december"), "är inget datum"),
        (("tova", "--to", "2031-12-20", "--cover", "ia"), "ia tar inget av det som tova tar"),
        (("tova", "--to", "2031-12-20", "--cover", "olle"), "Det finns ingen olle"),
        (("olle", "--to", "2031-12-20"), "Det finns ingen olle"),
    ],
)
def test_an_absence_that_cannot_be_is_told(
    medarbetare: Medarbetare, people: None, given: tuple[str, ...], told: str
) -> None:
    said = medarbetare("users", "absent", *given)
    assert said.exit_code == 1
    assert told in said.err
    assert not Absence.objects.exists()


def test_the_list_of_cases_and_the_status_say_with_whom_each_is(
    medarbetare: Medarbetare, bench: Bench, people: None
) -> None:
    case = bench.receive("REF-1", "tova")
    bench.work_on(case)
    assert "gruppen" in medarbetare("cases", "list").out
    Handoffs(bench.journal).assign(Handoff.objects.get().pk, Person("tova", "Tova Testsson"))
    medarbetare("users", "absent", "tova", "--to", "2031-12-20", "--cover", "aron")
    assert "aron" in medarbetare("cases", "list").out

    assert "ingen som får logga in tar dem" not in medarbetare("status").out
    removed = medarbetare("users", "remove", "tova")
    assert "ligger nu hos gruppen: 1." in removed.out
    medarbetare("users", "disable", "aron")
    assert "ekonomiskt_bistand: handläggare: 1, och ingen som får logga in tar dem" in medarbetare("status").out
