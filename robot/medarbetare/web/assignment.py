"""Whom a hand-off goes to, as the pages tell it, and taking one oneself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from medarbetare.cases.access import Whose, group_of, is_shielded
from medarbetare.cases.delay import Delay, delay_of
from medarbetare.cases.handoffs import Handoffs
from medarbetare.cases.models import Handoff
from medarbetare.cases.staff import NOBODY, Staff
from medarbetare.errors import BusinessError
from medarbetare.web import unknown
from medarbetare.web.context import current
from medarbetare.web.people import person_of, require_handoff

_TITLES = {Whose.MINE: "Mina", Whose.GROUPS: "Gruppens", Whose.OTHERS: "Andras"}
_GROUP = "gruppen"


@dataclass(frozen=True)
class Row:
    """One hand-off of a list: `title` is its workflow's, `goes_to` says whom it goes to.

    `delay` is None for a part of a case that went on without it.
    """

    handoff: Handoff
    title: str
    goes_to: str
    delay: Delay | None


@dataclass(frozen=True)
class Part:
    """One of the lists of "Att göra"."""

    title: str
    rows: tuple[Row, ...]
    is_folded: bool


def staff_today() -> Staff:
    """Everybody who may log in, as they are today."""
    return Staff.read(_today())


def _today() -> date:
    return timezone.localdate(current().clock(), current().zone)


def _delay(handoff: Handoff) -> Delay | None:
    return None if handoff.about else delay_of(handoff.case, _today())


def parts_of(page: Iterable[Handoff], counts: Mapping[int, int], staff: Staff, user: str) -> list[Part]:
    """The hand-offs of a page by whose list they are on (annotated as `whose`), in the order given.

    `counts` are those of all pages. What is others' is folded, unless the page holds nothing else.
    """
    lists = [(Whose(whose), list(rows)) for whose, rows in groupby(page, lambda row: vars(row)["whose"])]
    return [
        Part(
            f"{_TITLES[whose]} ({counts[whose]})",
            tuple(_row(handoff, whose, staff, user) for handoff in rows),
            whose is Whose.OTHERS and len(lists) > 1,
        )
        for whose, rows in lists
    ]


def told_of(handoff: Handoff, user: str) -> dict[str, object]:
    """What the page of an open hand-off tells: how long it has waited, whom it goes to, who may take it."""
    if handoff.closed_at is not None:
        return {}
    delay = _delay(handoff)
    if is_shielded(handoff.case, current().shielded):
        return {"goes_to": _GROUP, "delay": delay}
    return {"delay": delay, "goes_to": _goes_to(handoff, staff_today(), user), "may_take": handoff.assigned_to != user}


@require_POST
def assign(request: HttpRequest, number: int) -> HttpResponse:
    """The person who asks takes the hand-off."""
    found = require_handoff(request, number)
    try:
        if is_shielded(found.case, current().shielded):
            raise BusinessError("Hushållets överlämningar hör till hela gruppen och tilldelas ingen.")
        Handoffs(current().journal).assign(number, person_of(request))
    except BusinessError as error:
        return unknown.refused(request, found, error)
    messages.success(request, f"Ärende {found.case_id} är tilldelat dig.")
    return redirect("handoff", number)


def _row(handoff: Handoff, whose: Whose, staff: Staff, user: str) -> Row:
    # The group's although somebody would take it: the household is shielded since.
    shielded = whose is Whose.GROUPS and _taker(handoff, staff) != NOBODY
    told = _GROUP if shielded else _goes_to(handoff, staff, user)
    return Row(handoff, current().title_of(handoff.case.workflow), told, _delay(handoff))


def _taker(handoff: Handoff, staff: Staff) -> str:
    return staff.taker(handoff.assigned_to, group_of(handoff.case.department, handoff.role))


def _goes_to(handoff: Handoff, staff: Staff, user: str) -> str:
    """Whom a hand-off goes to today, for one who looks: "dig", somebody's name, or the group, and why not the first."""
    taker = _taker(handoff, staff)
    told = {NOBODY: _GROUP, user: "dig"}.get(taker, staff.name_of(taker))
    if taker == handoff.assigned_to:
        return told
    name, away = staff.name_of(handoff.assigned_to), staff.absence(handoff.assigned_to)
    return f"{told} ({name} är frånvarande till {away.last})" if away else f"{told} ({name} tar den inte längre)"
