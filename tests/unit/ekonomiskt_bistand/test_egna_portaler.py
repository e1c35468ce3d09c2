"""Försäkringskassan's and Arbetsförmedlingen's own portals: what words and codes mean, and where the robot stops."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Svarsstatus
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan
from arbetsfloden.ekonomiskt_bistand.handlaggning.lasning import behov, fraga_register
from arbetsfloden.ekonomiskt_bistand.portaler import arbetsformedlingen, forsakringskassan
from arbetsfloden.ekonomiskt_bistand.portaler.forsakringskassan import dag_i_ord, summa
from arbetsfloden.ekonomiskt_bistand.regelverk.anslutning import Anslutning, Ersattning, Kanal
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.register.registersvar import AfSvar, Avdrag, FkSvar, Register, Utbetalningstyp
from arbetsfloden.ekonomiskt_bistand.register.underlag import Underlag
from arbetsfloden.ekonomiskt_bistand.regler.lage import Lage
from arbetsfloden.ekonomiskt_bistand.visning.presentation import presentera
from medarbetare.database.dsn import Dsn
from medarbetare.engine import Outcome, decided
from medarbetare.engine.run import Run
from medarbetare.errors import AnswerMissing, PortalError
from medarbetare.testing import Bench, CaseStatus, MemoryPortal, Sheet

TOLVA, ANNAN = Personnummer("199001259887"), "19850825-9861"
NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
Rad = dict[str, str]


# --- Försäkringskassan ------------------------------------------------------------------------------------------------


def betald(datum: str = "25 november 2026", **other: str) -> Rad:
    """A payment as the portal shows it. Facts by their headings: `Avser`, `Skatt` and so on."""
    beside = {
        "Utbetalningsdatum": datum,
        "Avser": "1 november 2026 – 30 november 2026",
        "Belopp före skatt": "4 359 kr",
        "Skatt": "959 kr",
        "Avdrag": "0 kr",
    }
    shown = {"forman": "Aktivitetsstöd", "netto": "3 400 kr", "slag": "Arbetsmarknad, månadsutbetalning"}
    beside |= {name: text for name, text in other.items() if name not in shown}
    shown |= {name: text for name, text in other.items() if name in shown}
    return shown | {"rubriker": "\n".join(beside), "fakta": "\n".join(beside.values())}


def planerad(datum: str, **other: str) -> Rad:
    shown = betald(datum, slag="Barn, preliminär utbetalning", **other)
    return shown | {"rubriker": shown["rubriker"].replace("Utbetalningsdatum", "Planerat datum")}


class Fk:
    """The portal, with payments by year and page and pending matters. `visited`: pages of payments that were read."""

    def __init__(self, years: dict[int, list[list[Rad]]], arenden: tuple[Rad, ...] = (), om: str = "19900125-9887"):
        self.years, self.arenden, self.om = years, arenden, om
        self.visited: list[str] = []
        self.portal = MemoryPortal("fk", {"svar": self.person})

    def person(self, personnummer: str) -> Sheet:
        newest = max(self.years, default=2026)
        return Sheet({"steg": "Person", "personnummer": self.om}, clicks={"nasta": lambda: self.paid(newest, 1)})

    def paid(self, year: int, page: int) -> Sheet:
        following = {"nasta": lambda: Sheet({"steg": "Ärenden"}, {"arenden": self.arenden})}
        if not self.years:
            return Sheet({"steg": "Utbetalningar"}, {"utbetalningar": ()}, clicks=following)
        self.visited.append(f"{year}/{page}")
        pages = self.years[year]
        links = {f"ar.{one}": self._at(one, 1) for one in self.years if one != year}
        if page < len(pages):
            links["visa_fler"] = self._at(year, page + 1)
        texts = {"steg": "Utbetalningar", "valt_ar": str(year), "sidor": f"Sida {page} av {len(pages)} Visa fler"}
        return Sheet(texts, {"utbetalningar": pages[page - 1]}, clicks={**following, **links})

    def _at(self, year: int, page: int) -> Callable[[], Sheet]:
        return lambda: self.paid(year, page)

    def ask(self, fran: date = date(2026, 9, 1), till: date = date(2026, 12, 1)) -> FkSvar:
        told = forsakringskassan.fraga(self.portal, TOLVA, fran=fran, till=till, now=NOW, accept_silence=False)
        assert told.alla == (told.fk,)
        assert told.fk is not None
        return told.fk


def besked(text: str, *, accept_silence: bool = True) -> FkSvar:
    portal = MemoryPortal("fk", {"svar": lambda personnummer: Sheet({"besked": text})})
    period = {"fran": date(2026, 9, 1), "till": date(2026, 12, 1)}
    told = forsakringskassan.fraga(portal, TOLVA, **period, now=NOW, accept_silence=accept_silence).fk
    assert told is not None
    return told


def test_a_payment_in_words_is_read_whole() -> None:
    row = betald(
        slag="Hälsa, vård, retroaktiv utbetalning",
        Avser="–",
        Avdrag="1 000 kr (kvittning)",
        netto="8 000,50 kr",
        **{"Belopp före skatt": "11 282,50 kr", "Skatt": "2 282 kr"},
    )
    svar = Fk({2026: [[row]]}, ({"forman": "Sjukpenning", "rubriker": "Ansökan kom in", "fakta": "2 mars 2026"},)).ask()
    (paid,) = svar.utbetalningar
    assert (svar.status, svar.kallstatus, svar.lasning.kalla) == (Svarsstatus.SVAR, "OK", "Försäkringskassans portal")
    assert (paid.formansfamilj, paid.forman, paid.typ) == ("Hälsa, vård", "Aktivitetsstöd", Utbetalningstyp.RETROAKTIV)
    assert (paid.datum, paid.period_fran, paid.period_till) == (date(2026, 11, 25), None, None)
    assert (paid.brutto, paid.skatt, paid.netto) == (Decimal("11282.50"), Decimal(2282), Decimal("8000.50"))
    assert paid.avdrag == (Avdrag(kod="KVI", belopp=Decimal(1000)),)
    assert [(one.forman, one.inkommet) for one in svar.vantande] == [("Sjukpenning", date(2026, 3, 2))]


def test_pages_and_years_are_turned_as_far_back_as_the_period_goes_and_no_further() -> None:
    fk = Fk(
        {
            2027: [[planerad("18 januari 2027")]],
            2026: [[planerad("18 december 2026"), betald("25 november 2026")], [betald("2 januari 2026")]],
            2025: [[betald("30 december 2025"), betald("1 november 2025")], [betald("1 oktober 2025")], [betald()]],
            2024: [[betald("1 december 2024")]],
        }
    )
    svar = fk.ask(date(2025, 11, 1), date(2026, 12, 1))
    days = [date(2025, 11, 1), date(2025, 12, 30), date(2026, 1, 2), date(2026, 11, 25)]
    assert [one.datum for one in svar.utbetalningar] == days
    assert fk.visited == ["2027/1", "2026/1", "2026/2", "2025/1", "2025/2"]
    assert [act.what for act in fk.portal.acts].count("open") == 1


def test_a_person_without_payments_or_matters_is_nothing_and_one_with_older_payments_too() -> None:
    assert Fk({}).ask().status is Svarsstatus.INGET
    assert Fk({2025: [[betald("1 oktober 2025")]]}).ask().status is Svarsstatus.INGET


@pytest.mark.parametrize(
    ("text", "kallstatus", "skyddad", "avvikelser"),
    [
        ("Tjänsten är inte tillgänglig just nu. Försök igen om en stund.", "OTILLGANGLIG", False, ()),
        ("Ett tekniskt fel har uppstått.", "FELANDE", False, ()),
        ("Svaret är begränsat.", "BEGRANSAD", False, ()),
        ("Personen har skyddad identitet. Uppgifterna lämnas inte ut här.", "OK", True, ()),
        ("Din organisation är inte behörig till uppgifterna.", "OK", False, ("OBEHORIG",)),
        ("Ett internt fel gör att uppgifterna inte kan visas.", "OK", False, ("INTERNT_FEL",)),
    ],
)
def test_what_is_shown_in_place_of_facts_is_never_nothing(
    text: str, kallstatus: str, skyddad: bool, avvikelser: tuple[str, ...]
) -> None:
    svar = besked(text)
    assert svar.status is Svarsstatus.EJ_KONTROLLERBART
    assert (svar.kallstatus, svar.skyddad, svar.avvikelser) == (kallstatus, skyddad, avvikelser)


def test_who_is_unknown_there_is_nothing_and_an_agency_that_is_down_is_asked_again() -> None:
    assert besked("Personen finns inte hos Försäkringskassan.").status is Svarsstatus.INGET
    for silent in ("Ett tekniskt fel har uppstått.", "Ett internt fel gör att uppgifterna inte kan visas."):
        with pytest.raises(AnswerMissing, match="Försäkringskassans portal lämnar inga uppgifter just nu"):
            besked(silent, accept_silence=False)


@pytest.mark.parametrize(
    ("shown", "falt"),
    [
        ({2026: [[betald(slag="Bostad, engångsutbetalning")]]}, "utbetalningens slag"),
        ({2026: [[betald(slag="Barn, preliminär utbetalning")]]}, "Planerat datum"),
        ({2026: [[betald("25 november 2026") | {"forman": ""}]]}, "förmån"),
        ({2026: [[betald("25 brumaire 2026")]]}, "Utbetalningsdatum"),
        ({2026: [[betald("31 november 2026")]]}, "Utbetalningsdatum"),
        ({2026: [[betald(Avser="november 2026")]]}, "Avser"),
        ({2026: [[betald(Avdrag="500 kr (skolavgift)")]]}, "Avdrag"),
        ({2026: [[betald(Skatt="959")]]}, "Skatt"),
        ({2026: [[betald(netto="3 400 euro")]]}, "utbetalt belopp"),
        ({2026: [[betald("25 oktober 2026"), betald("25 november 2026")]]}, "utbetalningarnas ordning"),
        ({2026: [[betald("25 november 2025")]]}, "utbetalningarnas ordning"),
    ],
)
def test_a_page_in_words_that_nobody_knows_is_a_fault_that_names_the_field(
    shown: dict[int, list[list[Rad]]], falt: str
) -> None:
    with pytest.raises(PortalError) as fault:
        Fk(shown).ask()
    assert fault.value.message == (
        f"Försäkringskassans portal: roboten förstår inte det som står i «{falt}». Har portalen ändrats?"
    )


def test_a_message_that_nobody_knows_and_a_page_about_somebody_else_are_faults() -> None:
    with pytest.raises(PortalError, match="«beskedet»"):
        besked("Uppgifterna har flyttat.")
    with pytest.raises(PortalError, match="om en annan person") as fault:
        Fk({}, om=ANNAN).ask()
    assert "9861" not in fault.value.message


@pytest.mark.parametrize("text", ["25 november", "2026-11-25", "25 November 2026", "x 25 november 2026", ""])
def test_only_dates_in_words_are_dates(text: str) -> None:
    with pytest.raises(ValueError, match="date"):
        dag_i_ord(text)


@pytest.mark.parametrize("text", ["7900 kr", "7 90 kr", "7.900 kr", "7 900", "7 900,5 kr", "--1 kr", ""])
def test_only_amounts_in_kronor_are_amounts(text: str) -> None:
    with pytest.raises(ValueError, match="amount"):
        summa(text)


# --- Arbetsförmedlingen -----------------------------------------------------------------------------------------------

LEGEND = {
    "INS": "Inskriven",
    "AVA": "Avaktualiserad",
    "EJ": "Ej inskriven",
    "501": "Aktivitetsrapport: Ej inlämnad",
    "7": "Aktivitetsrapport: Saknas",
    "9": "Aktivitetsrapport: Under utredning",
    "21": "SKAT: Deltidsarbetslös",
    "B01": "Beslut: Varning",
}
HUVUD = {"huvud": "", "personnummer": "199001259887", "status": "OK", "sekretess": "N"}
UPPGIFTER = {
    "tillstand": "INS",
    "arbetssokande": "J",
    "kategori": "21",
    "registrerad": "2025-09-15",
    "omfattning": "075",
    "avaktualiserad": "",
    "rapport": "501",
}


def af_portal(legend: dict[str, str] | None = None, **changed: str) -> MemoryPortal:
    """The portal with one page, changed so; a hyphen takes an element away."""
    rader = [{"kod": kod, "betydelse": text} for kod, text in (LEGEND if legend is None else legend).items()]
    beslut = [{"datum": "2026-09-01", "kod": changed.pop("kod", "B01")}]
    texts = {name: text for name, text in {**HUVUD, **UPPGIFTER, **changed}.items() if text != "-"}
    sheet = Sheet(texts, {"beslut": beslut, "teckenforklaring": rader}, clicks={"oppna.beslut": lambda: None})
    return MemoryPortal("af", {"svar": lambda personnummer: sheet})


def af(legend: dict[str, str] | None = None, *, accept_silence: bool = True, **changed: str) -> AfSvar:
    """What the portal's page is read as."""
    told = arbetsformedlingen.fraga(af_portal(legend, **changed), TOLVA, now=NOW, accept_silence=accept_silence)
    assert told.alla == (told.af,)
    assert told.af is not None
    return told.af


