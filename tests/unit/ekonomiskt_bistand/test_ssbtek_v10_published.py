"""SSBTEK v10's answers as a municipality has published them, unchanged: every value in them is read or known to be none
of our facts."""

import base64
import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, tostring

import pytest
from defusedxml.ElementTree import fromstring

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Svarsstatus
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.portaler.ssbtek_v10 import Ingivare, fraga
from arbetsfloden.ekonomiskt_bistand.register.registersvar import Register, Registersvar
from medarbetare.engine import Reply
from medarbetare.errors import PortalError

PUBLISHED = Path(__file__).parent / "format" / "real-input" / "ssbtek"
EVERY_AGENCY, AF_ONLY = ((PUBLISHED / name).read_bytes() for name in ("all-agencies.xml", "af-only.xml"))
TOLVAN = Personnummer("199001011234")
"""The number in the files. Its check digit is wrong, and it is carried all the same."""
CHANGED = "§"
NO_FACTS = {
    # About the question, and for people
    *("AF/data/Svar/Schemaversion", "AF/data/Svar/Referensnummer", "AF/data/Svar/Fornamn", "AF/data/Svar/Efternamn"),
    "AF/data/Svar/StatusSokandeinformationKodText",
    *("CSN:CSNSvar@schemaVersion", "CSN:CSNSvar/GemensamtSvarEkbistand/Resultat/ResultatText"),
    *("FK:utlamnare/0/utlamnare/namn", "FK:utlamnare/0/tillstand/beskrivning"),
    *(f"SKV:{{}}/PersonuppgiftLista/Personuppgift/{name}" for name in ("Fornamn", "Efternamn")),
    *(f"SO/data/{name}" for name in ("OrganisationsnummerIngivare", "NamnIngivare", "KontonamnHandlaggare")),
    *(f"SO/data/{name}" for name in ("Referensnummer", "From", "Tom")),
    *(f"MIV/data/response/{name}" for name in ("korrelationsid", "correlationid", "efternamn", "fornamn")),
    # Told by another agency, or once more by the rows themselves
    "AF/data/Svar/Akassetillhorighet",
    *(
        f"CSN:CSNSvar/Personer/Person/Studiestodstypforteckning/{kind}"
        for kind in ("studiemedel", "studiehjalp", "hemutrustningslan", "studiestartsstod")
    ),
    # The decision counts, not what was applied for
    *(
        f"MIV/data/response/svarCollection/svar/{name}"
        for name in ("ansokningsdatum", "arendeTyp", "arendeTypNamn", "beslutsKodNamn", "beslutsTyp")
    ),
}
"""The values of the answer that no fact comes of."""


@dataclass
class Canned:
    """A service with one answer."""

    body: bytes
    name: str = "ssbtek_v10"

    def ask(self, body: bytes, *, content_type: str) -> Reply:
        return Reply(200, self.body)


def ask(body: bytes, *registers: Register) -> Registersvar:
    return fraga(
        *(Canned(body), TOLVAN, registers or tuple(Register)),
        ingivare=Ingivare("162120000001", "Sandkommun", "robot"),
        fran=date(2026, 10, 1),
        till=date(2026, 12, 31),
        now=datetime(2026, 12, 1, 8, tzinfo=UTC),
        accept_silence=False,
    )


def local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


Variant = tuple[str, Element]
"""Where a value stands, and the document with that value changed."""


def variants(document: Element) -> Iterator[Variant]:
    """One copy of a document for each of its values, that value changed."""
    for place, one in enumerate(document.iter()):
        written = [None] if (one.text or "").strip() and not len(one) else []
        for attribute in [*written, *one.attrib]:
            changed = deepcopy(document)
            element = list(changed.iter())[place]
            if attribute is None:
                element.text = CHANGED
            else:
                element.set(attribute, CHANGED)
            yield _path(document, one) + (f"@{attribute}" if attribute else ""), changed


def _path(root: Element, wanted: Element) -> str:
    above = {child: parent for parent in root.iter() for child in parent}
    names = [local(wanted)]
    while wanted in above:
        wanted = above[wanted]
        names.append(local(wanted))
    return "/".join(reversed(names))


