"""The case system, written: one effect per kind of record, each compared field by field when it is read back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Self

from pydantic import AfterValidator

from arbetsfloden.ekonomiskt_bistand.fakta import Fakta
from arbetsfloden.ekonomiskt_bistand.manad import Manad
from arbetsfloden.ekonomiskt_bistand.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.portaler.verksamhet import PORTAL, las_berakning, visning
from arbetsfloden.ekonomiskt_bistand.portaler.visning import (
    folded,
    same_or_damaged,
    shown_personnummer,
    typed_kronor,
)
from arbetsfloden.ekonomiskt_bistand.underlag import TidigareBerakning
from medarbetare.engine import Mode, NaturalKey, Portal, Seen, Submit

Folded = Annotated[str, AfterValidator(folded)]
"""Text as a page shows it. What is typed keeps its line breaks; what is compared does not."""


@dataclass(frozen=True)
class Plats:
    """Where in the case system records of one application belong."""

    portal: Portal
    arende: str
    sokande: Personnummer
    manad: Manad

    def key(self, kind: str, payee: str = "") -> NaturalKey:
        """The natural key of a record of this kind."""
        return NaturalKey(household=self.sokande.digits, month=str(self.manad), kind=kind, payee=payee)

    def lista(self, name: str) -> list[dict[str, str]]:
        """The rows of one of the case's lists, by fresh navigation."""
        return self.portal.page(name, arende=self.arende).table(name)


class Aktualiseringspost(Fakta):
    """An application as registered."""

    ankomstdatum: date
    arendetyp: str
    referens: str
    bilagor: Folded

    @classmethod
    def av_rad(cls, rad: Mapping[str, str]) -> Self:
        """From a row of the list."""
        return cls(
            ankomstdatum=visning.datum(rad["ankomstdatum"]),
            arendetyp=rad["arendetyp"],
            referens=rad["referens"],
            bilagor=rad["bilagor"],
        )


@dataclass(frozen=True)
class RegistreraAktualisering:
    """Registers the application on arrival. One per reference, so the reference is part of what makes it the same."""

    plats: Plats
    intended: Aktualiseringspost
    name: str = "aktualisering"
    portal: str = PORTAL
    needs: Mode = Mode.FORBERED

    @property
    def key(self) -> NaturalKey:
        """Household, month and the e-service's reference."""
        return self.plats.key(f"aktualisering {self.intended.referens}")

    def read(self) -> Sequence[Aktualiseringspost]:
        """Registrations with the same reference."""
        rader = self.plats.lista("aktualiseringar")
        poster = (Aktualiseringspost.av_rad(rad) for rad in rader if rad["referens"] == self.intended.referens)
        return Seen(poster, len(rader))

    def fill(self) -> Submit:
        """Fill in Ny aktualisering."""
        sida = self.plats.portal.page("ny_aktualisering", arende=self.plats.arende)
        sida.fill_all(
            {
                "ankomstdatum": self.intended.ankomstdatum.isoformat(),
                "arendetyp": self.intended.arendetyp,
                "referens": self.intended.referens,
                "bilagor": self.intended.bilagor,
            }
        )
        return lambda: sida.commit("spara")


