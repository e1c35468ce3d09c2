"""What the rules look at: the application, the facts, the rules in force, and what follows from them."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar, cast

# That of functools takes a lock at each first reading until Python 3.12: two dozen in one decision.
from django.utils.functional import cached_property

from arbetsfloden.ekonomiskt_bistand.begrepp.belopp import kronor
from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Svarsstatus
from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.berakning.berakning import HYRA, JOBBSTIMULANS, Berakning, berakna, skaliga_belopp
from arbetsfloden.ekonomiskt_bistand.berakning.inkomster import Inkomstpost, Stamning, sammanstall
from arbetsfloden.ekonomiskt_bistand.berakning.radrum import Radrum, radrum
from arbetsfloden.ekonomiskt_bistand.berakning.registerinkomster import Registerinkomst, registerinkomster
from arbetsfloden.ekonomiskt_bistand.berakning.sidorader import Sidorad
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan, Barn, Kostnad
from arbetsfloden.ekonomiskt_bistand.regelverk.kommun import Kommun, Overskott
from arbetsfloden.ekonomiskt_bistand.regelverk.normer import NormBarn, NormHushall, alder_den, aldersband
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.register.registersvar import (
    CsnSvar,
    FkSvar,
    Formanssvar,
    Myndighetssvar,
    PmSvar,
    Register,
    SoSvar,
)
from arbetsfloden.ekonomiskt_bistand.register.rimlighet import Tid
from arbetsfloden.ekonomiskt_bistand.register.underlag import (
    Arende,
    Bankkonto,
    Folkbokforing,
    Jobbstimulans,
    TidigareBerakning,
    TidigareInkomst,
)
from arbetsfloden.ekonomiskt_bistand.register.underlag import Underlag as AllaFakta
from arbetsfloden.ekonomiskt_bistand.regler.relevans import Besked, besked, fragor

SvarT = TypeVar("SvarT", bound=Myndighetssvar)
INKOMSTREGISTER: tuple[type[Myndighetssvar], ...] = (FkSvar, PmSvar, SoSvar, CsnSvar)
_ALLA = tuple(Register)
SHOW_INCOMES = tuple(kind.register for kind in INKOMSTREGISTER)
_QUALIFYING_MONTHS = 6
_STIMULUS_YEARS = 2
JOBBSTIMULANS_NOTERAD = "jobbstimulans"
"""The word by which a note on an income row tells that a quarter of the wage was disregarded."""
_STAMNING = {
    Stamning.STAMMER: "stämmer med registret",
    Stamning.AVVIKER: "annat belopp i registret",
    Stamning.EJ_UPPGIVEN: "inte uppgiven",
    Stamning.EJ_I_REGISTRET: "finns inte i registret",
    Stamning.ENBART_ANSOKAN: "enligt ansökan",
}
TILL_KONTO = "Konto"
"""The only way of payment that the robot carries out, in the form's words."""


