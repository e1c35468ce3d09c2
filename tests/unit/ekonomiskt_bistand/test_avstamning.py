"""What the workflow reads again in the case system, over portals in memory."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Lasning
from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.handlaggning.avstamning import Avstamning
from arbetsfloden.ekonomiskt_bistand.portaler.registrering import Beslutspost, Utbetalningspost
from arbetsfloden.ekonomiskt_bistand.register.underlag import Arende, Folkbokforing, Skydd, Svarsstatus, TidigareBeslut
from medarbetare.engine import NaturalKey
from medarbetare.engine.difference import difference_of
from medarbetare.engine.rereading import Receipt
from medarbetare.testing import MemoryPortal, Sheet

DORIS = Personnummer("199503239817")
OTHER = Personnummer("198802189897")
DECEMBER = Manad(2026, 12)
KODER = frozenset({"01 Bifall försörjningsstöd", "02 Delvis bifall försörjningsstöd", "03 Avslag försörjningsstöd"})
LAST = Lasning(kalla="Verksamhetssystemet", tidpunkt=datetime(2026, 12, 1, 8, tzinfo=UTC))
BESLUT = Beslutspost(
    kod="01 Bifall försörjningsstöd",
    fran=date(2026, 12, 1),
    till=date(2026, 12, 31),
    belopp=Decimal("3590.00"),
    motivering="Ett bifall.",
    beslutsfattare="Robot",
)
UTBETALNING = Utbetalningspost(
    mottagare="Doris Dubbel", konto="9999-1", manad=DECEMBER, datum=date(2026, 12, 3), belopp=Decimal("3590.00")
)


def beslutsrad(**changed):
    row = {
        "nr": "9",
        "kod": BESLUT.kod,
        "fran": "2026-12-01",
        "till": "2026-12-31",
        "belopp": "3 590,00",
        "motivering": "Ett bifall.",
        "beslutsfattare": "Robot",
        "registrerad": "2026-12-01 13:37",
    }
    return {**row, **changed}


def utbetalningsrad(**changed):
    row = {"mottagare": "Doris Dubbel", "konto": "9999-1", "manad": "2026-12", "datum": "2026-12-03"}
    return {**row, "belopp": "3 590,00", **changed}


def receipt(kind, record, payee=""):
    key = NaturalKey(DORIS.digits, "2026-12", kind, payee)
    return Receipt(name=kind, portal="verksamhet", key=key, record=record.model_dump(mode="json"))


class Verksamhet:
    """The case system: what its lists hold now, by case number."""

    def __init__(self, beslut=(), utbetalningar=(), sokande=DORIS, nummer="4724"):
        self.portal = MemoryPortal(
            "verksamhet",
            {
                "beslut": lambda arende: Sheet(tables={"beslut": list(beslut) if arende == nummer else []}),
                "utbetalningar": lambda arende: Sheet(tables={"utbetalningar": list(utbetalningar)}),
                "person": lambda personnummer: Sheet(
                    texts={"arende": nummer, "sokande": sokande.digits} if nummer else {"ingen_person": "Ingen"}
                ),
            },
        )
        self.avstamning = Avstamning({"verksamhet": self.portal}.__getitem__, KODER)

    def opened(self):
        return [act.page for act in self.portal.acts if act.what == "open"]


def steps(beslut=(), nummer="4724", aktivt=True, status=Svarsstatus.SVAR):
    arende = Arende(status=status, lasning=LAST, nummer=nummer, aktivt=aktivt, beslut=tuple(beslut))
    person = Folkbokforing(person=DORIS, status=Svarsstatus.SVAR, lasning=LAST, skydd=Skydd.INGET)
    return {
        "läs folkbokföring, person 1": person.model_dump(mode="json"),
        "läs ärende": arende.model_dump(mode="json"),
        "föreslå": {"manad": "2026-12", "slag": "overlamna"},
    }


def earlier(**changed):
    fields = {
        "manad": DECEMBER,
        "kod": BESLUT.kod,
        "belopp": Decimal("3590.00"),
        "beslutsfattare": "Robot",
        "nummer": "9",
    }
    return TidigareBeslut(**{**fields, "datum": date(2026, 12, 1), **changed})


@pytest.mark.parametrize(
    ("kind", "record", "rows"),
    [
        ("beslut", BESLUT, {"beslut": [beslutsrad()]}),
        ("utbetalning", UTBETALNING, {"utbetalningar": [utbetalningsrad()]}),
    ],
)
def test_a_decision_and_a_payment_that_stand_as_written_agree(kind, record, rows):
    system = Verksamhet(**rows)
    written = receipt(kind, record, payee=getattr(record, "mottagare", ""))
    assert difference_of(written, system.avstamning.records(written, steps())) is None


@pytest.mark.parametrize(
    ("rows", "what", "fields"),
    [
        ([], "saknas", ()),
        ([utbetalningsrad(mottagare="Någon Annan", konto="9999-3")], "saknas", ()),
        ([utbetalningsrad(mottagare="Någon Annan")], "ändrad", ("mottagare",)),
        ([utbetalningsrad(manad="2026-11")], "saknas", ()),
        ([utbetalningsrad(konto="9999-2", belopp="3 500,00")], "ändrad", ("konto", "belopp")),
        ([utbetalningsrad(), utbetalningsrad(datum="2026-12-10")], "flera", ()),
    ],
)
def test_a_payment_that_does_not_stand_as_written_differs(rows, what, fields):
    written = receipt("utbetalning", UTBETALNING, payee="Doris Dubbel")
    found = difference_of(written, Verksamhet(utbetalningar=rows).avstamning.records(written, steps()))
    assert (found.what.value, found.fields) == (what, fields)


def test_payments_of_one_decision_to_several_payees_are_compared_each_for_itself():
    rent = UTBETALNING.model_copy(update={"mottagare": "Bostads AB", "belopp": Decimal("2000.00")})
    rows = [utbetalningsrad(), utbetalningsrad(mottagare="Bostads AB", belopp="2 000,00")]
    texts = {"skriv texter": {"betalningar": [{"mottagare": "Bostads AB"}, {"mottagare": "Doris Dubbel"}]}}
    reread = Verksamhet(utbetalningar=rows).avstamning
    for record in (UTBETALNING, rent):
        written = receipt("utbetalning", record, payee=record.mottagare)
        assert difference_of(written, reread.records(written, steps() | texts)) is None


def test_each_list_is_read_once_for_the_household():
    system = Verksamhet(beslut=[beslutsrad()], utbetalningar=[utbetalningsrad()])
    for kind, record in (("beslut", BESLUT), ("utbetalning", UTBETALNING), ("beslut", BESLUT)):
        system.avstamning.records(receipt(kind, record), steps())
    assert system.avstamning.finished(steps()) is not None
    assert system.opened() == ["beslut", "utbetalningar"]


def test_what_staff_may_change_is_not_compared():
    system = Verksamhet()
    kinds = ("beräkning", "aktualisering 260102", "journalanteckning x", "status 260102", "bevakning planering")
    for kind in (*kinds, "dokument Beslutsbrev december 2026", "komplettering 260102"):
        assert system.avstamning.records(receipt(kind, BESLUT), steps()) is None
    assert system.opened() == []


def test_a_decision_that_staff_have_made_since_finishes_the_case():
    system = Verksamhet(beslut=[beslutsrad(beslutsfattare="Hanna Handläggare", belopp="3 000,00")])
    finished = system.avstamning.finished(steps())
    assert [(one["belopp"], one["beslutsfattare"]) for one in finished.found["beslut"]] == [
        ("3000.00", "Hanna Handläggare")
    ]
    assert finished.key == NaturalKey(DORIS.digits, "2026-12", "beslut")


@pytest.mark.parametrize("kod", sorted(KODER))
@pytest.mark.parametrize("till", ["2026-12-31", "2027-01-31"])
def test_any_decision_on_the_whole_month_finishes_the_case(kod, till):
    assert Verksamhet(beslut=[beslutsrad(kod=kod, till=till)]).avstamning.finished(steps()) is not None


@pytest.mark.parametrize(
    ("rows", "known"),
    [
        pytest.param([], (), id="nothing decided"),
        pytest.param([beslutsrad()], (earlier(),), id="decided before the case was read: a supplement"),
        pytest.param(
            [beslutsrad(belopp="9 999,00", beslutsfattare="Hanna Handläggare", registrerad="2026-12-04 10:00")],
            (earlier(),),
            id="an earlier decision has been changed",
        ),
        pytest.param(
            [beslutsrad()], (earlier(manad=Manad(2026, 11)),), id="an earlier decision has been moved to the month"
        ),
        pytest.param([beslutsrad(fran="2026-11-01", till="2026-11-30")], (), id="another month"),
        pytest.param([beslutsrad(till="2026-12-15")], (), id="half of the month"),
        pytest.param([beslutsrad(fran="2026-12-16")], (), id="the other half of the month"),
        pytest.param([beslutsrad(kod="11 Bifall livsföring i övrigt", belopp="240,00")], (), id="medicine"),
        pytest.param([beslutsrad(nr="")], (), id="a decision without a number"),
        pytest.param([beslutsrad(nr="10")], (earlier(nummer=None),), id="numbers were not noted at the time"),
    ],
)
def test_what_does_not_settle_this_application_leaves_the_case_open(rows, known):
    assert Verksamhet(beslut=rows).avstamning.finished(steps(known)) is None


def test_a_second_decision_like_the_first_is_news():
    system = Verksamhet(beslut=[beslutsrad(), beslutsrad(nr="10")])
    assert [one["nummer"] for one in system.avstamning.finished(steps((earlier(),))).found["beslut"]] == ["10"]


def test_another_cases_numbers_say_nothing_about_a_new_case():
    system = Verksamhet(beslut=[beslutsrad()], nummer="5001")
    closed = steps((earlier(),), nummer="4724", aktivt=False)
    assert system.avstamning.finished(closed) is not None


def test_a_case_that_staff_have_made_for_a_new_applicant_is_looked_up():
    system = Verksamhet(beslut=[beslutsrad(beslutsfattare="Hanna Handläggare")], nummer="5001")
    new = steps(status=Svarsstatus.INGET, nummer=None, aktivt=None)
    assert system.avstamning.finished(new) is not None
    assert system.opened() == ["person", "beslut"]


@pytest.mark.parametrize("changed", [{"nummer": None}, {"sokande": OTHER}])
def test_no_case_or_anothers_case_finishes_nothing(changed):
    system = Verksamhet(beslut=[beslutsrad()], **changed)
    new = steps(status=Svarsstatus.INGET, nummer=None, aktivt=None)
    assert system.avstamning.finished(new) is None
    assert system.opened() == ["person"]


@pytest.mark.parametrize("missing", ["läs ärende", "föreslå", "läs folkbokföring, person 1"])
def test_what_was_known_at_the_time_is_needed_to_tell_what_is_new(missing):
    system = Verksamhet(beslut=[beslutsrad()])
    known = {name: result for name, result in steps().items() if name != missing}
    assert system.avstamning.finished(known) is None
    assert system.opened() == []


def test_the_newest_round_is_what_was_known():
    again = {**steps(), "läs ärende, omgång 2": steps((earlier(),))["läs ärende"]}
    assert Verksamhet(beslut=[beslutsrad()]).avstamning.finished(again) is None
