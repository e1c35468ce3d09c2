"""What is wrong with a world file is told with line, path, what was found and expected, and no personal data."""

from datetime import datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from sandkommun import worlds
from sandkommun.generating import generate, write_file
from sandkommun.worlds import WorldError
from sandkommun.worlds.applications import Bilaga
from sandkommun.worlds.cases import Dokument

ENSAM = Path(__file__).parents[2] / "worlds" / "ensam.yaml"
WRONG = [
    (
        "omfattning: 100",
        "omfattning: 101",
        "14: personer.tova.af.omfattning: hittade ett heltal: 101, väntade högst 100",
    ),
    (
        "omfattning: 100",
        "omfattning: full",
        "14: personer.tova.af.omfattning: hittade en text: full, väntade ett heltal",
    ),
    ("fornamn: Tova", "fornamm: Tova", "8: personer.tova.fornamm: okänd nyckel; menade du fornamn?"),
    ("fornamn: Tova", "civilstand: Gift", "6: personer.tova.fornamn: saknas"),
    ("fornamn: Tova", "fornamn: [Tova]", "8: personer.tova.fornamn: hittade en lista, väntade text inom citattecken"),
    ("kod: 200", "kod: 201", "aktivitetsrapport.kod: hittade ett heltal: 201, väntade 200, 500, 501 eller 502"),
    ("rum: 2", "rum: 0", "inkorg.260101.boende.rum: hittade ett heltal: 0, väntade minst 1"),
    ('manad: "2026-12"', 'manad: "2026-13"', 'hittade en text: 2026-13, väntade månad inom citattecken, som "2026-12"'),
    (
        'clearing: "9999"',
        "clearing: 9999",
        "arenden.4701.konto.clearing: hittade ett heltal, väntade text inom citattecken",
    ),
    ("registrerad: 2025-11-03", "registrerad: igår", "hittade en text: igår, väntade datum som 2026-12-01"),
    ("inkommet: 2026-12-01T06:02:11", "inkommet: tidigt", "väntade tidpunkt som 2026-12-01T06:44:58"),
    (
        "belopp: 350",
        "belopp: 350.125",
        "kostnader.1.belopp: hittade ett decimaltal: 350.125, väntade högst 2 decimaler",
    ),
    ("belopp: 350", "belopp: dyrt", "hittade en text: dyrt, väntade ett belopp i kronor, som 5800 eller 5800.50"),
    ("vuxna: [tova]", "vuxna: [tove]", "18: hushall.testsson: personen 'tove' finns inte under personer"),
    ("vuxna: [tova]", "vuxna: []", "hushall.testsson.vuxna: hittade en lista, väntade minst 1 i listan"),
    ("arbetssokande: true", "arbetssokande: kanske", "hittade en text: kanske, väntade true eller false"),
    ("  tova:\n", "  tova: {}\n  tova:\n", "7: samma nyckel står två gånger i ett element"),
    ("  tova:\n", "  tova: {\n", "inte riktig YAML"),
    ("kommun: Sandkommun", "kommun: Sandkommun\nfel: [{fel: strul, system: etjanst}]", "4: fel.0.fel: okänt fel"),
    ("kommun: Sandkommun", "kommun: Sandkommun\nsystem: {etjänst: {}}", "4: system.etjänst: hittade en text: etjänst"),
]


def refusal(file: Path) -> str:
    with pytest.raises(WorldError) as refused:
        worlds.load(file)
    return str(refused.value)


@pytest.mark.parametrize(("right", "wrong", "told"), WRONG, ids=[one[1].strip()[:40] for one in WRONG])
def test_each_fault_of_a_file_is_told_where_it_stands(right: str, wrong: str, told: str, tmp_path: Path) -> None:
    file, text = tmp_path / "fel.yaml", ENSAM.read_text("utf-8")
    assert right in text
    file.write_text(text.replace(right, wrong, 1), "utf-8")
    assert told in refusal(file)


def test_every_message_begins_with_the_file_and_the_line(tmp_path: Path) -> None:
    file = tmp_path / "fel.yaml"
    file.write_text(ENSAM.read_text("utf-8").replace("rum: 2", "rum: 0").replace("kod: 200", "kod: 1"), "utf-8")
    assert [line.partition(": ")[0].rpartition(" ")[0] for line in refusal(file).splitlines()] == [f"{file}, rad"] * 2


@pytest.mark.parametrize("name", ["a\nb.pdf", "a\rb.pdf", "a\x7f.pdf", "mapp/a.pdf", ""])
def test_a_file_is_not_called_what_no_header_and_no_folder_takes(name: str) -> None:
    with pytest.raises(ValidationError, match="filnamn"):
        Bilaga(filnamn=name, fil_id="1")
    with pytest.raises(ValidationError, match="namn"):
        Dokument(namn=name, rubrik="R", text="T", registrerad=datetime.fromisoformat("2026-12-01"), av="A")


