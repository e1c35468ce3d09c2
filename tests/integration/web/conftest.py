from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client, override_settings
from pydantic import BaseModel, ConfigDict, Field

from medarbetare.cases.models import Case, Handoff
from medarbetare.database.dsn import Dsn
from medarbetare.engine.effect import NaturalKey, Seen, Submit
from medarbetare.engine.explanation import Condition, Explanation, Part
from medarbetare.engine.mode import Mode
from medarbetare.engine.outcome import Approval, Aside, Outcome, decided, handed_over, stopped
from medarbetare.engine.portal import Piece, Portal
from medarbetare.engine.presentation import Section
from medarbetare.engine.run import Run
from medarbetare.testing import Bench, MemoryPortal, Sheet
from medarbetare.web.context import Site
from medarbetare.web.serving import prepare

DEPARTMENT = "avdelning"
PASSWORD = "ett-ganska-langt-losenord"


class Betalning(BaseModel):
    model_config = ConfigDict(frozen=True)

    mottagare: str
    belopp: Decimal


@dataclass
class Betala:
    """A payment that the other system may spoil or lose."""

    portal_: Portal
    name: str
    portal: str = "kassa"
    needs: Mode = Mode.AUTOMATISK

    @property
    def intended(self) -> Betalning:
        return Betalning(mottagare="Tova Testsson", belopp=Decimal("3590.00"))

    @property
    def key(self) -> NaturalKey:
        return NaturalKey("tova", "2026-12", self.name)

    def read(self) -> Seen[Betalning]:
        rows = self.portal_.page("lista").table("betalningar")
        return Seen((Betalning.model_validate(row) for row in rows if row["sort"] == self.name), len(rows))

    def fill(self) -> Submit:
        page = self.portal_.page("ny")
        page.fill_all({"sort": self.name, "mottagare": self.intended.mottagare, "belopp": str(self.intended.belopp)})
        return lambda: page.commit("spara")


class Answered(Approval):
    """What is asked beside yes."""

    hyra: Decimal = Field(title="Vad är hyran?")
    fran: date = Field(title="Från vilken dag?")
    kontakt: bool = Field(title="Har du talat med sökanden?")
    sort: Literal["hyresrätt", "andrahand"] = Field(title="Hur bor de?")
    skal: str = Field(title="Varför?", default="")


class Pictures:
    """An evidence recorder that shows what somebody else's page might hold."""

    jpeg = b"\xff\xd8\xff\xe0 Tova Testsson"

    def take(self, portal: str) -> list[Piece]:
        return [
            Piece("sidan", "text/html", b"<script>alert(1)</script><p>Tova Testsson</p>"),
            Piece("bild av sidan", "image/jpeg", self.jpeg),
        ]


class Workflow:
    """Reads a name and asks a person; what the reference begins with decides what becomes of the case."""

    title = "Prövning av prov"
    version = "1"
    marked = False
    worker = ""
    shielded_roles = frozenset({"skyddade personuppgifter"})

    def flow(self, run: Run) -> Outcome:
        run.step("läs", lambda: {"namn": "Tova Testsson"}, dict[str, str])
        run.worker = self.worker
        if run.reference.startswith("SKYDD"):
            return stopped("Ärendet får inte handläggas av roboten.", "skyddade personuppgifter")
        if run.reference.startswith("DEL"):
            urgent = run.reference.startswith("DEL-BRÅDSKAR")
            run.hand_over_apart(Aside(about="Medicin", reasons=("Medicin 240 kr.",), urgent=urgent))
            return decided("Bifall.")
        if run.reference.startswith("BIFALL"):
            return decided("Bifall 3997 kr.")
        if run.reference.startswith("HAND"):
            return handed_over("Hyran har ändrats till 3997 kr.")
        if run.reference.startswith("OKÄND"):
            run.mode = Mode.AUTOMATISK
            for name in run.reference.split("-")[2:]:
                run.write(Betala(run.portal("kassa"), name))
            return decided("Betalt.")
        if run.reference.startswith("FRÅGA"):
            answer = run.handoff("fråga", handed_over("Hyran är oklar."), Answered)
            return decided(f"{answer.hyra} från {answer.fran}: {answer.sort}, {answer.kontakt}, {answer.skal or '-'}.")
        if run.reference.startswith("MEDDELANDE"):
            asked = handed_over("Ett meddelande.").model_copy(update={"follows": "Inget beslutas ännu."})
            return decided(run.approval("meddelande", asked).by)
        approval = run.approval("besluta", handed_over("Förslag: bifall 3997 kr.", ("Hyran är ny", "Kontot är nytt")))
        if run.reference.startswith("SENARE-SKYDD"):
            return stopped("Ärendet får inte handläggas av roboten.", "skyddade personuppgifter")
        return decided(f"Bifall, beslutat av {approval.by}.")

    def is_shielded(self, steps: Mapping[str, Any]) -> bool:
        return self.marked

    def explain(
        self, steps: Mapping[str, Any], written: Collection[str], kept: Callable[[str], Mapping[str, bytes] | None]
    ) -> Explanation | None:
        rows = (("<b>Hyra</b>", "5800", "", "34"), ("Summa", "5800", "", ""))
        columns = ("Kostnad", "Kronor", "Tomt", "Regler")
        costs = Section("Kostnader", columns, rows, amounts=frozenset({"Kronor"}), sums=1)
        return Explanation(
            outcome="Hushållet beviljas 3997 kr.",
            decided_by=f"Roboten, om {steps['läs']['namn']}.",
            differs=Part("De närmaste gränserna", (), note="Ingen regel hindrade."),
            otherwise=(Condition("Regel 34. Hyra", "Hyran är inom taket.", ("Högst 6400 kr.",)),),
            parts=(Part("Så är det räknat", (costs,), note="En person."), Part("Reglerna", ())),
            data={"utgang": "Hushållet beviljas 3997 kr."},
        )

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
        self.pictures = Pictures()
        self.rows: list[dict[str, str]] = []
        self.save: Callable[[dict[str, str]], object] = self.rows.append
        pages: dict[str, Callable[..., Sheet]] = {
            "lista": lambda: Sheet(tables={"betalningar": list(self.rows)}),
            "ny": lambda: Sheet(fields={"sort", "mottagare", "belopp"}, commits={"spara": lambda row: self.save(row)}),
        }
        self.kassa = MemoryPortal("kassa", pages)
        self.bench = Bench({"flode": self.workflow.flow}, [self.kassa], department=DEPARTMENT)
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
def betala() -> type[Betala]:
    """The write of these tests."""
    return Betala


@pytest.fixture
def house(database: Dsn) -> Iterator[House]:
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield House()


@pytest.fixture
def tova(house: House) -> User:
    """A case worker."""
    return house.person("tova", "handläggare", name="Tova Testsson")
