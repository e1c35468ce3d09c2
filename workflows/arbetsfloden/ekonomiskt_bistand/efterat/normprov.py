"""A new norm table tried on the households of a month, as if it had been in force then. Pure but for reading the file.

Both sides are judged by the rules in force now, so that the table is all that differs. What is shown tells of groups of
households; an application is named by its handle only, and never with an amount.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from arbetsfloden.ekonomiskt_bistand.begrepp.belopp import hela_kronor, kronor
from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.beslut.beslut import Forslag, Forslagsslag, foresla
from arbetsfloden.ekonomiskt_bistand.efterat.normtillagg import Nyfil, godkand
from arbetsfloden.ekonomiskt_bistand.efterat.omrakning import grunder, senaste_forslag
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan
from arbetsfloden.ekonomiskt_bistand.regelverk.normer import Normtabell
from arbetsfloden.ekonomiskt_bistand.regelverk.normgranskning import (
    anmarkningar,
    brister,
    forra_tabellen,
    hinder,
    kolumner,
    tveksamt,
)
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from medarbetare.config import parse, read
from medarbetare.engine.presentation import Section
from medarbetare.engine.ruleset import NewFile, Placed
from medarbetare.errors import BusinessError

_FEWEST = 5
"""A sum over fewer households than this could tell what one of them was granted, and is not shown."""
_MOST_NAMED = 20
_UTGANG = {
    Forslagsslag.BIFALL: "bifall",
    Forslagsslag.AVSLAG_FORSLAG: "förslag om avslag",
    Forslagsslag.OVERLAMNA: "överlämning",
    Forslagsslag.STOPP: "stopp",
    Forslagsslag.VANTA: "väntan",
}


@dataclass
class _Grupp:
    """Households of one kind: how many, what they were to get before and after, and how much that changes."""

    antal: int = 0
    behovande: list[int] = field(default_factory=lambda: [0, 0])
    fore: Decimal = Decimal(0)
    efter: Decimal = Decimal(0)
    storst: Decimal | None = None
    minst: Decimal | None = None

    def lagg_till(self, fore: Decimal, efter: Decimal) -> None:
        """One household's underskott."""
        self.slas_ihop(_Grupp(1, [int(fore > 0), int(efter > 0)], fore, efter, efter - fore, efter - fore))

    def slas_ihop(self, other: "_Grupp") -> None:
        """Take the households of another group in."""
        self.antal += other.antal
        self.behovande = [mine + theirs for mine, theirs in zip(self.behovande, other.behovande, strict=True)]
        self.fore += other.fore
        self.efter += other.efter
        self.storst = max((one for one in (self.storst, other.storst) if one is not None), default=None)
        self.minst = min((one for one in (self.minst, other.minst) if one is not None), default=None)


@dataclass
class _Utfall:
    """What became of the households of one month. Grows with the kinds of households, not with their number."""

    manad: Manad | None
    provade: int = 0
    grupper: dict[str, _Grupp] = field(default_factory=lambda: defaultdict(_Grupp))
    utgangar: Counter[tuple[str, str]] = field(default_factory=Counter)
    handtag: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    nya_regler: Counter[int] = field(default_factory=Counter)
    borta_regler: Counter[int] = field(default_factory=Counter)


