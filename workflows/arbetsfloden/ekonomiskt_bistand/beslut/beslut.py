"""The proposal: a pure function of the application, the facts and the rules in force."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Fakta
from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.berakning.berakning import Berakning
from arbetsfloden.ekonomiskt_bistand.berakning.betalning import delas_sakert
from arbetsfloden.ekonomiskt_bistand.berakning.radrum import Radrum, Radrumslage
from arbetsfloden.ekonomiskt_bistand.berakning.sidorader import Sidorad
from arbetsfloden.ekonomiskt_bistand.beslut.bevakningar import Bevakning, bevakningar
from arbetsfloden.ekonomiskt_bistand.beslut.kommunicering import att_kommunicera
from arbetsfloden.ekonomiskt_bistand.beslut.mottagare import HANDLAGGARE, overlamnas_till
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan
from arbetsfloden.ekonomiskt_bistand.regelverk.delegation import AVSLAG, BIFALL, DELVIS_BIFALL
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.register.underlag import Arende, Underlag
from arbetsfloden.ekonomiskt_bistand.regler import (
    ALLA,
    Granskning,
    Regelutfall,
    Utfall,
    granska_arende,
    granska_folkbokforing,
    prova,
)
from arbetsfloden.ekonomiskt_bistand.regler.lage import Lage
from medarbetare.engine import Mode

_NO_DEFICIT = 42
_SETTLED_BY_HAND = frozenset({11, 18, 20})
"""Rules that put the calculation itself in doubt: to approve the amount as it stands would be no decision on what was
found."""


class Forslagsslag(StrEnum):
    BIFALL = "bifall"
    AVSLAG_FORSLAG = "avslag_forslag"
    OVERLAMNA = "overlamna"
    STOPP = "stopp"
    VANTA = "vanta"


class Forslag(Fakta):
    """What the robot proposes, with everything that it rests on.

    `belopp` is the amount of the calculation also when the case is handed over, None where nothing could be
    calculated: no norm table, or a register that may show an income has not answered.
    `mode` is the decision type's effective mode on the day, None when it is not delegated; `brister` is why it is not
    the chosen automatisk: what is not approved or out of date. `skal` are the triggered rules' sentences; `sidorader`
    the costs decided apart; `aviseringar` what the applicant or a reviewer should be told although nothing stands in
    the way. `kan_godkannas`: a person may let the robot carry out the decision, once the applicant has been told what
    is in `att_kommunicera`. `bevakningar` are registered with it, `radrum` tells where the notice on the rent stands.
    `kontot_stammer`: the account on file is the application's, or nothing is to be paid. `sarskild`: only the named
    role for protected persons may see it. `handlaggare` is whom of the `roll` to hand over to, else
    the group. JSON (`model_dump_json`) gives the same object back.
    """

    slag: Forslagsslag
    manad: Manad
    belopp: Decimal | None
    beslutstyp: str
    mode: Mode | None
    brister: tuple[str, ...] = ()
    beslutsfattare: str | None
    berakning: Berakning | None
    skal: tuple[str, ...]
    aviseringar: tuple[str, ...] = ()
    sidorader: tuple[Sidorad, ...] = ()
    att_kommunicera: tuple[str, ...] = ()
    bevakningar: tuple[Bevakning, ...] = ()
    radrum: Radrum | None = None
    regler: tuple[Regelutfall, ...]
    kan_godkannas: bool = False
    kontot_stammer: bool = False
    sarskild: bool = False
    handlaggare: str | None = None
    roll: str = HANDLAGGARE
    dag: date
    regelverk_version: str

    @property
    def alla_provade(self) -> bool:
        """Whether every rule was judged: no rule of the beginning ended it before the registers were asked."""
        return len(self.regler) == len(ALLA)


def foresla(ansokan: Ansokan, underlag: Underlag, regelverk: Regelverk, today: date) -> Forslag:
    """Judge every rule and propose. No clock, no I/O: the same arguments give the same proposal.

    Ends after rule 2 when folkbokföring stops the case or has not answered, after rule 10 when it hands the case over,
    and there too when the application or the case system ends it and no register is asked yet.
    """
    lage = Lage(ansokan, underlag, regelverk, today)
    granskning = _judge(lage)
    complete = len(granskning.regler) == len(ALLA)
    berakning = lage.berakning if complete and lage.inkomster_kanda else None
    beslutstyp = _decision_type(berakning)
    approvable = berakning is not None and _can_be_approved(lage, granskning, berakning, beslutstyp)
    slag = _kind(granskning, covered=berakning is not None and berakning.resultat >= 0)
    if slag is Forslagsslag.BIFALL and not approvable:
        # What a person may not simply approve the robot never decides by itself.
        slag = Forslagsslag.OVERLAMNA
    entry = regelverk.beslutstyp(beslutstyp)
    mottagare = overlamnas_till(lage, granskning)
    mode, brister = _mode(regelverk, beslutstyp, ansokan.manad, today)
    return Forslag(
        slag=slag,
        manad=ansokan.manad,
        belopp=berakning.underskott if berakning else None,
        beslutstyp=beslutstyp,
        mode=mode,
        brister=brister,
        beslutsfattare=entry.beslutsfattare if entry else None,
        berakning=berakning,
        skal=granskning.skal,
        aviseringar=tuple([one.text for one in granskning.regler if one.text and not one.hindrar]),
        sidorader=lage.sidorader if complete else (),
        att_kommunicera=att_kommunicera(lage, berakning),
        bevakningar=bevakningar(lage) if berakning else (),
        radrum=lage.radrum if berakning else None,
        regler=granskning.regler,
        kan_godkannas=approvable and slag not in (Forslagsslag.STOPP, Forslagsslag.VANTA),
        kontot_stammer=lage.kontot_stammer or beslutstyp == AVSLAG,
        sarskild=granskning.sarskild,
        handlaggare=mottagare.namn,
        roll=mottagare.roll,
        dag=today,
        regelverk_version=regelverk.version,
    )


def _judge(lage: Lage) -> Granskning:
    first = granska_folkbokforing(lage)
    if first.slutar or (first.hindrar and lage.underlag.arende is None):
        return first
    early = granska_arende(lage, first)
    asked = any(lage.myndigheterna.values())
    if early.har(Utfall.STOPP) or first.hindrar or (early.slutar and not asked):
        return early
    return Granskning(regler=early.regler + prova(ALLA[len(early.regler) :], lage))


def _kind(granskning: Granskning, *, covered: bool) -> Forslagsslag:
    if not granskning.hindrar:
        return Forslagsslag.BIFALL
    if granskning.har(Utfall.STOPP):
        return Forslagsslag.STOPP
    blocking = {one.nummer for one in granskning.hinder if one.utfall is Utfall.OVERLAMNA}
    waiting = granskning.har(Utfall.VANTA)
    if covered and blocking == {_NO_DEFICIT} and not waiting:
        return Forslagsslag.AVSLAG_FORSLAG
    if blocking - {_NO_DEFICIT} or (blocking and not covered):
        return Forslagsslag.OVERLAMNA
    return Forslagsslag.VANTA if waiting else Forslagsslag.BIFALL


def _decision_type(berakning: Berakning | None) -> str:
    """Which decision the calculation leads to, also where the delegation order lacks it: then nobody can approve it."""
    if berakning is None:
        return BIFALL
    if berakning.resultat >= 0:
        return AVSLAG
    return DELVIS_BIFALL if berakning.nedsatta else BIFALL


def _can_be_approved(lage: Lage, granskning: Granskning, berakning: Berakning, beslutstyp: str) -> bool:
    """Whether a person's word is all that is missing: a certain calculation, nothing awaited, somewhere to write."""
    return (
        not granskning.har(Utfall.VANTA)
        and _SETTLED_BY_HAND.isdisjoint([one.nummer for one in granskning.hinder])
        and not any(one.presumerad for one in lage.nyligen_betalda)
        and lage.inkomstmanaden_kand
        and not lage.pa_bada
        and lage.radrum.lage is not Radrumslage.OKANT
        and lage.arende is not None
        and lage.arende.nummer is not None
        and lage.arende.aktivt is True
        and _is_delegated(lage, beslutstyp)
        and (beslutstyp == AVSLAG or _can_be_paid(lage, lage.arende, berakning))
    )


