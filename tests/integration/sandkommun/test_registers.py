"""The agencies' answers in every view: SSBTEK's page, its SOAP service, and two agencies' own portals."""

import base64
import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring

from sandkommun import worlds
from sandkommun.agencies.asking import AGENCIES
from sandkommun.running import Running, running
from sandkommun.worlds.people import Person

WORLD = worlds.load(Path(__file__).with_name("registers.yaml"))
LINN, SVEA, OTTO = (WORLD.personer[key] for key in ("linn", "svea", "otto"))
VERA, OLA, MONA = (WORLD.personer[key] for key in ("vera", "ola", "mona"))
AUTUMN = {"fran": "2026-10-01", "till": "2026-12-31"}
MONTHS = (
    *("januari", "februari", "mars", "april", "maj", "juni"),
    *("juli", "augusti", "september", "oktober", "november", "december"),
)
ASKED = """<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
<q:hamtaBastjanstInformation xmlns:q="http://schema.forsakringskassan.se/integration/ssbt/10">
<q:generellaFrageparametrar><q:korrelationsid>K-1</q:korrelationsid>
<q:fraganSkallInkluderasISvaret>0</q:fraganSkallInkluderasISvaret>
<q:ingivare><q:organisationsnummer>162120000001</q:organisationsnummer><q:namn>Sandkommun</q:namn>
<q:handlaggare>robot</q:handlaggare></q:ingivare><q:personidentitet>{number}</q:personidentitet>
<q:arendeidentitet>AID1</q:arendeidentitet>
<q:tidsperiod><q:fromDatum>2026-10-01</q:fromDatum><q:tomDatum>2026-12-31</q:tomDatum></q:tidsperiod>
<q:syfte>Ekonomiskt bistånd</q:syfte><q:lagtext>15 kap. SoL</q:lagtext></q:generellaFrageparametrar>
<q:specifikaFrageparametrar>{agencies}</q:specifikaFrageparametrar></q:hamtaBastjanstInformation></s:Body></s:Envelope>"""
Visit = Callable[[str], Any]
Row = tuple[str, ...]


@pytest.fixture(scope="module")
def registers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(WORLD, tmp_path_factory.mktemp("registers") / "data") as sandkommun:
        yield sandkommun


@pytest.fixture
def visit(registers: Running, stranger: Callable[..., Any]) -> Visit:
    def log_in(system: Any) -> Any:
        account = registers.account(system)
        visitor = stranger(registers, system)
        visitor.post("/logga-in", anvandare=account.user, losenord=account.password)
        return visitor

    return log_in


class Question:
    """What one asks, and the ways to ask it."""

    def __init__(self, registers: Running, visit: Visit) -> None:
        self.registers, self.visit = registers, visit

    def page(self, number: str, *agencies: str) -> dict[str, str]:
        """SSBTEK's page: the section of each agency."""
        user, told = self.visit("ssbtek"), {}
        for agency in agencies or AGENCIES:  # the visitor posts each field once
            page = user.post("/fraga", personnummer=number, syfte="Ekonomiskt bistånd", myndighet=agency, **AUTUMN)
            told[agency] = page.partition(f'<section id="svar-{agency}">')[2].partition("</section>")[0]
        return told

    def soap(self, number: str, *codes: str) -> Element:
        """The SOAP service's answer."""
        every = ("AF", "CSN", "FK", "SKV", "SO", "TNS", "MIV")
        parts = "".join(f'<q:{code} inkludera="{str(code in (codes or every)).lower()}"/>' for code in every)
        account = self.registers.account("ssbtek")
        proof = base64.b64encode(f"{account.user}:{account.password}".encode()).decode()
        request = Request(  # noqa: S310
            f"{self.registers.direct('ssbtek')}/soap/ssbtek/v10",
            ASKED.format(number=number, agencies=parts).encode(),
            {"Content-Type": "text/xml; charset=utf-8", "Authorization": f"Basic {proof}"},
        )
        with urlopen(request, timeout=10) as answer:  # noqa: S310
            return fromstring(answer.read())

    def lefi(self, number: str) -> dict[str, Any]:
        return dict(json.loads(base64.b64decode(text(self.soap(number, "FK"), "lefiJsonSvar"))))

    def fk(self, number: str) -> str:
        """The pages of a visit, or the one that says why there are none."""
        user = self.visit("fk")
        page = user.post("/sok", personnummer=number, andamal="Ekonomiskt bistånd")
        address = re.search(r'href="(/fraga/\w+)/', page)
        steps = ("person", "utbetalningar", "utbetalningar?ar=2026&sida=2", "arenden")
        return "".join(user.get(f"{address[1]}/{step}") for step in steps) if address else str(page)

    def af(self, number: str) -> str:
        user = self.visit("af")
        page = user.post("/sok", pnr=number, eb="J")
        (address,) = re.findall(r"/api/uppgifter/\w+", page)
        assert number not in page
        return str(json.loads(user.get(address))["html"])