def json_variants(content: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """One copy of a JSON document for each of its values, that value changed."""
    if not isinstance(content, dict | list):
        yield path, CHANGED
        return
    for key, part in content.items() if isinstance(content, dict) else enumerate(content):
        for where, other in json_variants(part, f"{path}/{key}" if path else str(key)):
            changed = deepcopy(content)
            changed[key] = other
            yield where, changed


def with_text(agency: str, name: str, text: str) -> bytes:
    """The answer with another text in the one element that holds an agency's own document."""
    answer = fromstring(EVERY_AGENCY)
    part = next(one for one in answer.iter() if local(one) == agency)
    next(one for one in part.iter() if local(one) == name).text = text
    return tostring(answer)


def held(agency: str, name: str) -> str:
    part = next(one for one in fromstring(EVERY_AGENCY).iter() if local(one) == agency)
    return next(one.text or "" for one in part.iter() if local(one) == name)


def answers() -> Iterator[tuple[str, bytes]]:
    """The answer as often as it has values, one of them changed: in the envelope and in the documents within."""
    inner = ("CSN/data/svar", "FK/data/lefiJsonSvar", "SKV/data/svar")
    for path, changed in variants(fromstring(EVERY_AGENCY)):
        where = path.partition("svarsdata/")[2]
        if where not in inner:
            yield where, tostring(changed)
    for path, changed in variants(fromstring(base64.b64decode(held("CSN", "svar")))):
        yield f"CSN:{path}", with_text("CSN", "svar", base64.b64encode(tostring(changed)).decode())
    for path, told in json_variants(json.loads(base64.b64decode(held("FK", "lefiJsonSvar")))):
        text = base64.b64encode(json.dumps(told).encode()).decode()
        yield f"FK:{path}", with_text("FK", "lefiJsonSvar", text)
    for path, changed in variants(fromstring(held("SKV", "svar").encode())):
        yield f"SKV:{{}}/{path.partition('/')[2]}", with_text("SKV", "svar", tostring(changed, encoding="unicode"))


def test_every_value_of_the_published_answer_is_read_or_is_known_to_be_none_of_our_facts() -> None:
    known, unread, count = ask(EVERY_AGENCY), set(), 0
    for where, body in answers():
        count += 1
        try:
            told = ask(body)
        except PortalError:
            continue  # read, and refused
        if told == known:
            unread.add(where)
    assert count > 60
    assert unread == NO_FACTS


def test_the_facts_of_the_published_answer_are_these() -> None:
    told = ask(EVERY_AGENCY)
    facts: Any = told
    assert facts.af.registrerad == date(2016, 11, 18)
    assert [row.netto_efter_avdrag for row in facts.so.utbetalningar] == [Decimal("1250.50")]
    assert [(row.taxeringsar, row.intakter, row.overskott) for row in facts.skv.kapital] == [(2001, 12345, 666)]
    assert [(one.regnr, one.ar) for one in facts.ts.fordon] == [("ABC001", 2012)]
    assert [(one.fran, one.till) for one in facts.miv.tillstand] == [(date(1998, 5, 12), None)]
    status = {one.register: one.status for one in told.alla}
    assert status == dict.fromkeys(Register, Svarsstatus.SVAR) | {
        Register.CSN: Svarsstatus.INGET,
        Register.FK: Svarsstatus.INGET,
        Register.PM: Svarsstatus.EJ_KONTROLLERBART,
    }
    assert {one.person for one in told.alla} == {TOLVAN}
    assert not TOLVAN.is_valid


def test_the_published_answer_of_one_agency_tells_the_same_of_it_and_nothing_of_those_that_were_not_asked() -> None:
    told = ask(AF_ONLY, Register.AF)
    assert told.af == ask(EVERY_AGENCY).af
    assert [one.register for one in told.alla] == [Register.AF]


@pytest.mark.parametrize("register", [one for one in Register if one is not Register.AF])
def test_an_agency_that_the_published_answer_leaves_out_is_not_checkable(register: Register) -> None:
    (answer,) = ask(AF_ONLY, register).alla
    assert (answer.status, answer.kallstatus) == (Svarsstatus.EJ_KONTROLLERBART, "SAKNAS")


@pytest.mark.parametrize("kind", ["Studiemedel", "Studiehjalp", "HemutrustningsLan", "Studiestartsstod"])
def test_a_case_in_any_of_csn_s_empty_parts_is_read(kind: str) -> None:
    document = base64.b64decode(held("CSN", "svar")).decode()
    case = "<Arenden><Arende><klartext>Stöd</klartext><status>BESLUTAD</status></Arende></Arenden>"
    assert f"<ns5:{kind}/>" in document
    filled = document.replace(f"<ns5:{kind}/>", f"<ns5:{kind}>{case}</ns5:{kind}>")
    told = ask(with_text("CSN", "svar", base64.b64encode(filled.encode()).decode())).csn
    assert told is not None
    assert [one.typ for one in told.arenden] == ["Stöd"]
