"""Reminders, documents, files of an application and several payees: looked for before, and field by field after."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.portaler.registrering import (
    Aktualiseringspost,
    Bevakningspost,
    Dokumentpost,
    Plats,
    RegistreraAktualisering,
    RegistreraBevakning,
    RegistreraDokument,
    RegistreraUtbetalning,
    Utbetalningspost,
    filer_till,
    skrivningens_namn,
)
from medarbetare.engine import File, Mode, Outcome, decided
from medarbetare.engine.run import Run
from medarbetare.errors import BusinessError
from medarbetare.testing import Bench, CaseStatus, MemoryPortal, Sheet

DORIS = Personnummer("199503239817")
DECEMBER = Manad(2026, 12)
FORMS = {
    "ny_aktualisering": ("aktualiseringar", {"ankomstdatum", "arendetyp", "referens", "bilagor"}, "Ny aktualisering"),
    "ny_anteckning_med_bilaga": ("journal", {"datum", "rubrik_text", "text"}, "Ny journalanteckning"),
    "ny_bevakning": ("bevakningar", {"datum", "ansvarig", "text"}, ""),
    "ny_utbetalning": ("utbetalningar", {"mottagare", "konto", "manad", "datum", "belopp"}, ""),
}
BREV = b"%PDF-1.4 ett brev"
TEXT = "Rådrum för hyran gäller till och med februari 2027. Följ upp före nästa beslut."


class Verksamhet:
    """Lists and forms of the case system. `keeps` is what it keeps of a record, `files` of the files with it."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, str]]] = {form[0]: [] for form in FORMS.values()} | {"dokument": []}
        self.keeps: Callable[[dict[str, str]], dict[str, str]] = dict
        self.keeps_files: Callable[[list[str]], list[str]] = list
        lists = {name: self._list(name) for name in self.rows}
        self.portal = MemoryPortal("verksamhet", {**lists, **{name: self._form(*form) for name, form in FORMS.items()}})
        self.plats = Plats(self.portal, "4711", DORIS, DECEMBER)

    def _list(self, name: str) -> Callable[..., Sheet]:
        return lambda arende: Sheet(tables={name: self.rows[name]})

    def _form(self, kind: str, fields: set[str], title: str) -> Callable[..., Sheet]:
        def save(typed: dict[str, str]) -> None:
            number = str(10 + sum(map(len, self.rows.values())))
            files = typed.pop("filer", "")
            row = {key.removesuffix("_text"): text for key, text in self.keeps(typed).items()}
            self.rows[kind].append({"nr": number, **row})
            for name in self.keeps_files(files.split("\n") if files else []):
                self.rows["dokument"].append({"namn": name, "hor_till": f"{title}, nr {number}"})

        uploads = {"filer"} if title else set()
        return lambda arende: Sheet(fields=fields, uploads=uploads, commits={"spara": save})


@pytest.fixture
def system() -> Verksamhet:
    return Verksamhet()


def bevakning(system: Verksamhet, **changed: Any) -> RegistreraBevakning:
    post = Bevakningspost(datum=date(2027, 2, 14), ansvarig="Hilda Handläggarsson", text=TEXT)
    return RegistreraBevakning(system.plats, post.model_copy(update=changed), "rådrum", name="bevakning, rådrum")


def dokument(system: Verksamhet) -> RegistreraDokument:
    post = Dokumentpost(
        namn="beslutsbrev-2026-12-260102.pdf",
        datum=date(2026, 12, 1),
        rubrik="Beslutsbrev december 2026, ansökan 260102",
        text="Beslutsbrevet som det hämtades före beslutet.",
    )
    return RegistreraDokument(system.plats, post, BREV)


def aktualisering(system: Verksamhet, *files: File) -> RegistreraAktualisering:
    post = Aktualiseringspost(
        ankomstdatum=date(2026, 11, 28),
        arendetyp="Återansökan ekonomiskt bistånd",
        referens="260102",
        bilagor="kvitto.png",
        filer=("kvitto.png", "ansokan-260102.pdf"),
    )
    return RegistreraAktualisering(system.plats, post, lambda: files)


FILES = (File("ansokan-260102.pdf", "application/pdf", b"%PDF"), File("kvitto.png", "image/png", b"png"))
WHOLE = pytest.mark.parametrize("effect", [bevakning, dokument, lambda system: aktualisering(system, *FILES)])


@WHOLE
def test_what_is_written_is_absent_before_and_stands_as_intended_after(system: Verksamhet, effect: Any) -> None:
    made = effect(system)
    assert list(made.read()) == []
    submit = made.fill()
    assert list(made.read()) == []
    submit()
    assert list(made.read()) == [made.intended]
    assert made.read().shown == 1


@WHOLE
def test_what_is_there_already_is_found_before(system: Verksamhet, effect: Any) -> None:
    effect(system).fill()()
    assert list(effect(system).read()) == [effect(system).intended]


@pytest.mark.parametrize("effect", [bevakning, dokument])
def test_a_text_that_was_cut_is_found_and_differs(system: Verksamhet, effect: Any) -> None:
    system.keeps = lambda typed: typed | {"text": typed["text"][:30]}
    effect(system).fill()()
    (found,) = effect(system).read()
    assert found.text == effect(system).intended.text[:30]


