"""The letter "Beslutsmeddelande" as the case system prints it from a draft calculation."""

from datetime import UTC, date, datetime
from decimal import Decimal

from fpdf import FPDF

from sandkommun.downloads import printable
from sandkommun.storage import Json, Record
from sandkommun.system import kronor
from sandkommun.worlds.elements import formatted

_APPEAL = (
    "Hur du överklagar: Är du inte nöjd med beslutet kan du överklaga det till förvaltningsrätten. Skriv vilket beslut "
    "du överklagar och hur du vill att det ändras. Lämna överklagandet till socialnämnden i {kommun} inom tre veckor "
    "från den dag du fick del av beslutet."
)


def beslutsmeddelande(case: Json, calculation: Record, kommun: str, today: date) -> bytes:
    """A PDF: name, personal number, period, amount, motivation with the calculation's rows, how to appeal."""
    content = calculation.content
    amount = granted(content)
    lines = [
        f"{kommun}, socialnämnden",
        f"Datum: {today.isoformat()}",
        f"Ärende: {case['nr']}",
        f"Beräkning: {calculation.id}",
        f"Namn: {case['namn']}",
        f"Personnummer: {formatted(case['sokande'])}",
        f"Period: {content['manad']}",
        f"Belopp: {kronor(amount)} kr",
        "",
        f"Motivering: Ansökan om försörjningsstöd för {content['manad']} har prövats enligt 12 kap. socialtjänstlagen.",
        f"{content['norm']}, {content['antal']} personer: {kronor(content['normsumma'])} kr",
        *(f"Kostnad {row['typ']}: {kronor(row['godkant'])} kr" for row in content["kostnader"]),
        *(f"Inkomst {row['typ']}: -{kronor(row['belopp'])} kr" for row in content["inkomster"]),
        f"Resultat: {kronor(content['resultat'])} kr",
        "",
        _APPEAL.format(kommun=kommun),
    ]
    return printed("Beslutsmeddelande", "\n".join(lines), today)


def granted(calculation: Json) -> Decimal:
    """What a calculation leaves to grant: its underskott, never less than nothing."""
    return max(-Decimal(calculation["resultat"]), Decimal(0))


def printed(title: str, text: str, written: date) -> bytes:
    """A PDF of a title and lines of text."""
    document = FPDF(format="A4")
    document.set_creation_date(datetime(written.year, written.month, written.day, tzinfo=UTC))
    document.set_title(title)
    document.add_page()
    document.set_font("Helvetica", "B", 16)
    document.cell(0, 12, printable(title), new_x="LMARGIN", new_y="NEXT")
    document.set_font("Helvetica", "", 11)
    document.multi_cell(0, 6, printable(text), new_x="LMARGIN", new_y="NEXT")
    return bytes(document.output())
