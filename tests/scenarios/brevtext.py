"""The text of a decision letter, as case systems in memory make it from a draft."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from arbetsfloden.ekonomiskt_bistand.portaler.visning import shown_kronor

Rader = Iterable[Mapping[str, str]]
APPEAL = "Du kan överklaga beslutet till förvaltningsrätten inom tre veckor."


def brevtext(
    arende: str, namn: str, personnummer: str, berakning: Mapping[str, str], inkomster: Rader, kostnader: Rader
) -> str:
    """A line for each thing that the letter tells. Amounts may be as typed or as shown."""
    resultat = _tal(berakning["resultat"])
    lines = [
        f"Ärende: {arende}",
        f"Namn: {namn}",
        f"Personnummer: {personnummer}",
        f"Period: {berakning['manad']}",
        f"Belopp: {shown_kronor(max(-resultat, Decimal(0)))} kr",
        f"{berakning['norm']}, {berakning['antal']} personer: {shown_kronor(_tal(berakning['normsumma']))} kr",
        *(f"Kostnad {rad['slag']}: {shown_kronor(_tal(rad['godkant']))} kr" for rad in kostnader),
        *(f"Inkomst {rad['slag']}: -{shown_kronor(_tal(rad['belopp']))} kr" for rad in inkomster),
        f"Resultat: {shown_kronor(resultat)} kr",
        APPEAL,
    ]
    return "\n".join(lines)


def _tal(text: str) -> Decimal:
    return Decimal(text.replace(" ", "").replace(",", "."))
