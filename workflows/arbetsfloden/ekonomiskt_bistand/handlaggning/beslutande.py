"""Who decides, and what is looked at again before the robot types it.

An approval holds for the proposal that the person saw. When its facts have grown too old, the rules have changed or the
account on file was to be put right first, everything is read and judged again; what is new goes back to the person.
Until the decision may have been sent the same holds for what the robot decides by itself.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pydantic import Field, model_validator

from arbetsfloden.ekonomiskt_bistand.begrepp.belopp import kronor
from arbetsfloden.ekonomiskt_bistand.begrepp.fakta import Fakta
from arbetsfloden.ekonomiskt_bistand.berakning.berakning import Berakning
from arbetsfloden.ekonomiskt_bistand.beslut.beslut import Forslag, Forslagsslag, foresla
from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan
from arbetsfloden.ekonomiskt_bistand.handlaggning import formulering
from arbetsfloden.ekonomiskt_bistand.handlaggning.avslut import avsluta, overlamning
from arbetsfloden.ekonomiskt_bistand.handlaggning.dialog import KOMMUNICERING, hor_sokanden
from arbetsfloden.ekonomiskt_bistand.handlaggning.lasning import (
    aldsta_uppgift,
    i_omgang,
    las_om,
    skrivet_nu,
)
from arbetsfloden.ekonomiskt_bistand.handlaggning.poster import Verkstallighet, utkast
from arbetsfloden.ekonomiskt_bistand.handlaggning.yttrande import berattelse, i_beslutet
from arbetsfloden.ekonomiskt_bistand.portaler.registrering import Plats, RegistreraBeslut, SparaBerakning
from arbetsfloden.ekonomiskt_bistand.regelverk.delegation import BIFALL
from arbetsfloden.ekonomiskt_bistand.regelverk.kommun import BETALNINGSSTOPP
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from arbetsfloden.ekonomiskt_bistand.register.underlag import Arende, Underlag
from medarbetare.engine import Approval, Mode, Outcome
from medarbetare.engine.run import Run

_ACCOUNT = 39
_STOPP = "betalningsstopp"
_SEE_ACCOUNT = (
    "Kontot i ärendet är ett annat än i ansökan. Ändra det i verksamhetssystemet, om det är rätt, och godkänn."
)
_HORS_FORST = "Sökanden ska få del av uppgifterna och kunna yttra sig innan något beslutas (25 § FL)."
_NU_FORBERED = "Beslutstypen är nu i läget förbered: en handläggare beslutar."
_ANNAT_ARENDE = (
    "Sökandens ärende i verksamhetssystemet är nu ett annat än det som ansökan är registrerad i. Roboten skriver inget "
    "mer: se efter vilket ärende som gäller och besluta där."
)


class Bedomning(Approval):
    """A person approves, in words of their own if they like."""

    bedomning: str = Field("", title="Din bedömning, i ord till sökanden: skrivs i beslutet och journalen")


class KravdBedomning(Approval):
    """A person decides something adverse: the decision tells how they have reasoned (32 § FL)."""

    bedomning: str = Field(title="Din bedömning, i ord till sökanden: skrivs i beslutet och journalen")


class KravdBedomningMedBarn(KravdBedomning):
    """A person decides something adverse for a household with children: the decision considers them."""

    barnens_situation: str = Field(
        title="Barnens situation: hur beslutet påverkar barnen och om nödbistånd behövs. Skrivs i journalen. "
        "Det som har vägt i beslutet skriver du också i din bedömning."
    )

    @model_validator(mode="before")
    @classmethod
    def _was_not_always_asked(cls, answer: Any) -> Any:
        """What was approved before this was asked still holds."""
        return {"barnens_situation": "", **answer} if isinstance(answer, dict) else answer


@dataclass(frozen=True)
class Godkannande:
    """Who has approved a proposal, their own assessment, and what they say of the children."""

    av: str
    bedomning: str = ""
    barnens_situation: str = ""


class Beslutslage(Fakta):
    """What holds when the robot goes on after an approval: the day of the decision, and whether to look again."""

    dag: date
    las_om: bool


@dataclass(frozen=True)
class Hord:
    """What the applicant has been told, and how they were heard: for case workers, and for the decision itself.

    `an_tid` tells whoever is asked that there is still time to answer more, empty when there is none.
    """

    uppgifter: frozenset[str] = frozenset()
    saga: str = ""
    i_beslutet: str = ""
    an_tid: str = ""


@dataclass(frozen=True)
class Omgang:
    """One round: the facts that were read, what follows from them, and what is new since a person approved."""

    nummer: int
    underlag: Underlag
    forslag: Forslag
    andrat: tuple[str, ...] = ()


def lage_nu(run: Run, regelverk: Regelverk, forslag: Forslag) -> Mode:
    """How far the robot may go with the proposal: its own mode, but no further than the decision type's mode today.

    A decision that may have been sent is settled in the mode in which it was begun.
    """
    chosen = forslag.mode or Mode.SKUGGA
    if run.has_begun(RegistreraBeslut.name):
        return chosen
    return min(chosen, regelverk.effective_mode(forslag.beslutstyp, run.today) or Mode.SKUGGA, key=list(Mode).index)


def invanta_beslut(
    run: Run, ansokan: Ansokan, regelverk: Regelverk, nu: Omgang, plats: Plats
) -> Verkstallighet | Outcome:
    """Decide where the robot may, else hear the applicant where something adverse follows, and wait for a person.

    `nu` is the round that has been read and proposed on.
    Looks again until what is decided rests on facts, rules and a day that hold now. Gives what was decided, or the
    hand-off when it cannot be carried out. Raises Suspended while no person, or the applicant, has answered.
    """
    godkant, hord = None, Hord()
    nytt: tuple[str, ...]
    while True:
        if _ar_annat_arende(nu, plats):
            return avsluta(run, nu.forslag, (_ANNAT_ARENDE, *nu.andrat))
        sjalv = not hord.uppgifter and _beslutar_sjalv(run, nu, regelverk)
        if not sjalv and (not nu.forslag.kan_godkannas or run.mode is Mode.SKUGGA):
            return avsluta(run, nu.forslag, nu.andrat)
        if not sjalv and godkant is None and not hord.uppgifter.issuperset(nu.forslag.att_kommunicera):
            hord = _hor(run, ansokan, regelverk, plats, nu)
            dag = run.step(i_omgang("läs om", nu.nummer + 1), lambda: run.today, date)
            nytt = tuple(filter(None, (hord.saga, hord.an_tid)))
        else:
            godkant, dag, ny_dag = _beslut(run, nu, regelverk, godkant, sjalv=sjalv, barn=bool(ansokan.barn))
            if ny_dag is None and nu.underlag.arende is not None:
                # The mode bounds what the robot decides by itself; what a person has decided it may carry out.
                run.mode = Mode.AUTOMATISK
                return _verkstallighet(nu, nu.underlag.arende, dag, godkant, hord)
            dag, nytt = ny_dag or dag, ()
        fore, nu = nu, _las_igen(run, ansokan, regelverk, nu, dag, godkant is not None, nytt)
        run.mode = lage_nu(run, regelverk, nu.forslag)
        if nu.forslag.kan_godkannas and run.mode.allows(Mode.FORBERED) and not _ar_annat_arende(nu, plats):
            _spara_nytt_utkast(run, plats, fore, nu)
        godkant = None if nu.andrat else godkant


def _ar_annat_arende(nu: Omgang, plats: Plats) -> bool:
    return nu.underlag.arende is not None and nu.underlag.arende.nummer != plats.arende


def _verkstallighet(nu: Omgang, arende: Arende, dag: date, godkant: Godkannande | None, hord: Hord) -> Verkstallighet:
    return Verkstallighet(
        nu.forslag,
        arende,
        dag,
        godkant_av=godkant.av if godkant else None,
        omgang=nu.nummer,
        yttrande=hord.i_beslutet,
        hord=hord.saga,
        bedomning=godkant.bedomning if godkant else "",
        barnens_situation=godkant.barnens_situation if godkant else "",
        kallor=formulering.lasta_kallor(nu.underlag),
    )


def _beslut(
    run: Run, nu: Omgang, regelverk: Regelverk, godkant: Godkannande | None, *, sjalv: bool, barn: bool
) -> tuple[Godkannande | None, date, date | None]:
    """Who has approved, on which day it is decided, and the day of a new round where what was read holds no more."""
    dag, ny_dag = nu.forslag.dag, None
    if not sjalv and godkant is None:
        godkant = _godkannande(run, nu, overlamning(nu.forslag, _att_saga(run, nu, regelverk)), barn=barn)
        lage = _beslutslage(run, nu, regelverk)
        dag, ny_dag = lage.dag, lage.dag if lage.las_om else None
    return godkant, dag, ny_dag or _ny_dag(run, nu, regelverk, dag)


def _godkannande(run: Run, nu: Omgang, question: Outcome, *, barn: bool) -> Godkannande:
    """Who approves; what they are asked depends on what is decided and whether the household has children."""
    step = i_omgang("beslut", nu.nummer)
    if nu.forslag.beslutstyp == BIFALL:
        free = run.handoff(step, question, Bedomning)
        return Godkannande(free.by, free.bedomning)
    if barn:
        told = run.handoff(step, question, KravdBedomningMedBarn)
        return Godkannande(told.by, told.bedomning, told.barnens_situation)
    needed = run.handoff(step, question, KravdBedomning)
    return Godkannande(needed.by, needed.bedomning)


def _hor(run: Run, ansokan: Ansokan, regelverk: Regelverk, plats: Plats, nu: Omgang) -> Hord:
    """The applicant is heard on what the round's decision would rest on."""
    question = overlamning(nu.forslag, (_HORS_FORST, *nu.andrat))
    told, answer = hor_sokanden(run, ansokan, nu.forslag, regelverk, plats, nu.nummer, question)
    more = answer is not None and run.today <= told.sista_dag
    who = "sökanden" if ansokan.medsokande is None else "någon av dem"
    return Hord(
        frozenset(told.uppgifter),
        berattelse(ansokan, told, answer),
        i_beslutet(told, answer),
        f"Svarstiden går till och med {told.sista_dag}: vänta om {who} kan komma med mer." if more else "",
    )


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


