"""Logging in and out: Django's own, with bounded guessing and nothing of what was typed in any log."""

from typing import Any

import structlog
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError

from medarbetare.web import throttling
from medarbetare.web.context import current

log = structlog.get_logger()


class LoginForm(AuthenticationForm):
    """User name and password, at most so often."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["username"].label = "Användarnamn"
        self.fields["password"].label = "Lösenord"

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError, in the same words whether there is such a user or not."""
        name = self.cleaned_data.get("username")
        if not name or not self.cleaned_data.get("password"):
            # The empty field says so itself. Nothing was tried, so nothing counts and nothing is forgotten.
            return self.cleaned_data
        now = current().clock()
        if not throttling.begin(name, now):
            log.warning("log-in refused", why="throttled")
            minutes = int(throttling.WITHIN.total_seconds() // 60)
            raise ValidationError(
                f"För många misslyckade försök. Vänta {minutes} minuter och försök igen, eller vänd dig till it."
            )
        try:
            cleaned = super().clean()
        except ValidationError:
            log.warning("log-in refused", why="wrong name or password")
            raise
        throttling.succeeded(name)
        # Whoever logs in clears away what others have left behind.
        Session.objects.filter(expire_date__lt=now).delete()
        return cleaned

    def get_invalid_login_error(self) -> ValidationError:
        return ValidationError("Fel användarnamn eller lösenord. Kontrollera båda och försök igen.")


log_in = LoginView.as_view(authentication_form=LoginForm, template_name="log_in.html", redirect_authenticated_user=True)
log_out = LogoutView.as_view()
