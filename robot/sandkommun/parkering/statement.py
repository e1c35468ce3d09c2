"""The doctor's statement as the PDF that came with the application."""

from datetime import UTC, datetime

from fpdf import FPDF

from sandkommun.downloads import printable
from sandkommun.storage import Json
from sandkommun.worlds.elements import formatted


def rows(application: Json) -> list[tuple[str, str]]:
    """What the doctor says, as label and value; nothing when there is no statement."""
    said = application["utlatande"]
    if said is None:
        return []
    metres, months = said["gangstracka_m"], said["varaktighet_manader"]
    driven = application["som"] == "passagerare"
    help_outside = ("Behöver förarens hjälp utanför fordonet", "Ja" if said["hjalp_utanfor_fordonet"] else "Nej")
    return [
        ("Utlåtandets datum", said["datum"]),
        ("Läkare", said["lakare"]),
        ("Vårdenhet", said["vardenhet"]),
        ("Diagnos", said["diagnos"]),
        ("Gångsträcka på plan mark", "" if metres is None else f"{metres} meter"),
        ("Hjälpmedel", said["hjalpmedel"]),
        ("Varaktighet", "Bestående" if months is None else f"{months} månader"),
        *([help_outside] if driven else []),
        ("Läkarens bedömning", said["text"]),
    ]


def pdf(application: Json) -> bytes:
    """The statement in A4; the same bytes every time."""
    document = FPDF(format="A4")
    document.set_creation_date(datetime.fromisoformat(application["utlatande"]["datum"]).replace(tzinfo=UTC))
    document.set_title(f"Läkarutlåtande {application['ref']}")
    document.add_page()
    document.set_font("Helvetica", "B", 16)
    document.cell(0, 9, "Läkarutlåtande", new_x="LMARGIN", new_y="NEXT")
    document.set_font("Helvetica", "", 11)
    document.cell(0, 8, "för parkeringstillstånd för rörelsehindrad", new_x="LMARGIN", new_y="NEXT")
    document.ln(4)
    patient = [("Patient", application["sokande"]["namn"])]
    patient.append(("Personnummer", formatted(application["sokande"]["personnummer"])))
    for label, value in [*patient, *rows(application)]:
        document.set_font("Helvetica", "", 8)
        document.cell(0, 5, printable(label), border="LTR", new_x="LMARGIN", new_y="NEXT")
        document.set_font("Helvetica", "", 11)
        document.multi_cell(0, 7, printable(value) or " ", border="LBR", new_x="LMARGIN", new_y="NEXT")
    return bytes(document.output())