def _is_delegated(lage: Lage, beslutstyp: str) -> bool:
    entry = lage.regelverk.beslutstyp(beslutstyp)
    return entry is not None and entry.in_force(lage.today)


def _can_be_paid(lage: Lage, arende: Arende, berakning: Berakning) -> bool:
    """Whether it is certain to whom the grant goes, and by an account."""
    return (
        not arende.annan_mottagare
        and lage.ansokan.utbetalning.till_konto
        and delas_sakert(arende, lage.ansokan, berakning.underskott)
    )


def _mode(regelverk: Regelverk, beslutstyp: str, manad: Manad, today: date) -> tuple[Mode | None, tuple[str, ...]]:
    """The decision type's mode today for the month, and what keeps it from being the one that is chosen."""
    entry = regelverk.beslutstyp(beslutstyp)
    if entry is None:
        return None, (f"beslutstypen {beslutstyp} står inte i delegationsordningen",)
    if entry.mode is not Mode.AUTOMATISK:
        return entry.mode, () if entry.in_force(today) else (f"beslutstypens delegation gäller inte {today}",)
    faults = dict.fromkeys([*regelverk.faults(beslutstyp, today), *regelverk.faults(beslutstyp, today, manad)])
    return (Mode.FORBERED if faults else Mode.AUTOMATISK), tuple(faults)
