"""For each rule that can stand in the way: what would have been enough for it, in the case's own figures.

Each is a claim that is tried by deciding again, see `provning.py`; one that does not hold is not told.
"""

from collections.abc import Callable, Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from arbetsfloden.ekonomiskt_bistand.begrepp.belopp import hela_kronor, kronor
from arbetsfloden.ekonomiskt_bistand.berakning.berakning import HYRA
from arbetsfloden.ekonomiskt_bistand.berakning.inkomster import Inkomstpost, Stamning
from arbetsfloden.ekonomiskt_bistand.forklaring.antaganden import (
    alla,
    en_annan_dag,
    i_ansokan,
    i_arendet,
    i_svaren,
    inkomsten_ar,
    inkomsten_fanns,
    inkomsten_uppgiven,
    inkomsterna_hogre,
    inkomsterna_lagre,
    kostnaden_ar,
    kostnaden_var,
)
from arbetsfloden.ekonomiskt_bistand.forklaring.provning import Hypotes
from arbetsfloden.ekonomiskt_bistand.register.registersvar import SkvSvar
from arbetsfloden.ekonomiskt_bistand.register.underlag import Planering
from arbetsfloden.ekonomiskt_bistand.regler.lage import Lage

Hypoteser = Iterator[Hypotes]
_KRONA = Decimal(1)
_PENDING = "INITIERAD"
"""CSN's word for a case that it has not decided."""


# --- The application, the case, work -------------------------------------------------------------------------------


def _oforandrat_hushall(lage: Lage) -> Hypoteser:
    yield Hypotes(i_ansokan(hushallet_andrat=False), fynd="uppger att hushållet")


def _undertecknad(lage: Lage) -> Hypoteser:
    partner = lage.ansokan.medsokande
    if partner is not None:
        yield Hypotes(i_ansokan(medsokande=partner.model_copy(update={"har_undertecknat": True})))


def _intygad(lage: Lage) -> Hypoteser:
    yield Hypotes(i_ansokan(intygad=True))


def _utan_meddelande(lage: Lage) -> Hypoteser:
    yield Hypotes(i_ansokan(meddelande="", bilagor=()))


def _inget_vantar(lage: Lage) -> Hypoteser:
    yield Hypotes(
        alla(
            (
                i_ansokan(vantar_pa_ersattning=False),
                i_svaren("fk", lambda one: {"vantande": ()}),
                i_svaren("pm", lambda one: {"vantande": ()}),
                i_svaren("so", lambda one: {"ansokt": None}),
                i_svaren("csn", lambda one: {"arenden": tuple(case for case in one.arenden if case.lage != _PENDING)}),
            )
        )
    )


def _inskriven(lage: Lage) -> Hypoteser:
    yield Hypotes(
        i_svaren(
            "af",
            lambda one: {
                "arbetssokande": True,
                "avaktualiserad": None,
                "aktivitetsrapport": one.aktivitetsrapport or "200",
            },
        )
    )


def _rapport_mottagen(lage: Lage) -> Hypoteser:
    yield Hypotes(i_svaren("af", lambda one: {"aktivitetsrapport": "200", "beslut": ()}))


def _aktiv_planering(lage: Lage) -> Hypoteser:
    yield Hypotes(i_arendet(planering=Planering(aktiv=True, till=lage.manad.last)))


def _narvaro(lage: Lage) -> Hypoteser:
    month, least = lage.forra_manaden, lage.kommun.narvaro_minst_procent
    rows = lage.arende.narvaro or () if lage.arende else ()
    for row in rows:
        needed = int((least * row.planerat / 100).to_integral_value(ROUND_CEILING))
        shortfall = needed - row.narvaro - row.giltig_franvaro
        if row.manad != month or shortfall <= 0:
            continue

        def attended(hours: int) -> tuple[object, ...]:
            return tuple(
                one.model_copy(update={"narvaro": one.narvaro + hours}) if one == row else one  # noqa: B023
                for one in rows
            )

        yield Hypotes(
            i_arendet(narvaro=attended(shortfall)),
            f"Det krävdes minst {needed} av de {row.planerat} planerade timmarna i {month.name}. "
            f"Det blev {row.narvaro + row.giltig_franvaro}.",
            utanfor=(i_arendet(narvaro=attended(shortfall - 1)),),
        )


