"""The proposal: a pure function of the application, the facts and the rules in force."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from arbetsfloden.ekonomiskt_bistand.ansokan import Ansokan
from arbetsfloden.ekonomiskt_bistand.berakning import Berakning
from arbetsfloden.ekonomiskt_bistand.delegation import AVSLAG, BIFALL
from arbetsfloden.ekonomiskt_bistand.fakta import Fakta
from arbetsfloden.ekonomiskt_bistand.manad import Manad
from arbetsfloden.ekonomiskt_bistand.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.regler import ALLA, Granskning, Regelutfall, Utfall, prova
from arbetsfloden.ekonomiskt_bistand.regler.inledning import ARENDE, FOLKBOKFORING
from arbetsfloden.ekonomiskt_bistand.regler.lage import TILL_KONTO, Lage
from arbetsfloden.ekonomiskt_bistand.sidorader import Sidorad
from arbetsfloden.ekonomiskt_bistand.underlag import Underlag
from medarbetare.engine import Mode

_NO_DEFICIT = 42
_SETTLED_BY_HAND = frozenset({13, 18, 20})
"""Rules that put the calculation itself in doubt, or ask that the applicant is heard first (25 § FL): to approve the
amount as it stands would be no decision on what was found."""


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
    the way. `kan_godkannas`: a person may let the robot carry out the grant of `belopp`. `kontot_stammer`: the account
    on file is the application's. `sarskild`: only the named role for protected persons may see it. `handlaggare` is
    whom to hand over to, else the group. JSON (`model_dump_json`) gives the same object back.
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
    regler: tuple[Regelutfall, ...]
    kan_godkannas: bool = False
    kontot_stammer: bool = False
    sarskild: bool = False
    handlaggare: str | None = None
    dag: date
    regelverk_version: str

    @property
    def alla_provade(self) -> bool:
        """Whether every rule was judged: no rule of the beginning ended it before the registers were asked."""
        return len(self.regler) == len(ALLA)


def foresla(ansokan: Ansokan, underlag: Underlag, regelverk: Regelverk, today: date) -> Forslag:
    """Judge every rule and propose. No clock, no I/O: the same arguments give the same proposal.

    Ends after rule 1 or 2 when folkbokföring stops or hands over the case, and after rule 10 when the application or
    the case system does so and no register is asked yet.
    """
    lage = Lage(ansokan, underlag, regelverk, today)
    granskning = _judge(lage)
    complete = len(granskning.regler) == len(ALLA)
    berakning = lage.berakning if complete and lage.inkomster_kanda else None
    slag = _kind(granskning, covered=berakning is not None and berakning.resultat >= 0)
    beslutstyp = AVSLAG if slag is Forslagsslag.AVSLAG_FORSLAG else BIFALL
    entry = regelverk.beslutstyp(beslutstyp)
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
        aviseringar=tuple(one.text for one in granskning.regler if one.text and not one.hindrar),
        sidorader=lage.sidorader if complete else (),
        regler=granskning.regler,
        kan_godkannas=slag in (Forslagsslag.BIFALL, Forslagsslag.OVERLAMNA)
        and _can_be_granted(lage, granskning, berakning),
        kontot_stammer=lage.kontot_stammer,
        sarskild=granskning.sarskild,
        handlaggare=_case_worker(lage, granskning),
        dag=today,
        regelverk_version=regelverk.version,
    )


def _judge(lage: Lage) -> Granskning:
    first = Granskning(regler=prova(FOLKBOKFORING, lage))
    if first.hindrar:
        return first
    early = Granskning(regler=first.regler + prova(ARENDE, lage))
    asked = bool(lage.underlag.registersvar)
    if early.har(Utfall.STOPP) or (early.hindrar and not asked):
        return early
    return Granskning(regler=early.regler + prova(ALLA[len(early.regler) :], lage))


def _kind(granskning: Granskning, *, covered: bool) -> Forslagsslag:
    if granskning.har(Utfall.STOPP):
        return Forslagsslag.STOPP
    blocking = {one.nummer for one in granskning.regler if one.utfall is Utfall.OVERLAMNA}
    waiting = granskning.har(Utfall.VANTA)
    if covered and blocking == {_NO_DEFICIT} and not waiting:
        return Forslagsslag.AVSLAG_FORSLAG
    if blocking - {_NO_DEFICIT} or (blocking and not covered):
        return Forslagsslag.OVERLAMNA
    return Forslagsslag.VANTA if waiting else Forslagsslag.BIFALL


def _can_be_granted(lage: Lage, granskning: Granskning, berakning: Berakning | None) -> bool:
    """Whether a person's word is all that is missing: an amount, no cut row, nothing awaited, somewhere to write."""
    return (
        berakning is not None
        and berakning.underskott > 0
        and all(row.orundat == row.ansokt for row in berakning.kostnader)
        and not granskning.har(Utfall.VANTA)
        and not any(one.hindrar and one.nummer in _SETTLED_BY_HAND for one in granskning.regler)
        and lage.arende is not None
        and lage.arende.nummer is not None
        and lage.arende.aktivt is True
        and not lage.arende.annan_mottagare
        and lage.ansokan.utbetalning.metod == TILL_KONTO
    )


def _mode(regelverk: Regelverk, beslutstyp: str, manad: Manad, today: date) -> tuple[Mode | None, tuple[str, ...]]:
    """The decision type's mode today for the month, and what keeps it from being the one that is chosen."""
    entry = regelverk.beslutstyp(beslutstyp)
    mode = regelverk.effective_mode(beslutstyp, today)
    if entry is None or entry.mode is not Mode.AUTOMATISK:
        return mode, ()
    faults = dict.fromkeys([*regelverk.faults(beslutstyp, today), *regelverk.faults(beslutstyp, today, manad)])
    return (Mode.FORBERED if faults else mode), tuple(faults)


def _case_worker(lage: Lage, granskning: Granskning) -> str | None:
    return None if granskning.sarskild or lage.arende is None else lage.arende.handlaggare
