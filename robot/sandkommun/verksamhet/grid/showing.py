"""What the views of the grid show, as the JSON that its scripts draw.

A view: {rubrik, arende, grupper: [{rubrik, uppgifter: [[text, value]]}], lankar: [{text, till}], texter: [text],
listor: [{namn, kolumner: [{text, bredd}], antal, rader: [[cell]], mer}], knappar: [{text, till}]}. A cell is a text, or
a link {text, till}. A list is told 20 rows at a time; `mer`: whether further rows can be asked for by `?fran=`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sandkommun.storage import Json, Record
from sandkommun.system import kronor, minute
from sandkommun.verksamhet import forms
from sandkommun.verksamhet.forms import Field, Form
from sandkommun.verksamhet.papers import NO_DRAFT, Paper
from sandkommun.verksamhet.register import CLOSED
from sandkommun.worlds.elements import formatted

CHUNK = 20
"""So many rows of a list come with one answer."""
_WIDTHS = {
    "Nr": 0.4,
    "Motivering": 2.2,
    "Text": 4,
    "Notering": 3,
    "Bilagor": 2,
    "Namn": 2,
    "Dokument": 2,
    "Ärendetyp": 1.7,
    "Kod": 1.5,
}
_WIDTHS |= {"Av": 1.3, "Beslutsfattare": 1.4, "Registrerad": 1.2, "": 0.5}
"""How wide columns are beside each other; others 1."""

Cell = str | dict[str, str]


@dataclass(frozen=True)
class Listing:
    """A list of a case's records of a kind: its heading, the columns after Nr, where a row's link leads."""

    title: str
    kind: str
    columns: tuple[tuple[str, str, Callable[[str], str]], ...]
    """Heading, the field of the record, how its value is shown."""
    link: str = ""


def _plain(value: str) -> str:
    return str(value)


LISTINGS: dict[str, Listing] = {
    "aktualiseringar": Listing(
        "Aktualiseringar",
        "matter",
        (
            ("Ankomstdatum", "ankomst", _plain),
            ("Ärendetyp", "typ", _plain),
            ("Referens", "referens", _plain),
            ("Bilagor", "bilagor", _plain),
        ),
    ),
    "berakningar": Listing(
        "Beräkningar",
        "calculation",
        (
            ("Månad", "manad", _plain),
            ("Norm", "norm", _plain),
            ("Antal personer", "antal", _plain),
            ("Normsumma", "normsumma", kronor),
            ("Resultat", "resultat", kronor),
            ("Status", "status", _plain),
        ),
        link="Visa",
    ),
    "beslut": Listing(
        "Beslut",
        "decision",
        (
            ("Kod", "kod", _plain),
            ("Fr o m", "fran", _plain),
            ("T o m", "till", _plain),
            ("Belopp", "belopp", kronor),
            ("Motivering", "motivering", _plain),
            ("Beslutsfattare", "beslutsfattare", _plain),
        ),
    ),
    "utbetalningar": Listing(
        "Utbetalningar",
        "payment",
        (
            ("Mottagare", "mottagare", _plain),
            ("Konto", "konto", _plain),
            ("Avser månad", "manad", _plain),
            ("Utbetalningsdatum", "datum", _plain),
            ("Belopp", "belopp", kronor),
        ),
    ),
    "journal": Listing(
        "Journal",
        "note",
        (("Datum", "datum", _plain), ("Rubrik", "rubrik", _plain), ("Text", "text", _plain)),
    ),
    "bevakningar": Listing(
        "Bevakningar",
        "monitoring",
        (("Bevakningsdatum", "datum", _plain), ("Ansvarig", "ansvarig", _plain), ("Text", "text", _plain)),
    ),
}
"""The lists by the last part of their address."""


def view(title: str, case: Json | None, **parts: object) -> Json:
    """A view of a case, or of none; the parts that are left out are empty."""
    head = {key: case[key] for key in ("nr", "namn", "status")} if case else None
    rubrik = f"{title} - ärende {case['nr']}" if case else title
    empty: Json = {"grupper": [], "lankar": [], "texter": [], "listor": [], "knappar": []}
    return {"rubrik": rubrik, "arende": head, **empty, **parts}


def table(name: str, headings: Sequence[str], rows: Sequence[Sequence[Cell]], start: int | None = None) -> Json:
    """A list: all its rows, or those of the chunk that begins at `start`."""
    told = rows if start is None else rows[start : start + CHUNK]
    columns = [{"text": text, "bredd": _WIDTHS.get(text, 1)} for text in headings]
    return {"namn": name, "kolumner": columns, "antal": len(rows), "rader": told, "mer": start is not None}


def listing(what: str, case: Json, records: Sequence[Record], start: int) -> Json:
    """One of the case's lists."""
    shown = LISTINGS[what]
    headings = ["Nr", *(text for text, _, _ in shown.columns), "Registrerad", "Av", *([""] if shown.link else [])]
    rows = [_row(shown, f"/arende/{case['nr']}/{what}", record) for record in records]
    return view(shown.title, case, listor=[table(shown.title, headings, rows, start)])


