from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client, override_settings

from medarbetare.cases.models import Case, Handoff
from medarbetare.database.dsn import Dsn
from medarbetare.engine.outcome import Aside, Outcome, decided, handed_over, stopped
from medarbetare.engine.presentation import Section
from medarbetare.engine.run import Run
from medarbetare.testing import Bench
from medarbetare.web.context import Site
from medarbetare.web.serving import prepare

DEPARTMENT = "avdelning"
PASSWORD = "ett-ganska-langt-losenord"


class Workflow:
    """Reads a name and asks a person; what the reference begins with decides what becomes of the case."""

    title = "Prövning av prov"
    version = "1"
    marked = False
    shielded_roles = frozenset({"skyddade personuppgifter"})

    def flow(self, run: Run) -> Outcome:
        run.step("läs", lambda: {"namn": "Tova Testsson"}, dict[str, str])
        if run.reference.startswith("SKYDD"):
            return stopped("Ärendet får inte handläggas av roboten.", "skyddade personuppgifter")
        if run.reference.startswith("DEL"):
            run.hand_over_apart(Aside(about="Medicin", reasons=("Medicin 240 kr.",)))
            return decided("Bifall.")
        if run.reference.startswith("HAND"):
            return handed_over("Hyran har ändrats.")
        approval = run.approval("besluta", handed_over("Förslag: bifall.", ("Hyran är ny", "Kontot är nytt")))
        if run.reference.startswith("SENARE-SKYDD"):
            return stopped("Ärendet får inte handläggas av roboten.", "skyddade personuppgifter")
        return decided(f"Bifall, beslutat av {approval.by}.")

    def is_shielded(self, steps: Mapping[str, Any]) -> bool:
        return self.marked

    def present(self, steps: Mapping[str, Any]) -> tuple[Section, ...]:
        row = (steps["läs"]["namn"], "<b>240</b>", "")
        return (
            Section("Personer", ("Namn", "Belopp", "Tomt"), (row,), amounts=frozenset({"Belopp"})),
            Section("Prövat", ("Regel",), (("1",),), note="Med anmärkning.", folded=True),
        )


class House:
    """A robot's database with pages on it, and the people who look at them."""

    def __init__(self) -> None:
        self.workflow = Workflow()
        self.bench = Bench({"flode": self.workflow.flow}, department=DEPARTMENT)
        self.later = timedelta(0)
        self.prepare()

    def prepare(self, address: str | None = None) -> None:
        site = Site(
            municipality="Exempelby",
            journal=self.bench.journal,
            workflows={"flode": self.workflow},
            clock=lambda: datetime.now(UTC) + self.later,
            zone=ZoneInfo("Europe/Stockholm"),
        )
        prepare(site, secret="prov" * 16, address=address)

    def person(self, user: str, *roles: str, name: str = "", department: str = DEPARTMENT) -> User:
        first, _, last = name.rpartition(" ")
        made = User.objects.create_user(user, password=PASSWORD, first_name=first, last_name=last)
        made.groups.set(Group.objects.get_or_create(name=f"{department}: {role}")[0] for role in roles)
        return made

    def browser(self, user: User | None = None, **options: Any) -> Client:
        """A browser, logged in as somebody."""
        client = Client(SERVER_NAME="localhost", raise_request_exception=False, **options)
        if user is not None:
            client.force_login(user)
        return client

    def hand_over(self, reference: str) -> tuple[Case, Handoff]:
        case = self.bench.receive(reference, reference)
        self.bench.work_on(case)
        return case, Handoff.objects.get(case=case, closed_at=None)


@pytest.fixture
def house(database: Dsn) -> Iterator[House]:
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield House()


@pytest.fixture
def tova(house: House) -> User:
    """A case worker."""
    return house.person("tova", "handläggare", name="Tova Testsson")