def _beslutar_sjalv(run: Run, nu: Omgang, regelverk: Regelverk) -> bool:
    """Whether the robot decides on this round's facts, or did until they had to be read again: nobody is asked then.

    A case in which a person has once been asked and has answered stays with people.
    """
    asked = any(run.is_approved(i_omgang(step, nu.nummer)) for step in ("beslut", KOMMUNICERING))
    if run.is_done(i_omgang("läs om", nu.nummer + 1)) and not asked:
        return True
    may = nu.forslag.slag is Forslagsslag.BIFALL and run.mode is Mode.AUTOMATISK and not run.is_approved()
    return may and _inom_dagens_tak(run, nu, regelverk)


def _inom_dagens_tak(run: Run, nu: Omgang, regelverk: Regelverk) -> bool:
    """Whether the day's payment stop leaves room for the robot to decide this by itself."""
    amount, ceiling = nu.forslag.belopp or Decimal(0), regelverk.kommun.betalningsstopp.tak
    step = i_omgang(_STOPP, nu.nummer)
    return run.within_ceiling(step, BETALNINGSSTOPP, amount, ceiling, bound_by=RegistreraBeslut.name)


def _att_saga(run: Run, nu: Omgang, regelverk: Regelverk) -> tuple[str, ...]:
    """What the person who is asked must know beside the proposal's own reasons."""
    account = () if nu.forslag.kontot_stammer or _SEE_ACCOUNT in nu.andrat else (_SEE_ACCOUNT,)
    lowered = nu.forslag.slag is Forslagsslag.BIFALL and nu.forslag.mode is Mode.AUTOMATISK
    mode = (_NU_FORBERED,) if lowered and run.mode is Mode.FORBERED else ()
    # Asked about the ceiling, and yet a person is asked: there was no room.
    asked = nu.forslag.slag is Forslagsslag.BIFALL and run.is_done(i_omgang(_STOPP, nu.nummer))
    stop = (regelverk.kommun.betalningsstopp.skal,) if asked and run.mode is Mode.AUTOMATISK else ()
    return (*nu.andrat, *account, *mode, *stop)