@pytest.fixture
def ask(registers: Running, visit: Visit) -> Question:
    return Question(registers, visit)


def rows(page: str, table: str) -> list[Row]:
    body = page.partition(f'<table id="{table}">')[2].partition("</table>")[0]
    found = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in body.split("</tr>")]
    return [tuple(unescape(cell).strip() for cell in row) for row in found if row]


def facts(page: str) -> dict[str, str]:
    pairs = re.findall(r"<(?:th|dt)>(.*?)</(?:th|dt)>\s*<(?:td|dd)[^>]*>(.*?)</(?:td|dd)>", page, re.DOTALL)
    return {head: unescape(value).strip() for head, value in pairs}


def text(element: Element, name: str) -> str:
    return next((one.text or "" for one in element.iter() if one.tag.rpartition("}")[2] == name), "")


def every(element: Element, name: str) -> list[dict[str, str]]:
    """The children's texts of each element of a name."""
    found = [one for one in element.iter() if one.tag.rpartition("}")[2] == name]
    return [{child.tag.rpartition("}")[2]: child.text or "" for child in one} for one in found]


def amount(shown: str | int | float) -> Decimal:
    return Decimal(re.sub(r"[\s\u00a0]|kr", "", str(shown)).replace(",", "."))


def day(words: str) -> str:
    number, month, year = words.split()
    return date(int(year), MONTHS.index(month) + 1, int(number)).isoformat()


def paid(person: Person, agency: str = "fk") -> set[tuple[Any, ...]]:
    """What the world says is paid or announced by its date, and may be asked for."""
    return {
        (
            *(str(row.datum), str(row.fran or ""), str(row.till or ""), row.formansfamilj, row.forman, row.typ),
            *(row.brutto, row.skatt, row.avdrag, row.avdragstyp, row.netto),
        )
        for row in getattr(person, agency).utbetalningar
        if date(2026, 10, 1) <= row.datum <= date(2026, 12, 31) and (row.datum <= WORLD.today or row.typ == 4)
    }


def paid_on_page(section: str, table: str) -> set[tuple[Any, ...]]:
    return {(*row[:5], int(row[5][0]), *map(amount, row[6:9]), row[9], amount(row[10])) for row in rows(section, table)}


def paid_in_lefi(told: dict[str, Any]) -> set[tuple[Any, ...]]:
    own = told["formansinformation"]
    found = set()
    for row in own["utbetalningsuppgift"] + own["preliminarautbetalningar"]:
        sums = {key: amount(row[f"{key}belopp"]["summa"]) for key in ("brutto", "skatte", "avdrags", "netto")}
        kinds = [one["beloppstyp"]["id"] for one in row["utbetalningsdetalj"] if "avdragsbelopp" in one]
        spans = (row["period"]["fran"] or "", row["period"]["till"] or "")
        names = (row["formansfamilj"]["beskrivning"], row["utbetalningsdetalj"][0]["forman"]["beskrivning"])
        money = (sums["brutto"], sums["skatte"], sums["avdrags"] - sums["skatte"], "".join(kinds), sums["netto"])
        found.add((row["datum"], *spans, *names, row["typ"]["id"], *money))
    return found


