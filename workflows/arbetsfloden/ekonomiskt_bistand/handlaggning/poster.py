"""From a proposal to what is registered: the records and texts of one decision."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Self

from arbetsfloden.ekonomiskt_bistand.begrepp.belopp import kronor
from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Fakta
from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.berakning.berakning import Berakning, Rad
from arbetsfloden.ekonomiskt_bistand.berakning.betalning import Betalning, betalningar
from arbetsfloden.ekonomiskt_bistand.berakning.sidorader import Sidorad
from arbetsfloden.ekonomiskt_bistand.beslut.beslut import Forslag
from arbetsfloden.ekonomiskt_bistand.beslut.bevakningar import Bevakning
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan
from arbetsfloden.ekonomiskt_bistand.handlaggning import formulering
from arbetsfloden.ekonomiskt_bistand.portaler.registrering import (
    Anteckningspost,
    Beslutspost,
    Bevakningspost,
    Dokumentpost,
    Utbetalningspost,
)
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.register.underlag import (
    Arende,
    TidigareBerakning,
    TidigareInkomst,
    TidigareKostnad,
)
from arbetsfloden.ekonomiskt_bistand.regler import Utfall
from medarbetare.engine import Aside
from medarbetare.errors import BusinessError

_SAMPLE = 44
_REVIEW = Aside(
    about="Stickprov",
    reasons=(
        "Beslutet är fattat av roboten och utvalt till stickprov: granska det i efterhand. Är något fel, ändra "
        "beslutet i verksamhetssystemet och säg till den som ansvarar för reglerna.",
    ),
)
SKRIV_TEXTER = "skriv texter"
"""What the steps that fix a `Handling` are called, and how their names begin."""
_MOST_ROWS = 10
"""Rows of incomes and of costs that the case system's form has."""


@dataclass(frozen=True)
class Verkstallighet:
    """A decision to carry out: by whom it is made, on which day, in which case.

    `godkant_av` is the person who approved it, None when the robot decides by delegation; `bedomning` that person's own
    assessment, `barnens_situation` what they say of the children. `omgang` is the round of facts that it rests on,
    `kallor` the sentence that tells where they were read. `yttrande` tells in the decision how the applicant was heard,
    `hord` in the journal.
    """

    forslag: Forslag
    arende: Arende
    dag: date
    godkant_av: str | None = None
    omgang: int = 1
    yttrande: str = ""
    hord: str = ""
    bedomning: str = ""
    kallor: str = ""
    barnens_situation: str = ""