def test_codes_mean_what_the_legend_says() -> None:
    svar = af()
    assert (svar.status, svar.arbetssokande, svar.kategori) == (Svarsstatus.SVAR, True, "Deltidsarbetslös")
    assert (svar.registrerad, svar.omfattning, svar.avaktualiserad) == (date(2025, 9, 15), 75, None)
    assert (svar.aktivitetsrapport, svar.beslut) == ("501", ("2026-09-01 Varning",))
    assert svar.lasning.kalla == "Arbetsförmedlingens portal"
    assert af(rapport="7").aktivitetsrapport == "500"


def test_what_is_not_there_is_not_known_and_who_was_de_registered_is_told() -> None:
    empty = af(kategori="", registrerad="", omfattning="", ingen_rapport="INGEN POST", rapport="-")
    assert (empty.kategori, empty.registrerad, empty.omfattning, empty.aktivitetsrapport) == (None, None, None, None)
    gone = af(tillstand="AVA", arbetssokande="N", avaktualiserad="2026-11-15")
    assert (gone.arbetssokande, gone.avaktualiserad) == (False, date(2026, 11, 15))


def test_who_has_registered_again_is_no_longer_de_registered_though_the_old_day_stands() -> None:
    back = af(avaktualiserad="2025-09-14")
    assert (back.arbetssokande, back.avaktualiserad, back.ar_avaktualiserad) == (True, date(2025, 9, 14), False)
    with pytest.raises(PortalError, match="säger emot sig själv"):
        af(avaktualiserad="2025-09-15")


