"""SSBTEK v10 by XML gives the facts that the multi-question portal's page shows, or says that it does not know them."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from defusedxml.ElementTree import fromstring
from ssbtek_svar import answer
from varldsfakta import uppgifter

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Svarsstatus
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.portaler.ssbtek_v10 import Ingivare, fraga
from arbetsfloden.ekonomiskt_bistand.register import registersvar as svar
from arbetsfloden.ekonomiskt_bistand.register.registersvar import Register, Registersvar
from medarbetare.engine import Reply
from medarbetare.errors import AnswerMissing
from sandkommun import worlds
from sandkommun.running import Running, running
from sandkommun.worlds.people import Person

NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
TODAY = date(2026, 12, 1)
FRAN, TILL = date(2026, 10, 1), date(2026, 12, 31)
INGIVARE = Ingivare("162120000001", "Sandkommun", "robot")
TOLVA = Personnummer("199001259887")
WORLD = worlds.load(Path(__file__).parents[2] / "integration" / "sandkommun" / "registers.yaml")
SSBT = "{http://schema.forsakringskassan.se/integration/ssbt/10}"

EVERY = ("AF", "CSN", "FK", "SKV", "SO", "TNS", "MIV")


@dataclass
class Canned:
    """A service with one answer, which remembers what it was asked."""

    body: bytes
    status: int = 200
    name: str = "ssbtek_v10"
    asked: list[bytes] = field(default_factory=list)

    def ask(self, body: bytes, *, content_type: str) -> Reply:
        assert content_type == "text/xml; charset=utf-8"
        self.asked.append(body)
        return Reply(self.status, self.body)


@dataclass
class Http:
    """Sandkommun's service, over HTTP Basic."""

    sandkommun: Running
    name: str = "ssbtek_v10"

    def ask(self, body: bytes, *, content_type: str) -> Reply:
        account = self.sandkommun.account("ssbtek")
        proof = base64.b64encode(f"{account.user}:{account.password}".encode()).decode()
        address = f"{self.sandkommun.direct('ssbtek')}/soap/ssbtek/v10"
        request = Request(address, body, {"Content-Type": content_type, "Authorization": f"Basic {proof}"})  # noqa: S310
        try:
            with urlopen(request, timeout=10) as answer:  # noqa: S310
                return Reply(answer.status, answer.read())
        except HTTPError as refusal:
            return Reply(refusal.code, refusal.read())


def ask(
    service: Canned | Http,
    *registers: Register,
    person: Personnummer = TOLVA,
    accept_silence: bool = False,
    ingivare: Ingivare = INGIVARE,
) -> Registersvar:
    asked = registers or tuple(Register)
    return fraga(
        *(service, person, asked), ingivare=ingivare, fran=FRAN, till=TILL, now=NOW, accept_silence=accept_silence
    )


# --- A real answer ----------------------------------------------------------------------------------------------------


def test_a_real_answer_with_every_agency_gives_each_one_s_facts() -> None:
    told = ask(Canned(answer()))
    assert told.af is not None
    assert (told.af.arbetssokande, told.af.registrerad, told.af.omfattning) == (True, date(2016, 11, 18), 100)
    assert (told.af.kategori, told.af.avaktualiserad, told.af.aktivitetsrapport) == ("Anställd", None, None)
    assert told.af.lasning.kalla == "Arbetsförmedlingen via SSBTEK"
    assert told.skv is not None
    assert told.skv.kapital == (svar.Kapitaluppgift(taxeringsar=2001, intakter=Decimal(12345), overskott=Decimal(666)),)
    assert told.so is not None
    (benefit,) = told.so.utbetalningar
    assert (benefit.netto_efter_skatt, benefit.dagar, benefit.avser_till) == (
        Decimal("1250.50"),
        Decimal(2),
        date(2013, 11, 3),
    )
    assert told.so.kassa == "Testorganisation"
    assert told.ts is not None
    assert told.ts.fordon == (svar.Fordon(regnr="ABC001", fabrikat="Volvo", modell="V70", ar=2012, slag="PERSONBIL"),)
    assert told.miv is not None
    permit = svar.Tillstand(slag="Permanent uppehållstillstånd", fran=date(1998, 5, 12))
    assert told.miv.tillstand == (permit,)
    assert told.csn is not None
    assert told.fk is not None
    assert told.pm is not None
    assert (told.csn.status, told.fk.status, told.pm.status) == (
        *(Svarsstatus.INGET, Svarsstatus.INGET, Svarsstatus.EJ_KONTROLLERBART),
    )


def test_an_agency_that_was_asked_and_is_not_in_the_answer_is_not_checkable() -> None:
    alone = ask(Canned(answer(**dict.fromkeys(EVERY[1:], ""))), Register.AF)
    assert [one.register for one in alone.alla] == [Register.AF]
    told = ask(Canned(answer(**dict.fromkeys(EVERY[1:], ""))))
    assert told.af is not None
    assert told.af.status is Svarsstatus.SVAR
    others = [one for one in told.alla if one.register is not Register.AF]
    assert len(others) == 7
    assert {(one.status, one.kallstatus) for one in others} == {(Svarsstatus.EJ_KONTROLLERBART, "SAKNAS")}