class Handling(Fakta):
    """Everything that is written for one decision, fixed before the first of it is written.

    `belopp` is zero and `betalningar` empty for a rejection; else the payments' sum is the amount. `utkast` is the
    calculation as the case system holds it, with which the letter is compared. `ansvarig` is who has the reminders,
    `delegation` the place in the delegation order that the decision rests on. `anteckning` still lacks how the
    applicant was let know of the decision.
    """

    manad: Manad
    dag: date
    sokande: Personnummer
    namn: str
    kod: str
    belopp: Decimal
    beslutsfattare: str
    motivering: str
    utgang: str
    betalningar: tuple[Betalning, ...]
    utkast: TidigareBerakning
    bevakningar: tuple[Bevakning, ...]
    ansvarig: str
    rubrik: str
    anteckning: str
    delegation: str = ""

    @classmethod
    def av(cls, verkstallighet: Verkstallighet, ansokan: Ansokan, regelverk: Regelverk) -> Self:
        """Write the texts of a decision.

        Raises BusinessError when a delegation to decide by is missing, it is not certain to whom to pay, or a text or
        name holds a character that the case system cannot store: what is read back would then differ.
        """
        forslag, arende, person = verkstallighet.forslag, verkstallighet.arende, verkstallighet.godkant_av
        beslutstyp = regelverk.beslutstyp(forslag.beslutstyp)
        beslutsfattare = person or forslag.beslutsfattare
        if beslutstyp is None or beslutsfattare is None or forslag.belopp is None or forslag.berakning is None:
            raise BusinessError("Beslutstypen är inte delegerad till automatiserat beslut.")
        bedomning, barnen = verkstallighet.bedomning, verkstallighet.barnens_situation
        written = {"beslutsfattaren": beslutsfattare, "bedömningen": bedomning, "barnens situation": barnen}
        _refuse_other_characters(namnet=ansokan.sokande.namn, **written)
        payments = _betalningar(ansokan, arende, forslag.belopp)
        rubrik, anteckning = formulering.journalanteckning(
            forslag,
            ansokan,
            regelverk,
            person,
            formulering.lagringsbar(verkstallighet.hord),
            bedomning,
            verkstallighet.kallor,
            barnen,
        )
        return cls(
            manad=forslag.manad,
            dag=verkstallighet.dag,
            sokande=ansokan.sokande.personnummer,
            namn=ansokan.sokande.namn,
            kod=beslutstyp.kod,
            belopp=forslag.belopp,
            beslutsfattare=beslutsfattare,
            motivering=formulering.beslutstext(
                forslag,
                ansokan,
                regelverk,
                person,
                verkstallighet.yttrande,
                bedomning,
                _utbetalningsposter(payments, forslag.manad, verkstallighet.dag),
            ),
            utgang=formulering.utgang(forslag),
            betalningar=payments,
            utkast=utkast(forslag.berakning),
            bevakningar=forslag.bevakningar,
            ansvarig=arende.handlaggare or beslutsfattare,
            rubrik=rubrik,
            anteckning=anteckning,
            delegation=f"{beslutstyp.delegation} ({beslutstyp.decision_reference})",
        )


def _betalningar(ansokan: Ansokan, arende: Arende, belopp: Decimal) -> tuple[Betalning, ...]:
    try:
        payments = betalningar(ansokan, arende, belopp)
    except ValueError as error:
        raise BusinessError(f"Utbetalningen kan inte göras: {error} i verksamhetssystemet.") from None
    assert sum((one.belopp for one in payments), Decimal(0)) == belopp
    return payments


def _refuse_other_characters(**names: str) -> None:
    for what, name in names.items():
        try:
            name.encode("cp1252")
        except UnicodeEncodeError:
            raise BusinessError(
                f"{what.capitalize()} har ett tecken som verksamhetssystemet inte kan lagra. Inget är beslutat."
            ) from None


def utkast(berakning: Berakning) -> TidigareBerakning:
    """The calculation as the case system holds a draft of it.

    That system refuses two rows of one kind for one person and drops rows of zero, so they are added up and left out.
    Raises BusinessError when there are more rows than its form has.
    """
    inkomster = tuple(_inkomst(rader) for rader in _per_slag_och_person(berakning.inkomster))
    kostnader = tuple(
        TidigareKostnad(
            slag=rad.typ,
            ansokt=rad.ansokt if rad.ansokt is not None else rad.belopp,
            godkant=rad.belopp,
            notering=rad.notering,
        )
        for rad in berakning.kostnader
        if rad.belopp
    )
    inkomster = tuple(inkomst for inkomst in inkomster if inkomst.belopp)
    if max(len(inkomster), len(kostnader)) > _MOST_ROWS:
        raise BusinessError(
            f"Beräkningen har fler än {_MOST_ROWS} rader av ett slag; verksamhetssystemet tar inte fler."
        )
    return TidigareBerakning(
        manad=berakning.manad,
        slutlig=False,
        norm_namn=berakning.norm_namn,
        antal_personer=berakning.antal_personer,
        normsumma=berakning.normsumma,
        resultat=berakning.resultat,
        inkomster=inkomster,
        kostnader=kostnader,
    )


