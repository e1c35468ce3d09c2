"""Lists of handled references as other systems and Excel write them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from RPA.Excel.Files import Files

from medarbetare.database.dsn import Dsn
from medarbetare.engine.outcome import decided
from medarbetare.errors import BusinessError
from medarbetare.inbox.cutover import HandledReferences, import_references, read_list
from medarbetare.journal.models import Leaf
from medarbetare.testing import Bench

NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
HEADED = 'Inkommet;Ärendenummer;Handläggare\r\n2026-11-01;EB-1;"Åsa; Öberg"\r\n2026-11-02;"EB-2";\r\n'


def listed(folder: Path, content: bytes, heading: str = "arendenummer") -> HandledReferences:
    file = folder / "lista.csv"
    file.write_bytes(content)
    return read_list(file, heading)


@pytest.mark.parametrize(
    "content",
    [
        b"EB-1\nEB-2\n",
        "\ufeffEB-1\r\n\r\nEB-2".encode(),
        "ärendenummer\r\nEB-1\r\nEB-1\r\nEB-2\r\n".encode("latin-1"),
        HEADED.encode("cp1252"),
        HEADED.encode("utf-8-sig"),
        HEADED.replace(";", "\t").encode("utf-16"),
        "ÄRENDENUMMER,status\nEB-1,Beslutad\n EB-2 ,Avslutad\n".encode(),
        'sep=;\r\nÄrende nummer;Status\r\n="EB-1";x\r\n="EB-2";y\r\n'.encode(),
    ],
)
def test_a_list_is_read_as_swedish_excel_and_other_systems_write_it(tmp_path: Path, content: bytes) -> None:
    found = listed(tmp_path, content)

    assert (found.references, found.unusable_lines) == (("EB-1", "EB-2"), ())


def test_a_workbook_is_read_with_numbers_as_they_are_seen(tmp_path: Path) -> None:
    book = Files()
    book.create_workbook(str(tmp_path / "lista.xlsx"), fmt="xlsx")
    rows = [
        ["Inkommet", "Ärendenummer"],
        ["2025-02-27", 4999],
        ["2025-02-18", "EB-2"],
        ["2025-02-14", None],
        [None, None],
    ]
    book.append_rows_to_worksheet(rows)
    book.save_workbook()
    book.close_workbook()

    found = read_list(tmp_path / "lista.xlsx")

    assert (found.references, found.unusable_lines) == (("4999", "EB-2"), (4,))


def test_lines_without_a_usable_reference_are_told_by_their_numbers(tmp_path: Path) -> None:
    lines = ["Ärendenummer;Namn", "EB-1;a", ";b", "199003072387;c", "EB 3;d", "1,2E+15;e", "EB-4", "oanvandbar-1;f"]

    found = listed(tmp_path, "\r\n".join(lines).encode())

    assert found.references == ("EB-1", "EB-4")
    assert found.unusable_lines == (3, 4, 5, 6, 8)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "inget användbart ärendenummer"),
        ("Ärendenummer\n".encode(), "inget användbart ärendenummer"),
        (b"199003072387\n", "inget användbart ärendenummer (1 rader"),
        (b"a;b\n1;2\n", "har 2 kolumner, men ingen har rubriken «arendenummer»"),
        (b"PK\x03\x04 no workbook", "går inte att läsa som arbetsbok"),
        (b"\x00" * 100, "användbart"),
        (b'Arendenummer;b\n"' + b"x" * 200_000, "lista.csv, rad 2: går inte att läsa som tabell"),
    ],
)
def test_a_file_that_helps_nobody_is_refused_without_telling_what_it_holds(
    tmp_path: Path, content: bytes, said: str
) -> None:
    with pytest.raises(BusinessError) as refused:
        listed(tmp_path, content)

    assert said in refused.value.message
    assert "199003072387" not in refused.value.message


def test_another_heading_may_be_named_and_a_missing_file_is_told(tmp_path: Path) -> None:
    assert listed(tmp_path, b"flowInstanceID;added\n4999;x\n", "FlowInstanceID").references == ("4999",)
    with pytest.raises(BusinessError, match=r"borta\.csv kan inte läsas"):
        read_list(tmp_path / "borta.csv")


def test_an_import_stands_in_the_journal_by_counts_and_the_files_hash(database: Dsn, tmp_path: Path) -> None:
    bench = Bench({"flode": lambda run: decided("")})
    bench.receive("EB-1", "tova")
    found = listed(tmp_path, b"EB-1\nEB-2\nEB 3\n")

    for _ in range(2):
        import_references(
            bench.journal, found, inbox="inkorg", department=bench.department, actor="kommandorad:it", clock=lambda: NOW
        )

    first, second = Leaf.objects.filter(kind="references.imported").order_by("index")
    assert (first.case, first.name, first.actor) == (None, "inkorg", "kommandorad:it")
    counts = {"references": 2, "cases": 1, "unusable": 1, "file_sha256": found.digest}
    assert bench.journal.entry(first.index).payload == {**counts, "new": 1, "imported_before": 0}
    assert bench.journal.entry(second.index).payload == {**counts, "new": 0, "imported_before": 1}
    assert bench.journal.verify().ok
