"""What a case worker is shown of a case that waits for them: the calculation, the register answers, the rules.

Pure: from the results of finished steps, as they stand in the journal, to tables. The newest round of each step counts.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel

from arbetsfloden.ekonomiskt_bistand.begrepp.belopp import kronor
from arbetsfloden.ekonomiskt_bistand.berakning.berakning import Berakning, Rad
from arbetsfloden.ekonomiskt_bistand.beslut.beslut import Forslag
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Barn, Medsokande
from arbetsfloden.ekonomiskt_bistand.formular.inlasning import las_ansokan
from arbetsfloden.ekonomiskt_bistand.register.registersvar import Registersvar
from arbetsfloden.ekonomiskt_bistand.register.underlag import Arende, Folkbokforing, Skydd
from arbetsfloden.ekonomiskt_bistand.regler import Utfall
from arbetsfloden.ekonomiskt_bistand.visning.registersektioner import registersektioner
from arbetsfloden.ekonomiskt_bistand.visning.visat import (
    VARDE,
    belopp,
    dag,
    ja_nej,
    kalla,
    last,
    varden,
    visat_personnummer,
)
from medarbetare.engine import Original
from medarbetare.engine.presentation import Section
from medarbetare.errors import BusinessError

_OKANT = "–"
_SKYDD = {
    Skydd.INGET: "nej",
    Skydd.SEKRETESSMARKERING: "sekretessmarkering",
    Skydd.SKYDDAD_FOLKBOKFORING: "skyddad folkbokföring",
    None: _OKANT,
}
_UTFALL = {
    Utfall.GA_VIDARE: "gå vidare",
    Utfall.DRA_AV: "dra av",
    Utfall.OVERLAMNA: "lämna över",
    Utfall.VANTA: "vänta",
    Utfall.STOPP: "stopp",
    Utfall.UTESLUTEN: "gäller inte",
}
ModelT = TypeVar("ModelT", bound=BaseModel)


def ar_skyddad(steps: Mapping[str, Any]) -> bool:
    """Whether a register has marked anybody in any round. Raises ValueError when a step's result cannot be read."""
    for name, result in steps.items():
        if name.startswith("läs folkbokföring"):
            if _som(result, Folkbokforing).skydd not in (None, Skydd.INGET):
                return True
        elif name.startswith("fråga ") and any(one.skyddad for one in _som(result, Registersvar).alla):
            return True
    return False


def presentera(steps: Mapping[str, Any]) -> tuple[Section, ...]:
    """Every section for which there is something to show. Raises ValueError when a step's result cannot be read."""
    forslag = _senaste(steps, "föreslå", Forslag)
    arende = _senaste(steps, "läs ärende", Arende)
    svar = [one for asked in _asked(steps) for one in _per_person(steps, asked, Registersvar)]
    sections = [*_ansokan(steps), _personer(list(_per_person(steps, "läs folkbokföring", Folkbokforing)))]
    if forslag is not None:
        sections += [*_berakning(forslag.berakning), _for_sig(forslag), _att_tanka_pa(forslag)]
    if arende is not None:
        sections.append(_arende(arende))
    sections += registersektioner(svar)
    if forslag is not None:
        sections.append(_regler(forslag))
    return tuple(section for section in sections if section.rows or section.note)


def _senaste(steps: Mapping[str, Any], name: str, model: type[ModelT]) -> ModelT | None:
    """The newest round's result of a step."""
    rounds = [step for step in steps if step == name or step.startswith(f"{name}, omgång ")]
    return _som(steps[rounds[-1]], model) if rounds else None


def _som(result: Any, model: type[ModelT]) -> ModelT:
    """A step's result as its model, through JSON as when the workflow itself is run again."""
    return model.model_validate_json(json.dumps(result))


def _asked(steps: Mapping[str, Any]) -> list[str]:
    """The ways by which registers were asked, as the steps call them."""
    return list(dict.fromkeys(name.split(", person")[0] for name in steps if name.startswith("fråga ")))


def _per_person(steps: Mapping[str, Any], name: str, model: type[ModelT]) -> Iterator[ModelT]:
    """The newest round's result for each person, where there is one: not everybody is asked about everywhere."""
    asked = {int(found[1]): found[0] for step in steps if (found := re.match(rf"{name}, person (\d+)", step))}
    for number in sorted(asked):
        answer = _senaste(steps, asked[number], model)
        if answer is not None:
            yield answer


def _ansokan(steps: Mapping[str, Any]) -> Iterator[Section]:
    original = _senaste(steps, "hämta ansökan", Original)
    try:
        ansokan = None if original is None else las_ansokan(original)
    except BusinessError:
        # What is wrong with it is the reason of the hand-off.
        return
    if ansokan is None:
        return
    konto = ansokan.utbetalning
    yield Section(
        title=f"Ansökan för {ansokan.manad.name}",
        columns=VARDE,
        rows=varden(
            ("Sökande", f"{ansokan.sokande.namn}, {visat_personnummer(ansokan.sokande.personnummer)}"),
            ("Medsökande", _namngiven(ansokan.medsokande) if ansokan.medsokande else None),
            ("Barn", "; ".join(f"{_namngiven(barn)}, {barn.boende.lower()}" for barn in ansokan.barn)),
            ("Inkom", f"{ansokan.inkommen:%Y-%m-%d %H:%M}"),
            ("Bostad", f"{ansokan.bostad.typ}, {ansokan.bostad.rum} rum, {ansokan.bostad.personer} boende"),
            ("Utbetalning", f"{konto.metod} {konto.clearing}-{konto.konto}" if konto.konto else konto.metod),
            ("Meddelande", ansokan.meddelande),
            ("Bilagor", ", ".join(bilaga.filnamn for bilaga in ansokan.bilagor)),
        ),
    )
    yield Section(
        title="Kostnader och inkomster i ansökan",
        columns=("Rad", "Person", "Kronor"),
        rows=(
            *((rad.slag, "", kronor(rad.belopp)) for rad in ansokan.kostnader),
            *(
                (f"{rad.slag}, betald {dag(rad.betald)}", visat_personnummer(rad.person), kronor(rad.belopp))
                for rad in ansokan.inkomster
            ),
        ),
        amounts=frozenset({"Kronor"}),
        folded=True,
    )


