"""Changes that bring a scenario's household, or the municipality's rules, to one side or the other of a limit."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from andringar import (
    Andring,
    ans,
    arende,
    belopp,
    betalning,
    inkomst,
    kostnad,
    rad,
    studerat,
    studiemedel,
    svar,
    tidigare,
    tillstand,
)
from scenarier import FILES, Scenario, las
from scenarier import fall as bygg

from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Svarsstatus
from arbetsfloden.ekonomiskt_bistand.regelverk.kommun import Inkomstslag, Stickprov
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.register.registersvar import Avdrag, Avstangning, CsnArende
from arbetsfloden.ekonomiskt_bistand.register.underlag import Aktualisering, TidigareKostnad

Regler = Callable[[Regelverk], Regelverk]


def som_det_ar(fall: Any) -> Any:
    return fall


def foljd(*andringar: Andring) -> Andring:
    """One change after the other."""

    def change(fall: Any) -> Any:
        for andring in andringar:
            fall = andring(fall)
        return fall

    return change


def som_forr(slag: str = "Aktivitetsstöd", kronor: int = 7900) -> Andring:
    """The single applicant's one income is this, in the application, at Försäkringskassan and last month alike."""

    def change(fall: Any) -> Any:
        now = foljd(rad(0, slag=slag), belopp(kronor), betalning(forman=slag))
        return foljd(now, forr(slag, kronor))(fall)

    return change


def forr(slag: str, kronor: int = 7900) -> Andring:
    """Last month's one income was this."""

    def change(fall: Any) -> Any:
        (before,) = fall[1].arende.berakningar[0].inkomster
        return tidigare(inkomster=(before.model_copy(update={"slag": slag, "belopp": Decimal(kronor)}),))(fall)

    return change


def kostnad_som_forr(slag: str, kronor: int) -> Andring:
    """A cost that was there last month too, approved in full."""

    def change(fall: Any) -> Any:
        others = [row for row in fall[0].kostnader if row.slag != slag]
        before = [row for row in fall[1].arende.berakningar[0].kostnader if row.slag != slag]
        now = TidigareKostnad(slag=slag, ansokt=Decimal(kronor), godkant=Decimal(kronor))
        return foljd(ans(kostnader=tuple(others)), kostnad(slag, kronor), tidigare(kostnader=(*before, now)))(fall)

    return change


def lon(kronor: int) -> Andring:
    """The parent's wage, of which 75 per cent counted last month."""

    def change(fall: Any) -> Any:
        *others, wage = fall[1].arende.berakningar[0].inkomster
        before = wage.model_copy(update={"belopp": Decimal(6000)})
        return foljd(rad(3, belopp=Decimal(kronor)), tidigare(inkomster=(*others, before)))(fall)

    return change


def boende_pa_adressen(**andrat: Any) -> Andring:
    """The co-applicant as folkbokföring shows them at the applicant's address."""

    def change(fall: Any) -> Any:
        (member,) = fall[1].folkbokforing[0].hushall
        return svar("folkbokforing", hushall=(member.model_copy(update=andrat),))(fall)

    return change


def undertecknat(har: bool) -> Andring:
    return lambda fall: ans(medsokande=fall[0].medsokande.model_copy(update={"har_undertecknat": har}))(fall)


def planering(till: date) -> Andring:
    return lambda fall: arende(planering=fall[1].arende.planering.model_copy(update={"till": till}))(fall)


def hushall(*platser: int) -> Andring:
    """The case's household: these of the application's people."""
    return lambda fall: arende(hushall=tuple(fall[0].personer[place] for place in platser))(fall)


def tidigare_ansokan(dag: date) -> Andring:
    return arende(aktualiseringar=(Aktualisering(manad=None, referens="260099", datum=dag),))


def retroaktiv(kronor: int, raknad: int) -> Andring:
    """A retroactive payment in October, and that much of it in the calculation that was made for November."""

    def change(fall: Any) -> Any:
        (paid,), (row,) = fall[1].fk[0].utbetalningar, fall[1].arende.berakningar[0].inkomster
        amount = Decimal(kronor)
        late = {"datum": date(2026, 10, 12), "typ": 3, "brutto": amount, "netto": amount}
        late |= {"period_fran": date(2026, 8, 1), "period_till": date(2026, 8, 31)}
        counted = row.model_copy(update={"belopp": Decimal(raknad), "datum": late["datum"]})
        told = svar("fk", utbetalningar=(paid.model_copy(update=late), paid))
        return foljd(told, tidigare(inkomster=(row, counted)))(fall)

    return change