def _beslutslage(run: Run, nu: Omgang, regelverk: Regelverk) -> Beslutslage:
    def judge() -> Beslutslage:
        oldest = aldsta_uppgift(nu.underlag)
        old = oldest is None or run.now() - oldest > _limit(regelverk)
        other_rules = nu.forslag.regelverk_version != regelverk.version
        again = old or other_rules or not nu.forslag.kontot_stammer or _har_skrivit_mer(run, nu.underlag)
        return Beslutslage(dag=run.today, las_om=again)

    return run.step(i_omgang("beslutsläge", nu.nummer), judge, Beslutslage)


def _har_skrivit_mer(run: Run, underlag: Underlag) -> bool:
    """Whether the applicant has written in the e-service since the facts were read."""
    read = underlag.skriftvaxling
    return read is not None and skrivet_nu(run).fran_sokanden > read.fran_sokanden


def _ny_dag(run: Run, nu: Omgang, regelverk: Regelverk, dag: date) -> date | None:
    """The day of the next round, when what would be decided on `dag` does not hold any more; else None.

    Asked each time until the decision may have been sent, however long the robot has stood still in between. Only that
    a round was begun is remembered.
    """
    step = i_omgang("läs om", nu.nummer + 1)
    if run.is_done(step) or (not run.has_begun(RegistreraBeslut.name) and _inaktuell(run, nu, regelverk, dag)):
        return run.step(step, lambda: run.today, date)
    return None


