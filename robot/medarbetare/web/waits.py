"""Cases that wait for somebody's answer, or for a system; and ending a wait: a person has been given the answer."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from medarbetare.cases.delay import delay_of
from medarbetare.cases.status import CaseStatus
from medarbetare.engine.ending_waits import EndingWaits, open_wait
from medarbetare.errors import BusinessError
from medarbetare.web.context import current
from medarbetare.web.forms import SaidForm
from medarbetare.web.people import open_case_for, own_cases, person_of, require_case

A_PAGE = 50
"""Cases on one page of the list."""


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """Cases that the robot goes on with by itself, the oldest first. Nothing personal stands here."""
    found = own_cases(request).filter(status=CaseStatus.WAITING).order_by("created_at", "pk")
    page = Paginator(found, A_PAGE).get_page(request.GET.get("sida"))
    site = current()
    today = timezone.localdate(site.clock(), site.zone)
    rows = [(one, site.title_of(one.workflow), delay_of(one, today)) for one in page]
    return render(request, "waiting.html", {"page": page, "rows": rows, "here": "waiting"})


@require_http_methods(["GET", "HEAD", "POST"])
def end_wait(request: HttpRequest, handle: str) -> HttpResponse:
    """Ask what has been said and say what it means; a POST ends the wait."""
    case, entries = open_case_for(request, require_case(request, handle))
    wait = open_wait(case, entries)
    form = SaidForm(request.POST if request.method == "POST" else None)
    # A wait that is over is told as that, not as a note that is missing.
    if not form.is_valid() and wait is not None:
        status = 422 if form.errors else 200
        return render(request, "end_wait.html", {"case": case, "wait": wait, "form": form}, status=status)
    if request.method != "POST":
        return redirect("explained", handle)
    note = form.cleaned_data.get("note", "")
    try:
        EndingWaits(current().journal).end(handle, person_of(request), current().clock(), note)
    except BusinessError as error:
        messages.error(request, f"Ärende {handle}: ingenting gjordes. {error.message}")
    else:
        messages.success(request, f"Ärende {handle}: väntan är avbruten. Roboten går vidare med svaret.")
    return redirect("explained", handle)
