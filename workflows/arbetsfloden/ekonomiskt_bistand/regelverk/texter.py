"""Decisions, journal notes and messages, filled in from the municipality's approved texts."""

import re
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import AfterValidator, ValidationInfo

from arbetsfloden.ekonomiskt_bistand.regelverk.godkannande import Godkannande

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_BERAKNING = frozenset({
    "behov", "belopp", "inkomster", "inkomstmanad", "inkomstsumma", "kostnader", "kostnadssumma", "nedsatt", "norm",
    "lagrum", "norm_namn", "normsumma", "overskott",
})  # fmt: skip
_ARENDE = frozenset({"beslutsfattare", "delegation", "kommun", "manad", "referens", "regelverk", "utgang"})
_HORD = frozenset({"bedomning", "yttrande"})
_BESLUT = _BERAKNING | _ARENDE | _HORD | frozenset({
    "aldersband", "automatiserat", "for_sig", "i_ovrigt", "medsokande", "overklaga", "radrum", "undantag",
    "utbetalning",
})  # fmt: skip
_JOURNAL = _BERAKNING | _ARENDE | _HORD | {"kallor", "skal", "underrattelse"}
_HORANDE = frozenset({"manad", "medsokande", "sista_dag", "uppgifter"})
_BEGARAN = frozenset({"manad", "saknas", "sista_dag"})
_ANSOKAN = frozenset({"manad", "referens"})
FALT = {
    "beslut_bifall": _BESLUT,
    "beslut_delvis_bifall": _BESLUT,
    "beslut_avslag": _BESLUT,
    "beslut_nedsatt": frozenset({"kommun", "kostnader_nedsatta", "manad"}),
    "beslut_for_sig": frozenset({"kommun", "kostnader_for_sig", "manad"}),
    "beslut_i_ovrigt": frozenset({"kommun", "kostnader_i_ovrigt", "manad"}),
    "beslut_radrum": frozenset({"kommun", "manad", "radrum_till", "skalig_hyra"}),
    "beslut_radrum_slut": frozenset({"kommun", "manad", "radrum_till", "skalig_hyra"}),
    "beslut_automatiserat": frozenset({"kommun", "manad"}),
    "beslut_aldersband": frozenset({"barn_i_nytt_band", "kommun", "manad"}),
    "beslut_jobbstimulans": frozenset({"kommun", "manad", "procent"}),
    "beslut_barns_lon": frozenset({"kommun", "manad"}),
    "beslut_medsokande": frozenset({"kommun", "manad"}),
    "beslut_utbetalning": frozenset({"dag", "kommun", "manad"}),
    "beslut_utbetalning_delad": frozenset({"dag", "kommun", "manad", "till_andra", "till_kontot"}),
    "overklaga": frozenset({"kommun", "manad", "referens"}),
    "underrattelse": frozenset({"beslut", "dag", "manad"}),
    "kommunicering": _HORANDE,
    "kommunicering_medsokande": frozenset({"manad"}),
    "komplettering": _BEGARAN,
    "paminnelse": _BEGARAN,
    "journal_rubrik": _ARENDE,
    "journal_bifall": _JOURNAL,
    "journal_godkant": _JOURNAL,
    "journal_underrattad": frozenset({"dag", "manad"}),
    "journal_underrattas": frozenset({"manad"}),
    "journal_komplettering_rubrik": _ANSOKAN,
    "journal_komplettering": _ANSOKAN | _BEGARAN | {"dag", "godkannande"},
    "journal_paminnelse_rubrik": _ANSOKAN,
    "journal_paminnelse": _ANSOKAN | _BEGARAN,
    "journal_kommunicering_rubrik": _ANSOKAN,
    "journal_kommunicering": _HORANDE | {"beslutsfattare", "referens"},
    "journal_kommunicering_medsokande": frozenset({"beslutsfattare", "dag", "manad"}),
}
"""The fields that each text may use: what is not known where it is written cannot be filled in."""
_BESLUTET = frozenset({"bedomning", "beslutsfattare", "manad", "overklaga", "yttrande"})
_MASTE = {
    "beslut_bifall": _BESLUTET | {"belopp"},
    "beslut_delvis_bifall": _BESLUTET | {"belopp", "nedsatt"},
    "beslut_avslag": _BESLUTET,
    "beslut_utbetalning": frozenset({"dag"}),
    "beslut_utbetalning_delad": frozenset({"dag", "till_andra", "till_kontot"}),
    "underrattelse": frozenset({"beslut", "dag"}),
    "kommunicering": frozenset({"sista_dag", "uppgifter"}),
    "komplettering": frozenset({"saknas", "sista_dag"}),
    "paminnelse": frozenset({"saknas", "sista_dag"}),
    "journal_godkant": frozenset({"bedomning", "beslutsfattare", "utgang"}),
    "journal_underrattad": frozenset({"dag"}),
    "journal_komplettering": frozenset({"saknas", "sista_dag"}),
    "journal_paminnelse": frozenset({"saknas", "sista_dag"}),
    "journal_kommunicering": frozenset({"sista_dag", "uppgifter"}),
    "journal_kommunicering_medsokande": frozenset({"dag"}),
}
"""The fields that a text cannot be without: the decision would lack what the law asks for, or a person's own words."""