@dataclass(frozen=True)
class SparaBerakning:
    """Saves the calculation as a draft, with the norm chosen by its name.

    A calculation made anew goes beside the earlier ones, which cannot be changed there: it has a name of its own, and
    `tidigare` are the calculations of the month that were there when it was made.
    """

    plats: Plats
    intended: TidigareBerakning
    name: str = "beräkning"
    tidigare: tuple[TidigareBerakning, ...] = ()
    portal: str = PORTAL
    needs: Mode = Mode.FORBERED

    @property
    def key(self) -> NaturalKey:
        """Household, month, and for a calculation made anew which one."""
        return self.plats.key(self.name)

    def read(self) -> Sequence[TidigareBerakning]:
        """Calculations of the month, with all rows, except the earlier ones."""
        lista = self.plats.lista("berakningar")
        numbers = [rad["nr"] for rad in lista if rad["manad"] == str(self.intended.manad)]
        found = [las_berakning(self.plats.portal, self.plats.arende, nr) for nr in numbers]
        for one in self.tidigare:
            if one in found:
                found.remove(one)
        return Seen(found, len(lista))

    def fill(self) -> Submit:
        """Fill in Ny beräkning."""
        sida = self.plats.portal.page("ny_berakning", arende=self.plats.arende)
        post = self.intended
        values: dict[str, str | int | bool] = {
            "norm": str(post.norm_namn),
            "manad": str(post.manad),
            "antal": str(post.antal_personer),
            "normsumma": typed_kronor(post.normsumma or Decimal(0)),
            "resultat": typed_kronor(post.resultat or Decimal(0)),
        }
        for number, inkomst in enumerate(post.inkomster, 1):
            values[f"inkomst.{number}.slag"] = inkomst.slag
            if inkomst.person is not None:
                values[f"inkomst.{number}.person"] = shown_personnummer(inkomst.person)
            values[f"inkomst.{number}.belopp"] = typed_kronor(inkomst.belopp)
            values[f"inkomst.{number}.datum"] = inkomst.datum.isoformat() if inkomst.datum else ""
            values[f"inkomst.{number}.notering"] = inkomst.notering
        for number, kostnad in enumerate(post.kostnader, 1):
            values[f"kostnad.{number}.slag"] = kostnad.slag
            values[f"kostnad.{number}.ansokt"] = typed_kronor(kostnad.ansokt)
            values[f"kostnad.{number}.godkant"] = typed_kronor(kostnad.godkant)
            values[f"kostnad.{number}.notering"] = kostnad.notering
        sida.fill_all(values)
        return lambda: sida.commit("spara")


class Beslutspost(Fakta):
    """A decision as registered."""

    kod: str
    fran: date
    till: date
    belopp: Decimal
    motivering: Folded
    beslutsfattare: str

    @classmethod
    def av_rad(cls, rad: Mapping[str, str]) -> Self:
        """From a row of the list."""
        return cls(
            kod=rad["kod"],
            fran=visning.datum(rad["fran"]),
            till=visning.datum(rad["till"]),
            belopp=visning.kronor(rad["belopp"]),
            motivering=rad["motivering"],
            beslutsfattare=rad["beslutsfattare"],
        )


@dataclass(frozen=True)
class RegistreraBeslut:
    """Registers the decision. `motivering` is the text with its line breaks, as it is typed."""

    plats: Plats
    intended: Beslutspost
    motivering: str
    name: str = "beslut"
    portal: str = PORTAL
    needs: Mode = Mode.AUTOMATISK

    @property
    def key(self) -> NaturalKey:
        """Household and month."""
        return self.plats.key("beslut")

    def read(self) -> Sequence[Beslutspost]:
        """Decisions whose period touches the month, by whomever."""
        manad, rader = self.plats.manad, self.plats.lista("beslut")
        poster = [Beslutspost.av_rad(rad) for rad in rader]
        return Seen((post for post in poster if post.fran <= manad.last and post.till >= manad.first), len(rader))

    def fill(self) -> Submit:
        """Fill in Nytt beslut."""
        sida = self.plats.portal.page("nytt_beslut", arende=self.plats.arende)
        sida.fill_all(
            {
                "kod": self.intended.kod,
                "fran": self.intended.fran.isoformat(),
                "till": self.intended.till.isoformat(),
                "belopp": typed_kronor(self.intended.belopp),
                "motivering": self.motivering,
                "beslutsfattare": self.intended.beslutsfattare,
            }
        )
        return lambda: sida.commit("spara")


