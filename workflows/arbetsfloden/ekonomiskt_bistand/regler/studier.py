"""Study aid that CSN has decided or planned for the applied month, which nothing in the case has told of."""

from collections.abc import Collection, Sequence

from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.register.registersvar import CsnSvar
from arbetsfloden.ekonomiskt_bistand.register.underlag import TidigareInkomst
from arbetsfloden.ekonomiskt_bistand.regler.lage import Lage

STUDIESTOD = "Studiestöd"
BESLUTAD = "BESLUTAD"


def kommande_studiestod(lage: Lage, answers: Sequence[CsnSvar], rader: Collection[Personnummer]) -> list[str]:
    """A sentence for each who is to have study aid in the applied month; those with a row of it are told of elsewhere.

    Aid that last month's calculation had, for somebody who studies according to the application, goes on.
    """
    findings = []
    for one in answers:
        had = any(row.slag == STUDIESTOD and row.person in (one.person, None) for row in _before(lage))
        if one.person in rader or (had and lage.ansokan.studier) or not _comes(one, lage.manad):
            continue
        studies = "" if lage.ansokan.studier else ", men enligt ansökan studerar ingen"
        findings.append(
            f"CSN har beslutat eller planerat studiestöd för {lage.kallas(one.person)} i {lage.manad.name}{studies}. "
            "Pröva studierna och när stödet betalas ut."
        )
    return findings


def _before(lage: Lage) -> Sequence[TidigareInkomst]:
    return lage.tidigare.inkomster if lage.tidigare else ()


def _comes(answer: CsnSvar, month: Manad) -> bool:
    decided = any(
        case.lage == BESLUTAD
        and (case.fran is None or case.fran <= month.last)
        and (case.till is None or case.till >= month.first)
        for case in answer.arenden
    )
    return decided or any(not one.utbetald and Manad.of(one.datum) == month for one in answer.utbetalningar)
