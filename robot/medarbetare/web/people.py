"""Who is asking, what they may see, and that every look at a case stands in the journal before it is had."""

from collections.abc import Callable, Sequence

import structlog
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from medarbetare.cases.access import group_of, is_shielded, role_of, visible
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
    if not may_open(request, case):
        note_refusal(current().journal, case, person_of(request).actor)
        log.warning("access refused", case=handle)
        raise Http404
    return case


def may_open(request: HttpRequest, case: Case) -> bool:
    """Whether the person may see a case: by a hand-off of it, else by the role that takes ordinary ones.

    The latter where nothing of the case was ever handed over, as when the robot decided it alone. A household that a
    role shields is not seen that way. What the case's entries say is judged when it is opened.
    """
    if own_handoffs(request).filter(case=case).exists():
        return True
    ordinary = group_of(case.department, _ORDINARY)
    if case.handoffs.exists() or not user_of(request).groups.filter(name=ordinary).exists():
        return False
    return not is_shielded(case, current().shielded)


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
