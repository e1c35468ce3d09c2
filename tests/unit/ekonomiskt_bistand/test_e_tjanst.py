"""Messages to and from the applicant, and the files of an application, over an errand in memory."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Bilaga
from arbetsfloden.ekonomiskt_bistand.portaler.e_tjanst import (
    Meddelandepost,
    SkickaMeddelande,
    hamta_filer,
    las_filer,
    las_meddelanden,
    las_status,
)
from medarbetare.engine import NaturalKey
from medarbetare.errors import PortalError
from medarbetare.testing import MemoryPortal, Sheet

TEXT = "Din ansökan för december 2026 är inte komplett:\n\nIntyga uppgifterna.\n\nKomplettera senast 2026-12-08."
PDF = b"%PDF-1.4 ansokan\n%%EOF\n"
KEY = NaturalKey("199503239817", "2026-12", "komplettering 260102")


class ETjanst:
    """One errand: `kept` is what it keeps of a message's text, `attached` its files by their number."""

    def __init__(self, **attached: bytes) -> None:
        self.messages: list[dict[str, str]] = []
        self.kept: Callable[[str], str] = str
        self.attached = attached
        self.sent: list[dict[str, str]] = []
        self.pdf = PDF
        self.portal = MemoryPortal("etjanst", {"arende": self._errand})

    def write(self, way: str, text: str, **more: str) -> None:
        told = {"ut": "", "in": "", "fran": "Robot 2026-12-01 08:30", "filer": "", "text": text}
        self.messages.append(told | {way: f"Robot {text}"} | more)

    def _errand(self, referens: str, fil: str = "") -> Sheet:
        def send(typed: dict[str, str]) -> None:
            self.sent.append(typed)
            self.write("ut", self.kept(" ".join(typed["meddelande"].split())))

        return Sheet(
            texts={"status": "Inkommen"},
            tables={"meddelanden": self.messages},
            fields={"meddelande", "begar_komplettering"},
            commits={"skicka_meddelande": send},
            files={"pdf": self.pdf, **({"bilaga": self.attached[f"n{fil}"]} if fil else {})},
        )

    def message(self, text: str = TEXT) -> SkickaMeddelande:
        post = Meddelandepost(text=text)
        return SkickaMeddelande(self.portal, "260102", post, begar_komplettering=True, key=KEY, name="komplettering")


def test_a_message_is_sent_with_its_line_breaks_and_found_without_them() -> None:
    errand = ETjanst()
    effect = errand.message()
    assert list(effect.read()) == []
    effect.fill()()
    assert errand.sent == [{"meddelande": TEXT, "begar_komplettering": "True"}]
    assert list(effect.read()) == [effect.intended]
    assert effect.portal == "etjanst"


def test_a_message_that_is_there_already_is_found_before() -> None:
    errand = ETjanst()
    errand.write("ut", " ".join(TEXT.split()))
    assert list(errand.message().read()) == [errand.message().intended]


def test_a_message_that_was_cut_is_found_and_differs() -> None:
    errand = ETjanst()
    errand.kept = lambda text: text[:40]
    errand.message().fill()()
    (found,) = errand.message().read()
    assert found != errand.message().intended


def test_only_what_the_municipality_has_sent_counts() -> None:
    errand = ETjanst()
    errand.write("ut", "Vi har fått din ansökan.")
    errand.write("in", " ".join(TEXT.split()))
    seen = errand.message().read()
    assert (list(seen), seen.shown) == ([], 1)


def test_both_directions_are_read_with_times_and_files() -> None:
    errand = ETjanst()
    errand.write("ut", "Skicka kvittot.")
    errand.write("in", "Här kommer det.", fran="Sökande", filer="kvitto.png\nkvitto 2.pdf")
    first, second = las_meddelanden(errand.portal, "260102")
    assert (first.fran, first.text, first.tid) == ("oss", "Skicka kvittot.", datetime(2026, 12, 1, 8, 30))  # noqa: DTZ001
    assert (second.fran, second.tid, second.filer) == ("sokanden", None, ("kvitto.png", "kvitto 2.pdf"))
    assert las_status(errand.portal, "260102") == "Inkommen"


def test_a_message_from_nobody_known_is_the_portals_fault() -> None:
    errand = ETjanst()
    errand.write("fran", "Ett systemmeddelande.")
    with pytest.raises(PortalError, match="vem det är från"):
        las_meddelanden(errand.portal, "260102")


def bilagor(fall: Any, *names: str) -> Any:
    ansokan, _ = fall(2)
    files = tuple(Bilaga(filnamn=name, fil_id=str(number)) for number, name in enumerate(names, 1))
    return ansokan.model_copy(update={"bilagor": files})


def test_the_application_itself_is_its_only_file_where_nothing_is_attached(fall: Any) -> None:
    errand, ansokan = ETjanst(), bilagor(fall)
    files = las_filer(errand.portal, ansokan)
    assert errand.portal.acts == []
    (pdf,) = hamta_filer(errand.portal, ansokan, files)
    assert (pdf.name, pdf.media_type, pdf.content) == (f"ansokan-{ansokan.referens}.pdf", "application/pdf", PDF)


def test_what_the_case_system_cannot_keep_stays_in_the_e_service_and_is_told(fall: Any) -> None:
    errand = ETjanst(n1=b"png", n2=b"", n3=b"x" * 5_000_001, n4=b"pdf", n5=b"pdf")
    ansokan = bilagor(fall, "kvitto.png", "tom.pdf", "stor.pdf", "smiley-\N{SLIGHTLY SMILING FACE}.pdf", "kvitto.png")
    files = las_filer(errand.portal, ansokan)
    assert files.namn[1:] == ("kvitto.png", "kvitto.png")
    assert files.kvar == ("tom.pdf", "stor.pdf", "smiley-\N{SLIGHTLY SMILING FACE}.pdf")
    assert files.i_ord.startswith("kvitto.png, kvitto.png, tom.pdf (finns bara i e-tjänsten)")
    fetched = hamta_filer(errand.portal, ansokan, files)
    assert [(one.name, one.content) for one in fetched[1:]] == [("kvitto.png", b"png"), ("kvitto.png", b"pdf")]
    assert fetched[1].media_type == "image/png"


@pytest.mark.parametrize(("pdf", "attached"), [(PDF[:9], b"png"), (b"", b"png"), (PDF, b"")])
def test_files_that_do_not_come_whole_are_the_portals_fault(fall: Any, pdf: bytes, attached: bytes) -> None:
    errand, ansokan = ETjanst(n1=b"png"), bilagor(fall, "kvitto.png")
    files = las_filer(errand.portal, ansokan)
    errand.pdf, errand.attached = pdf, {"n1": attached}
    with pytest.raises(PortalError, match="inte ansökans filer hela"):
        hamta_filer(errand.portal, ansokan, files)


def test_no_more_files_are_taken_than_fit_in_one_registration(fall: Any) -> None:
    errand = ETjanst(**{f"n{number}": b"pdf" for number in range(1, 13)})
    files = las_filer(errand.portal, bilagor(fall, *(f"{number}.pdf" for number in range(1, 13))))
    assert (len(files.namn), files.kvar) == (10, ("10.pdf", "11.pdf", "12.pdf"))
