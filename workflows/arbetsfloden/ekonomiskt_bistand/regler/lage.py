"""What the rules look at: the application, the facts, the rules in force, and what follows from them."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from arbetsfloden.ekonomiskt_bistand.ansokan import Ansokan, Barn
from arbetsfloden.ekonomiskt_bistand.berakning import HYRA, JOBBSTIMULANS, Berakning, berakna, skaliga_belopp
from arbetsfloden.ekonomiskt_bistand.inkomster import Inkomstpost, sammanstall
from arbetsfloden.ekonomiskt_bistand.kommun import Kommun
from arbetsfloden.ekonomiskt_bistand.manad import Manad
from arbetsfloden.ekonomiskt_bistand.normer import NormBarn, NormHushall, alder_i_manaden, aldersband
from arbetsfloden.ekonomiskt_bistand.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.radrum import Radrum, radrum
from arbetsfloden.ekonomiskt_bistand.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.sidorader import Sidorad
from arbetsfloden.ekonomiskt_bistand.underlag import (
    AfSvar,
    Arende,
    Bankkonto,
    FkSvar,
    Jobbstimulans,
    Svarsstatus,
    TidigareBerakning,
    TidigareInkomst,
)
from arbetsfloden.ekonomiskt_bistand.underlag import Underlag as AllaFakta

_QUALIFYING_MONTHS = 6
_STIMULUS_YEARS = 2
TILL_KONTO = "Konto"
"""The only way of payment that the robot carries out, in the form's words."""


@dataclass(frozen=True)
class Lage:
    """One application with everything that the rules may look at. Pure: `today` is an argument."""

    ansokan: Ansokan
    underlag: AllaFakta
    regelverk: Regelverk
    today: date

    @property
    def kommun(self) -> Kommun:
        return self.regelverk.kommun

    @property
    def manad(self) -> Manad:
        return self.ansokan.manad

    @property
    def arende(self) -> Arende | None:
        """The case, when the case system was read and has one."""
        arende = self.underlag.arende
        return arende if arende is not None and arende.status is Svarsstatus.SVAR else None

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
        return latest if latest is not None and latest.manad == self.manad.minus(1) else None

    @cached_property
    def personer(self) -> tuple[Personnummer, ...]:
        """Everybody the application concerns, adults first. Asked for by most rules, hence kept."""
        return self.ansokan.personer

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
        return {person: self._alder(person) for person in self.personer}

    def alder(self, person: Personnummer) -> int | None:
        """Age that counts in the applied month; None when the number holds no date of birth or lies in the future."""
        return self._aldrar[person] if person in self._aldrar else self._alder(person)

    def _alder(self, person: Personnummer) -> int | None:
        born = person.birth_date
        return alder_i_manaden(born, self.manad) if born is not None and born <= self.manad.last else None

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
    def barns_loner(self) -> tuple[Inkomstpost, ...]:
        return tuple(post for post in self._alla_poster if self.ar_barns_lon(post))

    @cached_property
    def _alla_poster(self) -> tuple[Inkomstpost, ...]:
        return sammanstall(self.ansokan, self.underlag.fk, self.tidigare, self.kommun)

    def ar_barns_lon(self, post: Inkomstpost) -> bool:
        return self.ar_arbetsinkomst(post) and post.person not in self.ansokan.vuxna

    def ar_arbetsinkomst(self, post: Inkomstpost) -> bool:
        rule = self.kommun.inkomstslag.get(post.slag)
        return rule is not None and rule.arbetsinkomst

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
        return berakna(self.ansokan, self.hushall, norm, self.kommun, self.poster, self.stimulans, self.radrum)

    @cached_property
    def radrum(self) -> Radrum:
        """Whether the rent is above the cap, and where the notice stands."""
        rent = sum((row.belopp for row in self.ansokan.kostnader if row.slag == HYRA), Decimal(0))
        rows = self.tidigare.kostnader if self.tidigare else ()
        before = next((row for row in rows if row.slag == HYRA), None)
        return radrum(self.manad, rent, self.skaliga[HYRA], before, self.kommun.radrum_manader)

    # --- Jobbstimulans ---------------------------------------------------------------------------------------------

    def bistandshistorik(self, person: Personnummer) -> Jobbstimulans | None:
        rows = self.arende.jobbstimulans if self.arende else ()
        return next((row for row in rows if row.person == person), None)

    def stimulans_for(self, person: Personnummer) -> bool | None:
        """Whether 25 % of the person's wage is disregarded (12 kap. 8 § SoL); None when the history cannot tell.

        Six months done without a first day of the two years is such a case: where they began is for a person to say.
        """
        history = self.bistandshistorik(person)
        if history is None or history.manader is None:
            return None
        if history.fran is not None:
            return _covers(history.fran, history.till, self.manad.minus(1))
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
    def fk_personer(self) -> tuple[Personnummer, ...]:
        """Whom Försäkringskassan is asked about: everybody who is of age."""
        return tuple(person for person in self.personer if (self.alder(person) or 0) >= 18)

    @property
    def af_personer(self) -> tuple[Personnummer, ...]:
        """Whom Arbetsförmedlingen is asked about: the adults of the application."""
        return self.ansokan.vuxna

    @cached_property
    def fk(self) -> tuple[FkSvar, ...] | None:
        """Försäkringskassan's answers, or None while any that is needed is missing or not checkable."""
        answers = [self.underlag.fk_for(person) for person in self.fk_personer]
        known = tuple(one for one in answers if one is not None and one.status is not Svarsstatus.EJ_KONTROLLERBART)
        return known if len(known) == len(answers) else None

    @cached_property
    def af(self) -> tuple[AfSvar, ...] | None:
        """Arbetsförmedlingen's answers, or None while any that is needed is missing or not checkable."""
        answers = [self.underlag.af_for(person) for person in self.af_personer]
        known = tuple(one for one in answers if one is not None and one.status is not Svarsstatus.EJ_KONTROLLERBART)
        return known if len(known) == len(answers) else None

    @property
    def fk_last(self) -> datetime | None:
        return min((answer.lasning.tidpunkt for answer in self.underlag.fk), default=None)

    @property
    def af_last(self) -> datetime | None:
        return min((answer.lasning.tidpunkt for answer in self.underlag.af), default=None)


def _has_band(age: int | None) -> bool:
    try:
        aldersband(-1 if age is None else age)
    except KeyError:
        return False
    return True


def _covers(fran: date, till: date | None, month: Manad) -> bool | None:
    """Whether the two years hold the month; None for a month in which they begin or end on a day within it."""
    end = till or Manad.of(fran).minus(1 - 12 * _STIMULUS_YEARS).last
    if fran <= month.first and month.last <= end:
        return True
    return False if month.last < fran or end < month.first else None