def _kontot(lage: Lage) -> Hypoteser:
    account = lage.arende.konto if lage.arende else None
    if account is not None:
        same = {"clearing": account.clearing, "konto": account.konto, "andrat": False}
        yield Hypotes(i_ansokan(utbetalning=lage.ansokan.utbetalning.model_copy(update=same)))


def _ingen_vistelse(lage: Lage) -> Hypoteser:
    yield Hypotes(i_ansokan(vistelse_utanfor=False))


def _tillgangar(lage: Lage) -> Hypoteser:
    yield Hypotes(i_ansokan(tillgangar=False), fynd="tillgångar enligt ansökan")
    limit = lage.kommun.kapitalinkomst_hogst_per_ar

    def capital(highest: Decimal) -> Callable[[SkvSvar], dict[str, object]]:
        return lambda one: {
            "kapital": tuple(
                row.model_copy(
                    update={"intakter": min(row.intakter, highest), "overskott": min(row.overskott, highest)}
                )
                for row in one.kapital
            )
        }

    yield Hypotes(
        i_svaren("skv", capital(limit)),
        f"Inkomst av kapital hade fått vara högst {kronor(limit)} kr per år.",
        fynd="inkomst av kapital",
        utanfor=(i_svaren("skv", capital(limit + _KRONA)),),
    )


# --- Incomes -------------------------------------------------------------------------------------------------------


def _uppgivna_inkomster(lage: Lage) -> Hypoteser:
    for post in lage.poster:
        if post.stamning is Stamning.EJ_UPPGIVEN:
            told = f"{post.slag} {kronor(post.belopp)} kr för {post.manad.name} hade behövt stå i ansökan."
            yield Hypotes(
                inkomsten_uppgiven(post, lage.kommun), told, fynd=f"{post.slag} {kronor(post.belopp)} kr enligt"
            )
        elif post.stamning is Stamning.AVVIKER and post.uppgivet is not None:
            told = (
                f"{post.slag} hade behövt vara uppgiven med {kronor(post.belopp)} kr. "
                f"I ansökan står {kronor(post.uppgivet)} kr."
            )
            yield Hypotes(
                inkomsten_uppgiven(post, lage.kommun), told, fynd=f"{post.slag} är {kronor(post.belopp)} kr enligt"
            )


def _ungefar_som_forut(lage: Lage) -> Hypoteser:
    limit, compared = lage.kommun.inkomstavvikelse_procent, list(jamforda(lage))
    for post in lage.poster:
        if all(post is not one for one, _ in compared):
            told = f"{post.slag} {kronor(post.belopp)} kr hade behövt finnas även i förra månadens beräkning."
            yield Hypotes(inkomsten_fanns(lage, post), told, fynd=f"{post.slag} är ")
    for post, before in compared:
        low, high = godtaget_spann(before, limit)
        if low <= hela_kronor(post.belopp) <= high:
            continue
        told = (
            f"{post.slag} hade behövt vara mellan {kronor(low)} och {kronor(high)} kr för att skilja högst {limit} "
            f"procent från förra månadens {kronor(before)} kr. Nu är den {kronor(post.belopp)} kr."
        )
        nearest, beside = (low, low - _KRONA) if post.belopp < low else (high, high + _KRONA)
        yield Hypotes(
            inkomsten_ar(post, nearest, lage.kommun),
            told,
            fynd=f"{post.slag} är ",
            utanfor=(inkomsten_ar(post, beside, lage.kommun),),
            hela=False,
        )