def test_a_text_of_which_nothing_can_be_known_again_has_made_the_list_longer(system: Verksamhet) -> None:
    system.keeps = lambda typed: typed | {"text": typed["text"][:10]}
    bevakning(system).fill()()
    assert (list(bevakning(system).read()), bevakning(system).read().shown) == ([], 1)


def test_reminders_of_another_day_or_about_something_else_are_others(system: Verksamhet) -> None:
    bevakning(system, datum=date(2027, 1, 14)).fill()()
    bevakning(system, text="Planeringen går ut 2027-02-28. Planera om.").fill()()
    assert list(bevakning(system).read()) == []
    assert bevakning(system).key != replace(bevakning(system), slag="planering").key


def test_a_file_is_sent_whole_and_from_memory(system: Verksamhet) -> None:
    dokument(system).fill()()
    (act,) = (act for act in system.portal.acts if act.what == "attach")
    assert [(one.name, one.media_type, one.content) for one in act.files] == [
        ("beslutsbrev-2026-12-260102.pdf", "application/pdf", BREV)
    ]
    assert str(BREV) not in repr(act)


def test_a_document_whose_file_was_lost_is_found_without_it(system: Verksamhet) -> None:
    system.keeps_files = lambda names: []
    dokument(system).fill()()
    (found,) = dokument(system).read()
    assert found == dokument(system).intended.model_copy(update={"namn": ""})


def test_a_registration_that_kept_half_of_its_files_differs(system: Verksamhet) -> None:
    system.keeps_files = lambda names: names[: len(names) // 2]
    aktualisering(system, *FILES).fill()()
    (found,) = aktualisering(system).read()
    assert found.filer == ("ansokan-260102.pdf",)


def test_the_applicants_files_are_not_the_letter_and_the_letter_is_not_theirs(system: Verksamhet) -> None:
    aktualisering(system, *FILES).fill()()
    dokument(system).fill()()
    assert list(dokument(system).read()) == [dokument(system).intended]
    assert list(aktualisering(system).read()) == [aktualisering(system).intended]


def test_files_that_have_changed_since_they_were_read_of_are_a_persons(system: Verksamhet) -> None:
    with pytest.raises(BusinessError, match="filer är andra"):
        aktualisering(system, FILES[0]).fill()
    assert system.portal.commits() == []


def test_a_registration_without_files_asks_for_no_documents(system: Verksamhet) -> None:
    made = aktualisering(system)
    bare = replace(made, intended=made.intended.model_copy(update={"filer": ()}))
    bare.fill()()
    assert list(bare.read()) == [bare.intended]
    assert {act.page for act in system.portal.acts} == {"aktualiseringar", "ny_aktualisering"}


def test_a_document_belongs_to_the_record_of_its_kind_and_whole_number() -> None:
    rows = [
        {"namn": name, "hor_till": about}
        for name, about in (
            ("b.pdf", "Ny aktualisering, nr 12"),
            ("a.pdf", "Ny aktualisering, nr 12"),
            ("annan.pdf", "Ny aktualisering, nr 112"),
            ("not.pdf", "Ny journalanteckning, nr 12"),
            ("brev.pdf", "Beräkning 12"),
        )
    ]
    assert filer_till(rows, "aktualisering", "12") == ("a.pdf", "b.pdf")


def utbetalning(system: Verksamhet, payee: str, *others: str) -> RegistreraUtbetalning:
    post = Utbetalningspost(
        mottagare=payee, konto="5050-1055", manad=DECEMBER, datum=date(2026, 12, 1), belopp=Decimal(5800)
    )
    return RegistreraUtbetalning(system.plats, post, others)


def test_payments_to_two_payees_with_one_account_are_told_apart(system: Verksamhet) -> None:
    utbetalning(system, "Bostads AB", "Garage AB").fill()()
    assert len(utbetalning(system, "Garage AB").read()) == 1
    assert list(utbetalning(system, "Garage AB", "Bostads AB").read()) == []
    utbetalning(system, "Garage AB", "Bostads AB").fill()()
    assert [one.mottagare for one in utbetalning(system, "Bostads AB", "Garage AB").read()] == ["Bostads AB"]


def test_several_writes_of_a_kind_are_numbered_from_the_second() -> None:
    assert [skrivningens_namn("utbetalning", number) for number in (1, 2, 3)] == [
        *("utbetalning", "utbetalning 2", "utbetalning 3")
    ]


@pytest.mark.parametrize(
    ("kept", "status"), [(list, CaseStatus.DECIDED), (lambda names: [], CaseStatus.UNKNOWN_OUTCOME)]
)
def test_a_lost_file_makes_the_outcome_unknown(
    database: Any, system: Verksamhet, kept: Callable[[list[str]], list[str]], status: CaseStatus
) -> None:
    system.keeps_files = kept

    def flow(run: Run) -> Outcome:
        run.mode = Mode.AUTOMATISK
        run.write(replace(dokument(system), plats=replace(system.plats, portal=run.portal("verksamhet"))))
        return decided("Klart.")

    bench = Bench({"prov": flow}, [system.portal])
    case = bench.receive("260102", "doris")
    assert bench.work_on(case) is status
    assert system.portal.commits() == ["ny_anteckning_med_bilaga"]