def paid_in_portal(pages: str) -> set[tuple[Any, ...]]:
    types = ("lokal", "månads", "dag", "retro", "prelim")
    kinds = {"kvittning": "KVI", "utmätning": "INF", "socialavdrag": "SOC"}
    found = set()
    for item in re.findall(r"<li>\s*<h2>(.*?)</li>", pages, re.DOTALL):
        told = facts(item)
        when = day(told.get("Utbetalningsdatum") or told.get("Planerat datum") or "1 januari 1900")
        if "utbetalt" not in item or when < "2026-10-01":
            continue
        family, kind = re.findall(r'class="slag">(.*?), (.*?)<', item)[0]
        spans = tuple(map(day, told["Avser"].split(" – "))) if len(told["Avser"]) > 1 else ("", "")
        benefit, net = re.findall(r'class="(?:forman|utbetalt)">(.*?)</span>', item)
        deducted, _, why = told["Avdrag"].partition(" (")
        typ = next(number for number, start in enumerate(types) if kind.startswith(start))
        sums = (amount(told["Belopp före skatt"]), amount(told["Skatt"]), amount(deducted))
        found.add((when, *spans, family, benefit, typ, *sums, kinds.get(why.rstrip(")"), ""), amount(net)))
    return found


def test_forsakringskassan_says_the_same_in_all_three_views(ask: Question) -> None:
    number = LINN.personnummer
    section, lefi, portal = ask.page(number, "FK")["FK"], ask.lefi(number), ask.fk(number)
    assert len(paid(LINN)) == 3
    assert paid(LINN) == paid_on_page(section, "fk-utbetalningar") == paid_in_lefi(lefi) == paid_in_portal(portal)
    pending = {(row.forman, str(row.inkom), row.status) for row in LINN.fk.arenden}
    own = lefi["formansinformation"]
    cases = own["sjukpenningarende"] + own["ovrigtarende"]
    assert {(one["forman"]["beskrivning"], one["startades"], one["handlaggningslage"]) for one in cases} == pending
    assert set(rows(section, "fk-arenden")) == pending
    items = re.findall(r'class="forman">(\w+)</span></h2>(.*?)</li>', portal, re.DOTALL)
    found = [(name, facts(item)) for name, item in items]
    assert {(name, day(one["Ansökan kom in"]), one["Status"]) for name, one in found if "Status" in one} == pending
    (person,) = own["generellPersoninformation"]
    about = [
        (facts(section)["Civilstånd"], facts(section)["Folkbokföringskommun"], facts(section)["Barn"]),
        (facts(portal)["Civilstånd"], facts(portal)["Folkbokförd i"], facts(portal)["Barn"]),
        (person["civilstand"]["beskrivning"], person["folkbokford"][0]["kommun"], "20210110-9839"),
    ]
    assert about == [("Skild", "Sandkommun", "20210110-9839")] * 3
    assert person["barn"] == [{"personnummer": "202101109839"}]


def test_arbetsformedlingen_says_the_same_in_all_three_views(ask: Question) -> None:
    section = ask.page(LINN.personnummer, "AF")["AF"]
    shown = facts(section)
    of_page = (shown["Arbetssökande"] == "Ja", shown["Kategori"], shown["Registrerad sedan"], shown["Omfattning"])
    of_page += (shown["Aktivitetsrapport period"], shown["Aktivitetsrapport kod"], *rows(section, "af-beslut"))
    soap = ask.soap(LINN.personnummer, "AF")
    decisions = [(one["BeslutFrom"].removesuffix("+01:00"), one["ErsattningTyp"]) for one in every(soap, "Beslut")]
    of_soap = (text(soap, "Arbetssokande") == "true", text(soap, "ArbetssokandeSKAT"))
    of_soap += (text(soap, "ArbetssokandeRegistrerad").removesuffix("+01:00"), text(soap, "ArbetssokandeOmfattning"))
    of_soap += (text(soap, "SenasteAktivitetsRapportDatum")[:7], text(soap, "AktivitetsRapportMeddelande"), *decisions)
    portal = ask.af(LINN.personnummer)
    codes = dict(re.findall(r'<td class="kod">(\w+)</td><td>(?:\w+: )?(.*?)</td>', portal))
    told = facts(portal)
    decided = re.findall(r'<td class="kod">([\d-]{10})</td><td class="kod">(\w+)', portal)
    of_portal = (told["AS"] == "J", codes[told["SKAT"]], told["FOM"], str(int(told["OMF"])))
    of_portal += (f"{told['PER'][:4]}-{told['PER'][4:]}", told["AR"], *((when, codes[code]) for when, code in decided))
    af = LINN.af
    assert af.aktivitetsrapport is not None
    world = (True, af.kategori, str(af.registrerad), str(af.omfattning), af.aktivitetsrapport.period, "501")
    assert (*world, *((str(row.datum), row.beslut) for row in af.beslut)) == of_page == of_soap == of_portal