def _row(shown: Listing, address: str, record: Record) -> list[Cell]:
    made = record.content
    cells: list[Cell] = [str(record.id), *(as_text(made[name]) for _, name, as_text in shown.columns)]
    cells += [minute(made["registrerad"]), made["av"]]
    return [*cells, {"text": shown.link, "till": f"{address}/{record.id}"}] if shown.link else cells


def overview(case: Json) -> Json:
    """The case as a whole."""
    groups = [
        _group(
            "Ärendet",
            case,
            nr="Ärende",
            status="Status",
            avslutat="Avslutat",
            handlaggare="Handläggare",
            arbetsmarknadssekreterare="Arbetsmarknadssekreterare",
        ),
        _group(
            "Parter",
            {**case, "sokande": formatted(case["sokande"]), "medsokande": formatted(case["medsokande"])},
            sokande="Sökande",
            namn="Namn",
            medsokande="Medsökande",
            medsokande_namn="Medsökandes namn",
        ),
        _group(
            "Planering och bistånd",
            case,
            planering="Planering",
            planering_till="Planering till",
            jobbstimulans_fran="Jobbstimulans från",
            jobbstimulans_till="Jobbstimulans till",
            bistandsmanader="Biståndsmånader",
        ),
        _group("Utbetalning", case, mottagare="Mottagare", konto="Konto"),
    ]
    people = [[formatted(one["personnummer"]), one["namn"], one["roll"]] for one in case["personer"]]
    household = table("Hushåll", ("Personnummer", "Namn", "Roll"), people)
    closed = case["status"] == CLOSED
    text, act = ("Öppna ärendet", "oppna") if closed else ("Avsluta ärendet", "avsluta")
    button = {"text": text, "till": f"/api/arende/{case['nr']}/{act}"}
    return view("Översikt", case, grupper=groups, listor=[household], knappar=[button])


def calculation(case: Json, record: Record) -> Json:
    """One calculation; a draft can be made final."""
    made = record.content
    facts = {
        **made,
        "nr": record.id,
        "normsumma": kronor(made["normsumma"]),
        "resultat": kronor(made["resultat"]),
        "registrerad": minute(made["registrerad"]),
    }
    labels = {"nr": "Nr", "manad": "Månad", "norm": "Norm", "antal": "Antal personer", "normsumma": "Normsumma"}
    labels |= {"resultat": "Resultat", "status": "Status", "registrerad": "Registrerad", "av": "Av"}
    incomes = [
        [one["typ"], formatted(one["person"]), kronor(one["belopp"]), one["datum"] or "", one["notering"]]
        for one in made["inkomster"]
    ]
    costs = [[one["typ"], kronor(one["sokt"]), kronor(one["godkant"]), one["notering"]] for one in made["kostnader"]]
    lists = [
        table("Inkomster", ("Inkomst", "Person", "Belopp", "Datum", "Notering"), incomes),
        table("Kostnader", ("Kostnad", "Ansökt", "Godkänt", "Notering"), costs),
    ]
    finalise = {"text": "Slutför beräkning", "till": f"/api/arende/{case['nr']}/berakningar/{record.id}/slutlig"}
    buttons = [finalise] if made["status"] == "Utkast" else []
    return view("Beräkning", case, grupper=[_group("Uppgifter", facts, **labels)], listor=lists, knappar=buttons)