def avdrag(kod: str) -> Andring:
    """Försäkringskassan has taken 500 kr off what it pays."""
    return betalning(brutto=Decimal(8400), avdrag=(Avdrag(kod=kod, belopp=Decimal(500)),))


def avstangd(till: date) -> Andring:
    return svar("so", status=Svarsstatus.SVAR, avstangningar=(Avstangning(fran=date(2026, 9, 9), till=till),))


def studiearende(lage: str) -> Andring:
    return svar("csn", status=Svarsstatus.SVAR, arenden=(CsnArende(typ="Studiemedel", lage=lage),))


def studiestod(till: date) -> Andring:
    """Study aid as last month, decided by CSN until a day."""
    return foljd(studiemedel(3950, till), inkomst("Studiestöd", 3950), studerat)


def fodd(nummer: str) -> Andring:
    """The parent's older child has another day of birth."""

    def change(fall: Any) -> Any:
        text: Scenario = las(next(path for path in FILES if path.name.startswith("07-")))
        people = {**text["personer"], "Tolva": {**text["personer"]["Tolva"], "personnummer": nummer}}
        built = bygg({**text, "personer": people})
        return built.ansokan, built.underlag

    return change


def syrisk(till: date) -> Andring:
    return foljd(svar("folkbokforing", medborgarskap="Syrien"), tillstand(till))


def ett_beslut_till(**andrat: Any) -> Andring:
    """Last month's decision is there twice, the second one changed."""

    def change(fall: Any) -> Any:
        (row,) = fall[1].arende.beslut
        return arende(beslut=(row, row.model_copy(update=andrat)))(fall)

    return change


def tillagg_tva_ganger(andra: date) -> Andring:
    """Two decisions of other aid beside last month's, alike but for the number: on 12 November, and on `andra`."""

    def change(fall: Any) -> Any:
        (row,) = fall[1].arende.beslut
        aid = row.model_copy(update={"kod": "05 Bistånd", "belopp": Decimal(400), "datum": date(2026, 11, 12)})
        again = aid.model_copy(update={"datum": andra, "nummer": "B8"})
        return arende(beslut=(row, aid, again))(fall)

    return change


def aviserad(dag: date) -> Andring:
    """Försäkringskassan has announced one payment more, for this day."""

    def change(fall: Any) -> Any:
        (paid,) = fall[1].fk[0].utbetalningar
        announced = paid.model_copy(update={"typ": 4, "datum": dag, "period_fran": None, "period_till": None})
        return svar("fk", utbetalningar=(paid, announced))(fall)

    return change


def utbetalt(*kronor: int) -> Andring:
    """Last month's decision was paid in parts, all to the same account."""

    def change(fall: Any) -> Any:
        (row,) = fall[1].arende.utbetalningar
        return arende(utbetalningar=tuple(row.model_copy(update={"belopp": Decimal(part)}) for part in kronor))(fall)

    return change


def kommun(**andrat: Any) -> Regler:
    return lambda regelverk: replace(regelverk, kommun=regelverk.kommun.model_copy(update=andrat))


def bara_delegerat(*beslutstyper: str) -> Regler:
    def change(regelverk: Regelverk) -> Regelverk:
        order = regelverk.delegation
        types = {name: order.beslutstyper[name] for name in beslutstyper}
        return replace(regelverk, delegation=order.model_copy(update={"beslutstyper": types}))

    return change


def norm_utan_beslut(regelverk: Regelverk) -> Regelverk:
    """Nobody has approved the tables of the norm."""
    return replace(regelverk, normer=tuple(one.model_copy(update={"approved_by": None}) for one in regelverk.normer))


def delegation_till(dag: date) -> Regler:
    def change(regelverk: Regelverk) -> Regelverk:
        return replace(regelverk, delegation=regelverk.delegation.model_copy(update={"valid_to": dag}))

    return change


def godtar_avdrag(regelverk: Regelverk) -> Regelverk:
    """The municipality accepts one of the agency's deductions from this income."""
    listed = regelverk.kommun.inkomstslag
    accepting: Inkomstslag = listed["Aktivitetsstöd"].model_copy(update={"tillatna_avdrag": ("INF",)})
    return kommun(inkomstslag={**listed, "Aktivitetsstöd": accepting})(regelverk)


def stickprov(nar: str) -> Regler:
    return kommun(stickprov=Stickprov.model_validate({"andel": 50, "nar": nar}))
