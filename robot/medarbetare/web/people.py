"""Who is asking, what they may see, and that every look at a case stands in the journal before it is had."""

from collections.abc import Callable, Sequence

import structlog
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from medarbetare.cases.access import openable, role_of, visible
from medarbetare.cases.handoffs import Person
from medarbetare.cases.models import Case, Handoff
from medarbetare.cases.opening import AccessRefused, note_refusal, open_case
from medarbetare.engine.outcome import Outcome
from medarbetare.engine.presentation import finished_steps
from medarbetare.journal.writing import Entry
from medarbetare.web.context import current

_ORDINARY = Outcome.model_fields["role"].default
"""The role that takes what is handed over to nobody in particular."""

log = structlog.get_logger()


def user_of(request: HttpRequest) -> User:
    """Who is logged in."""
    # LoginRequiredMiddleware lets nobody else come this far.
    assert isinstance(request.user, User)
    return request.user


def person_of(request: HttpRequest) -> Person:
    """Who acts."""
    user = user_of(request)
    return Person(user.username, user.get_full_name() or user.username)


def own_handoffs(request: HttpRequest) -> QuerySet[Handoff]:
    """The hand-offs that the person may see."""
    groups = user_of(request).groups.values_list("name", flat=True)
    return visible(list(groups), current().shielded).select_related("case")


def require_handoff(request: HttpRequest, number: int) -> Handoff:
    """The hand-off, if the person may see it. Otherwise the attempt is journalled; raises Http404."""
    found = own_handoffs(request).filter(pk=number).first()
    if found is not None:
        return found
    foreign = Handoff.objects.select_related("case").filter(pk=number).first()
    if foreign is not None:
        note_refusal(current().journal, foreign.case, person_of(request).actor)
        log.warning("access refused", case=foreign.case_id)
    raise Http404


def require_case(request: HttpRequest, handle: str) -> Case:
    """The case, if the person may see it. Otherwise the attempt is journalled; raises Http404."""
    case = Case.objects.filter(handle=handle).first()
    if case is None:
        raise Http404
    if not own_cases(request).filter(pk=handle).exists():
        note_refusal(current().journal, case, person_of(request).actor)
        log.warning("access refused", case=handle)
        raise Http404
    return case


def own_cases(request: HttpRequest) -> QuerySet[Case]:
    """The cases that the person may see. What a case's entries say is judged when it is opened."""
    groups = user_of(request).groups.values_list("name", flat=True)
    return openable(list(groups), _ORDINARY, current().shielded)


def open_for(request: HttpRequest, handoff: Handoff, *, piece: str = "") -> tuple[Case, list[Entry]]:
    """The hand-off's case and its entries; see `open_case`. Raises Http404 when the person may not see it."""
    return open_case_for(request, handoff.case, piece=piece)


def open_case_for(request: HttpRequest, case: Case, *, piece: str = "") -> tuple[Case, list[Entry]]:
    """The case and its entries; see `open_case`. Raises Http404 when the person may not see it."""
    try:
        return open_case(current().journal, case.handle, person_of(request).actor, _may_see(request, case), piece=piece)
    except AccessRefused:
        log.warning("access refused", case=case.handle)
        raise Http404 from None


def _may_see(request: HttpRequest, case: Case) -> Callable[[Sequence[Entry]], bool]:
    """A mark of protection shields from the moment when it was read, also before the case has come to its role."""
    site, workflow = current(), current().workflows.get(case.workflow)
    roles = {role_of(group) for group in user_of(request).groups.values_list("name", flat=True)}
    trusted = any((case.department, role) in roles for role in site.shielded)
    return lambda entries: trusted or workflow is None or not workflow.is_shielded(finished_steps(entries))