def test_an_answer_without_facts_is_not_checkable() -> None:
    secret = af(sekretess="J")
    assert (secret.status, secret.skyddad, secret.arbetssokande) == (Svarsstatus.EJ_KONTROLLERBART, True, None)
    silent = af(status="FELANDE")
    assert (silent.status, silent.kallstatus) == (Svarsstatus.EJ_KONTROLLERBART, "FELANDE")
    with pytest.raises(AnswerMissing, match="Arbetsförmedlingens portal"):
        af(status="OTILLGANGLIG", accept_silence=False)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"tillstand": "NY"}, "«REG»"),
        ({"kategori": "22"}, "«SKAT»"),
        ({"kategori": "501"}, "«SKAT»"),
        ({"rapport": "503"}, "«AR»"),
        ({"rapport": "9"}, "«AR»"),
        ({"kod": "B02"}, "«KOD»"),
        ({"sekretess": "?"}, "«SEK»"),
        ({"omfattning": "75"}, "«OMF»"),
        ({"registrerad": "15 september"}, "«FOM»"),
        ({"tillstand": "AVA"}, "säger emot sig själv"),
        ({"arbetssokande": "N"}, "säger emot sig själv"),
        ({"avaktualiserad": "2026-11-15"}, "säger emot sig själv"),
        ({"personnummer": "198508259861"}, "om en annan person"),
        ({"huvud": "-"}, "lämnade inget svar"),
        ({"legend": {}}, "«REG»"),
    ],
)
def test_a_code_that_the_legend_does_not_tell_is_a_fault(changed: dict[str, Any], why: str) -> None:
    with pytest.raises(PortalError, match=f"Arbetsförmedlingens portal.*{why}"):
        af(**changed)