def _per_slag_och_person(rader: Iterable[Rad]) -> list[list[Rad]]:
    grupper: dict[tuple[str, Personnummer | None], list[Rad]] = {}
    for rad in rader:
        grupper.setdefault((rad.typ, rad.person), []).append(rad)
    return list(grupper.values())


def _inkomst(rader: list[Rad]) -> TidigareInkomst:
    return TidigareInkomst(
        slag=rader[0].typ,
        belopp=sum((rad.belopp for rad in rader), Decimal(0)),
        person=rader[0].person,
        datum=max((rad.datum for rad in rader if rad.datum is not None), default=None),
        notering="; ".join(rad.notering for rad in rader if rad.notering),
    )


def beslutspost(handling: Handling) -> Beslutspost:
    """The decision for the whole month."""
    return Beslutspost(
        kod=handling.kod,
        fran=handling.manad.first,
        till=handling.manad.last,
        belopp=handling.belopp,
        motivering=handling.motivering,
        beslutsfattare=handling.beslutsfattare,
    )


def utbetalningsposter(handling: Handling) -> tuple[Utbetalningspost, ...]:
    """The payments, on the day of the decision; their sum is the decision's amount."""
    return _utbetalningsposter(handling.betalningar, handling.manad, handling.dag)


def _utbetalningsposter(payments: Iterable[Betalning], manad: Manad, dag: date) -> tuple[Utbetalningspost, ...]:
    """As they are registered, and told in the decision."""
    return tuple(
        Utbetalningspost(mottagare=one.mottagare, konto=one.konto, manad=manad, datum=dag, belopp=one.belopp)
        for one in payments
    )


def overlamnas_vid_sidan(beslutad: Verkstallighet) -> tuple[Aside, ...]:
    """What people do beside the decision: costs decided apart, and the review of a sampled decision of the robot's."""
    sampled = any(
        one.nummer == _SAMPLE and one.utfall is Utfall.GA_VIDARE and one.text for one in beslutad.forslag.regler
    )
    review = (_REVIEW,) if sampled and beslutad.godkant_av is None else ()
    return (*(_med_overskott(rad, beslutad.forslag) for rad in beslutad.forslag.sidorader), *review)


def _med_overskott(rad: Sidorad, forslag: Forslag) -> Aside:
    """A cost that is decided apart, with what the household has left to pay it with.

    What is urgent was handed over before anything was calculated, and is so once.
    """
    left = forslag.berakning.resultat if forslag.berakning else Decimal(0)
    if left <= 0 or rad.bradska is not None:
        return rad.overlamning
    told = f"Beräkningen för {forslag.manad.name} gav överskott {kronor(left)} kr: räkna det mot kostnaden."
    return rad.overlamning.model_copy(update={"reasons": (*rad.overlamning.reasons, told)})


def bradskande(sidorader: Iterable[Sidorad]) -> tuple[Aside, ...]:
    """The costs that a person must look at before the rest is decided."""
    return tuple(rad.overlamning for rad in sidorader if rad.bradska is not None)


def anteckningspost(handling: Handling, text: str) -> Anteckningspost:
    """The journal note, with the `text` that tells how the applicant was let know."""
    return Anteckningspost(datum=handling.dag, rubrik=handling.rubrik, text=text)


def dokumentpost(handling: Handling, referens: str) -> Dokumentpost:
    """The decision letter, filed under a note of its own as the case system made it."""
    return Dokumentpost(
        namn=f"beslutsbrev-{handling.manad}-{referens}.pdf",
        datum=handling.dag,
        rubrik=f"Beslutsbrev {handling.manad.name}, ansökan {referens}",
        text=f"Beslutsbrevet för {handling.manad.name}, som det hämtades före beslutet och jämfördes med det.",
    )


def bevakningsposter(handling: Handling) -> dict[str, Bevakningspost]:
    """The reminders that a rule asks for, by what they are about."""
    return {
        one.slag: Bevakningspost(datum=one.datum, ansvarig=handling.ansvarig, text=one.text)
        for one in handling.bevakningar
    }