def documents(case: Json, waiting: Record | None, papers: Sequence[Paper], start: int) -> Json:
    """The case's papers; `waiting`: the calculation of which a letter can be made."""
    address = f"/api/arende/{case['nr']}"
    links = [{"text": "Beslutsmeddelande", "till": f"{address}/beslutsmeddelande"}] if waiting else []
    text = f"Beräkning {waiting.id}, {waiting.content['manad']}:" if waiting else NO_DRAFT
    rows: list[list[Cell]] = [
        [
            str(paper.id),
            paper.name,
            paper.kind,
            paper.about,
            minute(paper.registered),
            paper.by,
            {"text": "Hämta", "till": f"{address}/dokument/{paper.id}"},
        ]
        for paper in papers
    ]
    listed = table("Dokument", ("Nr", "Dokument", "Typ", "Hör till", "Registrerad", "Av", ""), rows, start)
    return view("Dokument", case, lankar=links, texter=[text], listor=[listed])


def attendance(case: Json, start: int) -> Json:
    """The months of attendance at the labour-market unit, in hours."""
    rows = [
        [one["manad"], *(str(one[name]) for name in ("planerat", "narvaro", "giltig_franvaro"))]
        for one in case["narvaro"]
    ]
    headings = ("Månad", "Planerade timmar", "Närvarotimmar", "Giltig frånvaro, timmar")
    return view("Närvaro", case, listor=[table("Närvaro", headings, rows, start)])


def search() -> Json:
    """The search, empty."""
    fields = [_field(Field("personnummer", "", "Personnummer"), ()), _field(Field("namn", "", "Namn"), ())]
    return {**view("Sök person", None), "falt": fields}


def hits(people: Sequence[Json]) -> Json:
    """Several people of the same name."""
    rows: list[list[Cell]] = [
        [
            formatted(one["personnummer"]),
            one["namn"],
            one["roll"],
            one["arende"],
            {"text": "Välj", "till": f"/arende/{one['arende']}"},
        ]
        for one in people
    ]
    return {"listor": [table("Träffar", ("Personnummer", "Namn", "Roll", "Ärende", ""), rows)]}


def form_view(form: Form, case: Json, seen: int, held_by: str) -> Json:
    """A blank form of a case in its state `seen`; `held_by`: who else has locked the case."""
    people = [formatted(one["personnummer"]) for one in case["personer"]]
    told = {
        "titel": form.title,
        "knapp": form.button,
        "bekrafta": form.confirm,
        "filer": form.files,
        "version": seen,
        "falt": [_field(one, people) for one in form.fields],
        "rader": [
            {
                "namn": rows.name,
                "rubrik": rows.name.capitalize(),
                "en": rows.what,
                "antal": forms.ROWS,
                "falt": [_field(one, people) for one in rows.fields],
            }
            for rows in form.rows
        ],
    }
    held = f"Ärendet är låst av {held_by}." if held_by else ""
    return {**view(form.title, case), "form": told, "meddelande": held}


def _field(one: Field, people: Sequence[str]) -> Json:
    choices = people if one.kind == "person" else one.choices
    return {"namn": one.name, "text": one.label, "slag": one.kind, "val": list(choices)}


def _group(title: str, content: Json, **labels: str) -> Json:
    facts = [[text, str(content[name] if content[name] is not None else "")] for name, text in labels.items()]
    return {"rubrik": title, "uppgifter": facts}
