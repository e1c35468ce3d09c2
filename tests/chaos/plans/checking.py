"""The judge of a played plan: it looks at what the fakes wrote down themselves, and at what the robot says of it."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from plans.playing import KIND_OF, PERSON, STATUS, Played, kind_of
from plans.records import Press, Record

from arbetsfloden.ekonomiskt_bistand.beslut.beslut import Forslagsslag, foresla
from arbetsfloden.ekonomiskt_bistand.regelverk.delegation import BIFALL
from arbetsfloden.ekonomiskt_bistand.regelverk.regelverk import Regelverk
from medarbetare.cases.status import CaseStatus

ENDS = frozenset(
    {CaseStatus.DECIDED, CaseStatus.HANDED_OVER, CaseStatus.WAITING, CaseStatus.STOPPED, CaseStatus.UNKNOWN_OUTCOME}
)
MONEY = ("beslut", "utbetalningar")
ALWAYS = ("aktualiseringar", "berakningar", "beslut", "journal")
"""What a decided case has left."""


def violations(played: Played, regelverk: Regelverk) -> list[str]:
    """Everything that should not have come to pass; empty when the robot behaved."""
    return [
        *_end(played),
        *_presses(played),
        *_doubles(played),
        *_amounts(played, regelverk),
        *_protected(played),
        *_receipts(played),
        *_decided(played),
    ]


def _end(played: Played) -> Iterator[str]:
    yield from played.fell
    if played.status not in ENDS:
        yield f"ärendet slutade som {played.status}"
    open_writes = {name: state for name, state in played.writes.items() if state in ("submitting", "unknown")}
    if open_writes and played.status not in (CaseStatus.UNKNOWN_OUTCOME, CaseStatus.WAITING):
        yield f"ärendet är {played.status} fast utfallet är okänt för {open_writes}"
    if "unknown" not in open_writes.values() and played.status is CaseStatus.UNKNOWN_OUTCOME:
        yield "okänt utfall utan någon skrivning vars utfall är okänt"


def _presses(played: Played) -> Iterator[str]:
    home = {played.household.case, played.household.reference}
    for press in played.cases.presses:
        if not press.had_lease:
            yield f"tryck {press.number} på {press.page} av en arbetare som inte hade rätt till ärendet"
        if not press.had_looked:
            yield f"tryck {press.number} på {press.page} utan att först ha sett vad som fanns"
        if press.saw:
            yield f"tryck {press.number} på {press.page} fast posterna {press.saw} syntes"
        if press.case not in home:
            yield f"tryck {press.number} på {press.page} i någon annans ärende"


def _key(press: Press) -> tuple[str, str]:
    """What makes two presses mean the same record."""
    typed = press.typed
    same = {
        "ny_aktualisering": typed.get("referens"),
        "ny_berakning": repr(sorted(typed.items())),
        "nytt_beslut": typed.get("fran", "")[:7],
        "ny_utbetalning": (typed.get("manad"), typed.get("mottagare")),
        "ny_anteckning": typed.get("rubrik_text"),
        "ny_anteckning_med_bilaga": typed.get("rubrik_text"),
        "ny_bevakning": (typed.get("datum"), typed.get("text")),
        "arende": typed.get("ny_status") or typed.get("meddelande"),
    }
    return press.page, str(same[press.page])


def _doubles(played: Played) -> Iterator[str]:
    """No key is written twice, none is even pressed twice on a guess, and no month has two decisions or payments."""
    presses = Counter(_key(one) for one in played.cases.presses)
    effective = Counter(_key(one) for one in played.cases.presses if one.made)
    # Pressed again only where the portal promises that nothing was saved, or a person has said so.
    most = (3 if played.plan.guaranteed else 1) * (1 + played.settled)
    yield from (f"{number} tryck som sparade {page}" for (page, _), number in effective.items() if number > 1)
    yield from (f"{number} tryck på {page}, högst {most}" for (page, _), number in presses.items() if number > most)
    if played.status is CaseStatus.UNKNOWN_OUTCOME:
        return
    for kind in MONEY:
        before = [one for one in played.cases.of(kind, robot=False) if one.number <= played.cases.history]
        now = [one for one in played.cases.of(kind) if not one.is_struck and one.month == played.household.month]
        new = [one for one in now if one not in before]
        most = max(1, len(_payees(played))) if kind == "utbetalningar" else 1
        if len(new) > most and any(one.press for one in new):
            yield f"{len(new)} {kind} för {played.household.month} i ett ärende som är {played.status}"


def _amounts(played: Played, regelverk: Regelverk) -> Iterator[str]:
    """What the robot decided is the pure decision on facts that the registers held then or a few days before."""
    decisions = played.cases.of("beslut", robot=True)
    payments = played.cases.of("utbetalningar", robot=True)
    for one in decisions:
        # As long as facts may be used, and the days that the decision may wait for its outcome.
        since = one.registered - timedelta(days=regelverk.kommun.uppgifter_hogst_dagar)
        yield from _decision(played, regelverk, one, since)
    if not decisions:
        yield from ("utbetalning utan beslut" for _ in payments)
        return
    whole, payees = decisions[0].amount, _payees(played)
    for one in payments:
        if one.amount > whole or (len(payees) == 1 and one.amount != whole):
            yield f"utbetalning {one.amount}, beslut {whole}"


def _payees(played: Played) -> set[str]:
    """To whom the robot has tried to pay."""
    return {one.typed["mottagare"] for one in played.cases.presses if one.page == "ny_utbetalning"}


def _decision(played: Played, regelverk: Regelverk, one: Record, since: object) -> Iterator[str]:
    held = played.agencies.held
    usable = [
        facts
        for number, (_, facts) in enumerate(held)
        if number == len(held) - 1 or held[number + 1][0] >= since  # type: ignore[operator]
    ]
    pure = [foresla(played.household.ansokan, facts, regelverk, one.registered.date()) for facts in usable]
    maker = one.fields["beslutsfattare"]
    entry = regelverk.beslutstyp(BIFALL)
    by_person = maker == PERSON.name[: len(maker)] and bool(maker)
    if by_person and not played.approved:
        yield "beslutat i en människas namn utan godkännande"
    allowed = [made for made in pure if (made.kan_godkannas if by_person else made.slag is Forslagsslag.BIFALL)]
    if one.amount not in {made.belopp for made in allowed}:
        right = ", ".join(f"{made.slag} {made.belopp}" for made in pure)
        yield f"beslut {one.amount}, ren funktion: {right}"
    if (
        not by_person
        and not one.damaged
        and not one.changed_by_staff
        and (entry is None or maker != entry.beslutsfattare)
    ):
        yield f"beslutsfattare «{maker}»"


def _protected(played: Played) -> Iterator[str]:
    if not played.household.is_protected:
        return
    if played.cases.presses:
        yield "något skrevs för en skyddad person"
    for portal in (played.cases, played.agencies):
        if portal.opened:
            yield f"{portal.name} öppnades för en skyddad person"


def _receipts(played: Played) -> Iterator[str]:
    """Each receipt stands for one record, and no record is there that the robot does not tell of."""
    for kind in sorted(set(KIND_OF.values())):
        states = [state for name, state in played.writes.items() if kind_of(name) == kind]
        stands = [one for one in played.cases.of(kind, robot=True) if not one.is_struck]
        sound = [one for one in stands if not one.damaged]
        receipts, open_ones = states.count("receipt"), len([one for one in states if one in ("submitting", "unknown")])
        if len(sound) < receipts:
            yield f"{receipts} kvitton men {len(sound)} oskadade {kind}"
        if len(stands) > receipts and not open_ones:
            yield f"{len(stands)} {kind} men {receipts} kvitton och inget okänt utfall"
    changes, state = len(played.service.changes), played.writes.get(STATUS)
    if (state == "receipt") != bool(changes) and state not in ("submitting", "unknown"):
        yield f"{changes} statusändringar, skrivningen är {state}"


def _decided(played: Played) -> Iterator[str]:
    if played.status is not CaseStatus.DECIDED:
        return
    for kind in sorted(set(KIND_OF.values())):
        made = [one for one in played.cases.of(kind, robot=True) if not one.is_struck]
        wanted = len([name for name in played.writes if kind_of(name) == kind])
        if (not made and kind in ALWAYS) or (len(made) != wanted and kind != "berakningar"):
            yield f"beslutad med {len(made)} {kind}"
        if any(one.damaged for one in made):
            yield f"beslutad med skadade {kind}"
    if [status for _, status in played.service.changes] != ["Beslutad"]:
        yield f"beslutad, status i e-tjänsten ändrad {len(played.service.changes)} gånger"
    granted, paid = (
        sum((one.amount for one in played.cases.of(kind, robot=True) if not one.is_struck), Decimal(0))
        for kind in MONEY
    )
    if granted != paid:
        yield f"beslutat {granted}, betalt {paid}"
