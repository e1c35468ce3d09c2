"""The registers by SSBTEK's page, by SSBTEK v10 and from the agencies' own portals, as `register.yaml` says: a whole
case on the bench, and the households of `registerhushall` by the service."""

import base64
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
import yaml
from liten_varld import LitenVarld
from registerhushall import HUSHALL, registervarld
from varldsfakta import fall

from arbetsfloden.ekonomiskt_bistand.beslut.beslut import foresla
from arbetsfloden.ekonomiskt_bistand.portaler import ssbtek_v10
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk, load_regelverk
from arbetsfloden.ekonomiskt_bistand.register.registersvar import Register
from arbetsfloden.ekonomiskt_bistand.regler.lage import Lage
from medarbetare.cases.status import CaseStatus
from medarbetare.config import config_folder
from medarbetare.engine import Reply
from medarbetare.testing import MemoryPortal, Sheet
from sandkommun.running import Running, running

WORLD = registervarld()
EGNA = {"fk": {"kanal": "egen"}, "af": {"kanal": "egen"}}
V10: dict[str, Any] = {register.value: {"kanal": "ssbtek_v10"} for register in Register} | {
    "fragestallare": {"organisationsnummer": "162120000001", "handlaggare": "robot"}
}
INGIVARE = ssbtek_v10.Ingivare("162120000001", WORLD.kommun, "robot")


@dataclass
class Tjanst:
    """Sandkommun's service, over HTTP Basic."""

    sandkommun: Running
    name: str = ssbtek_v10.SERVICE

    def ask(self, body: bytes, *, content_type: str) -> Reply:
        account = self.sandkommun.account("ssbtek")
        proof = base64.b64encode(f"{account.user}:{account.password}".encode()).decode()
        address = f"{self.sandkommun.direct('ssbtek')}/soap/ssbtek/v10"
        request = Request(address, body, {"Content-Type": content_type, "Authorization": f"Basic {proof}"})  # noqa: S310
        with urlopen(request, timeout=10) as answer:  # noqa: S310
            return Reply(answer.status, answer.read())


@pytest.fixture(scope="module")
def tjanst(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tjanst]:
    with running(WORLD, tmp_path_factory.mktemp("registervagar") / "data") as sandkommun:
        yield Tjanst(sandkommun)


@pytest.mark.parametrize("reference", HUSHALL, ids=[what for what, _ in HUSHALL.values()])
def test_a_household_gets_the_same_decision_by_the_service_as_from_what_is_so(
    tjanst: Tjanst, regelverk: Regelverk, reference: str
) -> None:
    ansokan, known = fall(WORLD, reference)
    bare = known.model_copy(update={register.value: () for register in Register})
    asked: dict[str, Any] = {"fran": date(2026, 9, 1), "till": WORLD.today, "accept_silence": False}
    read = bare.med(
        ssbtek_v10.fraga(
            tjanst, person, registers, ingivare=INGIVARE, now=datetime(2026, 12, 1, 6, tzinfo=UTC), **asked
        )
        for person, registers in Lage(ansokan, bare, regelverk, WORLD.today).fragor.items()
    )
    by_service, by_page = (foresla(ansokan, facts, regelverk, WORLD.today) for facts in (read, known))
    assert tuple(one.nummer for one in by_page.regler if one.hindrar) == HUSHALL[reference][1]
    assert _judged(by_service) == _judged(by_page)


def _judged(forslag: Any) -> Any:
    """All of a proposal but by which way a fact came and when."""
    return _utan(forslag.model_dump(), "kalla", "tidpunkt")


def _utan(told: Any, *names: str) -> Any:
    if isinstance(told, dict):
        return {name: _utan(part, *names) for name, part in told.items() if name not in names}
    return [_utan(part, *names) for part in told] if isinstance(told, list | tuple) else told


# --- A whole case on the bench, by the way that register.yaml says ----------------------------------------------------


def med_vagar(folder: Path, ways: dict[str, Any]) -> Regelverk:
    """The rules in force with another `register.yaml`."""
    shutil.copytree(config_folder() / "ekonomiskt_bistand", folder)
    file = folder / "register.yaml"
    file.write_text(yaml.safe_dump(yaml.safe_load(file.read_text("utf-8")) | ways, allow_unicode=True), "utf-8")
    return load_regelverk(folder)