# --- The way, as configured -------------------------------------------------------------------------------------------


def med_egna(regelverk: Regelverk, ovriga: Anslutning) -> Regelverk:
    """The rules with the two own portals, and the other registers reached so."""
    ways = {one.value: ovriga for one in Register} | dict.fromkeys(("fk", "af"), Anslutning(kanal=Kanal.EGEN))
    return replace(regelverk, anslutningar=regelverk.anslutningar.model_copy(update=ways))


def test_each_own_portal_is_asked_in_a_step_of_its_own_and_shown_to_the_case_worker(
    regelverk: Regelverk, fall: Callable[[int], tuple[Ansokan, Underlag]], database: Dsn
) -> None:
    ansokan, underlag = fall(2)
    number = ansokan.sokande.personnummer.digits
    bare = underlag.model_copy(update={register.value: () for register in Register})
    med = med_egna(regelverk, Anslutning(ersatts_av=Ersattning.OVERLAMNA))
    read: list[Underlag] = []

    def flow(run: Run) -> Outcome:
        read.append(fraga_register(run, Lage(ansokan, bare, med, date(2026, 12, 1))))
        return decided("Läst.")

    fk = Fk({2026: [[betald(), betald("24 augusti 2026")]]}, om=number)
    bench = Bench({"bistånd": flow}, [fk.portal, af_portal(personnummer=number)])
    case = bench.receive("REF-1", household="tova")

    assert bench.work_on(case) is CaseStatus.DECIDED
    steps = {entry.name: entry.payload["result"] for entry in bench.entries(case, "step")}
    assert list(steps) == ["fråga Försäkringskassan, person 1", "fråga Arbetsförmedlingen, person 1"]
    assert [one.datum for one in read[0].fk[0].utbetalningar] == [date(2026, 11, 25)]
    assert read[0].af[0].kategori == "Deltidsarbetslös"
    assert [section.title.split(" om ")[0] for section in presentera(steps)] == [
        "Försäkringskassan",
        "Arbetsförmedlingen",
    ]


def test_what_the_workflow_needs_follows_the_ways_that_are_chosen(regelverk: Regelverk) -> None:
    always = {"folkbokforing", "verksamhet"}
    usual = behov(regelverk.anslutningar)
    assert (usual.portals, usual.services) == (always | {"ssbtek"}, set())
    none = behov(med_egna(regelverk, Anslutning(ersatts_av=Ersattning.OVERLAMNA)).anslutningar)
    assert (none.portals, none.services) == (always | {"fk", "af"}, set())
    xml = behov(med_egna(regelverk, Anslutning(kanal=Kanal.SSBTEK_V10)).anslutningar)
    assert (xml.portals, xml.services) == (always | {"fk", "af"}, {"ssbtek_v10"})
