"""Decisions, journal notes and messages, filled in from the municipality's approved texts."""

import re
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import AfterValidator

from arbetsfloden.ekonomiskt_bistand.regelverk.godkannande import Godkannande

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_KNOWN = frozenset({
    "belopp", "beslutsfattare", "delegation", "for_sig", "inkomstmanad", "inkomster", "inkomstsumma", "kommun",
    "kostnader", "kostnader_for_sig", "kostnadssumma", "manad", "nedsatt", "norm", "norm_namn", "normsumma",
    "overklaga", "overskott", "radrum", "radrum_till", "referens", "regelverk", "saknas", "sista_dag", "skal",
    "uppgifter", "utgang", "yttrande",
})  # fmt: skip


def _known_placeholders(text: str) -> str:
    unknown = sorted(set(_PLACEHOLDER.findall(text)) - _KNOWN)
    if unknown:
        raise ValueError(f"okända fält i texten: {', '.join(unknown)}. Kända: {', '.join(sorted(_KNOWN))}")
    return text


Mall = Annotated[str, AfterValidator(_known_placeholders)]
"""A text with fields in braces, for example {belopp}."""


class Texter(Godkannande):
    """The texts. Plain Swedish, characters of Windows-1252 only: case systems store no others."""

    beslut_bifall: Mall
    beslut_delvis_bifall: Mall
    beslut_avslag: Mall
    beslut_for_sig: Mall
    beslut_radrum: Mall
    overklaga: str
    kommunicering: Mall
    komplettering: Mall
    paminnelse: Mall
    journal_rubrik: Mall
    journal_bifall: Mall
    journal_godkant: Mall
    journal_kommunicering_rubrik: Mall
    journal_kommunicering: Mall

    def fill(self, mall: str, values: dict[str, Any]) -> str:
        """The text with its fields filled in, without blank space at the ends and where a field is empty."""
        filled = _PLACEHOLDER.sub(lambda match: str(values[match[1]]), mall)
        return re.sub(r"\n{3,}", "\n\n", filled).strip()


def lines(rows: Iterable[tuple[str, str]]) -> str:
    """Rows for people, one a line: "Hyra: 6 800 kr"."""
    return "\n".join(f"{label}: {amount} kr" for label, amount in rows) or "Inga"
