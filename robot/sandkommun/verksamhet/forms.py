"""The case system's forms: their fields, labels and buttons. One list for every skin and for the checks."""

from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal["text", "long", "day", "month", "amount", "number", "choice", "person"]

NORMS = ("Riksnorm 2024", "Riksnorm 2025", "Riksnorm 2026")
MATTERS = ("Återansökan ekonomiskt bistånd", "Nyansökan ekonomiskt bistånd", "Komplettering")
CODES = ("01 Bifall försörjningsstöd", "02 Delvis bifall försörjningsstöd", "03 Avslag försörjningsstöd")
REJECTION = CODES[2]
INCOMES = (
    *("Lön", "Barnbidrag", "Underhållsstöd", "Bostadsbidrag", "Aktivitetsstöd", "Sjukpenning", "Föräldrapenning"),
    *("A-kassa", "Studiestöd", "Pension", "Swish/insättning", "Annat", "Överskott"),
)
COSTS = (
    *("Hyra", "Hushållsel", "Hemförsäkring", "Arbetsresor", "Fackavgift", "A-kasseavgift"),
    *("Medicin", "Tandvård", "Glasögon", "Skuld", "Annat"),
)
ROWS = 10
"""So many rows of a kind fit in a calculation."""


@dataclass(frozen=True)
class Field:
    """One field. `name` is what the record calls it, `short` what the frames' input is named after the case number."""

    name: str
    short: str
    label: str
    kind: Kind = "text"
    choices: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True)
class Rows:
    """Rows of a kind: a table with a column a field. A row whose `amounts` are all empty or zero is dropped."""

    name: str
    short: str
    what: str
    """One row of it, as refusals say: "inkomst"."""
    fields: tuple[Field, ...]
    amounts: tuple[str, ...]


@dataclass(frozen=True)
class Form:
    """One form: the record's kind, the page's title, the button that saves.

    `files` is the label of the field by which files are uploaded with it, "" where it takes none. `confirm` is the
    button of the page that comes in between and that really saves, "" where `button` saves.
    """

    kind: str
    title: str
    button: str
    fields: tuple[Field, ...]
    rows: tuple[Rows, ...] = ()
    files: str = ""
    confirm: str = ""


MATTER = Form(
    "matter",
    "Ny aktualisering",
    "Spara aktualisering",
    (
        Field("ankomst", "ank", "Ankomstdatum", "day"),
        Field("typ", "typ", "Ärendetyp", "choice", MATTERS),
        Field("referens", "ref", "Referens", optional=True),
        Field("bilagor", "bil", "Bilagor", "long", optional=True),
    ),
    files="Filer",
)
CALCULATION = Form(
    "calculation",
    "Ny beräkning",
    "Spara utkast",
    (
        Field("norm", "norm", "Norm", "choice", NORMS),
        Field("manad", "man", "Månad", "month"),
        Field("antal", "ant", "Antal personer", "number"),
        Field("normsumma", "nsum", "Normsumma", "amount"),
        Field("resultat", "res", "Resultat", "amount"),
    ),
    (
        Rows(
            "inkomster",
            "i",
            "inkomst",
            (
                Field("typ", "typ", "Inkomst", "choice", INCOMES),
                Field("person", "per", "Person", "person"),
                Field("belopp", "bel", "Belopp", "amount"),
                Field("datum", "dat", "Datum", "day", optional=True),
                Field("notering", "not", "Notering", optional=True),
            ),
            ("belopp",),
        ),
        Rows(
            "kostnader",
            "k",
            "kostnad",
            (
                Field("typ", "typ", "Kostnad", "choice", COSTS),
                Field("sokt", "sok", "Ansökt", "amount"),
                Field("godkant", "god", "Godkänt", "amount"),
                Field("notering", "not", "Notering", optional=True),
            ),
            ("sokt", "godkant"),
        ),
    ),
)
DECISION = Form(
    "decision",
    "Nytt beslut",
    "Spara och skrivskydda",
    (
        Field("kod", "kod", "Beslutskod", "choice", CODES),
        Field("fran", "pfr", "Fr o m", "day"),
        Field("till", "ptm", "T o m", "day"),
        Field("belopp", "bel", "Belopp", "amount"),
        Field("motivering", "mot", "Motivering", "long"),
        Field("beslutsfattare", "fat", "Beslutsfattare"),
    ),
)
PAYMENT = Form(
    "payment",
    "Ny utbetalning",
    "Registrera",
    (
        Field("mottagare", "mtg", "Mottagare"),
        Field("konto", "kto", "Konto"),
        Field("manad", "man", "Avser månad", "month"),
        Field("datum", "dat", "Utbetalningsdatum", "day"),
        Field("belopp", "bel", "Belopp", "amount"),
    ),
)
NOTE = Form(
    "note",
    "Ny journalanteckning",
    "Spara anteckning",
    (
        Field("datum", "dat", "Datum", "day"),
        Field("rubrik", "rub", "Rubrik"),
        Field("text", "txt", "Text", "long"),
    ),
    files="Bifogade filer",
)
MONITORING = Form(
    "monitoring",
    "Ny bevakning",
    "Spara bevakning",
    (
        Field("datum", "dat", "Bevakningsdatum", "day"),
        Field("ansvarig", "ans", "Ansvarig"),
        Field("text", "txt", "Text", "long"),
    ),
)
FORMS: dict[str, Form] = {form.kind: form for form in (MATTER, CALCULATION, DECISION, PAYMENT, NOTE, MONITORING)}
"""The forms as they were from the beginning."""
DELIVERIES = ("Brev", "Digital brevlåda", "Muntligt vid besök")
NEWEST = 5
"""The last version of the looks."""


def form_of(kind: str, version: int = 0) -> Form:
    """A form as it looks in a version of the system, 0 to 5; each version keeps what those before it changed.

    1 the decision's amount has another label, 2 its decision maker stands first, 3 its button has another name, 4 the
    way of delivery must be chosen, 5 a page to look everything over comes before it is saved.
    """
    form = FORMS[kind]
    if kind != "decision":
        return form
    fields = list(form.fields)
    if version >= 1:
        fields = [replace(one, label="Beviljat belopp, kr") if one.name == "belopp" else one for one in fields]
    if version >= 2:
        fields.sort(key=lambda one: one.name != "beslutsfattare")
    if version >= 4:
        fields.append(Field("delgivning", "del", "Delgivningssätt", "choice", DELIVERIES))
    return replace(
        form,
        fields=tuple(fields),
        button="Fastställ beslut" if version >= 3 else form.button,
        confirm="Bekräfta och spara" if version >= 5 else "",
    )
