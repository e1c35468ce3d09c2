"""The municipality's texts: which fields each may have, and what older ones leave out."""

import shutil
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from scenarier import FILES, Fall, fall, las

from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.beslut.beslut import Forslag, foresla
from arbetsfloden.ekonomiskt_bistand.handlaggning import formulering
from arbetsfloden.ekonomiskt_bistand.handlaggning.poster import Handling, Verkstallighet
from arbetsfloden.ekonomiskt_bistand.portaler.registrering import Utbetalningspost
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk, load_regelverk
from arbetsfloden.ekonomiskt_bistand.regelverk.texter import FALT, Texter
from medarbetare.errors import ConfigurationError

CONFIG = Path(__file__).parents[3] / "config" / "ekonomiskt_bistand"
BY = "Tova Testsson"
OWN_WORDS = "Du har visat att hyresvärden inte har något billigare."
DECEMBER = Manad(2026, 12)


def text_of(number: int) -> dict[str, Any]:
    return las(next(path for path in FILES if path.name.startswith(f"{number:02}-")))


def proposed(one: Fall, regelverk: Regelverk) -> Forslag:
    return foresla(one.ansokan, one.underlag, regelverk, one.idag)


def texts(folder: Path, **changed: str) -> Path:
    """The configuration, with other texts in it."""
    made = Path(shutil.copytree(CONFIG, folder / "config"))
    content = {**yaml.safe_load((CONFIG / "texter.yaml").read_text("utf-8")), **changed}
    (made / "texter.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    return made


def payment(payee: str) -> Utbetalningspost:
    day, amount = date(2026, 12, 6), Decimal(1000)
    return Utbetalningspost(mottagare=payee, konto="9999-1000002", manad=DECEMBER, datum=day, belopp=amount)


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        (
            "komplettering",
            "Komplettera {saknas} senast {sista_dag}. Du får {belopp} kr.",
            r"fält som inte finns i den här texten: \{belopp\}. De som finns: .*\{saknas\}",
        ),
        ("overklaga", "Överklaga inom tre veckor. {sista_dag}", r"inte finns i den här texten: \{sista_dag\}"),
        ("beslut_avslag", "Avslag för {manad}. {beslutsfattare} {yttrande}", r"måste ha \{bedomning\}, \{overklaga\}"),
        ("kommunicering", "Svara: {uppgifter}", r"texten måste ha \{sista_dag\}"),
        ("journal_komplettering", "Begärt: {saknas}", r"texten måste ha \{sista_dag\}"),
        ("beslut_for_sig", "Det prövas för sig \N{RIGHTWARDS ARROW} {kostnader_for_sig}", "kan inte lagras"),
    ],
)
def test_a_text_that_cannot_be_written_is_refused_when_the_configuration_is_read(
    name: str, text: str, why: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError, match=why) as refused:
        load_regelverk(texts(tmp_path, **{name: text}))
    assert name in str(refused.value)


def test_a_completion_is_noted_also_where_the_municipality_has_no_texts_for_it_yet(regelverk: Regelverk) -> None:
    names = {name for name in FALT if name.startswith(("journal_komplettering", "journal_paminnelse"))}
    without = Texter.model_validate(regelverk.texter.model_dump(exclude=names))
    ansokan, day = fall(text_of(2)).ansokan, date(2026, 12, 6)
    for texter in (without, regelverk.texter):
        rubrik, text = formulering.anteckning_om_komplettering(texter, ansokan, ["Intyga."], day, day, "")
        assert rubrik == f"Begäran om komplettering december 2026, ansökan {ansokan.referens}"
        assert text.endswith("Intyga. Svar senast den 6 december 2026.")
    assert formulering.anteckning_om_paminnelse(without, ansokan, ["Intyga."], day) == (
        formulering.anteckning_om_paminnelse(regelverk.texter, ansokan, ["Intyga."], day)
    )