class Normprov:
    """Implements `medarbetare.engine.ruleset.NormTrial`.

    `month` is the month of the applications to try it on; None: the newest month that has a norm, up to
    the one after `today`.
    """

    def __init__(self, ny: Nyfil, regelverk: Regelverk, month: Manad | None, today: date) -> None:
        self.tabell = ny.tabell
        self._ny = ny
        self._forra = forra_tabellen(ny.tabell, regelverk.normer)
        self._regelverk = regelverk
        self._vald = month
        self._senast = Manad.of(today).minus(-1)
        self._utfall = _Utfall(month)

    @classmethod
    def av_fil(cls, table: Path, regelverk: Regelverk, month: str | None, today: date) -> "Normprov":
        """Raises ConfigurationError when the file is wrong, BusinessError when `month` is none."""
        try:
            chosen = Manad.parse(month) if month is not None else None
        except ValueError as error:
            raise BusinessError(f"Månaden kan inte läsas: {error}.") from None
        content = read(table)
        return cls(Nyfil(table, content, parse(content, Normtabell, table)), regelverk, chosen, today)

    @property
    def missing(self) -> tuple[str, ...]:
        """What keeps the robot from deciding by it as it is."""
        return tuple(brister(self.tabell, self._regelverk.normer))

    @property
    def obstacles(self) -> tuple[str, ...]:
        """What keeps the robot from deciding by it even when it is approved."""
        return tuple(hinder(self.tabell, self._regelverk.normer))

    @property
    def remarks(self) -> tuple[str, ...]:
        """What it may do without."""
        return tuple(anmarkningar(self.tabell, self._regelverk.normer))

    @property
    def doubtful(self) -> tuple[str, ...]:
        """What a typing error would explain."""
        return tuple(tveksamt(self.tabell, self._forra))

    @property
    def next_steps(self) -> str:
        """The rest of the routine."""
        return (
            "Nästa steg: låt den som får besluta om normen godkänna tabellen. Lägg sedan in den med "
            "medarbetare norms add FIL --approved-by VEM --reference BESLUT, och kör medarbetare config check. "
            f"Den gäller för ansökningar om månader från {Manad.of(self.tabell.valid_from).name}."
        )

    def approved(self, by: str, reference: str) -> NewFile:
        """The file with its approval, to be put among the norm tables."""
        return godkand(self._ny, self._regelverk, by, reference)

    @property
    def compared(self) -> Section:
        """Row by row beside the year before."""
        before = kolumner(self._forra) if self._forra is not None else {}
        called = self._forra.namn if self._forra is not None else "Ingen tidigare"
        return Section(
            title=f"{self.tabell.namn} ({self.tabell.valid_from} till {self.tabell.valid_to or 'tills vidare'})",
            columns=("Post", called, self.tabell.namn, "Ändring kr", "Ändring %"),
            rows=tuple(_row(name, before.get(name), amount) for name, amount in kolumner(self.tabell).items()),
            amounts=frozenset({called, self.tabell.namn, "Ändring kr"}),
        )

    def take(self, case: str, steps: Mapping[str, Any]) -> Placed:
        """Try it on the newest proposal of a case, if that is for the month."""
        made = senaste_forslag(steps)
        if made is None:
            return Placed.ASIDE
        forslag, step, before = made
        placed = self._placed(forslag.manad)
        if placed is not Placed.WITHIN:
            return placed
        rests_on = grunder(forslag, step, before)
        fore, efter = (
            foresla(rests_on.ansokan, rests_on.underlag, rules, rests_on.dag)
            for rules in (self._regelverk, self._med_tabellen(forslag.manad))
        )
        self._prova(case, rests_on.ansokan, fore, efter)
        return Placed.WITHIN

    def effect(self) -> tuple[Section, ...]:
        """Households and sums, changed outcomes, changed rules."""
        if not self._utfall.provade:
            return ()
        return tuple(section for section in self._sections() if section.rows)

    def _sections(self) -> Iterator[Section]:
        yield self._tillsammans()
        yield self._hushall()
        yield self._utgangar()
        yield self._regler()

    def _placed(self, manad: Manad) -> Placed:
        if self._vald is None and (manad > self._senast or self._regelverk.norm_for(manad) is None):
            return Placed.ASIDE
        now = self._utfall.manad
        if now is None or (self._vald is None and manad > now):
            # The newest month so far: what was tried before was for an earlier one.
            self._utfall = _Utfall(manad)
            return Placed.WITHIN
        if manad == now:
            return Placed.WITHIN
        return Placed.EARLIER if manad < now else Placed.ASIDE

    def _med_tabellen(self, manad: Manad) -> Regelverk:
        """The rules as if the table had been in force in the month. The month before keeps its own: it is compared."""
        moved = self.tabell.model_copy(update={"valid_from": manad.first, "valid_to": manad.last})
        return replace(self._regelverk, normer=(moved, *self._regelverk.normer))

    def _prova(self, case: str, ansokan: Ansokan, fore: Forslag, efter: Forslag) -> None:
        utfall = self._utfall
        utfall.provade += 1
        if fore.berakning is not None and efter.berakning is not None:
            utfall.grupper[_hushallstyp(ansokan)].lagg_till(fore.berakning.underskott, efter.berakning.underskott)
        if fore.slag is not efter.slag:
            change = (_UTGANG[fore.slag], _UTGANG[efter.slag])
            utfall.utgangar[change] += 1
            if len(utfall.handtag[change]) < _MOST_NAMED:
                utfall.handtag[change].append(case)
        told_before, told_after = _hindrande(fore), _hindrande(efter)
        utfall.nya_regler.update(told_after - told_before)
        utfall.borta_regler.update(told_before - told_after)

    def _tillsammans(self) -> Section:
        utfall, every = self._utfall, _ihop(self._utfall.grupper.values())
        assert utfall.manad is not None
        rows = [
            ("Ansökningar som prövats", str(utfall.provade), str(utfall.provade), ""),
            ("Hushåll med en beräkning", str(every.antal), str(every.antal), ""),
            (
                "Hushåll med underskott",
                *map(str, every.behovande),
                _change(Decimal(every.behovande[1] - every.behovande[0])),
            ),
        ]
        if every.antal >= _FEWEST:
            change = _change(every.efter - every.fore)
            rows.append(("Underskott tillsammans, kr", kronor(every.fore), kronor(every.efter), change))
        return Section(
            title=f"Ansökningar om {utfall.manad.name}, som om tabellen hade gällt då",
            columns=("", "Före", "Efter", "Ändring"),
            rows=tuple(rows),
            note=f"Underskott är det som skulle beviljas. Belopp för färre än {_FEWEST} hushåll visas inte.",
            amounts=frozenset({"Före", "Efter", "Ändring"}),
        )

    def _hushall(self) -> Section:
        grupper = self._utfall.grupper
        common = {kind: group for kind, group in grupper.items() if group.antal >= _FEWEST}
        rest = _ihop(group for kind, group in grupper.items() if kind not in common)
        shown = [*sorted(common.items()), *([("Övriga hushåll", rest)] if rest.antal else [])]
        return Section(
            title="Hur underskottet ändras, kr per hushåll",
            columns=("Hushåll", "Antal", "Minst", "I snitt", "Mest"),
            rows=tuple((kind, str(group.antal), *_andring(group)) for kind, group in shown),
            amounts=frozenset({"Antal", "Minst", "I snitt", "Mest"}),
        )

    def _utgangar(self) -> Section:
        utfall = self._utfall
        rows = []
        for change, number in sorted(utfall.utgangar.items()):
            named = ", ".join(utfall.handtag[change])
            rows.append((*change, str(number), named if number <= _MOST_NAMED else f"{named} …"))
        return Section("Ansökningar som får en annan utgång", ("Före", "Efter", "Antal", "Ärenden"), tuple(rows))

    def _regler(self) -> Section:
        named = {number: rule.namn for number, rule in self._regelverk.regelbok.regler.items()}
        both = sorted({*self._utfall.nya_regler, *self._utfall.borta_regler})
        return Section(
            "Regler som träffar andra ansökningar än före",
            ("Regel", "Träffar nu", "Träffar inte längre"),
            tuple(
                (
                    f"{number}. {named[number]}",
                    str(self._utfall.nya_regler[number]),
                    str(self._utfall.borta_regler[number]),
                )
                for number in both
            ),
        )


