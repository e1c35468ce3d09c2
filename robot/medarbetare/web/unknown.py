"""Okänt utfall: the page on which a person sees what is known of a write and settles it, and the evidence of it."""

from collections.abc import Mapping, Sequence

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from medarbetare.cases.models import Handoff
from medarbetare.engine.settling import Settling, unknown_writes
from medarbetare.engine.story import stories
from medarbetare.errors import BusinessError
from medarbetare.journal.writing import Entry
from medarbetare.web.context import current
from medarbetare.web.forms import NoteForm
from medarbetare.web.middleware import POLICY
from medarbetare.web.people import open_for, person_of, require_handoff
from medarbetare.web.view import HandoffView

_PICTURES_TOO = f"{POLICY}; img-src 'self'"
_INERT = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Somebody else's page, shown as it was: its own looks, and nothing that runs, fetches or sends."""

_SHOWABLE = ("text/html", "text/plain", "image/jpeg", "image/png")


def page(
    request: HttpRequest, found: Handoff, seen: HandoffView, entries: Sequence[Entry], told: Mapping[str, object]
) -> HttpResponse:
    """The hand-off's page: one block for each write, and what is `told` of whom it goes to.

    That the case is shown stands in the journal already.
    """
    blocks = stories(seen.case, entries, current().journal)
    response = render(request, "unknown.html", {"handoff": found, "seen": seen, "stories": blocks, **told})
    response.headers["Content-Security-Policy"] = _PICTURES_TOO
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def settle(request: HttpRequest, number: int, write: int, answer: str) -> HttpResponse:
    """Ask whether the person is sure and say what it means; a POST settles the write as done or not done."""
    found, done = require_handoff(request, number), answer == "gjort"
    one = next((one for one in unknown_writes(found.case) if one.pk == write), None)
    form = NoteForm(request.POST if request.method == "POST" else None)
    if one is None or found.closed_at is not None:
        if request.method == "POST":
            return refused(request, found, BusinessError("Skrivningen är redan utredd, eller så är ärendet avslutat."))
        return redirect("handoff", number)
    if not form.is_valid():
        return render(request, "settle.html", {"handoff": found, "write": one, "done": done, "form": form})
    note, now = form.cleaned_data["note"], current().clock()
    try:
        case = Settling(current().journal).settle(
            number, one.name, done=done, person=person_of(request), now=now, note=note
        )
    except BusinessError as error:
        return refused(request, found, error)
    told = f"Ärende {found.case_id}: «{one.name}» är utrett som {'gjort' if done else 'inte gjort'}."
    if unknown_writes(case):
        messages.success(request, f"{told} Det finns mer att reda ut innan roboten går vidare.")
        return redirect("handoff", number)
    messages.success(request, f"{told} Roboten går vidare.")
    return redirect("to-do")


@require_safe
def evidence(request: HttpRequest, number: int, entry: int, position: int) -> HttpResponse:
    """One piece of evidence, harmless whatever it holds. That it is shown stands in the journal first."""
    found = require_handoff(request, number)
    # Its address names where its digest stands, not the digest: addresses are logged.
    case, entries = open_for(request, found, piece=f"{entry}/{position}")
    named: list[dict[str, str]] = next((one.payload.get("evidence", []) for one in entries if one.index == entry), [])
    if position >= len(named):
        raise Http404
    digest = named[position]["sha256"]
    if digest not in current().journal.kept(case.handle, case.department, [digest]):
        raise Http404
    media_type, content = current().journal.piece(case.handle, case.department, digest)
    shown = media_type if media_type in _SHOWABLE else "application/octet-stream"
    charset = "; charset=utf-8" if shown.startswith("text/") else ""
    return HttpResponse(content, content_type=shown + charset, headers={"Content-Security-Policy": _INERT})


def refused(request: HttpRequest, found: Handoff, error: BusinessError) -> HttpResponse:
    """Back to the hand-off, with what stood in the way."""
    messages.error(request, f"Ärende {found.case_id}: ingenting gjordes. {error.message}")
    return redirect("handoff", found.pk)
