"""Uppföljning: the households that a case worker should get in touch with, and what is stated of each."""

from dataclasses import dataclass
from hashlib import sha256

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from medarbetare.cases.access import group_of
from medarbetare.cases.staff import Staff
from medarbetare.engine.followed import Household, Worker, followed, show, visible_to, workers
from medarbetare.engine.models import FollowedHousehold
from medarbetare.web.assignment import staff_today
from medarbetare.web.context import current
from medarbetare.web.people import own_cases, person_of, user_of

A_PAGE = 25
"""Households on one page: each is opened, and that it is shown is journalled."""


@dataclass(frozen=True)
class Listed:
    """A case worker in the overview. `key` stands in the address; `is_own`: the list is that of the one who looks."""

    worker: Worker
    key: str
    is_own: bool


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The case workers with households to follow up; the person's own list first. Nothing about the households."""
    staff, user = staff_today(), user_of(request).username
    listed = [Listed(one, _key(one), _is_own(one, staff, user)) for one in workers(_found(request))]
    listed.sort(key=lambda one: (not one.is_own, one.worker.name.casefold(), one.worker.department))
    several = len({one.worker.department for one in listed}) > 1
    return render(request, "follow_up.html", {"listed": listed, "several": several, "here": "follow-up"})


@require_safe
def of_worker(request: HttpRequest, key: str) -> HttpResponse:
    """One case worker's households with what is stated of them. Raises Http404 when there are none that may be seen."""
    found = _found(request)
    worker = next((one for one in workers(found) if _key(one) == key), None)
    if worker is None:
        raise Http404
    page = Paginator(found.filter(department=worker.department, worker=worker.name), A_PAGE).get_page(
        request.GET.get("sida")
    )
    site = current()
    households = show(site.journal, list(page), person_of(request).actor, site.today, site.workflows)
    return render(
        request,
        "follow_up_of_worker.html",
        {"page": page, "worker": worker, "rows": _with_links(request, households), "here": "follow-up"},
    )


def _found(request: HttpRequest) -> QuerySet[FollowedHousehold]:
    groups = user_of(request).groups.values_list("name", flat=True)
    return visible_to(groups, followed(current().today, current().shielded))


def _key(worker: Worker) -> str:
    """What names a case worker in an address, which tells nobody's name."""
    return sha256(f"{worker.department}\n{worker.name}".encode()).hexdigest()[:16]


def _is_own(worker: Worker, staff: Staff, user: str) -> bool:
    """Whether the one who looks is the case worker, or covers for them today."""
    group = group_of(worker.department, worker.role)
    return bool(worker.name) and staff.taker(staff.named(worker.name, group), group) == user


def _with_links(request: HttpRequest, households: list[Household]) -> list[tuple[Household, bool]]:
    """Each household, and whether the person may open its case: another role may have got it."""
    found = own_cases(request).filter(pk__in=[one.case for one in households])
    own = set(found.values_list("pk", flat=True))
    return [(one, one.case in own) for one in households]
