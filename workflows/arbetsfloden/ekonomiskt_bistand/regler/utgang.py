"""Rules 42–46: the outcome."""

import hashlib
from collections.abc import Sequence
from decimal import Decimal

from arbetsfloden.ekonomiskt_bistand.begrepp.belopp import kronor
from arbetsfloden.ekonomiskt_bistand.begrepp.manad import Manad
from arbetsfloden.ekonomiskt_bistand.regelverk.delegation import BIFALL
from arbetsfloden.ekonomiskt_bistand.regelverk.kommun import StickprovNar
from arbetsfloden.ekonomiskt_bistand.register.underlag import TidigareBeslut, TidigareUtbetalning
from arbetsfloden.ekonomiskt_bistand.regler.lage import Lage
from arbetsfloden.ekonomiskt_bistand.regler.regel import HOR_FORST, Regel, Svar, Utfall, svar

_DRAWN_FROM = 1_000_000


def inget_underskott(lage: Lage) -> Svar:
    """Rule 42: income covers the norm and the costs: a rejection is proposed, which a person decides."""
    if lage.berakning is None:
        return Svar(Utfall.UTESLUTEN, (), ("ingen beräkning",))
    balance = lage.berakning.resultat
    findings = (
        [f"Inkomsterna täcker behovet, överskott {kronor(balance)} kr: förslag om avslag. {HOR_FORST}"]
        if balance >= 0
        else []
    )
    return svar(Utfall.OVERLAMNA, findings, f"resultat {kronor(balance)} kr")


def bifall(lage: Lage) -> Svar:
    """Rule 43: every row of 12 kap. 7 § SoL that was applied for is approved in full and there is a deficit.

    That no other rule stands in the way is judged over all answers, in `beslut.foresla`.
    """
    calculation = lage.berakning
    if calculation is None or calculation.resultat >= 0:
        return Svar(Utfall.UTESLUTEN, (), ("inget underskott",))
    if calculation.nedsatta:
        return Svar(
            Utfall.OVERLAMNA, ("Alla sökta kostnader kan inte godtas fullt ut: handläggare beslutar om delvis bifall.",)
        )
    mode = lage.regelverk.effective_mode(BIFALL, lage.today)
    amount = kronor(calculation.underskott)
    return Svar(Utfall.GA_VIDARE, (), (f"underskott {amount} kr", f"läge {mode.value if mode else 'saknas'}"))


def stickprov(lage: Lage) -> Svar:
    """Rule 44: a random sample. Drawn from the application's reference, so that the same application is drawn again."""
    sample = lage.kommun.stickprov
    digest = hashlib.sha256(f"stickprov {lage.ansokan.referens}".encode()).digest()
    number = int.from_bytes(digest[:8]) % _DRAWN_FROM
    drawn = number * 100 < sample.andel * _DRAWN_FROM
    action = Utfall.OVERLAMNA if sample.nar is StickprovNar.FORE else Utfall.GA_VIDARE
    return svar(action, ["Ansökan är utvald till stickprov."] if drawn else [], f"andel {sample.andel} procent")


def dubblett(lage: Lage) -> Svar:
    """Rule 45: the case system holds the same decision or payment twice, or has paid more than was decided.

    Of the applied month and the one before: what is older has been seen, and would stop the household for ever.
    """
    if lage.arende is None:
        return Svar(Utfall.UTESLUTEN, (), ("inget ärende",))
    findings = []
    for month in (lage.manad, lage.manad.minus(1)):
        decided = [row for row in lage.arende.beslut if row.manad == month]
        paid = [row for row in lage.arende.utbetalningar if row.manad == month]
        findings += _twice_decided(lage, month, decided)
        findings += _paid_too_much(month, decided, paid)
    return svar(
        Utfall.STOPP,
        findings,
        f"{len(lage.arende.beslut)} beslut, {len(lage.arende.utbetalningar)} utbetalningar",
        tidpunkt=lage.arende_last,
    )


def _twice_decided(lage: Lage, month: Manad, decided: Sequence[TidigareBeslut]) -> list[str]:
    """A month has one decision of aid under 12 kap. 1 §. Of other kinds, two of one day are one that was saved twice.

    The number tells nothing: what is saved twice has two.
    """
    if len(decided) < 2:
        return []
    own = {kod.partition(" ")[0] for kod in lage.regelverk.delegation.koder}
    days = [None if row.kod.partition(" ")[0] in own else row.datum for row in decided]
    kinds = [(row.kod, row.belopp, day) for row, day in zip(decided, days, strict=True)]
    return [
        f"Verksamhetssystemet har samma beslut flera gånger för {month.name}: {amount} kr. Se efter vilket som gäller."
        for amount in dict.fromkeys(kronor(kind[1]) for kind in kinds if kinds.count(kind) > 1)
    ]


def _paid_too_much(month: Manad, decided: Sequence[TidigareBeslut], paid: Sequence[TidigareUtbetalning]) -> list[str]:
    """Payments that go beyond the decision. Instalments that make it up together are none, however alike."""
    granted, sent = sum((row.belopp for row in decided), Decimal(0)), sum((row.belopp for row in paid), Decimal(0))
    if sent <= granted:
        return []
    rows = [(" ".join(row.mottagare.split()).casefold(), row.belopp) for row in paid]
    twice = len(set(rows)) < len(rows)
    what = "samma utbetalning flera gånger" if twice else f"betalat ut {kronor(sent)} kr"
    return [f"Verksamhetssystemet har {what} för {month.name}, där {kronor(granted)} kr är beslutat. Se efter varför."]


def over_tak_eller_utan_norm(lage: Lage) -> Svar:
    """Rule 46: the amount is above the household ceiling, or there is no norm table for the month that may decide."""
    if lage.berakning is None:
        return Svar(Utfall.STOPP, (f"Det finns ingen normtabell för {lage.manad.name}.",), (f"månad {lage.manad}",))
    norm = lage.regelverk.norm_for(lage.manad)
    if norm is None or not norm.may_decide:
        why = f"Normtabellen för {lage.manad.name} är inte godkänd för beslut: beräkningen är bara till för att visas."
        return Svar(Utfall.STOPP, (why,), (f"månad {lage.manad}",))
    ceiling, amount = lage.kommun.belopp_hogst_per_hushall, lage.berakning.underskott
    findings = (
        [f"Beloppet {kronor(amount)} kr är över hushållets tak {kronor(ceiling)} kr."] if amount > ceiling else []
    )
    return svar(Utfall.STOPP, findings, f"{kronor(amount)} kr, tak {kronor(ceiling)} kr")


UTGANG = (
    Regel(42, inget_underskott),
    Regel(43, bifall),
    Regel(44, stickprov),
    Regel(45, dubblett),
    Regel(46, over_tak_eller_utan_norm),
)
