"""Why a case came out as it did: every amount with its row, source, time, rule and law, and what would have to differ.

Pure: from the application, what was read, the proposal and the rules in words. Shown by `forklaring_visad.py`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from arbetsfloden.ekonomiskt_bistand.begrepp.belopp import kronor
from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Fakta, Lasning, Svarsstatus
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.berakning.berakning import Berakning
from arbetsfloden.ekonomiskt_bistand.beslut.beslut import Forslag, Forslagsslag
from arbetsfloden.ekonomiskt_bistand.forklaring.provning import Provning
from arbetsfloden.ekonomiskt_bistand.forklaring.rader import Forklaradrad, forklarade_rader
from arbetsfloden.ekonomiskt_bistand.forklaring.villkor import Utredning, utred
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan
from arbetsfloden.ekonomiskt_bistand.regelverk.delegation import AVSLAG, DELVIS_BIFALL
from arbetsfloden.ekonomiskt_bistand.regelverk.godkannande import Godkannande
from arbetsfloden.ekonomiskt_bistand.regelverk.regelbok import ANTAL
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.register.underlag import Underlag
from arbetsfloden.ekonomiskt_bistand.regler import Regelutfall, Utfall
from arbetsfloden.ekonomiskt_bistand.visning.visat import last, tid
from medarbetare.engine import Mode

_SVAR = {
    Svarsstatus.SVAR: "uppgifter finns",
    Svarsstatus.INGET: "inga uppgifter",
    Svarsstatus.EJ_KONTROLLERBART: "kunde inte kontrolleras",
}
_ANDRA_REGLER = (
    "Reglerna har ändrats sedan förslaget. Siffror för vad som hade behövt vara annorlunda prövas bara mot de regler "
    "som gällde då, och därför visas inga."
)
_ANNAT_FORSLAG = (
    "Samma uppgifter ger inte längre exakt samma förslag. Siffror för vad som hade behövt vara annorlunda går därför "
    "inte att pröva, och inga visas."
)


@dataclass(frozen=True)
class Beslutat:
    """What was decided, as the texts of the decision have it: by whom, and on which day."""

    beslutsfattare: str
    dag: str


class Summor(Fakta):
    """`resultat` = incomes − norm − costs; negative is a deficit, what is granted."""

    inkomster: Decimal
    norm: Decimal
    kostnader: Decimal
    resultat: Decimal


class Forklaradregel(Fakta):
    """What a rule saw (`sag`) and found (`fann`), and why it matters (`betydelse`)."""

    nummer: int
    namn: str
    utfall: Utfall
    sag: tuple[str, ...]
    fann: str
    betydelse: str
    kalla: str
    last: str
    lagrum: str


class Uppgift(Fakta):
    """One thing that was read: what, about whom (never by name), what there was, where and when."""

    vad: str
    om: str
    svar: str
    kalla: str
    last: str


class Regelkalla(Fakta):
    """A part of the rules: what it rests on, when it holds, who has approved it."""

    vad: str
    kalla: str
    galler: str
    godkand: str


class Forklaring(Fakta):
    """The explanation of one proposal, and of the decision where there is one.

    `regler_hindrade` stood in the way of the robot's own decision, `regler_provade` did not, `regler_ej_provade` were
    not judged because an earlier one ended it; those that wait for an answer stand in `utredning`. `anmarkning` tells
    when figures could not be tried.
    """

    utgang: str
    beslutat_av: str
    manad: str
    dag: str
    belopp: Decimal | None
    utredning: Utredning
    norm: str
    rader: tuple[Forklaradrad, ...]
    summor: Summor | None
    regler_hindrade: tuple[Forklaradregel, ...]
    regler_provade: tuple[Forklaradregel, ...]
    regler_ej_provade: tuple[int, ...]
    last: tuple[Uppgift, ...]
    regelverk_version: str
    regelkallor: tuple[Regelkalla, ...]
    anmarkning: str = ""


def forklara(provning: Provning, beslutat: Beslutat | None = None) -> Forklaring:
    """Explain a proposal; `provning` holds what it was made of."""
    proposal, rules, lage = provning.forslag, provning.regelverk, provning.lage
    same_rules = proposal.regelverk_version == rules.version
    calculation, found = proposal.berakning, utred(provning)
    judged = {one.nummer for one in proposal.regler}
    return Forklaring(
        utgang=_outcome(proposal, beslutat),
        beslutat_av=_decided_by(proposal, rules, beslutat),
        manad=proposal.manad.name,
        dag=proposal.dag.isoformat(),
        belopp=proposal.belopp,
        utredning=found,
        norm=_norm(calculation),
        rader=tuple(forklarade_rader(lage, proposal)),
        summor=_sums(calculation),
        regler_hindrade=tuple(
            _rule(one, rules, proposal) for one in proposal.regler if one.hindrar and one.nummer not in found.vantar
        ),
        regler_provade=tuple(_rule(one, rules, proposal) for one in proposal.regler if not one.hindrar),
        regler_ej_provade=tuple(number for number in range(1, ANTAL + 1) if number not in judged),
        last=tuple(_read(provning.fall.ansokan, provning.fall.underlag, lage.kallas)),
        regelverk_version=proposal.regelverk_version,
        regelkallor=tuple(_sources(rules, proposal)) if same_rules else (),
        anmarkning=_ANDRA_REGLER if not same_rules else "" if provning.gar_att_prova else _ANNAT_FORSLAG,
    )


def _outcome(proposal: Forslag, decided: Beslutat | None) -> str:
    month, amount = proposal.manad.name, kronor(proposal.belopp) if proposal.belopp is not None else ""
    if decided is not None:
        return {
            AVSLAG: f"Ansökan om försörjningsstöd för {month} avslås.",
            DELVIS_BIFALL: f"Ansökan om försörjningsstöd för {month} beviljas delvis, med {amount} kr.",
        }.get(proposal.beslutstyp, f"Hushållet beviljas {amount} kr i försörjningsstöd för {month}.")
    return {
        Forslagsslag.BIFALL: f"Roboten föreslår att hushållet beviljas {amount} kr i försörjningsstöd för {month}.",
        Forslagsslag.AVSLAG_FORSLAG: f"Roboten föreslår att ansökan för {month} avslås, eftersom inkomsterna räcker.",
        Forslagsslag.OVERLAMNA: f"En handläggare prövar ansökan för {month}.{_shown(proposal)}",
        Forslagsslag.VANTA: f"Ansökan för {month} kan inte prövas förrän ett svar har kommit.",
        Forslagsslag.STOPP: f"Roboten fick inte gå vidare med ansökan för {month}.{_shown(proposal)}",
    }[proposal.slag]


def _shown(proposal: Forslag) -> str:
    if proposal.belopp is None:
        return ""
    if proposal.belopp == 0:
        return " Beräkningen visar att inkomsterna räcker."
    return f" Beräkningen visar ett underskott på {kronor(proposal.belopp)} kr."


def _decided_by(proposal: Forslag, rules: Regelverk, decided: Beslutat | None) -> str:
    entry = rules.beslutstyp(proposal.beslutstyp)
    delegation = f", enligt {entry.delegation[:1].lower()}{entry.delegation[1:]} (6 kap. 37 § KL)" if entry else ""
    if decided is not None:
        if decided.beslutsfattare == proposal.beslutsfattare:
            return f"Automatiserat beslut den {decided.dag}{delegation}."
        return f"{decided.beslutsfattare}, som godkände förslaget, den {decided.dag}."
    if proposal.slag is Forslagsslag.BIFALL and proposal.mode is Mode.AUTOMATISK:
        return f"Roboten får besluta själv{delegation}."
    if proposal.mode is Mode.SKUGGA:
        return "Inte av roboten: den är i läget skugga och läser och räknar bara."
    if proposal.sarskild:
        return "Inte av roboten. En människa med särskild behörighet tar över."
    why = f" Roboten får inte besluta själv: {', '.join(proposal.brister)}." if proposal.brister else ""
    return f"Inte av roboten. En handläggare beslutar.{why}"


def _norm(calculation: Berakning | None) -> str:
    if calculation is None:
        return ""
    persons = "en person" if calculation.antal_personer == 1 else f"{calculation.antal_personer} personer"
    return f"{calculation.norm_namn}, {persons} i hushållet."


def _sums(calculation: Berakning | None) -> Summor | None:
    if calculation is None:
        return None
    return Summor(
        inkomster=calculation.inkomstsumma,
        norm=calculation.normsumma,
        kostnader=calculation.kostnadssumma,
        resultat=calculation.resultat,
    )


def _rule(one: Regelutfall, rules: Regelverk, proposal: Forslag) -> Forklaradregel:
    return Forklaradregel(
        nummer=one.nummer,
        namn=one.namn,
        utfall=one.utfall,
        sag=tuple(text for text in one.ingangar if text),
        fann=one.text,
        # Of people with protected identity not even the rule's own words are repeated: paper goes astray.
        betydelse="" if proposal.sarskild else rules.regelbok.regler[one.nummer].for_alla,
        kalla=one.kalla,
        last=tid(one.tidpunkt) if one.tidpunkt else "",
        lagrum=one.lagrum,
    )


def _read(application: Ansokan, facts: Underlag, called: Callable[[Personnummer], str]) -> Iterator[Uppgift]:
    came_in = f"{application.inkommen:%Y-%m-%d %H:%M}"
    yield Uppgift(vad="Ansökan", om="hushållet", svar=application.manad.name, kalla="e-tjänsten", last=came_in)
    for person in facts.folkbokforing:
        yield _answer("Folkbokföring", called(person.person), person.status, person.lasning)
    if facts.arende is not None:
        yield _answer("Ärende, tidigare beräkning och beslut", "hushållet", facts.arende.status, facts.arende.lasning)
    for one in facts.registersvar:
        yield _answer(one.register.namn, called(one.person), one.status, one.lasning)


def _answer(what: str, about: str, status: Svarsstatus, read: Lasning) -> Uppgift:
    return Uppgift(vad=what, om=about, svar=_SVAR[status], kalla=read.kalla, last=last(read))


def _sources(rules: Regelverk, proposal: Forslag) -> Iterator[Regelkalla]:
    parts: dict[str, Godkannande | None] = {
        "Riksnorm": rules.norm_for(proposal.manad),
        "Kommunens riktlinjer": rules.kommun,
        "Reglerna": rules.regelbok,
        "Delegationsordning": rules.beslutstyp(proposal.beslutstyp),
        "Vad som godtas i stället för register": rules.anslutningar,
        "Texter": rules.texter,
    }
    for name, part in parts.items():
        if part is not None:
            until = f" till {part.valid_to}" if part.valid_to else " tills vidare"
            yield Regelkalla(
                vad=name,
                kalla=part.source,
                galler=f"från {part.valid_from}{until}",
                godkand=f"{part.approved_by}, {part.decision_reference}" if part.is_approved else "inte godkänd",
            )
