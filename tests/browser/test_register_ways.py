"""Whole runs with the registers reached in each way that `register.yaml` knows: the same outcomes, the same records."""

import json
import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from registerhushall import HUSHALL, registervarld

from arbetsfloden.ekonomiskt_bistand.register.registersvar import Register

OWN = {"fk": {"kanal": "egen"}, "af": {"kanal": "egen"}}
V10: dict[str, Any] = {register.value: {"kanal": "ssbtek_v10"} for register in Register} | {
    "fragestallare": {"organisationsnummer": "162120000001", "handlaggare": "robot"}
}
_ITS_OWN = ("id", "time", "registrerad", "berakning", "till", "storlek", "sha256")
"""What another order of work makes others."""
_BY_WAY = (" via SSBTEK", "s portal")


def place(practice: Any, system: str, **more: Any) -> dict[str, Any]:
    """A system's address and log-in as the robot's settings have them."""
    given = practice.municipality.log_in(system)
    told: dict[str, Any] = {"name": system, "address": practice.municipality.addresses[system]}
    for part in ("user", "password", "totp"):
        if given.get(part):
            file = practice.folder / f"{system}-{part}"
            file.write_text(str(given[part]), "utf-8")
            told[part] = {"file": str(file)}
    if given.get("certificate"):
        authority = practice.municipality.authority(system)
        told["certificate"] = {"file": given["certificate"], "key": given["key"], "authority": authority}
    if practice.municipality.logs_in_elsewhere(system):
        told["login_address"] = practice.municipality.addresses["inloggning"]
    return told | more


def by_own_portals(practice: Any) -> None:
    portals = [place(practice, name, visibility={"limit_s": 4}) for name in ("fk", "af")]
    practice.configure("portals.yaml", lambda content: content["portals"].extend(portals))
    practice.configure("ekonomiskt_bistand/register.yaml", lambda content: content.update(OWN))


def by_service(practice: Any) -> None:
    service = place(practice, "ssbtek", name="ssbtek_v10")
    # By number: a program's resolver does not know *.localhost.
    service["address"] = f"http://127.0.0.1:{urlsplit(service['address']).port}/soap/ssbtek/v10"
    practice.configure("portals.yaml", lambda content: content.update(services=[service]))
    practice.configure("ekonomiskt_bistand/register.yaml", lambda content: content.update(V10))


WAYS = {"ssbtek": lambda practice: None, "egen": by_own_portals, "ssbtek_v10": by_service}


@pytest.fixture(scope="module")
def runs(practise_once: Any) -> dict[str, Any]:
    """The households of `registerhushall`, worked off by each of the ways."""
    made = {}
    for way, choose in WAYS.items():
        practice = practise_once(registervarld(), workers=2)
        choose(practice)
        done = practice.medarbetare("run", "--once", timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr
        made[way] = practice
    return made


def told(practice: Any) -> dict[str, Any]:
    """What became of each application, without the name of the way."""
    outcomes = practice.outcomes()
    known = {ref: (one["status"], one["summary"], one["reasons"]) for ref, one in outcomes.items()}
    return dict(json.loads(_without_way(json.dumps(known, ensure_ascii=False))))


def records(practice: Any) -> Any:
    """What was registered, without what order of work and way make others."""
    return {
        kind: sorted(
            (_without_way(json.dumps({k: v for k, v in one.items() if k not in _ITS_OWN}, ensure_ascii=False)))
            for one in made
        )
        for kind, made in practice.facit()["registered"].items()
    }


def _without_way(text: str) -> str:
    for name in _BY_WAY:
        text = text.replace(name, "")
    # Another register.yaml is another version of the rules, which the journal note names.
    return re.sub(r"Regelverk [0-9a-f]{12}", "Regelverk", text)


def test_every_household_ends_as_its_facts_say_by_the_multi_question_portal(runs: dict[str, Any]) -> None:
    granted = {ref for ref, (_, rules) in HUSHALL.items() if not rules}
    outcomes = runs["ssbtek"].outcomes()
    assert {ref: one["status"] for ref, one in outcomes.items()} == {
        ref: "beslutad" if ref in granted else "överlämnad" for ref in HUSHALL
    }
    assert len(runs["ssbtek"].facit()["registered"]["beslut"]) == len(granted)


@pytest.mark.parametrize("way", ["egen", "ssbtek_v10"])
def test_every_household_ends_alike_by_another_way(runs: dict[str, Any], way: str) -> None:
    assert told(runs[way]) == told(runs["ssbtek"])
    assert records(runs[way]) == records(runs["ssbtek"])


def test_each_way_was_the_one_that_was_asked(runs: dict[str, Any]) -> None:
    people = {one.personnummer for one in registervarld().personer.values() if one.fk.utbetalningar}

    def asked(way: str, system: str) -> set[str]:
        questions = runs[way].facit(system)["registered"]["fragor"]
        return {one["personnummer"].replace("-", "") for one in questions}

    assert people <= asked("egen", "fk") & asked("egen", "af")
    assert asked("ssbtek", "fk") == asked("ssbtek", "af") == asked("ssbtek_v10", "fk") == set()
    assert people <= asked("ssbtek_v10", "ssbtek")
    agencies = {agency for one in runs["egen"].facit("ssbtek")["registered"]["fragor"] for agency in one["myndigheter"]}
    assert agencies.isdisjoint({"FK", "AF"})