def test_every_field_that_a_text_may_have_is_filled_in(tmp_path: Path) -> None:
    all_fields = {name: " ".join(f"<{{{field}}}>" for field in sorted(fields)) for name, fields in FALT.items()}
    regelverk = load_regelverk(texts(tmp_path, **all_fields))
    written: list[str] = []
    for number in (2, 6, 14, 15, 16):
        one = fall(text_of(number))
        forslag = proposed(one, regelverk)
        for paid in ((one.ansokan.sokande.namn,), ("Sandbostäder AB", one.ansokan.sokande.namn)):
            payments = [payment(name) for name in paid]
            written.append(formulering.beslutstext(forslag, one.ansokan, regelverk, BY, "Hörd.", OWN_WORDS, payments))
        for who in (BY, None):
            note = formulering.journalanteckning(forslag, one.ansokan, regelverk, who, "Hörd.", OWN_WORDS, "Läst.")
            written += [formulering.med_underrattelse(text, "Underrättad.") for text in note]
    texter, ansokan, day = regelverk.texter, fall(text_of(2)).ansokan, date(2026, 12, 6)
    written += [
        formulering.underrattelse(texter, ansokan.manad, day, "Beslutet."),
        *(formulering.underrattad(texter, ansokan.manad, when) for when in (day, None)),
        formulering.kommunicering(texter, fall(text_of(6)).ansokan, ["En uppgift."], day),
        formulering.komplettering(texter, texter.komplettering, ansokan.manad, ["Intyga."], day),
        formulering.komplettering(texter, texter.paminnelse, ansokan.manad, ["Intyga."], day),
        *formulering.anteckning_om_kommunicering(texter, ansokan, ["En uppgift."], day, BY, day),
        *formulering.anteckning_om_komplettering(texter, ansokan, ["Intyga."], day, day, BY),
        *formulering.anteckning_om_paminnelse(texter, ansokan, ["Intyga."], day),
    ]
    assert [text for text in written if "{" in text] == []


@pytest.mark.parametrize(("number", "told"), [(2, True), (14, True), (16, False)])
def test_a_decision_says_when_and_where_the_money_is_paid_and_a_rejection_says_nothing_of_it(
    number: int, told: bool, regelverk: Regelverk
) -> None:
    one = fall(text_of(number))
    assert one.underlag.arende is not None
    approved = Verkstallighet(proposed(one, regelverk), one.underlag.arende, date(2026, 12, 4), BY)
    text = Handling.av(approved, one.ansokan, regelverk).motivering
    assert ("\n\nPengarna betalas ut den 4 december 2026 till kontot i ditt ärende.\n\n" in text) is told
    assert ("betalas ut" in text) is told
    assert "\n\n\n" not in text


def test_the_texts_of_an_older_ruleset_say_nothing_of_the_payment(regelverk: Regelverk) -> None:
    content = yaml.safe_load((CONFIG / "texter.yaml").read_text("utf-8"))
    older = {name: text for name, text in content.items() if not name.startswith("beslut_utbetalning")}
    older["beslut_bifall"] = older["beslut_bifall"].replace("\n{utbetalning}\n", "")
    one, texter = fall(text_of(2)), Texter.model_validate(older)
    forslag, paid = proposed(one, regelverk), [payment(one.ansokan.sokande.namn)]
    text = formulering.beslutstext(forslag, one.ansokan, replace(regelverk, texter=texter), BY, utbetalningar=paid)
    assert text == formulering.beslutstext(forslag, one.ansokan, regelverk, BY)


def test_the_note_of_an_older_ruleset_is_written_as_it_is(regelverk: Regelverk) -> None:
    content = yaml.safe_load((CONFIG / "texter.yaml").read_text("utf-8"))
    older = {name: text for name, text in content.items() if not name.startswith("journal_underratt")}
    older["journal_godkant"] = older["journal_godkant"].replace(" {underrattelse}", "")
    one, texter = fall(text_of(2)), Texter.model_validate(older)
    rules = replace(regelverk, texter=texter)
    _, note = formulering.journalanteckning(proposed(one, regelverk), one.ansokan, rules, BY)
    told = formulering.underrattad(texter, DECEMBER, date(2026, 12, 6))
    assert told.endswith("har skickats till sökanden i e-tjänsten den 6 december 2026.")
    assert formulering.med_underrattelse(note, told) == note
    assert "{" not in note


def test_texts_from_before_there_was_one_for_two_can_still_be_read(tmp_path: Path) -> None:
    made = texts(tmp_path)
    content = yaml.safe_load((made / "texter.yaml").read_text("utf-8"))
    for name in ("beslut_medsokande", "kommunicering_medsokande", "journal_kommunicering_medsokande"):
        del content[name]
    (made / "texter.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    one = fall(text_of(6))
    rules = load_regelverk(made)
    assert "Ni är två" not in formulering.beslutstext(proposed(one, rules), one.ansokan, rules, BY)
