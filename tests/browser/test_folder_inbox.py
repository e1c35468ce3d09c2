"""A folder full of bad files and two good ones, through the whole robot: the good are decided, the rest handed over."""

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest

from medarbetare.bootstrap import build_journal, read_configuration
from medarbetare.cases.models import Case
from medarbetare.engine import Original
from sandkommun import worlds
from sandkommun.etjanst.documents import flow_instance
from sandkommun.etjanst.form import of_application

SPARSE = Path(__file__).parents[1] / "unit/ekonomiskt_bistand/format/real-input/viva/application-recurrent.json"
TOVA, ARON = "tova", "aron"
NO = ("assets", "vehicle", "studies", "pendingBenefits", "unemploymentFund", "stayElsewhere")


def posting(reference: str, person: worlds.model.Person) -> bytes:
    """Scenario 1 in Viva's format."""
    answers = {
        "application reference": reference,
        "application submitted": 1796101331000,
        "application month": "2026-12",
        "personInfo firstName applicant": person.fornamn,
        "personInfo lastName applicant": person.efternamn,
        "personInfo personalNumber applicant": person.personnummer,
        "household changed": False,
        "housing type": "Hyresrätt",
        "housing rooms": 2,
        "housing persons": 1,
        "housing shared": False,
        "expenses boende amount": 5800,
        "expenses el amount": "350",
        "expenses hemforsakring amount": 120,
        **{f"declaration {question}": False for question in NO},
        "payment method": "Konto",
        "payment clearing": "9999",
        "payment account": "1000001",
        "payment changed": False,
        "attestation truthful": True,
    }
    listed = [{"field": {"id": tags, "tags": tags.split()}, "value": value} for tags, value in answers.items()]
    return json.dumps({"applicationType": "recurrent", "answers": listed}).encode()


@pytest.fixture
def files() -> dict[str, bytes]:
    world = worlds.load("demo")
    good = flow_instance(of_application("260102", world.inkorg["260102"], world))
    number = world.personer[ARON].personnummer
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    tova = posting("260101", world.personer[TOVA])
    return {
        "260101.json": tova,
        "260102.xml": good,
        "260103.xml": good,
        "260104.xml": good.replace(b"260102", b"260104").replace(number.encode(), wrong.encode()),
        "260105.xml": good.replace(b">5800<", b">1 234,50<"),
        "260106.xml": good[:-60],
        "260107.xml": b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>',
        "260108.json": b"[" * 100_000,
        "260109.json": tova.replace(b"Tova", b"To\\u0000va"),
        "260110.xml": good + b" " * 20_000_000,
        "260111.xml": good.replace(b"260102", b"260111"),
        "260112.json": SPARSE.read_bytes(),
        "260113.xml": b"%PDF-1.7\x00\xff",
        "med blank.xml": good,
        "readme.txt": b"hej",
        ".260114.xml": good,
    }


REASONS = {
    "260103": "hör till en annan ansökan",
    "260104": "Sökanden har ett personnummer som inte stämmer",
    "260105": "Fältet costRow1.amount i återansökan är inget belopp",
    "260106": "XML är trasig",
    "260107": "läses inte av säkerhetsskäl",
    "260108": "för många nivåer",
    "260109": "Svaret «sökandens förnamn» i återansökan innehåller styrtecken",
    "260110": "20 MB; ett formulär får vara högst 10 MB",
    "260111": "Bilaga 1 av 1 (i namnordning) är ingen PDF",
    "260112": "30 svar saknas",
    "260113": "varken XML",
    "260115": "är en länk",
}


def test_bad_files_are_handed_over_with_their_reasons_and_the_good_ones_among_them_are_decided(practise, files):
    practice = practise(worlds.load("demo"), workers=2)
    folder = practice.folder / "post"
    (folder / "260111").mkdir(parents=True)
    (folder / "260111" / "lön.pdf").write_bytes(b"MZ")
    (folder / "260115.xml").symlink_to(folder / "260102.xml")
    for name, content in files.items():
        (folder / name).write_bytes(content)
    own = {"department": "ekonomiskt_bistand", "workflow": "ekonomiskt_bistand"}
    inbox = {"e_tjanst": {"kind": "folder", "folder": str(folder), **own}}
    practice.configure("inbox.yaml", lambda content: content.update(inboxes=inbox))

    done = practice.medarbetare("run", "--once", timeout=240)

    assert done.returncode == 0, done.stdout + done.stderr
    outcomes = practice.outcomes()
    (unusable,) = set(outcomes) - set(REASONS) - {"260101", "260102"}
    reasons = REASONS | {unusable: "filnamn inte kan användas"}
    assert {reference: one["status"] for reference, one in outcomes.items()} == {
        **dict.fromkeys(("260101", "260102"), "beslutad"),
        **dict.fromkeys(reasons, "överlämnad"),
    }
    found = {reference: " ".join(outcomes[reference]["reasons"]) for reference in reasons}
    assert {reference: text for reference, text in found.items() if reasons[reference] not in text} == {}
    decided = [Decimal(one["belopp"]) for one in practice.facit()["registered"]["beslut"]]
    assert sorted(decided) == [Decimal(3590), Decimal(11490)]
    # A folder shows no status, and the e-service's is not touched.
    assert practice.facit("etjanst")["registered"]["statusandringar"] == []
    read = {*REASONS, "260101", "260102"} - {"260115"}
    assert kept(practice) == {Path(name).stem: content for name, content in files.items() if Path(name).stem in read}
    assert not re.search(r"(?<!\d)(19|20)\d{6}-?\d{4}(?!\d)", done.stdout + done.stderr)
    assert practice.medarbetare("audit", "verify").returncode == 0
    assert practice.medarbetare("run", "--once").returncode == 0
    assert len(practice.outcomes()) == len(outcomes)


def kept(practice) -> dict[str, bytes]:
    """The originals as the journal holds them, by reference."""
    with practice.database():
        journal = build_journal(read_configuration(practice.config))
        return {
            case.reference: Original.model_validate(entry.payload["result"]).content
            for case in Case.objects.all()
            for entry in journal.entries(case.handle)
            if (entry.kind, entry.name) == ("step", "hämta ansökan")
        }
