"""Ending the wait of a case: a person has been given the answer that the robot waits for."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from medarbetare.engine.ending_waits import EndingWaits, open_wait
from medarbetare.errors import BusinessError
from medarbetare.web.context import current
from medarbetare.web.forms import SaidForm
from medarbetare.web.people import open_case_for, person_of, require_case


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