def _inaktuell(run: Run, nu: Omgang, regelverk: Regelverk, dag: date) -> bool:
    oldest, now = aldsta_uppgift(nu.underlag), run.now()
    # What was read today is never read again for its age, or a limit of no days would have no end.
    old = oldest is None or (now - oldest > _limit(regelverk) and now.date() > oldest.date())
    return old or dag != run.today or nu.forslag.regelverk_version != regelverk.version


def _limit(regelverk: Regelverk) -> timedelta:
    return timedelta(days=regelverk.kommun.uppgifter_hogst_dagar)


def _las_igen(
    run: Run, ansokan: Ansokan, regelverk: Regelverk, fore: Omgang, dag: date, ar_godkant: bool, nytt: tuple[str, ...]
) -> Omgang:
    """The next round. What is new is told when a person has approved the one before, or knew of it (`nytt` then)."""
    nummer = fore.nummer + 1
    underlag = las_om(run, ansokan, regelverk, dag, nummer)
    forslag = run.step(i_omgang("föreslå", nummer), lambda: foresla(ansokan, underlag, regelverk, dag), Forslag)
    andrat = (*nytt, *(andringar(fore.forslag, forslag) if ar_godkant or nytt else ()))
    if ar_godkant and not forslag.kan_godkannas and not andrat:
        andrat = ("Förslaget går inte längre att godkänna.",)
    return Omgang(nummer, underlag, forslag, andrat)


def _spara_nytt_utkast(run: Run, plats: Plats, fore: Omgang, nu: Omgang) -> None:
    """A draft of the new calculation beside the earlier one, so that the letter tells the new amount."""
    berakning, arende = nu.forslag.berakning, nu.underlag.arende
    if berakning is None or arende is None:
        return
    nytt = utkast(berakning)
    if fore.forslag.berakning is None or utkast(fore.forslag.berakning) != nytt:
        tidigare = tuple(one for one in arende.berakningar if one.manad == nytt.manad)
        run.write(SparaBerakning(plats, nytt, name=i_omgang("beräkning", nu.nummer), tidigare=tidigare))


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
