"""Everything that decides, loaded from the municipality's configuration as one unchanging whole with a version."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, TypeVar

from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.regelverk.anslutning import Anslutningar
from arbetsfloden.ekonomiskt_bistand.regelverk.delegation import Beslutstyp, Delegation
from arbetsfloden.ekonomiskt_bistand.regelverk.godkannande import Godkannande
from arbetsfloden.ekonomiskt_bistand.regelverk.kommun import Kommun
from arbetsfloden.ekonomiskt_bistand.regelverk.lag import INNAN_FILEN, Lag, Lagtal
from arbetsfloden.ekonomiskt_bistand.regelverk.normer import Normtabell, tabell_for
from arbetsfloden.ekonomiskt_bistand.regelverk.regelbok import Regelbok
from arbetsfloden.ekonomiskt_bistand.regelverk.texter import Texter
from arbetsfloden.ekonomiskt_bistand.register.registersvar import Register
from medarbetare.config import Strict, parse, read
from medarbetare.engine import Mode
from medarbetare.engine.ruleset import version_of
from medarbetare.errors import ConfigurationError

PartT = TypeVar("PartT", bound=Strict)
NORMER = "normer"
"""The folder of the norm tables, within that of the department."""
_FILES = ("kommun.yaml", "register.yaml", "regler.yaml", "delegation.yaml", "texter.yaml")
_LAG = "lag.yaml"
"""Kept versions from before there was such a file have none."""


class Regelord(NamedTuple):
    """What an outcome tells of its rule: as `Regeltext`, in a form that is read faster than a model."""

    namn: str
    kallor: str
    lagrum: str
    alltid_handlaggare: bool


@dataclass(frozen=True)
class Regelverk:
    """Norms, numbers of law, guidelines, register stand-ins, delegation and texts.

    `filer` is what it was read from, by name; `version` is SHA-256 over them, in hex.
    """

    normer: tuple[Normtabell, ...]
    lag: Lag
    kommun: Kommun
    anslutningar: Anslutningar
    regelbok: Regelbok
    delegation: Delegation
    texter: Texter
    version: str
    filer: Mapping[str, bytes] = field(default_factory=dict, compare=False, repr=False)
    _known_faults: dict[tuple[str, date, Manad | None], tuple[str, ...]] = field(
        init=False, default_factory=dict, compare=False, repr=False
    )
    _known_norms: dict[Manad, Normtabell | None] = field(init=False, default_factory=dict, compare=False, repr=False)
    _known_law: dict[Manad, Lagtal] = field(init=False, default_factory=dict, compare=False, repr=False)

    @cached_property
    def regelord(self) -> dict[int, Regelord]:
        """What every outcome tells of its rule, by the rule's number."""
        return {
            number: Regelord(text.namn, text.kallor, text.lagrum, text.alltid_handlaggare)
            for number, text in self.regelbok.regler.items()
        }

    @cached_property
    def anslutna(self) -> tuple[Register, ...]:
        """The agencies that are asked. What stands in for the others is for the rules to judge."""
        return tuple(register for register in Register if self.anslutningar.till(register).ansluten)

    def norm_for(self, manad: Manad) -> Normtabell | None:
        if manad not in self._known_norms:
            self._known_norms[manad] = tabell_for(self.normer, manad)
        return self._known_norms[manad]

    def lag_for(self, manad: Manad) -> Lagtal:
        """The numbers of law that hold a month."""
        if manad not in self._known_law:
            self._known_law[manad] = self.lag.for_manad(manad)
        return self._known_law[manad]

    def beslutstyp(self, name: str) -> Beslutstyp | None:
        return self.delegation.beslutstyper.get(name)

    def effective_mode(self, beslutstyp: str, day: date) -> Mode | None:
        """The mode that holds on `day`, or None when the decision type is not delegated at all.

        Falls back from automatisk to förbered when anything that the decision rests on is unapproved or out of date.
        The norm is judged for the month that is decided: see `faults`.
        """
        entry = self.beslutstyp(beslutstyp)
        if entry is None:
            return None
        return Mode.FORBERED if entry.mode is Mode.AUTOMATISK and self.faults(beslutstyp, day) else entry.mode

    def faults(self, beslutstyp: str, day: date, manad: Manad | None = None) -> tuple[str, ...]:
        """Why the decision type may not run by itself on `day` for `manad` (default: that of `day`), in Swedish."""
        asked = (beslutstyp, day, manad)
        if asked not in self._known_faults:
            self._known_faults[asked] = tuple(self._faults(beslutstyp, day, manad or Manad.of(day)))
        return self._known_faults[asked]

    def _faults(self, beslutstyp: str, day: date, month: Manad) -> Iterator[str]:
        entry = self.beslutstyp(beslutstyp)
        parts: dict[str, Godkannande | None] = {
            "delegationsordningen": self.delegation,
            "beslutstypens delegation": entry,
            "riktlinjerna": self.kommun,
            "talen i lag": self.lag,
            "reglerna": self.regelbok,
            "beslutstexterna": self.texter,
        }
        # A register that always hands over needs no approval.
        if self.anslutningar.ersatter:
            parts["det som godtas i stället för register"] = self.anslutningar
        for name, part in parts.items():
            if part is None or not part.is_approved:
                yield f"{name} saknar godkännande"
            elif not part.in_force(day):
                yield f"{name} gäller inte {day}"
        norm = self.norm_for(month)
        if norm is None:
            yield f"normtabell saknas för {month.name}"
        elif not norm.may_decide:
            yield f"normtabellen {norm.namn} är inte godkänd för beslut"
        if self.kommun.in_force(day) and not self.kommun.in_force(month.first):
            yield f"riktlinjerna gäller inte {month.name}"


