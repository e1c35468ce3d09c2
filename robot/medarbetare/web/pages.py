"""The pages for case workers: "Att göra", and one hand-off to approve or take over."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case as Choice
from django.db.models import Count, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from medarbetare.cases.access import whose
from medarbetare.cases.handoffs import Handoffs
from medarbetare.cases.models import Handoff
from medarbetare.cases.questions import Question
from medarbetare.cases.status import CaseStatus
from medarbetare.engine.settling import written
from medarbetare.errors import BusinessError
from medarbetare.web import unknown
from medarbetare.web.assignment import parts_of, staff_today, told_of
from medarbetare.web.context import current
from medarbetare.web.forms import ApprovalForm, NoteForm, TakeOverForm
from medarbetare.web.people import open_for, own_handoffs, person_of, require_handoff, user_of
from medarbetare.web.view import view_of

A_PAGE = 50
"""Hand-offs on one page of a list."""


@require_safe
def to_do(request: HttpRequest) -> HttpResponse:
    """Open hand-offs of the person's own roles and departments: the person's, then the group's, then others'.

    In each of these what is urgent first, then okänt utfall, then the oldest. Nothing personal stands here.
    """
    staff, user = staff_today(), user_of(request)
    groups = list(user.groups.values_list("name", flat=True))
    is_unknown = When(case__status=CaseStatus.UNKNOWN_OUTCOME, about="", then=Value(0))
    found = (
        own_handoffs(request)
        .filter(closed_at=None)
        .annotate(
            turn=Choice(When(urgent=True, then=Value(-1)), is_unknown, default=Value(1)),
            whose=whose(staff, user.username, groups, current().shielded),
        )
    )
    page = Paginator(found.order_by("whose", "turn", "created_at", "pk"), A_PAGE).get_page(request.GET.get("sida"))
    counts = dict(found.values_list("whose").annotate(Count("pk")))
    parts = parts_of(page, counts, staff, user.username)
    return render(request, "to_do.html", {"page": page, "parts": parts, "now": current().clock(), "here": "to-do"})


@require_safe
def closed(request: HttpRequest) -> HttpResponse:
    """Closed hand-offs, the newest first."""
    found = own_handoffs(request).exclude(closed_at=None).order_by("-closed_at", "-pk")
    return render(request, "closed.html", {**_list(request, found), "here": "closed"})


@require_http_methods(["GET", "HEAD", "POST"])
def handoff(request: HttpRequest, number: int) -> HttpResponse:
    """One hand-off with everything that it rests on. A POST approves it."""
    found = require_handoff(request, number)
    if request.method != "POST":
        return _show(request, found)
    reasons, questions = _asked(found)
    form = ApprovalForm(reasons, questions, current().today, request.POST)
    # A hand-off that is closed or cannot be approved is told as that, not as a missing tick.
    if form.is_valid() or found.closed_at is not None or not found.waits_at:
        return _approve(request, found, form)
    return _show(request, found, form)


@require_http_methods(["GET", "HEAD", "POST"])
def take_over(request: HttpRequest, number: int) -> HttpResponse:
    """Ask whether the person is sure; a POST takes the hand-off over, or marks a part as taken care of."""
    found = require_handoff(request, number)
    if request.method != "POST" and found.closed_at is not None:
        return redirect("handoff", number)
    form = TakeOverForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, "take_over.html", {"handoff": found, "form": form, "written": written(found.case)})
    try:
        Handoffs(current().journal).take_over(number, person_of(request), current().clock(), form.cleaned_data["note"])
    except BusinessError as error:
        return unknown.refused(request, found, error)
    done = f"{found.about} är markerat som omhändertaget" if found.about else "Du har tagit över ärendet"
    messages.success(request, f"Ärende {found.case_id}: {done}.")
    return redirect("to-do")


@require_POST
def retry(request: HttpRequest, number: int) -> HttpResponse:
    """Let the robot try again where its attempts ran out."""
    found, form = require_handoff(request, number), NoteForm(request.POST)
    # A hand-off that is closed, or no such one, is told as that, not as a note that is too long.
    if not form.is_valid() and found.gave_up and found.closed_at is None:
        return _show(request, found, retrying=form)
    note = form.cleaned_data.get("note", "")
    try:
        Handoffs(current().journal).retry(number, person_of(request), current().clock(), note)
    except BusinessError as error:
        return unknown.refused(request, found, error)
    messages.success(request, f"Ärende {found.case_id}: roboten försöker igen.")
    return redirect("to-do")


def _approve(request: HttpRequest, found: Handoff, form: ApprovalForm) -> HttpResponse:
    note = form.cleaned_data.get("note", "")
    try:
        now, today = current().clock(), current().today
        Handoffs(current().journal).approve(found.pk, person_of(request), now, note, form.typed(), today)
    except BusinessError as error:
        return unknown.refused(request, found, error)
    done = "är besvarat" if form.questions else "är godkänt"
    messages.success(request, f"Ärende {found.case_id} {done}. Roboten går vidare där den väntade.")
    return redirect("to-do")


def _show(
    request: HttpRequest, found: Handoff, form: ApprovalForm | None = None, retrying: NoteForm | None = None
) -> HttpResponse:
    """Note in the journal that the case is shown, then show it."""
    case, entries = open_for(request, found)
    seen = view_of(found, case, entries, current().workflows.get(case.workflow))
    told = told_of(found, user_of(request).username)
    if seen.is_unknown:
        return unknown.page(request, found, seen, entries, told)
    if found.closed_at is None and found.waits_at:
        form = form or ApprovalForm(seen.reasons, seen.questions, current().today)
    if found.closed_at is None and found.gave_up:
        retrying = retrying or NoteForm()
    wrong = any(one is not None and one.errors for one in (form, retrying))
    return render(
        request,
        "handoff.html",
        {"handoff": found, "seen": seen, "form": form, "retrying": retrying, "person": person_of(request), **told},
        status=422 if wrong else 200,
    )


def _asked(found: Handoff) -> tuple[tuple[str, ...], tuple[Question, ...]]:
    """What the person must tick, and what they must answer."""
    reasons = tuple(current().journal.entry(found.entry).payload["reasons"])
    return reasons, Handoffs(current().journal).questions(found)


def _list(request: HttpRequest, found: QuerySet[Handoff]) -> dict[str, object]:
    page = Paginator(found, A_PAGE).get_page(request.GET.get("sida"))
    return {"page": page, "rows": [(one, current().title_of(one.case.workflow)) for one in page]}
