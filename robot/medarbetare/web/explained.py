"""The explanation of one case: for its worker, the applicant and an auditor. What is shown is journalled first."""

from collections.abc import Sequence

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from medarbetare.cases.models import Case
from medarbetare.engine.ending_waits import open_wait
from medarbetare.engine.explaining import ExplainedCase, explain_case
from medarbetare.journal.writing import Entry
from medarbetare.web.context import current
from medarbetare.web.people import open_case_for, own_cases, own_handoffs, require_case


@require_safe
def explained(request: HttpRequest, handle: str) -> HttpResponse:
    """The page."""
    case, entries = open_case_for(request, require_case(request, handle))
    told, wait = _told(case, entries), open_wait(case, entries)
    handoffs = own_handoffs(request).filter(case_id=handle).order_by("pk")
    return render(request, "explained.html", {"told": told, "wait": wait, "handoffs": handoffs})


@require_safe
def as_json(request: HttpRequest, handle: str) -> HttpResponse:
    """The same as JSON."""
    case, entries = open_case_for(request, require_case(request, handle))
    return JsonResponse(_told(case, entries).data, json_dumps_params={"ensure_ascii": False, "indent": 2})


@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """To the case of a handle or an application's reference; a POST, so that neither stands in an address."""
    wanted = request.POST.get("beteckning", "").strip()
    found = own_cases(request).filter(Q(handle=wanted) | Q(reference=wanted)).order_by("-created_at")
    seen = found.first()
    if seen is None:
        messages.error(request, "Det finns inget sådant ärende, eller så får du inte se det.")
        return redirect("closed")
    return redirect("explained", seen.handle)


def _told(case: Case, entries: Sequence[Entry]) -> ExplainedCase:
    return explain_case(case, entries, current().workflows.get(case.workflow))