def egna_portaler() -> tuple[MemoryPortal, MemoryPortal]:
    """The agencies' own portals, about the applicant of the example."""
    shown = {
        "Utbetalningsdatum": "25 november 2026",
        "Avser": "1 november 2026 – 30 november 2026",
        "Belopp före skatt": "7 900 kr",
        "Skatt": "0 kr",
        "Avdrag": "0 kr",
    }
    paid = {"forman": "Aktivitetsstöd", "netto": "7 900 kr", "slag": "Familj, månadsutbetalning"}
    paid |= {"rubriker": "\n".join(shown), "fakta": "\n".join(shown.values())}
    matters = Sheet({"steg": "Ärenden"}, {"arenden": ()})
    payments = Sheet(
        {"steg": "Utbetalningar", "valt_ar": "2026", "sidor": "Sida 1 av 1"},
        {"utbetalningar": [paid]},
        clicks={"nasta": lambda: matters},
    )
    who = Sheet({"steg": "Person", "personnummer": "19900125-9887"}, clicks={"nasta": lambda: payments})
    job_seeker = {"huvud": "", "personnummer": "199001259887", "status": "OK", "sekretess": "N", "tillstand": "INS"}
    job_seeker |= {"arbetssokande": "J", "kategori": "", "registrerad": "", "omfattning": "", "avaktualiserad": ""}
    legend = [{"kod": "INS", "betydelse": "Inskriven"}, {"kod": "1", "betydelse": "Aktivitetsrapport: Inkommen"}]
    facts = Sheet(
        job_seeker | {"rapport": "1"},
        {"beslut": [], "teckenforklaring": legend},
        clicks={"oppna.beslut": lambda: None},
    )
    return MemoryPortal("fk", {"svar": lambda personnummer: who}), MemoryPortal(
        "af", {"svar": lambda personnummer: facts}
    )


@pytest.fixture(params=["ssbtek", "egen", "ssbtek_v10"])
def varld(
    request: pytest.FixtureRequest, database: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tjanst: Tjanst
) -> LitenVarld:
    """The example's application, its registers reached by each of the ways. The multi-question portal knows of no other
    than those that are to be asked there."""
    ways: dict[str, Any] = {"ssbtek": {}, "egen": EGNA, "ssbtek_v10": V10}
    world = LitenVarld(med_vagar(tmp_path / "regler", ways[request.param]), monkeypatch)
    elsewhere = {"ssbtek": (), "egen": ("fk", "af"), "ssbtek_v10": tuple(Register)}[request.param]
    world.underlag = world.underlag.model_copy(update={str(register): () for register in elsewhere})
    world.bench.portals |= {portal.name: portal for portal in egna_portaler()}
    monkeypatch.setattr("medarbetare.engine.run.Run.service", lambda run, name: {tjanst.name: tjanst}[name])
    return world


WAYS = {
    "ssbtek": ["fråga SSBTEK, person 1"],
    "egen": ["fråga Försäkringskassan, person 1", "fråga SSBTEK, person 1", "fråga Arbetsförmedlingen, person 1"],
    "ssbtek_v10": ["fråga SSBTEK v10, person 1"],
}


def test_a_case_is_decided_and_paid_alike_whichever_way_register_yaml_says(
    varld: LitenVarld, request: pytest.FixtureRequest
) -> None:
    way = request.node.callspec.params["varld"]
    assert varld.arbeta() is CaseStatus.DECIDED, varld.utfall
    asked = [entry.name for entry in varld.bench.entries(varld.case, "step") if entry.name.startswith("fråga ")]
    assert sorted(asked) == sorted(WAYS[way])
    ((beslut,), (betalning,)) = varld.system.rader["beslut"], varld.system.rader["utbetalningar"]
    assert (beslut["kod"], beslut["belopp"]) == ("01 Bifall försörjningsstöd", "3590")
    assert (betalning["mottagare"], betalning["belopp"]) == ("Aron Testsson", "3590")
    (calculation,) = varld.system.rader["berakningar"]
    assert (calculation["inkomst.1.slag"], calculation["inkomst.1.belopp"]) == ("Aktivitetsstöd", "7900")
