"""What is typed into the case system's forms, read and checked the way that system does it.

Fields are named after the case: `f4711_bel`. A refusal is a sentence that the page shows with HTTP 200.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sandkommun.storage import Json
from sandkommun.system import typed_amount, typed_date, typed_number, value_of

NORMS = ("Riksnorm 2024", "Riksnorm 2025", "Riksnorm 2026")
MATTERS = ("Återansökan ekonomiskt bistånd", "Nyansökan ekonomiskt bistånd", "Komplettering")
CODES = ("01 Bifall försörjningsstöd", "02 Delvis bifall försörjningsstöd", "03 Avslag försörjningsstöd")
INCOMES = (
    *("Lön", "Barnbidrag", "Underhållsstöd", "Bostadsbidrag", "Aktivitetsstöd", "Sjukpenning", "Föräldrapenning"),
    *("A-kassa", "Studiestöd", "Pension", "Swish/insättning", "Annat", "Överskott"),
)
COSTS = (
    *("Hyra", "Hushållsel", "Hemförsäkring", "Arbetsresor", "Fackavgift", "A-kasseavgift"),
    *("Medicin", "Tandvård", "Glasögon", "Skuld", "Annat"),
)
ROWS = 10


class Refused(Exception):
    """The system does not save this; the text is shown after "Fel:"."""


@dataclass(frozen=True)
class Fields:
    """The posted fields of one case's form."""

    case: str
    people: tuple[str, ...]
    """Personal numbers of the people in the case."""
    posted: Mapping[str, list[str]]

    def text(self, name: str) -> str:
        return value_of(self.posted, f"f{self.case}_{name}")

    def needed(self, name: str, label: str) -> str:
        if not (text := self.text(name)):
            raise Refused(f"{label} saknas.")
        return text

    def chosen(self, name: str, label: str, among: tuple[str, ...]) -> str:
        if (text := self.needed(name, label)) not in among:
            raise Refused(f"{label} finns inte i registret.")
        return text

    def day(self, name: str, label: str) -> str:
        if typed_date(text := self.needed(name, label)) is None:
            raise Refused(f"{label} anges som ÅÅÅÅ-MM-DD.")
        return text

    def month(self, name: str, label: str) -> str:
        if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text := self.needed(name, label)):
            raise Refused(f"{label} anges som ÅÅÅÅ-MM.")
        return text

    def amount(self, name: str, label: str) -> str:
        amount = typed_amount(self.needed(name, label))
        if amount is None:
            raise Refused(f"{label} är inte ett belopp.")
        return str(amount)


def matter(fields: Fields) -> Json:
    """Ny aktualisering."""
    return {
        "ankomst": fields.day("ank", "Ankomstdatum"),
        "typ": fields.chosen("typ", "Ärendetyp", MATTERS),
        "referens": fields.text("ref"),
        "bilagor": fields.text("bil"),
    }


def calculation(fields: Fields) -> Json:
    """Ny beräkning. Rows of zero are dropped without a word."""
    number = fields.needed("ant", "Antal personer")
    if not re.fullmatch(r"[1-9]\d?", number):
        raise Refused("Antal personer är inte ett antal.")
    content = {
        "norm": fields.chosen("norm", "Norm", NORMS),
        "manad": fields.month("man", "Månad"),
        "antal": int(number),
        "inkomster": _incomes(fields),
        "kostnader": _costs(fields),
        "normsumma": fields.amount("nsum", "Normsumma"),
        "resultat": fields.amount("res", "Resultat"),
    }
    return {**content, "status": "Utkast"}


def _incomes(fields: Fields) -> list[Json]:
    rows: list[Json] = []
    for n in range(1, ROWS + 1):
        amount = _row_amount(fields, f"i{n}_bel")
        if not amount:
            continue
        person = typed_number(fields.needed(f"i{n}_per", f"Person på inkomstrad {n}"))
        if person not in fields.people:
            raise Refused(f"Personen på inkomstrad {n} finns inte i ärendet.")
        row = {
            "typ": fields.chosen(f"i{n}_typ", f"Inkomst på rad {n}", INCOMES),
            "person": person,
            "belopp": str(amount),
            "datum": fields.day(f"i{n}_dat", f"Datum på inkomstrad {n}") if fields.text(f"i{n}_dat") else "",
            "notering": fields.text(f"i{n}_not"),
        }
        if any((row["typ"], person) == (other["typ"], other["person"]) for other in rows):
            raise Refused("Samma inkomst är angiven två gånger för samma person.")
        rows.append(row)
    return rows


def _costs(fields: Fields) -> list[Json]:
    rows: list[Json] = []
    for n in range(1, ROWS + 1):
        applied, approved = _row_amount(fields, f"k{n}_sok"), _row_amount(fields, f"k{n}_god")
        if applied or approved:
            kind = fields.chosen(f"k{n}_typ", f"Kostnad på rad {n}", COSTS)
            note = fields.text(f"k{n}_not")
            rows.append({"typ": kind, "sokt": str(applied), "godkant": str(approved), "notering": note})
    return rows


def _row_amount(fields: Fields, name: str) -> Decimal:
    return Decimal(fields.amount(name, "Belopp")) if fields.text(name) else Decimal(0)


def decision(fields: Fields) -> Json:
    """Nytt beslut."""
    content = {
        "kod": fields.chosen("kod", "Beslutskod", CODES),
        "fran": fields.day("pfr", "Fr o m"),
        "till": fields.day("ptm", "T o m"),
        "belopp": fields.amount("bel", "Belopp"),
        "motivering": fields.needed("mot", "Motivering"),
        "beslutsfattare": fields.needed("fat", "Beslutsfattare"),
    }
    if content["fran"] > content["till"]:
        raise Refused("Fr o m är senare än T o m.")
    return content


def payment(fields: Fields) -> Json:
    """Ny utbetalning."""
    return {
        "mottagare": fields.needed("mtg", "Mottagare"),
        "konto": fields.needed("kto", "Konto"),
        "manad": fields.month("man", "Avser månad"),
        "datum": fields.day("dat", "Utbetalningsdatum"),
        "belopp": fields.amount("bel", "Belopp"),
    }


def note(fields: Fields) -> Json:
    """Ny journalanteckning."""
    return {
        "datum": fields.day("dat", "Datum"),
        "rubrik": fields.needed("rub", "Rubrik"),
        "text": fields.needed("txt", "Text"),
    }