def test_pensionsmyndigheten_and_the_a_kassor_say_the_same_on_the_page_and_by_soap(ask: Question) -> None:
    page, soap = ask.page(LINN.personnummer, "PM", "SO"), ask.soap(LINN.personnummer, "FK", "SO")
    assert len(paid(LINN, "pm")) == 1
    assert paid(LINN, "pm") == paid_on_page(page["PM"], "pm-utbetalningar")
    (pension,) = ask.lefi(LINN.personnummer)["utbetalningar"]
    (row,) = LINN.pm.utbetalningar
    deducted = {one["avdragstyp"]["kod"]: -one["belopp"] for one in pension["avdrag"]}
    assert (pension["bruttobelopp"], pension["nettobelopp"]) == (row.brutto, row.netto)
    assert deducted == {"PM:PS": row.skatt, "PM:INF": row.avdrag}

    (benefit,) = rows(page["SO"], "so-utbetalningar")
    (told,) = every(soap, "Utbetalningar")
    assert benefit == ("2026-11-25", "2026-11-01", "2026-11-14", "4,5", "7 210,50", "7 010,50")
    assert list(told.values()) == ["2026-11-25", "7210.50", "7010.50", "4.5", "2026-11-01", "2026-11-14"]
    suspended = [("2026-10-01", "2026-11-15", "Lämnat arbete"), ("2026-11-20", "Tills vidare", "Avvisat arbete")]
    assert rows(page["SO"], "so-avstangningar") == suspended
    assert [(one["From"], one["Orsak"]) for one in every(soap, "Avstangningar")] == [(a, c) for a, _, c in suspended]
    assert facts(page["SO"])["Ersättning sökt"] == text(soap, "SoktErsattning") == "2026-11-20"


def test_csn_skatteverket_transportstyrelsen_and_migrationsverket_say_the_same_on_the_page_and_by_soap(
    ask: Question,
) -> None:
    page, soap = ask.page(LINN.personnummer, "CSN", "SKV", "TS", "MIV"), ask.soap(LINN.personnummer)
    csn = fromstring(base64.b64decode(text(soap, "svar")))
    plan = [(one["utbetdatum"], one["totbelopp"], one["utbetstatus"]) for one in every(csn, "Utbetalning")]
    shown = rows(page["CSN"], "csn-utbetalningar")
    assert sorted(plan) == sorted((row[0].replace("-", ""), str(int(amount(row[2]))), row[3]) for row in shown)
    assert [row[3] for row in shown] == ["Utbetald", "Utbetald", "Planerad"]
    cases = [(one["klartext"], one["status"].strip()) for one in every(csn, "Arende")]
    assert set(cases) == {(row[0], row[1]) for row in rows(page["CSN"], "csn-arenden")} | {("Tilläggsbidrag", "")}

    taxed = next(one for one in soap.iter("svar") if (one.text or "").startswith("<?xml"))
    (capital,) = every(fromstring((taxed.text or "").encode()), "Kapitaluppgift")
    assert [(row[0], *map(amount, row[1:])) for row in rows(page["SKV"], "skv-kapital")] == [
        (capital["Taxeringsar"], Decimal(capital["SummaIntakterPaKapital"]), Decimal(capital["OverskottPaKapital"]))
    ]
    (car,) = every(soap, "fordon")
    shown_car = ("ABC12A", "Prov & Son", "V70", "2012", "PERSONBIL")
    assert rows(page["TS"], "ts-fordon") == [shown_car]
    assert (
        tuple(car[key] for key in ("regnr", "fabrikat", "handelsbeteckning", "fordonsar", "fordonsslag")) == shown_car
    )
    permits = [(row[0].upper(), row[1], row[2], row[3][:3].upper()) for row in rows(page["MIV"], "miv-tillstand")]
    answers = [one for one in every(soap, "svar") if one]
    assert permits == [
        (one["arendeTypNamn"], one["fromDatum"][:10], one.get("tomDatum", "")[:10], one["giltighetstid"][:3])
        for one in answers
    ]
    assert [permit[3] for permit in permits] == ["TID", "PER"]