def load_regelverk(folder: Path) -> Regelverk:
    """Read `config/ekonomiskt_bistand`. Raises ConfigurationError when a file is missing or wrong, or norms overlap."""
    norm_files = sorted((folder / NORMER).glob("*.yaml"))
    paths = [*norm_files, *(folder / name for name in (*_FILES, _LAG))]
    return regelverk_av({path.relative_to(folder).as_posix(): read(path) for path in paths}, folder)


def regelverk_av(filer: Mapping[str, bytes], folder: Path = Path()) -> Regelverk:
    """The rules that such files give, by their names within the folder, which is where faults say that they lie.

    Raises ConfigurationError as `load_regelverk` does.
    """
    if missing := [name for name in _FILES if name not in filer]:
        raise ConfigurationError(f"{folder / missing[0]}: filen finns inte. Lägg den där eller ange en annan mapp.")
    norm_files = sorted(name for name in filer if name.startswith(f"{NORMER}/"))
    if not norm_files:
        raise ConfigurationError(f"{folder / NORMER}: ingen normtabell finns. Lägg minst en fil riksnorm-ÅÅÅÅ.yaml.")

    def part(name: str, model: type[PartT]) -> PartT:
        return parse(filer[name], model, folder / name)

    normer = tuple(part(name, Normtabell) for name in norm_files)
    _refuse_overlap(folder, normer)
    kommun, texter = part("kommun.yaml", Kommun), part("texter.yaml", Texter)
    if kommun.levnadskostnader_i_ovrigt and (untold := texter.utan_i_ovrigt):
        raise ConfigurationError(
            f"{folder / 'texter.yaml'}: {', '.join(untold)} säger inte vilka kostnader som räknas enligt 12 kap. 1 § "
            "SoL. Skriv beslut_i_ovrigt och lägg {i_ovrigt} i besluten, eller ta bort levnadskostnader_i_ovrigt ur "
            "kommun.yaml."
        )
    return Regelverk(
        normer=normer,
        lag=part(_LAG, Lag) if _LAG in filer else INNAN_FILEN,
        kommun=kommun,
        anslutningar=part("register.yaml", Anslutningar),
        regelbok=part("regler.yaml", Regelbok),
        delegation=part("delegation.yaml", Delegation),
        texter=texter,
        version=version_of(filer),
        filer=dict(filer),
    )


def _refuse_overlap(folder: Path, normer: tuple[Normtabell, ...]) -> None:
    by_date = sorted(normer, key=lambda table: table.valid_from)
    for earlier, later in pairwise(by_date):
        if earlier.valid_to is None or earlier.valid_to >= later.valid_from:
            raise ConfigurationError(
                f"{folder / NORMER}: {earlier.namn} och {later.namn} gäller samtidigt. Ändra datumen."
            )