def jamforda(lage: Lage) -> Iterator[tuple[Inkomstpost, Decimal]]:
    """The incomes that are the only one of their kind and person, with the same one of last month as it was paid."""
    rows = lage.tidigare.inkomster if lage.tidigare else ()
    for post in lage.poster:
        same = [row for row in rows if (row.slag, row.person) == (post.slag, post.person)]
        if same:
            paid = [lage.lon_fore_stimulans(row) if lage.ar_arbetsinkomst(post) else row.belopp for row in same]
            yield post, hela_kronor(sum(paid, Decimal(0)))


def godtaget_spann(before: Decimal, percent: Decimal) -> tuple[Decimal, Decimal]:
    """Whole kronor, both ends included, that differ from `before` by no more than so many per cent."""
    low = (before * (100 - percent) / 100).to_integral_value(ROUND_CEILING)
    return low, (before * (100 + percent) / 100).to_integral_value(ROUND_FLOOR)


def _kanda_inkomster(lage: Lage) -> Hypoteser:
    known = lage.inkomstmanad.first.replace(day=lage.kommun.inkomster_kanda_fran_dag)
    if lage.today < known:
        yield Hypotes(
            en_annan_dag(known),
            f"Ansökan hade kunnat prövas tidigast den {known}, när månadens inkomster är kända.",
            fynd="inte kända ännu",
            utanfor=(en_annan_dag(known.replace(day=known.day - 1)),) if known.day > 1 else (),
        )


def _inget_retroaktivt(lage: Lage) -> Hypoteser:
    counted = {one.datum for one in lage.nyligen_betalda if one.retroaktiv}

    def without(one: object) -> dict[str, object]:
        paid = getattr(one, "utbetalningar", ())
        return {"utbetalningar": tuple(row for row in paid if row.datum not in counted)}

    yield Hypotes(alla((i_svaren("fk", without), i_svaren("pm", without))))


def _liten_lon(lage: Lage) -> Hypoteser:
    limit = lage.kommun.lon_enbart_ansokan_hogst
    wages = [post for post in lage.poster if lage.ar_arbetsinkomst(post)]
    total = sum((post.belopp for post in wages), Decimal(0))
    largest = max(wages, key=lambda post: post.belopp, default=None)
    if largest is None or total - limit > largest.belopp:
        return

    def wage(sum_of_wages: Decimal) -> Decimal:
        return largest.belopp - total + sum_of_wages

    yield Hypotes(
        inkomsten_ar(largest, wage(limit), lage.kommun),
        f"Lön upp till {kronor(limit)} kr godtas på ansökan. Lönen är {kronor(total)} kr: lönespecifikation krävs.",
        fynd="behöver styrkas",
        utanfor=(inkomsten_ar(largest, wage(limit + _KRONA), lage.kommun),),
        hela=False,
    )


def _liten_barnlon(lage: Lage) -> Hypoteser:
    norm = lage.regelverk.norm_for(lage.manad)
    if norm is None or norm.prisbasbelopp is None:
        return
    share = lage.kommun.barns_lon_andel_av_prisbasbelopp_procent
    near = (norm.prisbasbelopp * share / 1200).to_integral_value(ROUND_CEILING)
    for post in lage.barns_loner:
        who = lage.kallas(post.person)
        yield Hypotes(
            inkomsten_ar(post, near - _KRONA, lage.kommun),
            f"Lönen för {who} hade behövt vara lägre än {kronor(near)} kr i månaden. Den är {kronor(post.belopp)} kr.",
            fynd=f"Lönen för {who} ",
            utanfor=(inkomsten_ar(post, near, lage.kommun),),
        )


# --- Costs and the outcome -----------------------------------------------------------------------------------------