def test_an_agency_that_does_not_answer_says_so_with_its_code_in_every_view(ask: Question) -> None:
    page = ask.page(OTTO.personnummer)
    shown = {agency: (facts(section)["Status"], facts(section).get("Felkod")) for agency, section in page.items()}
    assert shown == {
        "FK": ("FELANDE", "FK-17"),
        "PM": ("OTILLGANGLIG", "SSBT-504"),
        "AF": ("BEGRANSAD", None),
        "SO": ("FELANDE", "SO-21"),
        "CSN": ("OTILLGANGLIG", "SSBT-504"),
        "SKV": ("FELANDE", "BT-500"),
        "TS": ("OTILLGANGLIG", "TS-9"),
        "MIV": ("BEGRANSAD", "BT-299"),
    }
    assert not any("<h3>" in section for section in page.values())
    soap = ask.soap(OTTO.personnummer)
    errors = [(one["kalla"], one["felkod"]) for one in every(soap, "error")]
    af_csn_skv = [("BT", "BT-299"), ("SSBT", "SSBT-504"), ("BT", "BT-500")]
    assert errors == [*af_csn_skv, ("BT", "SO-21"), ("SSBT", "TS-9"), ("BT", "BT-299")]
    states = {one["utlamnare"]["kod"]: one["tillstand"]["kod"] for one in ask.lefi(OTTO.personnummer)["utlamnare"]}
    assert states == {"FK": "FELANDE", "PM": "OTILLGANGLIG"}
    assert "Felkod: FK-17" in ask.fk(OTTO.personnummer)
    assert facts(ask.af(OTTO.personnummer))["STATUS"] == "BEGRANSAD"


def test_an_agency_that_was_down_answers_when_it_has_been_asked_often_enough(ask: Question) -> None:
    number = VERA.personnummer
    assert facts(ask.page(number, "FK")["FK"])["Status"] == "OTILLGANGLIG"
    assert ask.lefi(number)["utlamnare"][0]["tillstand"]["kod"] == "FELANDE"
    assert (
        paid_in_portal(ask.fk(number)) == paid(VERA) == paid_on_page(ask.page(number, "FK")["FK"], "fk-utbetalningar")
    )
    of_so = [facts(ask.page(number, "SO")["SO"])["Status"] for _ in range(3)]
    assert of_so == ["OTILLGANGLIG", "OK", "OK"]


def test_a_protected_person_has_a_mark_and_no_facts_in_any_view(ask: Question, visit: Visit) -> None:
    number = SVEA.personnummer
    page = ask.page(number)
    soap = ask.soap(number)
    csn = base64.b64decode(text(soap, "svar")).decode()
    views = [*page.values(), json.dumps(ask.lefi(number), ensure_ascii=False), csn, ask.fk(number), ask.af(number)]
    views += [str(list(soap.itertext())), visit("folkbokforing").post("/sok", personnummer=number)]
    for view in views:
        for secret in ("Hemlig", "4321", "4 321", "4\u00a0321", "HEM43L", "Svea", "Skyddsson", "43</td>", "INS"):
            assert secret not in view
    marks = [facts(page["FK"])["Skyddad identitet"], facts(page["AF"])["Sekretessmarkering"]]
    marks += [facts(page[agency])["Skyddade personuppgifter"] for agency in ("SO", "CSN", "SKV", "TS", "MIV")]
    assert set(marks) == {"Ja"}
    assert ask.lefi(number)["formansinformation"]["generellPersoninformation"][0]["skyddad"] is True
    assert text(soap, "Sekretessmarkering") == "true"
    assert 'sekretess="J ' in csn
    assert [one["felkod"] for one in every(soap, "error")] == ["BT-SKYDD"] * 4
    assert "skyddad identitet" in ask.fk(number)
    assert facts(ask.af(number))["SEK"] == "J"