def _hindrande(forslag: Forslag) -> set[int]:
    return {one.nummer for one in forslag.regler if one.hindrar}


def _hushallstyp(ansokan: Ansokan) -> str:
    adults = "Par" if ansokan.medsokande else "Ensamstående"
    home = ", delar hem" if ansokan.bostad.delad else ""
    return f"{adults}, {len(ansokan.barn)} barn{home}" if ansokan.barn else f"{adults} utan barn{home}"


def _ihop(groups: Iterable[_Grupp]) -> _Grupp:
    together = _Grupp()
    for group in groups:
        together.slas_ihop(group)
    return together


def _andring(group: _Grupp) -> tuple[str, str, str]:
    if group.antal < _FEWEST:
        return ("visas inte",) * 3
    return _change(group.minst), _change(hela_kronor((group.efter - group.fore) / group.antal)), _change(group.storst)


def _row(name: str, before: Decimal | None, now: Decimal) -> tuple[str, ...]:
    if before is None:
        return (name, "", kronor(now), "", "")
    share = f"{(now - before) * 100 / before:+.1f}".replace(".", ",") if before else ""
    return (name, kronor(before), kronor(now), _change(now - before), share)


def _change(amount: Decimal | None) -> str:
    return "" if amount is None else f"{'+' if amount > 0 else ''}{kronor(amount)}"
