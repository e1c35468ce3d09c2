"""The pages for case workers: "Att göra", and one hand-off to approve or take over."""

from collections.abc import Callable, Sequence

import structlog
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from medarbetare.cases.access import role_of, visible
from medarbetare.cases.handoffs import Handoffs, Person
from medarbetare.cases.models import Case, Handoff
from medarbetare.cases.opening import AccessRefused, note_refusal, open_case
from medarbetare.engine.presentation import finished_steps
from medarbetare.errors import BusinessError
from medarbetare.journal.writing import Entry
from medarbetare.web.context import current
from medarbetare.web.forms import ApprovalForm, TakeOverForm
from medarbetare.web.view import view_of

A_PAGE = 50
"""Hand-offs on one page of a list."""

log = structlog.get_logger()


@require_safe
def to_do(request: HttpRequest) -> HttpResponse:
    """Open hand-offs of the person's own roles and departments, oldest first. Nothing personal stands here."""
    found = _own(request).filter(closed_at=None).order_by("created_at", "pk")
    return render(request, "to_do.html", {**_list(request, found), "now": current().clock(), "here": "to-do"})


@require_safe
def closed(request: HttpRequest) -> HttpResponse:
    """Closed hand-offs, the newest first."""
    found = _own(request).exclude(closed_at=None).order_by("-closed_at", "-pk")
    return render(request, "closed.html", {**_list(request, found), "here": "closed"})


@require_http_methods(["GET", "HEAD", "POST"])
def handoff(request: HttpRequest, number: int) -> HttpResponse:
    """One hand-off with everything that it rests on. A POST approves it."""
    found = _require(request, number)
    if request.method != "POST":
        return _show(request, found)
    form = ApprovalForm(_reasons(found), request.POST)
    if form.is_valid():
        return _approve(request, found, form.cleaned_data["note"])
    # A hand-off that is closed or cannot be approved is told as that, not as a missing tick.
    if found.closed_at is not None or not found.waits_at:
        return _approve(request, found, "")
    return _show(request, found, form)


@require_http_methods(["GET", "HEAD", "POST"])
def take_over(request: HttpRequest, number: int) -> HttpResponse:
    """Ask whether the person is sure; a POST takes the hand-off over, or marks a part as taken care of."""
    found = _require(request, number)
    if request.method != "POST" and found.closed_at is not None:
        return redirect("handoff", number)
    form = TakeOverForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, "take_over.html", {"handoff": found, "form": form})
    try:
        Handoffs(current().journal).take_over(number, _person(request), current().clock(), form.cleaned_data["note"])
    except BusinessError as error:
        return _refused(request, found, error)
    done = f"{found.about} är markerat som omhändertaget" if found.about else "Du har tagit över ärendet"
    messages.success(request, f"Ärende {found.case_id}: {done}.")
    return redirect("to-do")


def _approve(request: HttpRequest, found: Handoff, note: str) -> HttpResponse:
    try:
        Handoffs(current().journal).approve(found.pk, _person(request), current().clock(), note)
    except BusinessError as error:
        return _refused(request, found, error)
    messages.success(request, f"Ärende {found.case_id} är godkänt. Roboten går vidare där den väntade.")
    return redirect("to-do")


def _refused(request: HttpRequest, found: Handoff, error: BusinessError) -> HttpResponse:
    messages.error(request, f"Ärende {found.case_id}: ingenting gjordes. {error.message}")
    return redirect("handoff", found.pk)


def _show(request: HttpRequest, found: Handoff, form: ApprovalForm | None = None) -> HttpResponse:
    """Note in the journal that the case is shown, then show it."""
    site = current()
    try:
        case, entries = open_case(site.journal, found.case_id, _actor(request), _may_see(request, found.case))
    except AccessRefused:
        log.warning("access refused", case=found.case_id)
        raise Http404 from None
    seen = view_of(found, case, entries, site.workflows.get(case.workflow))
    if found.closed_at is None and found.waits_at:
        form = form or ApprovalForm(seen.reasons)
    return render(
        request,
        "handoff.html",
        {"handoff": found, "seen": seen, "form": form, "person": _person(request)},
        status=422 if form is not None and form.errors else 200,
    )


def _reasons(found: Handoff) -> tuple[str, ...]:
    return tuple(current().journal.entry(found.entry).payload["reasons"])


def _own(request: HttpRequest) -> QuerySet[Handoff]:
    groups = _user(request).groups.values_list("name", flat=True)
    return visible(list(groups), current().shielded).select_related("case")


def _may_see(request: HttpRequest, case: Case) -> Callable[[Sequence[Entry]], bool]:
    """A mark of protection shields from the moment when it was read, also before the case has come to its role."""
    site, workflow = current(), current().workflows.get(case.workflow)
    roles = {role_of(group) for group in _user(request).groups.values_list("name", flat=True)}
    trusted = any((case.department, role) in roles for role in site.shielded)
    return lambda entries: trusted or workflow is None or not workflow.is_shielded(finished_steps(entries))


def _require(request: HttpRequest, number: int) -> Handoff:
    """The hand-off, if the person may see it. Otherwise the attempt is journalled; raises Http404."""
    found = _own(request).filter(pk=number).first()
    if found is not None:
        return found
    foreign = Handoff.objects.select_related("case").filter(pk=number).first()
    if foreign is not None:
        note_refusal(current().journal, foreign.case, _actor(request))
        log.warning("access refused", case=foreign.case_id)
    raise Http404


def _list(request: HttpRequest, found: QuerySet[Handoff]) -> dict[str, object]:
    page = Paginator(found, A_PAGE).get_page(request.GET.get("sida"))
    return {"page": page, "rows": [(one, current().title_of(one.case.workflow)) for one in page]}


def _user(request: HttpRequest) -> User:
    # LoginRequiredMiddleware lets nobody else come this far.
    assert isinstance(request.user, User)
    return request.user


def _person(request: HttpRequest) -> Person:
    user = _user(request)
    return Person(user.username, user.get_full_name() or user.username)


def _actor(request: HttpRequest) -> str:
    return _person(request).actor