def test_prefixes_may_be_others_and_the_answer_the_same() -> None:
    other = answer().replace(b"ssbt:", b"a:").replace(b":ssbt=", b":a=").replace(b"er:", b"z:")
    assert b":er=" in other
    assert ask(Canned(other.replace(b":er=", b":z="))) == ask(Canned(answer()))


# --- The question -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("registers", "elements", "codes"),
    [
        ({Register.FK}, {"FK"}, {"FK"}),
        ({Register.PM}, {"FK"}, {"PM"}),
        ({Register.FK, Register.PM, Register.TS}, {"FK", "TNS"}, {"FK", "PM"}),
        ({Register.AF, Register.SO}, {"AF", "SO"}, set()),
    ],
)
def test_only_the_asked_are_included_and_the_question_of_försäkringskassan_names_only_its_own(
    registers: set[Register], elements: set[str], codes: set[str]
) -> None:
    service = Canned(answer(**dict.fromkeys(EVERY, "")))
    ask(service, *registers, ingivare=Ingivare("162120000001", "Sandkommun", "robot", aktorsid="aktör 7"))
    question = fromstring(service.asked[0])
    parts = list(question.find(f".//{SSBT}specifikaFrageparametrar"))
    assert [one.tag.removeprefix(SSBT) for one in parts] == list(EVERY)
    assert {one.tag.removeprefix(SSBT) for one in parts if one.get("inkludera") == "true"} == elements
    encoded = question.find(f".//{SSBT}lefiJsonFraga")
    asked = {} if encoded is None else json.loads(base64.b64decode(encoded.text))
    assert {code.partition(":")[0] for told in asked.values() if isinstance(told, list) for code in told} == codes
    assert asked.get("personnummer", TOLVA.digits) == TOLVA.digits
    assert (question.find(f".//{SSBT}aktorsid") is not None) == bool(codes)


# --- The same facts as the page ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Http]:
    with running(WORLD, tmp_path_factory.mktemp("ssbtek_v10") / "data") as sandkommun:
        yield Http(sandkommun)


def shown(person: Person) -> Registersvar:
    """What the page shows of a person, put together from the world's own elements."""
    told: dict[str, Any] = {}
    for register in Register:
        about = getattr(person, register.value)
        deviation = getattr(about, "avvikelse", "")
        protected = person.skydd is not None or about.sekretess
        status = about.svar[-1] if about.svar else about.status
        # By XML an error does not tell one status of the agency's own from another.
        status = "FELANDE" if status == "BEGRANSAD" and register not in (Register.FK, Register.PM) else status
        facts: dict[str, Any] = {"status": Svarsstatus.EJ_KONTROLLERBART}
        if status == "OK" and not deviation and not protected:
            facts = within(uppgifter(about, TODAY))
            none = register is not Register.AF and not any(facts.values())
            facts["status"] = Svarsstatus.INGET if none else Svarsstatus.SVAR
        told[register.value] = {
            "person": person.personnummer,
            "lasning": {"kalla": f"{register.namn} via SSBTEK", "tidpunkt": NOW},
            "kallstatus": status,
            "skyddad": protected and status == "OK",
            "avvikelser": (deviation,) if deviation else (),
            **facts,
        }
    return Registersvar.model_validate(told)


def within(facts: dict[str, Any]) -> dict[str, Any]:
    """The payments of the period asked about, the oldest first."""
    paid = [row for row in facts.get("utbetalningar", ()) if FRAN <= row["datum"] <= TILL]
    return {**facts, "utbetalningar": sorted(paid, key=lambda row: row["datum"])} if "utbetalningar" in facts else facts


@pytest.mark.parametrize("name", ["linn", "femma", "svea", "otto", "ola", "mona"])
def test_every_agency_s_facts_by_xml_are_those_that_the_page_shows(service: Http, name: str) -> None:
    person = WORLD.personer[name]
    told = ask(service, person=Personnummer(person.personnummer), accept_silence=True)
    assert told == shown(person)


def test_an_agency_that_is_down_is_asked_again_unless_its_silence_is_the_answer(service: Http) -> None:
    vera = Personnummer(WORLD.personer["vera"].personnummer)
    with pytest.raises(AnswerMissing, match="Försäkringskassan svarar inte") as missing:
        ask(service, Register.FK, Register.SO, person=vera)
    assert vera.digits not in str(missing.value)
    silent = ask(service, Register.FK, person=vera, accept_silence=True)
    assert silent.fk is not None
    assert (silent.fk.status, silent.fk.kallstatus) == (Svarsstatus.EJ_KONTROLLERBART, "FELANDE")
    assert ask(service, Register.FK, Register.SO, person=vera).fk == shown(WORLD.personer["vera"]).fk
    asked = service.sandkommun.facit("ssbtek")["registered"]["fragor"][-1]
    assert (asked["myndigheter"], asked["fran"], asked["till"]) == (["FK", "SO"], "2026-10-01", "2026-12-31")
