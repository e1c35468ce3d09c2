"""The explanation of one case: for its worker, the applicant and an auditor. What is shown is journalled first."""

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from medarbetare.cases.models import Case
from medarbetare.engine.explaining import ExplainedCase, explain_case
from medarbetare.web.context import current
from medarbetare.web.people import may_open, open_case_for, own_handoffs, require_case


@require_safe
def explained(request: HttpRequest, handle: str) -> HttpResponse:
    """The page."""
    told = _told(request, handle)
    handoffs = own_handoffs(request).filter(case_id=handle).order_by("pk")
    return render(request, "explained.html", {"told": told, "handoffs": handoffs})


@require_safe
def as_json(request: HttpRequest, handle: str) -> HttpResponse:
    """The same as JSON."""
    return JsonResponse(_told(request, handle).data, json_dumps_params={"ensure_ascii": False, "indent": 2})


@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """To the case of a handle or an application's reference; a POST, so that neither stands in an address."""
    wanted = request.POST.get("beteckning", "").strip()
    found = Case.objects.filter(Q(handle=wanted) | Q(reference=wanted)).order_by("-created_at")
    seen = next((case for case in found if may_open(request, case)), None)
    if seen is None:
        messages.error(request, "Det finns inget sådant ärende, eller så får du inte se det.")
        return redirect("closed")
    return redirect("explained", seen.handle)


def _told(request: HttpRequest, handle: str) -> ExplainedCase:
    case, entries = open_case_for(request, require_case(request, handle))
    return explain_case(case, entries, current().workflows.get(case.workflow))
