"""What the robot finds of its own in the case system when its journal has forgotten it, over portals in memory."""

from pathlib import Path

import pytest

from arbetsfloden.ekonomiskt_bistand.formular.inlasning import las_ansokan
from arbetsfloden.ekonomiskt_bistand.handlaggning.spar import sok_spar
from medarbetare.engine import Original
from medarbetare.engine.rereading import Application
from medarbetare.testing import MemoryPortal, Sheet

ORIGINAL = Original.of((Path(__file__).parents[2] / "scenarios" / "exempel" / "ansokan.xml").read_bytes())
ANSOKAN = las_ansokan(ORIGINAL)
MANAD = str(ANSOKAN.manad)
LISTOR = ("aktualiseringar", "berakningar", "beslut", "utbetalningar", "journal", "dokument")
RADER = {
    "aktualiseringar": {
        "ankomstdatum": "2026-11-28",
        "arendetyp": "Återansökan ekonomiskt bistånd",
        "referens": ANSOKAN.referens,
        "bilagor": "",
    },
    "beslut": {
        "kod": "01 Bifall försörjningsstöd",
        "fran": f"{MANAD}-01",
        "till": ANSOKAN.manad.last.isoformat(),
        "belopp": "3 590,00",
        "motivering": "Ett bifall.",
        "beslutsfattare": "Robot",
    },
    "utbetalningar": {
        "mottagare": "Doris Dubbel",
        "konto": "9999-1",
        "manad": MANAD,
        "datum": "2026-12-03",
        "belopp": "3 590,00",
    },
    "journal": {"datum": "2026-12-01", "rubrik": f"Beslut om försörjningsstöd {ANSOKAN.manad.name}", "text": "Bifall."},
}


def rad(lista, av="robot7", **changed):
    return {"nr": "1", "registrerad": "2026-12-01 13:37", "av": av, **RADER[lista], **changed}


def spar(listor, *, skydd="Ingen", status="Beslutad", arende="4701"):
    person = {"skyddsmarkering": skydd, "namn": "", "adress": "", "kommun": "", "civilstand": "", "medborgarskap": ""}
    system = {lista: lambda arende, lista=lista: Sheet(tables={lista: listor.get(lista, [])}) for lista in LISTOR}
    texts = {"arende": arende} if arende else {"ingen_person": "Ingen"}
    portals = {
        "folkbokforing": MemoryPortal(
            "folkbokforing",
            {"person": lambda personnummer: Sheet({**person, "personnummer": personnummer}, tables={"hushall": []})},
        ),
        "verksamhet": MemoryPortal("verksamhet", {**system, "person": lambda personnummer: Sheet(texts)}),
        "etjanst": MemoryPortal("etjanst", {"arende": lambda referens: Sheet({"status": status})}),
    }
    traces = sok_spar(
        portals.__getitem__, Application(ANSOKAN.referens, lambda: ORIGINAL, "etjanst"), lambda portal: "robot7"
    )
    return traces, portals


def names(traces):
    return {trace.name: len(trace.records) for trace in traces.found}


def test_a_whole_decision_by_the_robot_is_found_under_the_keys_that_it_would_write():
    traces, _ = spar({lista: [rad(lista)] for lista in RADER})
    assert names(traces) == dict.fromkeys(
        ("aktualisering", "beslut", "utbetalning", "journalanteckning", "status i e-tjänsten"), 1
    )
    assert (traces.missing, traces.shielded) == ((), False)
    assert [trace.name for trace in traces.found if not trace.decides] == ["aktualisering"]
    (paid,) = (trace for trace in traces.found if trace.name == "utbetalning")
    assert (paid.key.month, paid.key.payee) == (MANAD, "Doris Dubbel")
    assert paid.key.household == ANSOKAN.sokande.personnummer.digits


def test_what_staff_have_registered_is_not_the_robots():
    traces, _ = spar({lista: [rad(lista, av="Hilda Handläggarsson")] for lista in RADER})
    assert (traces.found, traces.missing) == ((), ())


def test_what_a_decision_lacks_is_named():
    traces, _ = spar(
        {"beslut": [rad("beslut")], "journal": [rad("journal", registrerad="2026-11-30 08:00")]}, status=""
    )
    assert names(traces) == {"beslut": 1}
    assert traces.missing == ("utbetalning", "journalanteckning", "status i e-tjänsten")


@pytest.mark.parametrize(
    ("lista", "changed"),
    [
        ("beslut", {"fran": "2026-01-01", "till": "2026-01-31"}),
        ("utbetalningar", {"manad": "2026-01"}),
        ("aktualiseringar", {"referens": "en annan"}),
    ],
)
def test_records_of_another_month_or_application_are_left(lista, changed):
    traces, _ = spar({lista: [rad(lista, **changed)]})
    assert traces.found == ()


def betalning(payee, belopp):
    return rad("utbetalningar", mottagare=payee, belopp=belopp)


def test_payments_to_several_payees_are_found_under_a_name_each_in_the_order_in_which_they_were_made():
    traces, _ = spar(
        {
            "beslut": [rad("beslut")],
            "utbetalningar": [betalning("Bostads AB", "2 000,00"), betalning("Doris Dubbel", "1 590,00")],
            "journal": [rad("journal")],
        }
    )
    paid = {trace.name: trace.key.payee for trace in traces.found if trace.key.kind == "utbetalning"}
    assert paid == {"utbetalning": "Bostads AB", "utbetalning 2": "Doris Dubbel"}
    assert traces.missing == ()


def test_a_decision_of_which_only_a_part_is_paid_lacks_a_payment():
    traces, _ = spar(
        {
            "beslut": [rad("beslut")],
            "utbetalningar": [betalning("Bostads AB", "2 000,00")],
            "journal": [rad("journal")],
        }
    )
    assert traces.missing == ("utbetalning 2",)


def test_a_rejection_lacks_no_payment():
    beslut = rad("beslut", kod="03 Avslag försörjningsstöd", belopp="0,00")
    traces, _ = spar({"beslut": [beslut], "journal": [rad("journal")]})
    assert traces.missing == ()


def test_the_note_that_a_document_is_filed_with_is_not_the_note_of_the_decision():
    brev = rad("journal", nr="2", rubrik=f"Beslutsbrev {ANSOKAN.manad.name}, ansökan {ANSOKAN.referens}")
    dokument = {"namn": "beslutsbrev.pdf", "hor_till": "Ny journalanteckning, nr 2"}
    traces, _ = spar(
        {
            **{lista: [rad(lista)] for lista in ("beslut", "utbetalningar")},
            "journal": [rad("journal"), brev],
            "dokument": [dokument],
        }
    )
    (note,) = (trace for trace in traces.found if trace.name == "journalanteckning")
    assert [one.rubrik for one in note.records] == [RADER["journal"]["rubrik"]]


def test_protected_people_are_not_looked_up_in_the_case_system():
    traces, portals = spar({"beslut": [rad("beslut")]}, skydd="Sekretessmarkering")
    assert traces.shielded
    assert portals["verksamhet"].acts == []


def test_a_household_without_a_case_has_no_traces():
    traces, _ = spar({}, arende="")
    assert traces.found == ()
