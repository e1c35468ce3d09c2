"""The pages' addresses. They hold numbers and random handles only, never anything personal."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from medarbetare.web import assignment, explained, follow_up, login, pages, style, unknown, waits


class Answer(StringConverter):
    """Whether a write was done."""

    regex = "gjort|inte-gjort"


class WorkerKey(StringConverter):
    """A case worker's list, see `follow_up`."""

    regex = "[0-9a-f]{16}"


register_converter(Answer, "answer")
register_converter(WorkerKey, "worker")

urlpatterns = [
    path("", pages.to_do, name="to-do"),
    path("vantar/", waits.waiting, name="waiting"),
    path("avslutade/", pages.closed, name="closed"),
    path("uppfoljning/", follow_up.overview, name="follow-up"),
    path("uppfoljning/<worker:key>/", follow_up.of_worker, name="follow-up-of"),
    path("overlamning/<int:number>/", pages.handoff, name="handoff"),
    path("overlamning/<int:number>/ta-over/", pages.take_over, name="take-over"),
    path("overlamning/<int:number>/forsok-igen/", pages.retry, name="retry"),
    path("overlamning/<int:number>/tilldela-mig/", assignment.assign, name="assign"),
    path("overlamning/<int:number>/skrivning/<int:write>/<answer:answer>/", unknown.settle, name="settle"),
    path("overlamning/<int:number>/bevis/<int:entry>/<int:position>/", unknown.evidence, name="evidence"),
    path("arende/", explained.find, name="find-case"),
    path("arende/<slug:handle>/", explained.explained, name="explained"),
    path("arende/<slug:handle>/avbryt-vantan/", waits.end_wait, name="end-wait"),
    path("arende/<slug:handle>/json/", explained.as_json, name="explained-json"),
    path("logga-in/", login.log_in, name="log-in"),
    path("logga-ut/", login.log_out, name="log-out"),
    path(f"stil-{style.VERSION}.css", style.sheet, name="style"),
]
handler400 = "medarbetare.web.errors.bad_request"
handler403 = "medarbetare.web.errors.forbidden"
handler404 = "medarbetare.web.errors.not_found"
handler500 = "medarbetare.web.errors.server_error"
