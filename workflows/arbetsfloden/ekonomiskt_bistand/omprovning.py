"""A person's approval: what may be approved, and what is looked at again before the robot types it.

An approval holds for the proposal that the person saw. When its facts have grown too old, the rules have changed or the
account on file was to be put right first, everything is read and judged again; what is new goes back to the person.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from arbetsfloden.ekonomiskt_bistand.ansokan import Ansokan
from arbetsfloden.ekonomiskt_bistand.avslut import avsluta, overlamning
from arbetsfloden.ekonomiskt_bistand.belopp import kronor
from arbetsfloden.ekonomiskt_bistand.berakning import Berakning
from arbetsfloden.ekonomiskt_bistand.beslut import Forslag, foresla
from arbetsfloden.ekonomiskt_bistand.fakta import Fakta
from arbetsfloden.ekonomiskt_bistand.portaler.registrering import Plats, SparaBerakning
from arbetsfloden.ekonomiskt_bistand.poster import Verkstallighet, utkast
from arbetsfloden.ekonomiskt_bistand.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.underlag import Underlag
from arbetsfloden.ekonomiskt_bistand.uppgifter import aldsta_uppgift, i_omgang, las_om
from medarbetare.engine import Outcome
from medarbetare.engine.run import Run

_ACCOUNT = 39
_SEE_ACCOUNT = (
    "Kontot i ärendet är ett annat än i ansökan. Ändra det i verksamhetssystemet, om det är rätt, och godkänn."
)


class Beslutslage(Fakta):
    """What holds when the robot goes on after an approval: the day of the decision, and whether to look again."""

    dag: date
    las_om: bool


def invanta_godkannande(
    run: Run, ansokan: Ansokan, underlag: Underlag, regelverk: Regelverk, forslag: Forslag, plats: Plats
) -> Verkstallighet | Outcome:
    """Hand the proposal over, wait for a person's approval, and look again where that is needed.

    Gives what was approved, or the hand-off when the proposal cannot be approved any more. Raises Suspended while no
    person has answered.
    """
    omgang = 1
    andrat: tuple[str, ...] = () if forslag.kontot_stammer else (_SEE_ACCOUNT,)
    while True:
        approval = run.approval(i_omgang("beslut", omgang), overlamning(forslag, andrat))
        lage = _beslutslage(run, underlag, regelverk, forslag, omgang)
        if lage.las_om:
            omgang += 1
            fore = forslag
            underlag = las_om(run, ansokan, regelverk, lage.dag, omgang)
            forslag = _foresla_igen(run, ansokan, underlag, regelverk, lage.dag, omgang)
            andrat = tuple(andringar(fore, forslag))
            if not forslag.kan_godkannas:
                return avsluta(forslag, run.mode, andrat or ("Förslaget går inte längre att godkänna.",))
            _spara_nytt_utkast(run, plats, underlag, fore, forslag, omgang)
        if underlag.arende is not None and forslag.kontot_stammer and not (lage.las_om and andrat):
            return Verkstallighet(forslag, underlag.arende, lage.dag, approval.by)


def andringar(fore: Forslag, nu: Forslag) -> Iterator[str]:
    """What a person who approved `fore` has not seen, as sentences. A reason that is gone needs no new approval.

    That the account on file now agrees with the application is what the person was asked to bring about.
    """
    if fore.belopp != nu.belopp:
        yield f"Beloppet är nu {_amount(nu)}. När förslaget godkändes var det {_amount(fore)}."
    yield from _changed_rows(fore.berakning, nu.berakning)
    if not nu.kontot_stammer:
        yield _SEE_ACCOUNT
    seen = {(rule.nummer, rule.text) for rule in fore.regler if rule.hindrar}
    for rule in nu.regler:
        if rule.hindrar and rule.text and (rule.nummer, rule.text) not in seen and rule.nummer != _ACCOUNT:
            yield f"Nytt sedan förslaget godkändes: {rule.text}"


def _beslutslage(run: Run, underlag: Underlag, regelverk: Regelverk, forslag: Forslag, omgang: int) -> Beslutslage:
    def judge() -> Beslutslage:
        oldest = aldsta_uppgift(underlag)
        limit = timedelta(days=regelverk.kommun.uppgifter_hogst_dagar)
        old = oldest is None or run.now() - oldest > limit
        other_rules = forslag.regelverk_version != regelverk.version
        return Beslutslage(dag=run.today, las_om=old or other_rules or not forslag.kontot_stammer)

    return run.step(i_omgang("beslutsläge", omgang), judge, Beslutslage)


def _foresla_igen(
    run: Run, ansokan: Ansokan, underlag: Underlag, regelverk: Regelverk, dag: date, omgang: int
) -> Forslag:
    return run.step(i_omgang("föreslå", omgang), lambda: foresla(ansokan, underlag, regelverk, dag), Forslag)


def _spara_nytt_utkast(run: Run, plats: Plats, underlag: Underlag, fore: Forslag, nu: Forslag, omgang: int) -> None:
    """A draft of the new calculation beside the earlier one, so that the letter tells the new amount."""
    if nu.berakning is None or underlag.arende is None:
        return
    nytt = utkast(nu.berakning)
    if fore.berakning is None or utkast(fore.berakning) != nytt:
        tidigare = tuple(one for one in underlag.arende.berakningar if one.manad == nytt.manad)
        run.write(SparaBerakning(plats, nytt, name=i_omgang("beräkning", omgang), tidigare=tidigare))


def _changed_rows(fore: Berakning | None, nu: Berakning | None) -> Iterator[str]:
    before, now = _rows(fore), _rows(nu)
    for etikett, amount in (now - before).elements():
        yield f"Ny eller ändrad rad i beräkningen: {etikett} {amount} kr."
    for etikett, amount in (before - now).elements():
        yield f"Raden finns inte längre i beräkningen: {etikett} {amount} kr."


def _rows(berakning: Berakning | None) -> Counter[tuple[str, str]]:
    if berakning is None:
        return Counter()
    rows = (*berakning.norm, *berakning.kostnader, *berakning.inkomster)
    return Counter((row.etikett, kronor(row.belopp)) for row in rows)


def _amount(forslag: Forslag) -> str:
    return "okänt" if forslag.belopp is None else f"{kronor(forslag.belopp)} kr"