class Utbetalningspost(Fakta):
    """A payment as registered."""

    mottagare: str
    konto: str
    manad: Manad
    datum: date
    belopp: Decimal

    @classmethod
    def av_rad(cls, rad: Mapping[str, str]) -> Self:
        """From a row of the list."""
        return cls(
            mottagare=rad["mottagare"],
            konto=rad["konto"],
            manad=visning.manad(rad["manad"]),
            datum=visning.datum(rad["datum"]),
            belopp=visning.kronor(rad["belopp"]),
        )


@dataclass(frozen=True)
class RegistreraUtbetalning:
    """Registers one payment."""

    plats: Plats
    intended: Utbetalningspost
    name: str = "utbetalning"
    portal: str = PORTAL
    needs: Mode = Mode.AUTOMATISK

    @property
    def key(self) -> NaturalKey:
        """Household, month and payee."""
        return self.plats.key("utbetalning", self.intended.mottagare)

    def read(self) -> Sequence[Utbetalningspost]:
        """Payments of the month to the payee, by whomever."""
        rader = self.plats.lista("utbetalningar")
        poster = (
            Utbetalningspost.av_rad(rad)
            for rad in rader
            if rad["manad"] == str(self.intended.manad) and self._to_the_payee(rad)
        )
        return Seen(poster, len(rader))

    def _to_the_payee(self, rad: dict[str, str]) -> bool:
        """By name; or, since systems damage names, by account together with the day or the amount."""
        if rad["mottagare"] == self.intended.mottagare:
            return True
        same = visning.datum(rad["datum"]) == self.intended.datum, visning.kronor(rad["belopp"]) == self.intended.belopp
        return rad["konto"] == self.intended.konto and any(same)

    def fill(self) -> Submit:
        """Fill in Ny utbetalning."""
        sida = self.plats.portal.page("ny_utbetalning", arende=self.plats.arende)
        sida.fill_all(
            {
                "mottagare": self.intended.mottagare,
                "konto": self.intended.konto,
                "manad": str(self.intended.manad),
                "datum": self.intended.datum.isoformat(),
                "belopp": typed_kronor(self.intended.belopp),
            }
        )
        return lambda: sida.commit("spara")


class Anteckningspost(Fakta):
    """A journal note as registered."""

    datum: date
    rubrik: str
    text: Folded

    @classmethod
    def av_rad(cls, rad: Mapping[str, str]) -> Self:
        """From a row of the list."""
        return cls(datum=visning.datum(rad["datum"]), rubrik=rad["rubrik"], text=rad["text"])


@dataclass(frozen=True)
class SkrivAnteckning:
    """Writes the journal note. Its heading names the application, so that it is told from every other note."""

    plats: Plats
    intended: Anteckningspost
    text: str
    name: str = "journalanteckning"
    portal: str = PORTAL
    needs: Mode = Mode.AUTOMATISK

    @property
    def key(self) -> NaturalKey:
        """Household, month and heading."""
        return self.plats.key(f"journalanteckning {self.intended.rubrik}")

    def read(self) -> Sequence[Anteckningspost]:
        """Notes with the same heading, or of the same day with what is left of it."""
        rader = self.plats.lista("journal")
        poster = (
            Anteckningspost.av_rad(rad)
            for rad in rader
            if rad["rubrik"] == self.intended.rubrik or self._is_what_is_left(rad)
        )
        return Seen(poster, len(rader))

    def _is_what_is_left(self, rad: dict[str, str]) -> bool:
        today = rad["datum"] == self.intended.datum.isoformat()
        return today and same_or_damaged(rad["rubrik"], self.intended.rubrik)

    def fill(self) -> Submit:
        """Fill in Ny journalanteckning."""
        sida = self.plats.portal.page("ny_anteckning", arende=self.plats.arende)
        sida.fill_all(
            {"datum": self.intended.datum.isoformat(), "rubrik_text": self.intended.rubrik, "text": self.text}
        )
        return lambda: sida.commit("spara")