def _namngiven(person: Medsokande | Barn) -> str:
    return f"{person.fornamn} {person.efternamn}, {visat_personnummer(person.personnummer)}"


def _personer(lasta: list[Folkbokforing]) -> Section:
    return Section(
        title="Personer enligt folkbokföringen",
        columns=("Namn", "Personnummer", "Adress", "Civilstånd", "Skyddade uppgifter", "Läst"),
        rows=tuple(
            (
                one.namn or _OKANT,
                visat_personnummer(one.person),
                one.adress or _OKANT,
                one.civilstand or _OKANT,
                _SKYDD[one.skydd],
                last(one.lasning),
            )
            for one in lasta
        ),
    )


def _berakning(berakning: Berakning | None) -> Iterator[Section]:
    if berakning is None:
        return
    yield Section(
        title=f"Beräkning för {berakning.manad.name}: norm",
        columns=("Post", "Kronor"),
        rows=(*((rad.etikett, kronor(rad.belopp)) for rad in berakning.norm), ("Summa", kronor(berakning.normsumma))),
        note=f"{berakning.norm_namn}, {berakning.antal_personer} personer i hushållet."
        if berakning.antal_personer != 1
        else f"{berakning.norm_namn}, en person i hushållet.",
        amounts=frozenset({"Kronor"}),
        sums=1,
    )
    yield Section(
        title=f"Beräkning för {berakning.manad.name}: kostnader",
        columns=("Kostnad", "Ansökt", "Godtaget", "Anmärkning"),
        rows=(
            *((rad.etikett, belopp(rad.ansokt), kronor(rad.belopp), rad.notering) for rad in berakning.kostnader),
            ("Summa", "", kronor(berakning.kostnadssumma), ""),
        ),
        amounts=frozenset({"Ansökt", "Godtaget"}),
        sums=1,
    )
    yield Section(
        title=f"Beräkning för {berakning.manad.name}: inkomster",
        columns=("Inkomst", "Person", "Utbetald", "Uppgivet i ansökan", "Räknas", "Källa", "Anmärkning"),
        rows=(
            *map(_inkomst, berakning.inkomster),
            ("Summa", "", "", "", kronor(berakning.inkomstsumma), "", ""),
        ),
        amounts=frozenset({"Uppgivet i ansökan", "Räknas"}),
        sums=1,
    )
    yield _resultat(berakning)


def _inkomst(rad: Rad) -> tuple[str, ...]:
    person = visat_personnummer(rad.person) if rad.person else ""
    return rad.etikett, person, dag(rad.datum), belopp(rad.ansokt), kronor(rad.belopp), rad.kalla, rad.notering


def _resultat(berakning: Berakning) -> Section:
    outcome = "Underskott, att bevilja" if berakning.resultat < 0 else "Överskott"
    return Section(
        title=f"Beräkning för {berakning.manad.name}: resultat",
        columns=("Post", "Kronor"),
        rows=(
            ("Inkomster", kronor(berakning.inkomstsumma)),
            ("Norm", f"−{kronor(berakning.normsumma)}"),
            ("Kostnader", f"−{kronor(berakning.kostnadssumma)}"),
            (outcome, kronor(abs(berakning.resultat))),
        ),
        amounts=frozenset({"Kronor"}),
        sums=1,
    )


def _for_sig(forslag: Forslag) -> Section:
    return Section(
        title="Beslutas för sig, av en handläggare",
        columns=("Kostnad", "Ansökt"),
        rows=tuple((row.benamning, kronor(row.belopp)) for row in forslag.sidorader),
        amounts=frozenset({"Ansökt"}),
    )


def _att_tanka_pa(forslag: Forslag) -> Section:
    rows = tuple((text,) for text in forslag.aviseringar)
    return Section(title="Att tänka på", columns=("Upplysning",), rows=rows)


def _arende(arende: Arende) -> Section:
    konto = arende.konto
    beslut = max(arende.beslut, key=lambda one: one.manad, default=None)
    senaste = "" if beslut is None else f"{beslut.manad.name}, kod {beslut.kod}, {kronor(beslut.belopp)} kr"
    return Section(
        title="Ärendet i verksamhetssystemet",
        columns=VARDE,
        rows=varden(
            ("Ärende", arende.nummer),
            ("Aktivt", ja_nej(arende.aktivt)),
            ("Handläggare", arende.handlaggare),
            ("Arbetsmarknadssekreterare", arende.arbetsmarknadssekreterare),
            ("Konto för utbetalning", None if konto is None else f"{konto.clearing}-{konto.konto}"),
            ("Senaste beslut", senaste),
        ),
        note=kalla(arende.status, arende.lasning),
    )


def _regler(forslag: Forslag) -> Section:
    return Section(
        title="Regler som har prövats",
        columns=("Regel", "Utfall", "Vad regeln fann", "Läst i", "Lagrum"),
        rows=tuple(
            (
                f"{one.nummer}. {one.namn}",
                _UTFALL[one.utfall],
                one.text or "; ".join(one.ingangar),
                one.kalla,
                one.lagrum,
            )
            for one in forslag.regler
        ),
        note=f"Regelverkets version: {forslag.regelverk_version[:12]}.",
        folded=True,
    )