def _fields(names: Iterable[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names))


def _checked(text: str, info: ValidationInfo) -> str:
    name = info.field_name or ""
    used, allowed = set(_PLACEHOLDER.findall(text)), FALT[name]
    if unknown := used - allowed:
        raise ValueError(f"fält som inte finns i den här texten: {_fields(unknown)}. De som finns: {_fields(allowed)}")
    if missing := _MASTE.get(name, frozenset()) - used:
        raise ValueError(f"texten måste ha {_fields(missing)}")
    try:
        text.encode("cp1252")
    except UnicodeEncodeError as error:
        raise ValueError(
            f"tecknet «{text[error.start]}» kan inte lagras i verksamhetssystemet; skriv ett annat"
        ) from None
    return text


Mall = Annotated[str, AfterValidator(_checked)]
"""A text with fields in braces, for example {belopp}."""


class Texter(Godkannande):
    """The texts. Plain Swedish, characters of Windows-1252 only: case systems store no others.

    A text with a default is one that the rulesets of older decisions do not have. An empty one leaves no trace; of a
    completion there is always a note, since what the robot has done must stand in the case system.
    """

    beslut_bifall: Mall
    beslut_delvis_bifall: Mall
    beslut_avslag: Mall
    beslut_nedsatt: Mall
    beslut_for_sig: Mall
    beslut_i_ovrigt: Mall = ""
    beslut_radrum: Mall
    beslut_radrum_slut: Mall = ""
    beslut_automatiserat: Mall = ""
    beslut_aldersband: Mall = ""
    beslut_jobbstimulans: Mall = ""
    beslut_barns_lon: Mall = ""
    beslut_medsokande: Mall = ""
    beslut_utbetalning: Mall = ""
    beslut_utbetalning_delad: Mall = ""
    overklaga: Mall
    underrattelse: Mall
    kommunicering: Mall
    kommunicering_medsokande: Mall = ""
    komplettering: Mall
    paminnelse: Mall
    journal_rubrik: Mall
    journal_bifall: Mall
    journal_godkant: Mall
    journal_underrattad: Mall = "Beslutet med överklagandehänvisning har skickats till sökanden i e-tjänsten den {dag}."
    journal_underrattas: Mall = "Handläggaren underrättar sökanden om beslutet och antecknar dagen."
    journal_komplettering_rubrik: Mall = "Begäran om komplettering {manad}, ansökan {referens}"
    journal_komplettering: Mall = (
        "Den digitala medarbetaren har den {dag} i e-tjänsten bett sökanden att komplettera återansökan {referens} "
        "för {manad}. I meddelandet står: {saknas} Svar senast den {sista_dag}. {godkannande}"
    )
    journal_paminnelse_rubrik: Mall = "Påminnelse om komplettering {manad}, ansökan {referens}"
    journal_paminnelse: Mall = (
        "Den digitala medarbetaren har i e-tjänsten påmint sökanden om att komplettera återansökan {referens} för "
        "{manad}. I påminnelsen står: {saknas} Svar senast den {sista_dag}."
    )
    journal_kommunicering_rubrik: Mall
    journal_kommunicering: Mall
    journal_kommunicering_medsokande: Mall = ""

    @property
    def utan_i_ovrigt(self) -> tuple[str, ...]:
        """The texts by which a decision would not tell which costs count beside those of 12 kap. 7 § SoL."""
        besides, field = {"beslut_i_ovrigt": "kostnader_i_ovrigt"}, "i_ovrigt"
        needed = dict.fromkeys(("beslut_bifall", "beslut_delvis_bifall", "beslut_avslag"), field) | besides
        return tuple(name for name, field in needed.items() if f"{{{field}}}" not in getattr(self, name))

    def fill(self, mall: str, values: dict[str, Any]) -> str:
        """The text with its fields filled in. A field that is empty leaves no blank space behind."""
        filled = _PLACEHOLDER.sub(lambda match: str(values[match[1]]).strip(), mall)
        return re.sub(r"\n{3,}", "\n\n", re.sub(r"(?<=\S) {2,}", " ", filled)).strip()


def lines(rows: Iterable[tuple[str, str]]) -> str:
    """Rows for people, one a line: "Hyra: 6 800 kr"."""
    return "\n".join(f"{label}: {amount} kr" for label, amount in rows) or "Inga"