@dataclass(frozen=True)
class Lage:
    """One application with everything that the rules may look at. Pure: `today` is an argument."""

    ansokan: Ansokan
    underlag: AllaFakta
    regelverk: Regelverk
    today: date

    @cached_property
    def kommun(self) -> Kommun:
        return self.regelverk.kommun

    @cached_property
    def manad(self) -> Manad:
        return self.ansokan.manad

    @cached_property
    def inkomstmanad(self) -> Manad:
        """The month before the applied one, M−1: the one whose incomes count and whose calculation is compared with."""
        return self.manad.minus(1)

    @cached_property
    def arende(self) -> Arende | None:
        """The case, when the case system was read and has one."""
        arende = self.underlag.arende
        return arende if arende is not None and arende.status is Svarsstatus.SVAR else None

    @cached_property
    def tid(self) -> Tid:
        """The days that the registers are asked about, and today: what is read is judged by them."""
        return Tid.for_manad(self.manad, self.today)

    @property
    def arende_last(self) -> datetime | None:
        return self.underlag.arende.lasning.tidpunkt if self.underlag.arende else None

    @property
    def kontot_stammer(self) -> bool:
        """Whether the account on file is the one in the application. Payments go to the one on file only."""
        on_file = self.arende.konto if self.arende else None
        stated = Bankkonto(clearing=self.ansokan.utbetalning.clearing, konto=self.ansokan.utbetalning.konto)
        return on_file is not None and on_file.siffror == stated.siffror

    @cached_property
    def tidigare(self) -> TidigareBerakning | None:
        """The finished calculation of the month before the applied one."""
        latest = self.arende.senaste_berakning(self.manad) if self.arende else None
        return latest if latest is not None and latest.manad == self.inkomstmanad else None

    @cached_property
    def personer(self) -> tuple[Personnummer, ...]:
        """Everybody the application concerns, adults first. Asked for by most rules, hence kept."""
        return self.ansokan.personer

    @cached_property
    def folkbokforing(self) -> dict[Personnummer, Folkbokforing | None]:
        """What folkbokföring says of everybody in the application, None where it has not been asked."""
        # Turned round so that the first answer about somebody wins.
        read = {one.person: one for one in reversed(self.underlag.folkbokforing)}
        return {person: read.get(person) for person in self.personer}

    @cached_property
    def _kallade(self) -> dict[Personnummer, str]:
        adults = len(self.ansokan.vuxna)
        # Turned round so that the first place of somebody who is named twice wins.
        named = reversed(list(enumerate(self.personer)))
        return {
            person: ("sökanden", "medsökanden")[number] if number < adults else f"barn {number - adults + 1}"
            for number, person in named
        }

    def kallas(self, person: Personnummer) -> str:
        """Who somebody is in the household, for texts: never a name or a number."""
        return self._kallade.get(person, "en person utanför ansökan")

    @cached_property
    def _aldrar(self) -> dict[Personnummer, int | None]:
        last = self.manad.last
        return {person: _alder(person, last) for person in self.personer}

    def alder(self, person: Personnummer) -> int | None:
        """Age that counts in the applied month; None when the number holds no date of birth or lies in the future."""
        try:
            return self._aldrar[person]
        except KeyError:
            return _alder(person, self.manad.last)

    # --- Household and calculation ---------------------------------------------------------------------------------

    @cached_property
    def barn_utan_band(self) -> tuple[Barn, ...]:
        """Children whose age no band of the norm holds."""
        return tuple(child for child in self.ansokan.barn if not _has_band(self.alder(child.personnummer)))

    @cached_property
    def hushall(self) -> NormHushall:
        """The household of the norm; children without a band are left out and handed over by rule 4."""
        home = self.ansokan.bostad
        return NormHushall(
            vuxna=len(self.ansokan.vuxna),
            barn=tuple(
                NormBarn(alder=self.alder(child.personnummer) or 0, boende=child.boende, dagar=child.dagar)
                for child in self.ansokan.barn
                if child not in self.barn_utan_band
            ),
            personer_i_hemmet=home.personer if home.delad else None,
        )

    @cached_property
    def poster(self) -> tuple[Inkomstpost, ...]:
        """Incomes of the month that count. A child's own wage is no such income (12 kap. 9 § SoL, rule 30)."""
        return tuple(post for post in self._alla_poster if not self.ar_barns_lon(post))

    @cached_property
    def visade_poster(self) -> tuple[str, ...]:
        """The incomes in short, for people: several rules tell that they have seen them."""
        return tuple(f"{post.slag} {kronor(post.belopp)} kr: {_STAMNING[post.stamning]}" for post in self.poster) or (
            "inga inkomster",
        )

    @cached_property
    def barns_loner(self) -> tuple[Inkomstpost, ...]:
        return tuple(post for post in self._alla_poster if self.ar_barns_lon(post))

    @cached_property
    def registrerade(self) -> tuple[Registerinkomst, ...]:
        """Every payment that a register shows."""
        return tuple(registerinkomster(self.underlag, self.kommun))

    @cached_property
    def nyligen_betalda(self) -> tuple[Registerinkomst, ...]:
        """Payments made since M−2, or that cover M−1."""
        first, income_month = self.manad.minus(2).first, self.inkomstmanad.first
        return tuple(
            one
            for one in self.registrerade
            if one.datum >= first or (one.till is not None and one.till >= income_month)
        )

    @cached_property
    def _alla_poster(self) -> tuple[Inkomstpost, ...]:
        return sammanstall(self.ansokan, self.registrerade, self.tidigare, self.kommun, self.anslutna)

    def ar_barns_lon(self, post: Inkomstpost) -> bool:
        return self.ar_arbetsinkomst(post) and post.person not in self.ansokan.vuxna

    def ar_arbetsinkomst(self, post: Inkomstpost) -> bool:
        rule = self.kommun.inkomstslag.get(post.slag)
        return rule is not None and rule.arbetsinkomst

    def kostnader(self, slag: str) -> list[Kostnad]:
        """The application's costs of one kind."""
        return self._kostnader.get(slag, [])

    @cached_property
    def _kostnader(self) -> dict[str, list[Kostnad]]:
        found: dict[str, list[Kostnad]] = {}
        for row in self.ansokan.kostnader:
            found.setdefault(row.slag, []).append(row)
        return found

    @cached_property
    def skaliga(self) -> dict[str, Decimal]:
        return skaliga_belopp(self.ansokan, self.hushall, self.kommun)

    @cached_property
    def sidorader(self) -> tuple[Sidorad, ...]:
        """Costs that no reasonable amount is set for: each is decided apart."""
        return tuple(
            Sidorad(slag=row.slag, belopp=row.belopp) for row in self.ansokan.kostnader if row.slag not in self.skaliga
        )

    @cached_property
    def berakning(self) -> Berakning | None:
        """The calculation, or None when no norm table holds the month."""
        norm = self.regelverk.norm_for(self.manad)
        if norm is None:
            return None
        return berakna(
            self.ansokan,
            self.hushall,
            norm,
            self.kommun,
            self.skaliga,
            self.poster,
            self.stimulans,
            self.radrum,
            self.overskott,
        )

    @property
    def overskott(self) -> Decimal:
        """Last month's surplus, where the municipality counts it as an income of this month."""
        left = self.tidigare.resultat if self.tidigare else None
        counts = self.kommun.overskott_forra_manaden is Overskott.RAKNAS
        return max(left, Decimal(0)) if counts and left is not None else Decimal(0)

    @cached_property
    def radrum(self) -> Radrum:
        """Whether the rent is above the cap, and where the notice stands."""
        rent = sum((row.belopp for row in self.kostnader(HYRA)), Decimal(0))
        rows = self.tidigare.kostnader if self.tidigare else ()
        before = next((row for row in rows if row.slag == HYRA), None)
        return radrum(self.manad, rent, self.skaliga[HYRA], before, self.kommun.radrum_manader)

    # --- Jobbstimulans ---------------------------------------------------------------------------------------------

    def bistandshistorik(self, person: Personnummer) -> Jobbstimulans | None:
        """The history of one adult. The case system shows one for the case: it is the co-applicant's too where last
        month's calculation reduced their wage by it."""
        if person not in self._historik:
            rows = self.arende.jobbstimulans if self.arende else ()
            whose = self.ansokan.sokande.personnummer if self._had_stimulus(person) else person
            self._historik[person] = next((row for row in rows if row.person in (person, whose)), None)
        return self._historik[person]

    @cached_property
    def _historik(self) -> dict[Personnummer, Jobbstimulans | None]:
        return {}

    def _had_stimulus(self, person: Personnummer) -> bool:
        rows = self.tidigare.inkomster if self.tidigare else ()
        return any(row.person == person and JOBBSTIMULANS_NOTERAD in row.notering.casefold() for row in rows)

    def stimulans_for(self, person: Personnummer) -> bool | None:
        """Whether 25 % of the person's wage is disregarded (12 kap. 8 § SoL); None when the history cannot tell.

        Six months done without a first day of the two years is such a case: where they began is for a person to say.
        """
        history = self.bistandshistorik(person)
        if history is None or history.manader is None:
            return None
        if history.fran is not None:
            return _covers(history.fran, history.till, self.inkomstmanad)
        return None if history.manader >= _QUALIFYING_MONTHS else False

    def lon_fore_stimulans(self, row: TidigareInkomst) -> Decimal:
        """A wage of last month's calculation as it was paid out: what counted then, before the 25 % were taken off."""
        history = self.bistandshistorik(row.person) if row.person else None
        fran = history.fran if history else None
        reduced = fran is not None and _covers(fran, history.till if history else None, self.manad.minus(2))
        return row.belopp / (1 - JOBBSTIMULANS) if reduced else row.belopp

    @cached_property
    def stimulans(self) -> frozenset[Personnummer]:
        return frozenset(person for person in self.ansokan.vuxna if self.stimulans_for(person))

    # --- Registers -------------------------------------------------------------------------------------------------

    @cached_property
    def fragor(self) -> dict[Personnummer, tuple[Register, ...]]:
        """Which registers are asked about whom: those that are connected, and only where they are relevant."""
        return fragor(self.ansokan.vuxna, self.folkbokforing, self.anslutna, self.alder)

    @cached_property
    def anslutna(self) -> tuple[Register, ...]:
        """The registers that are asked. What stands in for the others is for the rules to judge."""
        connections = self.regelverk.anslutningar
        return tuple(register for register in _ALLA if connections.till(register).ansluten)

    def svar(self, kind: type[SvarT]) -> tuple[SvarT, ...] | None:
        """An agency's answers, or None while any that is needed is missing or not checkable.

        Empty when nobody needs to be asked about, or the register is not connected.
        """
        return cast("tuple[SvarT, ...] | None", self._svar[kind.register])

    @cached_property
    def besked(self) -> tuple[Besked, ...]:
        """What came of every question."""
        return besked(self.fragor, self.underlag)

    @cached_property
    def _svar(self) -> dict[Register, tuple[Myndighetssvar, ...] | None]:
        found: dict[Register, tuple[Myndighetssvar, ...] | None] = dict.fromkeys(_ALLA, ())
        for register, _, answer in self.besked:
            before = found[register]
            if before is None or answer is None or not answer.ar_kontrollerbart:
                found[register] = None
            else:
                found[register] = (*before, answer)
        return found

    @property
    def formaner(self) -> tuple[Formanssvar, ...] | None:
        """Försäkringskassan's and Pensionsmyndigheten's answers, or None while any is missing."""
        fk, pm = self.svar(FkSvar), self.svar(PmSvar)
        return None if fk is None or pm is None else (*fk, *pm)

    @cached_property
    def inkomster_kanda(self) -> bool:
        """Whether every register that may show an income has answered."""
        return all(self._svar[register] is not None for register in SHOW_INCOMES)

    def last(self, *registers: Register) -> datetime | None:
        """When the oldest of the registers' answers was read."""
        if registers not in self._lasta:
            read = [one.lasning.tidpunkt for register in registers for one in self.underlag.fran(register)]
            self._lasta[registers] = min(read, default=None)
        return self._lasta[registers]

    @cached_property
    def _lasta(self) -> dict[tuple[Register, ...], datetime | None]:
        return {}

    def vantar_pa(self, *kinds: type[Myndighetssvar]) -> str:
        """The register that keeps a rule waiting, in words."""
        return next((kind.register.namn for kind in kinds if self.svar(kind) is None), "Registren")


def _alder(person: Personnummer, last: date) -> int | None:
    born = person.birth_date
    return alder_den(born, last) if born is not None and born <= last else None


def _has_band(age: int | None) -> bool:
    try:
        aldersband(-1 if age is None else age)
    except KeyError:
        return False
    return True


def _covers(fran: date, till: date | None, month: Manad) -> bool | None:
    """Whether the two years hold the month; None for a month in which they begin or end on a day within it."""
    if till is None:
        last = Manad.of(fran).minus(1 - 12 * _STIMULUS_YEARS)
        over, whole = month > last, month <= last
    else:
        over, whole = till < month.first, month.last <= till
    if fran <= month.first and whole:
        return True
    return False if month.last < fran or over else None