def test_deviations_and_a_mark_at_one_agency_alone_silence_that_agency(ask: Question) -> None:
    page, lefi = ask.page(OLA.personnummer), ask.lefi(OLA.personnummer)
    assert [facts(page[agency])["Avvikelse"] for agency in ("FK", "PM")] == ["OBEHORIG", "INTERNT_FEL"]
    assert [one["avvikelse"]["kod"] for one in lefi["avvikelser"]["utbetalningar"]] == ["OBEHORIG", "INTERNT_FEL"]
    assert "inte behörig" in ask.fk(OLA.personnummer)
    assert not any("<h3>" in page[agency] for agency in ("FK", "PM", "CSN"))
    assert facts(page["CSN"])["Skyddade personuppgifter"] == "Ja"
    assert facts(page["AF"])["Sekretessmarkering"] == "Nej"


def test_portals_contradict_each_other_only_where_the_world_says_so(ask: Question, visit: Visit) -> None:
    number = MONA.personnummer
    page, portal, register = ask.page(number), ask.fk(number), visit("folkbokforing").post("/sok", personnummer=number)
    assert (facts(page["FK"])["Civilstånd"], facts(portal)["Civilstånd"]) == ("Ogift", "Gift")
    assert (len(rows(page["FK"], "fk-utbetalningar")), paid_in_portal(portal)) == (1, set())
    assert (facts(page["AF"])["Arbetssökande"], facts(ask.af(number))["REG"]) == ("Ja", "AVA")
    assert (facts(page["FK"])["Folkbokföringskommun"], facts(register)["Kommun"]) == ("Sandkommun", "Grannkommun")


def test_somebody_whom_nobody_knows_is_answered_with_nothing(ask: Question) -> None:
    number = "198501289832"
    page, soap = ask.page(number), ask.soap(number)
    assert {facts(section)["Status"] for section in page.values()} == {"OK"}
    assert not any(
        rows(section, table) for section in page.values() for table in re.findall(r'table id="(.*?)"', section)
    )
    assert facts(page["CSN"])["Träff"] == "Ej träff"
    assert 'Status="Ej träff"' in base64.b64decode(text(soap, "svar")).decode()
    assert every(soap, "error") == []
    assert "finns inte hos Försäkringskassan" in ask.fk(number)
    assert facts(ask.af(number))["REG"] == "EJ"


def test_an_answer_stays_as_it_was_when_days_pass(registers: Running, visit: Visit, stranger: Any) -> None:
    user, clock = visit("fk"), stranger(registers, "start")
    asked = {"personnummer": LINN.personnummer, "andamal": "Ekonomiskt bistånd"}
    user.post("/sok", **asked)
    begun = registers.facit("fk")["requests"][-1]["path"].rpartition("/")[0]
    clock.post("/tick", steg="1month")
    assert "20 december 2026" not in user.get(f"{begun}/utbetalningar")
    user.post("/sok", **asked)
    again = registers.facit("fk")["requests"][-1]["path"].rpartition("/")[0]
    assert "20 december 2026" in user.get(f"{again}/utbetalningar")
    clock.post("/reset")


def test_another_purpose_is_refused_on_every_page(ask: Question, visit: Visit) -> None:
    number = LINN.personnummer
    before = len(ask.registers.facit("ssbtek")["registered"]["fragor"])
    question = {"personnummer": number, "myndighet": "CSN", **AUTUMN}
    refused = visit("ssbtek").post("/fraga", syfte="Annat ändamål", **question)
    assert ("inte tillåten" in refused, "<section" in refused) == (True, False)
    assert len(ask.registers.facit("ssbtek")["registered"]["fragor"]) == before
    assert "ekonomiskt bistånd" in visit("fk").post("/sok", personnummer=number, andamal="Underhållsfrågor")
    assert "E01" in visit("af").post("/sok", pnr=number)
