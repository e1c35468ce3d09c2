"""Error pages: what happened and what to do, never a detail of the machine or of a case."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def _page(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    return render(request, "error.html", {"title": title, "text": text}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The address or the form cannot be understood."""
    return _page(request, 400, "Begäran kunde inte tolkas", "Gå till Att göra och försök igen därifrån.")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The person may not do this."""
    return _page(request, 403, "Du har inte behörighet till sidan", "Vänd dig till it om du borde ha det.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """There is no such page for this person; whether there is one for others is not told."""
    text = "Sidan finns inte, eller så saknar du behörighet till den. Gå till Att göra och välj därifrån."
    return _page(request, 404, "Sidan finns inte", text)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was not sent from one of these pages, or the person has logged in anew since it was opened."""
    text = "Sidan var för gammal eller formuläret kom från en annan webbplats. Ingenting är gjort. Öppna sidan på nytt."
    return _page(request, 403, "Formuläret togs inte emot", text)


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of ours. Rendered without the request: what every page looks up may be what is broken."""
    text = "Felet är antecknat. Försök igen om en stund. Vänd dig till it om det inte hjälper."
    return HttpResponse(render_to_string("error.html", {"title": "Något gick fel", "text": text}), status=500)
