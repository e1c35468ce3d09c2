"""A new norm table with its approval, as it is put among those in force. Pure: who calls puts the file there."""

import json
import re
from pathlib import Path
from typing import NamedTuple

from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.regelverk.normer import Normtabell
from arbetsfloden.ekonomiskt_bistand.regelverk.normgranskning import hinder
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import NORMER, Regelverk, regelverk_av
from medarbetare.config import parse
from medarbetare.engine.ruleset import NewFile
from medarbetare.errors import BusinessError, ConfigurationError

_APPROVAL = re.compile(r"^(?:approved_by|decision_reference)[ \t]*:.*\n?", re.MULTILINE)
_DATES = re.compile(r"^valid_(?:from|to)[ \t]*:.*\n", re.MULTILINE)
_LONGEST = 200


class Nyfil(NamedTuple):
    """A norm table that somebody has written: where it lies, what stands in it, and what that is read as."""

    fil: Path
    innehall: bytes
    tabell: Normtabell


def godkand(ny: Nyfil, regelverk: Regelverk, av: str, beslut: str) -> NewFile:
    """The table with who approved it and in which decision, whatever stood there. Everything else is kept as written.

    Raises BusinessError when it cannot be put in.
    """
    name = f"{NORMER}/{ny.fil.name}"
    if ny.fil.suffix != ".yaml":
        raise BusinessError(f"{ny.fil.name}: filen ska heta något på .yaml, till exempel riksnorm-2027.yaml.")
    if name in regelverk.filer:
        raise BusinessError(f"{name} finns redan och ändras inte. Ge filen ett annat namn.")
    if any((one.namn, one.valid_from) == (ny.tabell.namn, ny.tabell.valid_from) for one in regelverk.normer):
        raise BusinessError(f"{ny.tabell.namn} från {ny.tabell.valid_from} finns redan bland normtabellerna.")
    approval = {"approved_by": _line("vem", av), "decision_reference": _line("beslut", beslut)}
    table = ny.tabell.model_copy(update=approval)
    if faults := tuple(hinder(table, regelverk.normer)):
        raise BusinessError(" ".join(faults))
    content = _with_approval(ny, approval, table)
    try:
        regelverk_av({**regelverk.filer, name: content})
    except ConfigurationError as error:
        raise BusinessError(f"Konfigurationen skulle inte godtas med den nya tabellen: {error.message}") from None
    return NewFile(name, content, _told(table))


def _line(what: str, text: str) -> str:
    """What somebody has written, on one line. Raises BusinessError."""
    written = text.strip()
    if not written or len(written) > _LONGEST or not written.isprintable():
        raise BusinessError(f"Godkännandet, {what}: skriv en rad med högst {_LONGEST} tecken.")
    return written


def _with_approval(ny: Nyfil, approval: dict[str, str], table: Normtabell) -> bytes:
    text = ny.innehall.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    # JSON's way of writing a text is one of YAML's.
    lines = "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in approval.items())
    without = _APPROVAL.sub("", text)
    last_date = max((found.end() for found in _DATES.finditer(without)), default=len(without))
    content = (without[:last_date] + lines + without[last_date:]).encode()
    try:
        read_again = parse(content, Normtabell, ny.fil)
    except ConfigurationError:
        read_again = None
    if read_again != table:
        raise BusinessError(
            f"{ny.fil.name}: godkännandet går inte att skriva in. Skriv filen som riksnorm-2026.yaml, med ett värde på "
            "varje rad, och ta bort approved_by och decision_reference."
        )
    return content


def _told(table: Normtabell) -> str:
    return (
        f"{table.namn} gäller för ansökningar om månader från {Manad.of(table.valid_from).name}, godkänd av "
        f"{table.approved_by}, {table.decision_reference}. Nästa steg: kör medarbetare config check och starta om "
        "roboten, som använder tabellen först då. Räkna också om hyrestak och skäliga kostnader, och förläng "
        "giltighetstiderna i de andra filerna."
    )
