from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import Field, field_validator

from medarbetare.config import SecretReference, Strict, load
from medarbetare.errors import ConfigurationError


class Sort(StrEnum):
    EL = "el"
    HYRA = "hyra"


class Rad(Strict):
    sort: Sort
    belopp: Decimal


class Fil(Strict):
    namn: Annotated[str, Field(min_length=2)] = "Exempelby"
    antal: Annotated[int, Field(gt=0, le=9)] = 1
    dag: date = date(2026, 1, 1)
    vag: Literal["fil", "miljö"] = "fil"
    aktiv: bool = True
    vanta: timedelta = timedelta(0)
    rader: tuple[Rad, ...] = ()
    hemlighet: SecretReference | None = None

    @field_validator("namn")
    @classmethod
    def _not_test(cls, namn: str) -> str:
        if namn == "test":
            raise ValueError("ett riktigt namn")
        return namn


Faults = Callable[[str], list[str]]


@pytest.fixture
def faults(tmp_path: Path) -> Faults:
    """The faults of a file with this text, without the file's folder."""

    def read(text: str) -> list[str]:
        path = tmp_path / "fil.yaml"
        path.write_text(text, "utf-8")
        with pytest.raises(ConfigurationError) as refused:
            load(path, Fil)
        return refused.value.message.replace(f"{tmp_path}/", "").splitlines()

    return read


def test_amounts_never_pass_through_a_float_and_dates_come_as_dates(tmp_path: Path) -> None:
    path = tmp_path / "fil.yaml"
    path.write_text("dag: 2026-12-24\nrader:\n- {sort: el, belopp: 0.1}\n- {sort: hyra, belopp: 5800}\n", "utf-8")

    read = load(path, Fil)

    assert [str(row.belopp) for row in read.rader] == ["0.1", "5800"]
    assert read.dag == date(2026, 12, 24)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("antal: många", "antal: fann «många», väntade ett heltal"),
        ("antal: 1.5", "antal: fann «1.5», väntade ett heltal"),
        ("antal: 0", "antal: fann «0», väntade ett värde över 0"),
        ("antal: 10", "antal: fann «10», väntade högst 9"),
        ("dag: i morgon", "dag: fann «i morgon», väntade ett datum som 2026-12-31"),
        ("dag: 2026-02-30", "dag: fann «2026-02-30», väntade ett datum som 2026-12-31"),
        ("vag: post", "vag: fann «post», väntade något av 'fil' eller 'miljö'"),
        ("aktiv: kanske", "aktiv: fann «kanske», väntade true eller false"),
        ("vanta: länge", "vanta: fann «länge», väntade en tid i sekunder"),
        ("namn: x", "namn: fann «x», väntade minst 2 tecken"),
        ("namn: 17", "namn: fann «17», väntade text"),
        ("namn:", "namn: fann inget, väntade text"),
        ("namn: test", "namn: fann «test»: ett riktigt namn"),
        ("rader: el", "rader: fann «el», väntade en lista"),
        ("nanm: Exempelby", "nanm: okänd nyckel; kontrollera stavningen eller ta bort den"),
        ("- antal", "(hela filen): fann en lista, väntade nycklar med värden"),
        ("hemlighet: {env: A, file: b}", "hemlighet: ange exakt en av env, file eller credential"),
    ],
)
def test_a_fault_tells_what_was_found_and_what_is_expected(faults: Faults, text: str, expected: str) -> None:
    assert faults(text) == [f"fil.yaml:1: {expected}"]


def test_every_fault_is_told_with_its_line_and_path(faults: Faults) -> None:
    text = (
        "# om hyror\nantal: x\nrader:\n  - sort: el\n    belopp: 10\n  - sort: gas\n    belopp: tio\n  - sort: hyra\n"
    )

    assert faults(text) == [
        "fil.yaml:2: antal: fann «x», väntade ett heltal",
        "fil.yaml:6: rader.1.sort: fann «gas», väntade något av 'el' eller 'hyra'",
        "fil.yaml:7: rader.1.belopp: fann «tio», väntade ett tal",
        "fil.yaml:8: rader.2.belopp: saknas",
    ]


def test_a_secret_written_where_its_reference_belongs_is_not_repeated(faults: Faults) -> None:
    assert faults("hemlighet: sommar2026") == ["fil.yaml:1: hemlighet: fann ett värde, väntade nycklar med värden"]


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ("antal: 1\nnamn: x\nantal: 2\n", 3, "nyckeln «antal» står redan på rad 1. Ta bort den ena."),
        ("rader:\n- {sort: el, sort: hyra}", 2, "nyckeln «sort» står redan på rad 2. Ta bort den ena."),
        ("namn: a: b", 1, "inte giltig YAML: ett kolon där det inte får stå; sätt citattecken om texten."),
        ("namn: [a\nantal: 1", 2, "inte giltig YAML: en lista eller klammer som inte är avslutad."),
        ("a:\n\tb: 1", 2, "inte giltig YAML: ett tecken som inte får stå först; sätt citattecken om texten"),
        ("namn: *x", 1, "inte giltig YAML: en hänvisning (*) till något som inte finns."),
        ("namn: !!python/object:os.system x", 1, "inte giltig YAML: en etikett (!) som inte får användas."),
        ("? [a, b]\n: 1", 1, "en nyckel är sammansatt, väntade ett ord."),
    ],
)
def test_what_is_not_yaml_is_told_with_its_line(faults: Faults, text: str, line: int, expected: str) -> None:
    (fault,) = faults(text)
    assert fault.startswith(f"fil.yaml:{line}: {expected}")


@pytest.mark.parametrize("text", ["namn: \x00", "rader: &x [*x]"])
def test_odd_files_are_refused_like_others(faults: Faults, text: str) -> None:
    (fault,) = faults(text)
    assert fault.startswith("fil.yaml: inte giltig YAML: ")


def test_a_missing_file_and_one_in_another_encoding_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"saknad\.yaml: filen finns inte"):
        load(tmp_path / "saknad.yaml", Fil)

    (tmp_path / "latin.yaml").write_bytes("namn: Åmål".encode("iso-8859-1"))
    with pytest.raises(ConfigurationError, match=r"latin\.yaml: filen kan inte läsas som UTF-8"):
        load(tmp_path / "latin.yaml", Fil)
