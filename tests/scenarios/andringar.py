"""Changes to a scenario's application and facts, so that one rule has something to see."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Lasning, Svarsstatus
from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan, Inkomst, Kostnad
from arbetsfloden.ekonomiskt_bistand.register.registersvar import (
    AkassaUtbetalning,
    CsnArende,
    CsnUtbetalning,
    Fordon,
    Kapitaluppgift,
    MivSvar,
    Tillstand,
    Utbetalning,
)
from arbetsfloden.ekonomiskt_bistand.register.underlag import Narvaro, TidigareInkomst, Underlag

Andring = Callable[[Any], Any]


def ans(**values: Any) -> Andring:
    return lambda fall: (fall[0].model_copy(update=values), fall[1])


def rad(index: int, **values: Any) -> Andring:
    """Change one income of the application."""

    def change(fall: tuple[Ansokan, Underlag]) -> tuple[Ansokan, Underlag]:
        rows = list(fall[0].inkomster)
        rows[index] = rows[index].model_copy(update=values)
        return ans(inkomster=tuple(rows))(fall)

    return change


def hyra(amount: int) -> Andring:
    return lambda fall: ans(
        kostnader=(fall[0].kostnader[0].model_copy(update={"belopp": Decimal(amount)}), *fall[0].kostnader[1:])
    )(fall)


def kostnad(kind: str, amount: int) -> Andring:
    return lambda fall: ans(kostnader=(*fall[0].kostnader, Kostnad(slag=kind, belopp=Decimal(amount))))(fall)


def inkomst(kind: str, amount: int) -> Andring:
    def change(fall: tuple[Ansokan, Underlag]) -> tuple[Ansokan, Underlag]:
        who = fall[0].personer[-1]
        row = Inkomst(person=who, slag=kind, belopp=Decimal(amount), betald=date(2026, 11, 25))
        return ans(inkomster=(*fall[0].inkomster, row))(fall)

    return change


def arende(**values: Any) -> Andring:
    return lambda fall: (fall[0], fall[1].model_copy(update={"arende": fall[1].arende.model_copy(update=values)}))


def tidigare(**values: Any) -> Andring:
    return lambda fall: arende(berakningar=(fall[1].arende.berakningar[0].model_copy(update=values),))(fall)


def svar(register: str, **values: Any) -> Andring:
    """Change the first person's answer of a register."""

    def change(fall: tuple[Ansokan, Underlag]) -> tuple[Ansokan, Underlag]:
        first, *others = getattr(fall[1], register)
        return fall[0], fall[1].model_copy(update={register: (first.model_copy(update=values), *others)})

    return change


def betalning(**values: Any) -> Andring:
    """Change Försäkringskassan's first payment."""

    def change(fall: tuple[Ansokan, Underlag]) -> tuple[Ansokan, Underlag]:
        first, *others = fall[1].fk[0].utbetalningar
        return svar("fk", utbetalningar=(first.model_copy(update=values), *others))(fall)

    return change


def stimulans(**values: Any) -> Andring:
    return lambda fall: arende(jobbstimulans=(fall[1].arende.jobbstimulans[0].model_copy(update=values),))(fall)


def barn(index: int, **values: Any) -> Andring:
    def change(fall: tuple[Ansokan, Underlag]) -> tuple[Ansokan, Underlag]:
        children = list(fall[0].barn)
        children[index] = children[index].model_copy(update=values)
        return ans(barn=tuple(children))(fall)

    return change


def belopp(amount: int) -> Andring:
    """An income of this size in the application and at Försäkringskassan alike."""
    amount_ = Decimal(amount)
    return lambda fall: betalning(brutto=amount_, netto=amount_)(rad(0, belopp=amount_)(fall))


def pension(amount: int) -> Andring:
    """Pensionsmyndigheten has paid so much for November."""
    paid = Utbetalning(
        datum=date(2026, 11, 18),
        formansfamilj="Pension",
        forman="Garantipension",
        brutto=Decimal(amount),
        skatt=Decimal(0),
        netto=Decimal(amount),
        typ=1,
    )
    return svar("pm", status=Svarsstatus.SVAR, utbetalningar=(paid,))


def studiemedel(amount: int, till: date = date(2027, 6, 30)) -> Andring:
    """CSN has paid so much in November, by a decision that holds from September until a day."""
    paid = CsnUtbetalning(datum=date(2026, 11, 25), typ="Studiemedel", belopp=Decimal(amount), utbetald=True)
    case = CsnArende(typ="Studiemedel", lage="BESLUTAD", fran=date(2026, 9, 1), till=till)
    return svar("csn", status=Svarsstatus.SVAR, utbetalningar=(paid,), arenden=(case,))


def studerat(fall: tuple[Ansokan, Underlag]) -> tuple[Ansokan, Underlag]:
    """Last month's calculation had the same study aid, and the application says so."""
    row = TidigareInkomst(
        slag="Studiestöd", belopp=Decimal(3950), person=fall[0].sokande.personnummer, datum=date(2026, 10, 25)
    )
    return ans(studier=True)(tidigare(inkomster=(row,))(fall))


def akassa(amount: int) -> Andring:
    paid = AkassaUtbetalning(
        datum=date(2026, 11, 25),
        avser_fran=date(2026, 11, 1),
        avser_till=date(2026, 11, 30),
        dagar=Decimal(20),
        netto_efter_skatt=Decimal(amount),
        netto_efter_avdrag=Decimal(amount),
    )
    return svar("so", status=Svarsstatus.SVAR, kassa="Provkassan", utbetalningar=(paid,))


def narvaro(timmar: int, giltig: int) -> Andring:
    """Of eighty planned hours in November."""
    return arende(narvaro=(Narvaro(manad=Manad(2026, 11), planerat=80, narvaro=timmar, giltig_franvaro=giltig),))


def bil(ar: int) -> Andring:
    car = Fordon(regnr="ABC12D", fabrikat="PROVA", modell="Exempel", ar=ar, slag="PERSONBIL")
    return svar("ts", status=Svarsstatus.SVAR, fordon=(car,))


def kapital(ar: int, kronor: int) -> Andring:
    told = Kapitaluppgift(taxeringsar=ar, intakter=Decimal(kronor), overskott=Decimal(kronor))
    return svar("skv", status=Svarsstatus.SVAR, kapital=(told,))


def tillstand(*till: date | None) -> Andring:
    """What Migrationsverket answers about the applicant: permits until these days, None for a permanent one."""
    permits = tuple(Tillstand(slag="Uppehållstillstånd", fran=date(2024, 1, 1), till=day) for day in till)
    return lambda fall: (
        fall[0],
        fall[1].model_copy(
            update={
                "miv": (
                    MivSvar(
                        person=fall[0].sokande.personnummer,
                        status=Svarsstatus.SVAR if permits else Svarsstatus.INGET,
                        lasning=Lasning(kalla="MIV", tidpunkt=datetime(2026, 12, 1, 6, tzinfo=UTC)),
                        kallstatus="OK",
                        tillstand=permits,
                    ),
                )
            }
        ),
    )
