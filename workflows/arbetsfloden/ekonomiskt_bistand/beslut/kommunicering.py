"""What the applicant must be told or asked for, in sentences to the applicant.

Told before anything adverse is decided (25 § FL) are what others than the applicant have said, and what would make the
decision a rejection or a partial one. Not what is in the applicant's favour, nor what they were heard on last month and
is as it was: to hear them on that is obviously not needed.
"""

from collections.abc import Iterator
from decimal import Decimal

from arbetsfloden.ekonomiskt_bistand.begrepp.belopp import kronor
from arbetsfloden.ekonomiskt_bistand.begrepp.dag import i_ord
from arbetsfloden.ekonomiskt_bistand.begrepp.personnummer import Personnummer
from arbetsfloden.ekonomiskt_bistand.berakning.berakning import Berakning
from arbetsfloden.ekonomiskt_bistand.berakning.ej_raknade import Varfor
from arbetsfloden.ekonomiskt_bistand.berakning.inkomster import Stamning
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan
from arbetsfloden.ekonomiskt_bistand.register.underlag import TidigareKostnad
from arbetsfloden.ekonomiskt_bistand.regler.lage import Lage


def att_kommunicera(lage: Lage, berakning: Berakning | None) -> tuple[str, ...]:
    """What the applicant is to be told; empty when nothing adverse follows and everything is as they stated it."""
    if berakning is None:
        return ()
    return (*_other_incomes(lage), *_uncounted(lage), *_cut_rows(lage, berakning), *_no_deficit(berakning))


def saknas_i(ansokan: Ansokan) -> tuple[str, ...]:
    """What the application lacks before it can be judged (rules 6 and 7)."""
    lacks = []
    if ansokan.medsokande is not None and not ansokan.medsokande.har_undertecknat:
        lacks.append(
            "Medsökanden har inte undertecknat ansökan. Medsökanden behöver själv logga in i e-tjänsten och skriva "
            "under."
        )
    if not ansokan.intygad:
        lacks.append("Du har inte intygat att uppgifterna är riktiga. Logga in i e-tjänsten och intyga dem.")
    return tuple(lacks)


def _other_incomes(lage: Lage) -> Iterator[str]:
    for post in lage.poster:
        who = _who(lage, post.person)
        source = post.myndighet.namn if post.myndighet else post.kalla
        if post.stamning is Stamning.EJ_UPPGIVEN and post.belopp:
            stated = any(one.person == post.person and one.slag == post.slag for one in lage.raknad_ansokan.inkomster)
            how = "står med en annan dag eller period i ansökan" if stated else "står inte i ansökan"
            yield (
                f"{who} har fått {post.slag.lower()} {kronor(post.belopp)} kr den {i_ord(post.datum)} för "
                f"{post.manad.name} enligt {source}. Inkomsten {how}. Vi räknar med den om du inte visar något annat."
            )
        elif post.stamning is Stamning.AVVIKER and post.belopp > (post.uppgivet or Decimal(0)):
            yield (
                f"{who} har fått {post.slag.lower()} {kronor(post.belopp)} kr för {post.manad.name} enligt {source}. "
                f"I ansökan står {kronor(post.uppgivet or Decimal(0))} kr. Vi räknar med {kronor(post.belopp)} kr "
                "om du inte visar något annat."
            )


_TOLD = (Varfor.UTREDS, Varfor.EFTERHAND)
"""Why something is in no row though a person may count it: what an earlier calculation counted is not told anew."""


def _uncounted(lage: Lage) -> Iterator[str]:
    """What a register shows as paid, and neither the application nor a calculation knows of."""
    for one in lage.ej_raknade:
        if one.varfor in _TOLD and one.betalning is not None and not one.uppgiven and one.belopp:
            yield (
                f"{_who(lage, one.person)} har fått {one.slag.lower()} {kronor(one.belopp)} kr den {i_ord(one.datum)} "
                f"för {one.manad.name} enligt {one.betalning.om.register.namn}. Inkomsten står inte i ansökan. Den är "
                "inte räknad i förslaget, men vi bedömer om den ska räknas."
            )


def _who(lage: Lage, person: Personnummer) -> str:
    called = lage.kallas(person)
    if called == "sökanden":
        return "Du"
    child = called.removeprefix("barn ")
    return f"Barnet som står som nummer {child} i ansökan" if child != called else called.capitalize()


def _cut_rows(lage: Lage, berakning: Berakning) -> Iterator[str]:
    before = {(one.slag, one.godkant) for one in _cut_last_month(lage)}
    for row in berakning.nedsatta:
        if (row.typ, row.belopp) in before:
            continue
        yield (
            f"{row.etikett}: du har sökt {kronor(row.ansokt or row.orundat)} kr. Kommunen bedömer "
            f"{kronor(lage.skaliga[row.typ])} kr som skäligt för ditt hushåll. Vi överväger att bara godta "
            f"{kronor(row.orundat)} kr."
        )


def _cut_last_month(lage: Lage) -> list[TidigareKostnad]:
    """The costs that were cut last month: who was heard on them then, and has the decision, need not be heard again."""
    decided = lage.arende is not None and any(one.manad == lage.forra_manaden for one in lage.arende.beslut)
    rows = lage.tidigare.kostnader if lage.tidigare and decided else ()
    return [one for one in rows if one.ansokt is not None and one.godkant is not None and one.godkant < one.ansokt]


def _no_deficit(berakning: Berakning) -> Iterator[str]:
    if berakning.resultat >= 0:
        need = berakning.normsumma + berakning.kostnadssumma
        yield (
            f"Inkomsterna som räknas är {kronor(berakning.inkomstsumma)} kr. Riksnormen och de godkända kostnaderna är "
            f"{kronor(need)} kr. Inkomsterna räcker alltså till, och vi överväger att avslå ansökan."
        )
