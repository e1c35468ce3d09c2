"""What the rules look at: the application, the facts, the rules in force, and what follows from them."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

# That of functools takes a lock at each first reading until Python 3.12: two dozen in one decision.
from django.utils.functional import cached_property

from arbetsfloden.ekonomiskt_bistand.begrepp.belopp import kronor
from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Svarsstatus
from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.berakning.berakning import HYRA, Berakning, berakna, skaliga_belopp
from arbetsfloden.ekonomiskt_bistand.berakning.ej_raknade import EjRaknad, Inkomster, ej_raknade
from arbetsfloden.ekonomiskt_bistand.berakning.i_ovrigt import IOvrigt, i_ovrigt, sidorader
from arbetsfloden.ekonomiskt_bistand.berakning.inkomster import Inkomstpost, pa_bada, sammanstall
from arbetsfloden.ekonomiskt_bistand.berakning.jobbstimulans import hade_stimulans, inom_tva_ar, stimulans_galler
from arbetsfloden.ekonomiskt_bistand.berakning.radrum import Radrum, hela_hyran, radrum, samlad_hyra
from arbetsfloden.ekonomiskt_bistand.berakning.registerinkomster import Registerinkomst, registerinkomster
from arbetsfloden.ekonomiskt_bistand.berakning.samma_pengar import (
    SammaPengar,
    med_ratt_mottagare,
    med_ratt_rader,
    samma_pengar,
)
from arbetsfloden.ekonomiskt_bistand.berakning.sidorader import Sidorad
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan, Barn, Kostnad
from arbetsfloden.ekonomiskt_bistand.regelverk.kommun import Kommun, Overskott
from arbetsfloden.ekonomiskt_bistand.regelverk.lag import Lagtal
from arbetsfloden.ekonomiskt_bistand.regelverk.normer import NormBarn, NormHushall, alder_den, har_band
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.register.registersvar import (
    ALLA_REGISTER,
    SHOW_INCOMES,
    FkSvar,
    Formanssvar,
    Myndighetssvar,
    PmSvar,
    Register,
)
from arbetsfloden.ekonomiskt_bistand.register.rimlighet import Tid
from arbetsfloden.ekonomiskt_bistand.register.underlag import (
    Arende,
    Folkbokforing,
    Jobbstimulans,
    TidigareBerakning,
    TidigareInkomst,
    TidigareKostnad,
    siffror,
)
from arbetsfloden.ekonomiskt_bistand.register.underlag import Underlag as AllaFakta
from arbetsfloden.ekonomiskt_bistand.regler.relevans import Besked, besked, fragor, samlade

SvarT = TypeVar("SvarT", bound=Myndighetssvar)


@dataclass(frozen=True)
class Lage:
    """One application with everything that the rules may look at. Pure: `today` is an argument."""

    ansokan: Ansokan
    underlag: AllaFakta
    regelverk: Regelverk
    today: date

    def __post_init__(self) -> None:
        object.__setattr__(self, "ansokan", self.regelverk.kommun.med_kanda_slag(self.ansokan))

    @cached_property
    def kommun(self) -> Kommun:
        return self.regelverk.kommun

    @cached_property
    def lag(self) -> Lagtal:
        """The numbers of law that hold the applied month."""
        return self.regelverk.lag_for(self.manad)

    @cached_property
    def manad(self) -> Manad:
        return self.ansokan.manad

    @cached_property
    def inkomstmanad(self) -> Manad:
        """The month whose incomes count: as the municipality has it, M−1 or the applied month M itself."""
        return self.kommun.inkomstmanad.raknas_for(self.manad)

    @cached_property
    def forra_manaden(self) -> Manad:
        """The month before the applied one, M−1: the one whose calculation is compared with."""
        return self.manad.minus(1)

    @cached_property
    def arende(self) -> Arende | None:
        """The case, when the case system was read and has one; incomes stand on those who are paid them."""
        arende = self.underlag.arende
        if arende is None or arende.status is not Svarsstatus.SVAR:
            return None
        return med_ratt_rader(arende, self.ansokan, self.samma_pengar, self.registrerade, self.kommun)

    @cached_property
    def tid(self) -> Tid:
        """The days that the registers are asked about, and today: what is read is judged by them."""
        return Tid.for_inkomster(self.inkomstmanad, self.today)

    @cached_property
    def arende_last(self) -> datetime | None:
        return self.underlag.arende.lasning.tidpunkt if self.underlag.arende else None

    @cached_property
    def kontot_stammer(self) -> bool:
        """Whether the account on file is the one in the application. Payments go to the one on file only."""
        on_file, stated = self.arende.konto if self.arende else None, self.ansokan.utbetalning
        return on_file is not None and on_file.siffror == siffror(stated.clearing + stated.konto)

    @cached_property
    def tidigare(self) -> TidigareBerakning | None:
        """The finished calculation of the month before the applied one."""
        latest = self.arende.senaste_berakning(self.manad) if self.arende else None
        return latest if latest is not None and latest.manad == self.forra_manaden else None

    @cached_property
    def vuxna(self) -> tuple[Personnummer, ...]:
        return self.ansokan.vuxna

    @cached_property
    def personer(self) -> tuple[Personnummer, ...]:
        """Everybody the application concerns, adults first. Asked for by most rules, hence kept."""
        return self.ansokan.personer

    @cached_property
    def folkbokforing(self) -> dict[Personnummer, Folkbokforing | None]:
        """What folkbokföring says of everybody in the application, None where it has not been asked."""
        # Turned round so that the first answer about somebody wins.
        read = {one.person.digits: one for one in reversed(self.underlag.folkbokforing)}
        return {person: read.get(person.digits) for person in self.personer}

    @cached_property
    def folkbokforing_last(self) -> datetime | None:
        """When the oldest of folkbokföring's answers was read."""
        return min([entry.lasning.tidpunkt for entry in self.folkbokforing.values() if entry is not None], default=None)

    @cached_property
    def _kallade(self) -> dict[str, str]:
        adults = len(self.vuxna)
        # Turned round so that the first place of somebody who is named twice wins.
        named = reversed(list(enumerate(self.personer)))
        return {
            person.digits: ("sökanden", "medsökanden")[number] if number < adults else f"barn {number - adults + 1}"
            for number, person in named
        }

    def kallas(self, person: Personnummer) -> str:
        """Who somebody is in the household, for texts: never a name or a number."""
        return self._kallade.get(person.digits, "en person utanför ansökan")

    def alder(self, person: Personnummer) -> int | None:
        """Age that counts in the applied month; None when the number holds no date of birth or lies in the future."""
        born, last = person.birth_date, self.manad.last
        return alder_den(born, last) if born is not None and born <= last else None

    # --- Household and calculation ---------------------------------------------------------------------------------

    @cached_property
    def barn_utan_band(self) -> tuple[Barn, ...]:
        """Children whose age no band of the norm holds."""
        return tuple([child for child in self.ansokan.barn if not har_band(self.alder(child.personnummer))])

    @cached_property
    def hushall(self) -> NormHushall:
        """The household of the norm; children without a band are left out and handed over by rule 4."""
        home = self.ansokan.bostad
        ages = [(child, self.alder(child.personnummer)) for child in self.ansokan.barn]
        counted = [(child, age) for child, age in ages if har_band(age)]
        return NormHushall(
            vuxna=len(self.vuxna),
            barn=tuple([NormBarn(age or 0, one.boende, one.dagar, one.personnummer) for one, age in counted]),
            personer_i_hemmet=home.personer if home.delad else None,
        )

    @cached_property
    def poster(self) -> tuple[Inkomstpost, ...]:
        """Incomes of the month that count. A child's own wage is no such income (12 kap. 9 § SoL, rule 30)."""
        return tuple([post for post in self._alla_poster if post not in self.barns_loner])

    @cached_property
    def visade_poster(self) -> tuple[str, ...]:
        """The incomes in short, for people: several rules tell that they have seen them."""
        told = [f"{self.visat_slag(post)} {kronor(post.belopp)} kr: {post.stamning.text}" for post in self.poster]
        return tuple(told) or ("inga inkomster",)

    def visat_slag(self, post: Inkomstpost) -> str:
        """What an income is called in sentences: a register's name for it, else only a kind that is known."""
        return post.slag if post.myndighet else self.kommun.visat_slag(post.slag)

    @cached_property
    def barns_loner(self) -> tuple[Inkomstpost, ...]:
        wages = [post for post in self._alla_poster if self.ar_arbetsinkomst(post)]
        return tuple([post for post in wages if post.person not in self.vuxna])

    @cached_property
    def loner(self) -> tuple[Inkomstpost, ...]:
        """The adults' wages."""
        return tuple([post for post in self.poster if self.ar_arbetsinkomst(post)])

    @cached_property
    def registrerade(self) -> tuple[Registerinkomst, ...]:
        """Every payment that a register shows."""
        return tuple(registerinkomster(self.underlag, self.kommun))

    @cached_property
    def samma_pengar(self) -> tuple[SammaPengar, ...]:
        """Benefits stated for another in the household than the one who is paid: they count once, for that one."""
        return samma_pengar(self.ansokan, self.registrerade, self.kommun)

    @cached_property
    def raknad_ansokan(self) -> Ansokan:
        """The application with each benefit stated for the one who is paid it."""
        return med_ratt_mottagare(self.ansokan, self.samma_pengar, self.registrerade, self.kommun)

    @cached_property
    def nyligen_betalda(self) -> tuple[Registerinkomst, ...]:
        """Payments made since the month before the one whose incomes count, or that cover that one; none announced."""
        paid = [one for one in self.registrerade if not one.presumerad or one.datum <= self.today]
        first, counted = self.inkomstmanad.minus(1).first, self.inkomstmanad.first
        return tuple([one for one in paid if one.datum >= first or (one.till is not None and one.till >= counted)])

    @cached_property
    def ej_raknade(self) -> tuple[EjRaknad, ...]:
        """The incomes that are in no post, and why."""
        before, paid = self.arende.berakningar if self.arende else (), self.nyligen_betalda
        lag = self.regelverk.lag_for
        known = Inkomster(self.raknad_ansokan, self.registrerade, paid, self._alla_poster, before, self.kommun, lag)
        return tuple(ej_raknade(known, self.inkomstmanad))

    @cached_property
    def _alla_poster(self) -> tuple[Inkomstpost, ...]:
        return sammanstall(self.raknad_ansokan, self.registrerade, self.tidigare, self.kommun, self.regelverk.anslutna)

    @cached_property
    def pa_bada(self) -> tuple[tuple[Inkomstpost, Inkomstpost], ...]:
        return tuple(pa_bada(self.poster))

    @cached_property
    def inkomstmanaden_kand(self) -> bool:
        """Whether so much of the month whose incomes count has passed that they are known."""
        return self.today >= self.inkomstmanad.first.replace(day=self.kommun.inkomster_kanda_fran_dag)

    def ar_arbetsinkomst(self, post: Inkomstpost) -> bool:
        return post.slag in self.kommun.arbetsinkomster

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
    def i_ovrigt(self) -> IOvrigt:
        return i_ovrigt(self.ansokan.kostnader, self.tidigare, self.kommun.levnadskostnader_i_ovrigt)

    @cached_property
    def sidorader(self) -> tuple[Sidorad, ...]:
        """Costs that no reasonable amount is set for and that do not count as they are: each is decided apart."""
        return tuple(sidorader(self.ansokan.kostnader, self.skaliga, self.i_ovrigt))

    @cached_property
    def berakning(self) -> Berakning | None:
        """The calculation, or None when no norm table holds the month."""
        norm = self.regelverk.norm_for(self.manad)
        if norm is None:
            return None
        counted = (self.skaliga, self.poster, self.stimulans, self.radrum, self.overskott, self.i_ovrigt.raknas)
        return berakna(self.ansokan, self.hushall, norm, self.lag, self.kommun, *counted)

    @property
    def overskott(self) -> Decimal:
        """Last month's surplus, where the municipality counts it as an income of this month."""
        left = self.tidigare.resultat if self.tidigare else None
        counts = self.kommun.overskott_forra_manaden is Overskott.RAKNAS
        return max(left, Decimal(0)) if counts and left is not None else Decimal(0)

    @cached_property
    def radrum(self) -> Radrum:
        """Whether the rent is above the cap, and where the notice stands."""
        rent, before = hela_hyran(self.kostnader(HYRA)), samlad_hyra(self.hyra_forut)
        return radrum(self.manad, rent, self.skaliga[HYRA], before, self.kommun.radrum_manader)

    @cached_property
    def hyra_forut(self) -> list[TidigareKostnad]:
        """Last month's rows of rent."""
        return [row for row in self.tidigare.kostnader if row.slag == HYRA] if self.tidigare else []

    # --- Jobbstimulans ---------------------------------------------------------------------------------------------

    def bistandshistorik(self, person: Personnummer) -> Jobbstimulans | None:
        """The history of one adult. The case system shows one for the case: it is the co-applicant's too where last
        month's calculation reduced their wage by it."""
        if person.digits not in self._historik:
            rows = self.arende.jobbstimulans if self.arende else ()
            had = hade_stimulans(self.tidigare, person)
            whose = self.ansokan.sokande.personnummer if had else person
            self._historik[person.digits] = next((row for row in rows if row.person in (person, whose)), None)
        return self._historik[person.digits]

    @cached_property
    def _historik(self) -> dict[str, Jobbstimulans | None]:
        return {}

    def stimulans_for(self, person: Personnummer) -> bool | None:
        """Whether part of the person's wage is disregarded (12 kap. 8 § SoL); None when the history cannot tell."""
        return stimulans_galler(self.bistandshistorik(person), self.inkomstmanad, self.manad, self.lag)

    def lon_fore_stimulans(self, row: TidigareInkomst) -> Decimal:
        """A wage of last month's calculation as it was paid out: before jobbstimulans was taken off what counted."""
        history = self.bistandshistorik(row.person) if row.person else None
        law = self.regelverk.lag_for(self.forra_manaden)
        reduced = inom_tva_ar(history, self.inkomstmanad.minus(1), law)
        return row.belopp / law.efter_jobbstimulans if reduced else row.belopp

    @cached_property
    def stimulans(self) -> frozenset[Personnummer]:
        return frozenset([person for person in self.vuxna if self.stimulans_for(person)])

    # --- Registers -------------------------------------------------------------------------------------------------

    @cached_property
    def fragor(self) -> dict[Personnummer, tuple[Register, ...]]:
        """Which registers are asked about whom: those that are connected, and only where they are relevant."""
        return fragor(self.vuxna, self.folkbokforing, self.regelverk.anslutna, self._alder_i_dag, self.lag)

    def _alder_i_dag(self, person: Personnummer) -> int | None:
        """A register knows somebody as of age from the birthday, not from the first of its month."""
        born = person.birth_date
        return alder_den(born, self.today) if born is not None and born <= self.today else None

    def svar(self, kind: type[SvarT]) -> tuple[SvarT, ...] | None:
        """An agency's answers, or None while any that is needed is missing or not checkable.

        Empty when nobody needs to be asked about, or the register is not connected.
        """
        answers: tuple[SvarT, ...] | None = self._svar[kind.register]
        return answers

    @cached_property
    def besked(self) -> tuple[Besked, ...]:
        """What came of every question."""
        return besked(self.fragor, self.myndigheterna)

    @cached_property
    def _svar(self) -> dict[Register, Any]:
        return samlade(self.besked)

    @property
    def formaner(self) -> tuple[Formanssvar, ...] | None:
        """Försäkringskassan's and Pensionsmyndigheten's answers, or None while any is missing."""
        fk, pm = self.svar(FkSvar), self.svar(PmSvar)
        return None if fk is None or pm is None else (*fk, *pm)

    @cached_property
    def inkomster_kanda(self) -> bool:
        """Whether every register that may show an income has answered."""
        return None not in [self._svar[register] for register in SHOW_INCOMES]

    def last(self, *registers: Register) -> datetime | None:
        """When the oldest of the registers' answers was read."""
        if len(registers) == 1:
            return self._lasta[registers[0]]
        return min([day for register in registers if (day := self._lasta[register]) is not None], default=None)

    @cached_property
    def _lasta(self) -> dict[Register, datetime | None]:
        return {
            register: min([one.lasning.tidpunkt for one in answers]) if answers else None
            for register, answers in self.myndigheterna.items()
        }

    @cached_property
    def myndigheterna(self) -> dict[Register, tuple[Myndighetssvar, ...]]:
        """Every agency's answers."""
        return {register: self.underlag.fran(register) for register in ALLA_REGISTER}

    @cached_property
    def inkomster_last(self) -> datetime | None:
        """When the oldest answer of a register that may show an income was read."""
        return self.last(*SHOW_INCOMES)

    def vantar_pa(self, *kinds: type[Myndighetssvar]) -> str:
        """The register that keeps a rule waiting, in words."""
        return next((kind.register.namn for kind in kinds if self.svar(kind) is None), "Registren")
