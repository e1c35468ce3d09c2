"""The journal notes of what the robot does toward the applicant before the decision (14 kap. SoL)."""

from collections.abc import Callable
from datetime import date
from typing import Self

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Fakta
from arbetsfloden.ekonomiskt_bistand.handlaggning.formulering import lagringsbar
from arbetsfloden.ekonomiskt_bistand.handlaggning.lasning import i_omgang
from arbetsfloden.ekonomiskt_bistand.portaler.registrering import Anteckningspost, Plats, SkrivAnteckning
from medarbetare.engine import Mode
from medarbetare.engine.run import Run


class Anteckning(Fakta):
    """A note, fixed before it is written: the texts may be others when the robot looks again days later."""

    dag: date
    rubrik: str
    text: str

    @classmethod
    def av(cls, dag: date, skriven: tuple[str, str], omgang: int = 1) -> Self:
        """Of a heading and a text, as far as the case system can store them: people's own words may stand there."""
        rubrik, text = map(lagringsbar, skriven)
        return cls(dag=dag, rubrik=i_omgang(rubrik, omgang), text=text)


def anteckna(run: Run, plats: Plats, name: str, skriv: Callable[[], Anteckning]) -> None:
    """Write one note in the case system. `skriv` makes it, once; `name` tells it from the case's other notes."""
    note = run.step(f"skriv {name}", skriv, Anteckning)
    post = Anteckningspost(datum=note.dag, rubrik=note.rubrik, text=note.text)
    run.write(SkrivAnteckning(plats, post, note.text, name=name, needs=Mode.FORBERED))