def test_a_wrong_file_name_is_told_in_words(tmp_path: Path) -> None:
    file = tmp_path / "fel.yaml"
    document = '{namn: "a\\nb.pdf", rubrik: R, text: T, registrerad: 2026-11-03T09:00:00, av: Hilda}'
    text = ENSAM.read_text("utf-8").replace("    konto:", f"    dokument: [{document}]\n    konto:", 1)
    file.write_text(text, "utf-8")
    assert "väntade filnamn som slutar på .pdf, utan mapp, radbrytning och andra styrtecken" in refusal(file)


@pytest.mark.parametrize("spoil", ["personnummer", "fornamn", "key"])
def test_no_message_repeats_a_personal_number_or_what_concerns_a_person(spoil: str, tmp_path: Path) -> None:
    wrong = {
        "personnummer": ('personnummer: "198501289832"', "personnummer: 198501289831"),
        "fornamn": ("fornamn: Tova", "fornamn: {Testsson: 19850128-9832}"),
        "key": ("vuxna: [tova]", 'vuxna: ["198501289832"]'),
    }
    text = ENSAM.read_text("utf-8").replace(*wrong[spoil])
    (tmp_path / "fel.yaml").write_text(text, "utf-8")
    told = refusal(tmp_path / "fel.yaml").replace(str(tmp_path), "")
    assert told
    assert not any(part in told for part in ("19850128", "Testsson", "8501289832"))


def test_a_fault_in_a_generated_file_is_told_with_its_line(tmp_path: Path) -> None:
    world = generate(5, 1, worlds.load(ENSAM).today)
    key = list(world["personer"])[3]
    world["personer"][key]["fornam"] = world["personer"][key].pop("fornamn")
    file = tmp_path / "kommun.yaml"
    write_file(world, file)
    line = next(n for n, text in enumerate(file.read_text("utf-8").splitlines(), 1) if f'"{key}":' in text)
    assert f"{file}, rad {line}: personer.{key}.fornam: okänd nyckel; menade du fornamn?" in refusal(file)


def test_a_generated_file_with_a_person_twice_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "kommun.yaml"
    write_file(generate(5, 1, worlds.load(ENSAM).today), file)
    text = file.read_text("utf-8")
    person = next(line for line in text.splitlines(keepends=True) if line.startswith('  "p1a"'))
    file.write_text(text.replace(person, person + person), "utf-8")
    assert "samma nyckel står två gånger" in refusal(file)


@pytest.mark.parametrize(
    ("text", "told"), [("{", "inte riktig JSON"), ('{"a": 1, "a": 2}', "två gånger"), ("[]", "världen")]
)
def test_a_wrong_json_file_is_refused(text: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "fel.json").write_text(text, "utf-8")
    assert told in refusal(tmp_path / "fel.json")


@pytest.mark.parametrize("name", ["saknas.yaml", "saknas.json", "finns-inte"])
def test_a_world_that_is_not_there_is_told_so(name: str, tmp_path: Path) -> None:
    where = tmp_path / name if "." in name else Path(name)
    assert "går inte att läsa" in refusal(where) or "finns inte" in refusal(where)


def test_comments_and_generated_lines_can_be_mixed(tmp_path: Path) -> None:
    file = tmp_path / "kommun.yaml"
    write_file(generate(5, 1, worlds.load(ENSAM).today), file)
    plain = worlds.load(file)
    file.write_text("# Vår kommun\n\n" + file.read_text("utf-8").replace("hushall:\n", "# Hemmen\nhushall:\n"), "utf-8")
    assert worlds.load(file) == plain


@pytest.mark.parametrize(
    ("system", "told"),
    [
        ("fk: {version: 2}", "4: system.fk.version: finns bara i verksamhet, etjanst"),
        ("etjanst: {skin: grid}", "4: system.etjanst.skin: finns bara i verksamhet"),
        ("af: {vanor: {postlas: true}}", "4: system.af.vanor.postlas: finns bara i verksamhet"),
        ("parkering: {vanor: {nollrader: sparas}}", "4: system.parkering.vanor.nollrader: finns bara i verksamhet"),
        ("ssbtek: {vanor: {brev_fore_beslut: false}}", "system.ssbtek.vanor.brev_fore_beslut: finns bara i verksamhet"),
        (
            "verksamhet: {skin: grid, vanor: {fraga_fore_beslut: true}}",
            "4: system.verksamhet.vanor.fraga_fore_beslut: finns bara i utseendet frames",
        ),
        ("start: {inloggning: losenord}", "4: system.start.inloggning: på startsidan loggar ingen in"),
        ("start: {vanor: {csrf: sida}}", "4: system.start.vanor.csrf: på startsidan loggar ingen in"),
        ("start: {session: {max_requests: 3}}", "4: system.start.session: på startsidan loggar ingen in"),
        ("fk: {vanor: {sparrar_konto_efter: 2}}", "sparrar_konto_efter: systemet tar inte emot lösenord"),
        ("inloggning: {inloggning: sso}", "4: system.inloggning.inloggning: den gemensamma inloggningen sker med"),
    ],
)
def test_what_a_system_does_not_have_is_refused(system: str, told: str, tmp_path: Path) -> None:
    file = tmp_path / "fel.yaml"
    file.write_text(
        ENSAM.read_text("utf-8").replace("kommun: Sandkommun", f"kommun: Sandkommun\nsystem: {{{system}}}"), "utf-8"
    )
    assert told in refusal(file)