def _hyran(lage: Lage) -> Hypoteser:
    rents, cap = [row.belopp for row in lage.ansokan.kostnader if row.slag == HYRA], lage.skaliga[HYRA]
    before = [row.ansokt for row in (lage.tidigare.kostnader if lage.tidigare else ()) if row.slag == HYRA]
    if len(rents) != 1:
        return
    (rent,) = rents
    if rent > cap:
        yield Hypotes(
            kostnaden_ar(lage, HYRA, cap),
            f"Hade hyran varit högst {kronor(cap)} kr, nu som förra månaden, hade hela den godtagits. "
            f"Sökt hyra är {kronor(rent)} kr.",
            fynd="över taket",
            utanfor=(kostnaden_ar(lage, HYRA, cap + _KRONA),),
        )
    elif before and before != rents:
        told = f"Hyran hade behövt vara som förra månaden, {kronor(before[0])} kr. Sökt hyra är {kronor(rent)} kr."
        yield Hypotes(kostnaden_ar(lage, HYRA, before[0]), told, fynd="en annan än förra månaden")
    elif not before:
        yield Hypotes(kostnaden_var(lage, HYRA, rent), "Hyran hade behövt finnas i förra månadens beräkning.")


def _skaliga_kostnader(lage: Lage) -> Hypoteser:
    before = {row.slag for row in (lage.tidigare.kostnader if lage.tidigare else ())}
    for kind, reasonable in lage.skaliga.items():
        rows = [row.belopp for row in lage.ansokan.kostnader if row.slag == kind]
        if kind == HYRA or not rows:
            continue
        if sum(rows) > reasonable:
            yield Hypotes(
                kostnaden_ar(lage, kind, reasonable),
                f"{kind} godtas till hela beloppet upp till {kronor(reasonable)} kr. "
                f"Sökt är {kronor(Decimal(sum(rows)))} kr.",
                fynd=rf"{kind} [0-9 ,]+ kr är över",
                utanfor=(kostnaden_ar(lage, kind, reasonable + _KRONA),),
            )
        if kind not in before:
            told = f"{kind} hade behövt finnas i förra månadens beräkning."
            yield Hypotes(kostnaden_var(lage, kind, Decimal(sum(rows))), told, fynd=f"{kind} fanns inte")


def _underskott(lage: Lage) -> Hypoteser:
    calculation = lage.berakning
    if calculation is None or calculation.resultat < 0:
        return
    surplus, incomes = calculation.resultat, calculation.inkomstsumma
    yield Hypotes(
        inkomsterna_lagre(lage, surplus + _KRONA),
        f"Om inkomsterna hade varit minst {kronor(surplus + _KRONA)} kr lägre, alltså högst "
        f"{kronor(incomes - surplus - _KRONA)} kr, hade det funnits ett underskott att bevilja.",
        utanfor=(inkomsterna_lagre(lage, surplus),),
        hela=False,
    )


def _under_taket(lage: Lage) -> Hypoteser:
    calculation, ceiling = lage.berakning, lage.kommun.belopp_hogst_per_hushall
    if calculation is None or calculation.underskott <= ceiling:
        return
    excess = calculation.underskott - ceiling
    yield Hypotes(
        inkomsterna_hogre(lage, excess),
        f"Roboten får bevilja högst {kronor(ceiling)} kr till ett hushåll. Beloppet är {kronor(excess)} kr för högt.",
        fynd="över hushållets tak",
        utanfor=(inkomsterna_hogre(lage, excess - _KRONA),),
        hela=False,
    )


HYPOTESER: dict[int, Callable[[Lage], Hypoteser]] = {
    4: _oforandrat_hushall,
    6: _undertecknad,
    7: _intygad,
    8: _utan_meddelande,
    13: _uppgivna_inkomster,
    15: _ungefar_som_forut,
    17: _kanda_inkomster,
    18: _inget_retroaktivt,
    20: _inget_vantar,
    22: _inskriven,
    23: _rapport_mottagen,
    24: _aktiv_planering,
    25: _narvaro,
    29: _liten_lon,
    30: _liten_barnlon,
    34: _hyran,
    35: _skaliga_kostnader,
    38: _tillgangar,
    39: _kontot,
    40: _ingen_vistelse,
    42: _underskott,
    46: _under_taket,
}
"""What is tried for which rule; of the others only their own sentence is told."""
