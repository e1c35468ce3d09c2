"""Logging in, without ever locking an account."""

import time
from collections.abc import Callable, Mapping
from datetime import timedelta

import pyotp

from medarbetare.browser.navigation import Navigation
from medarbetare.browser.selector_file import Login, LoginForm, Totp
from medarbetare.browser.session import MAIN, Place
from medarbetare.browser.settings import PortalSettings
from medarbetare.clock import utc_now
from medarbetare.config import SecretReference
from medarbetare.errors import ConfigurationError, Held, LoginRefused, SelectorError

_ATTEMPTS = 2
_PERIOD_S = 60.0


class LoginGuard:
    """Lets at most two unsuccessful log-ins a minute through to a portal, and none after it has refused one."""

    def __init__(self, portal: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._portal = portal
        self._clock = clock
        self._attempts: list[float] = []
        self._refused = False
        self.before_password: Callable[[], None] = lambda: None
        """Called just before a password is sent. May raise LoginRefused."""

    def begin(self) -> None:
        """Raises LoginRefused when the portal has refused one, Held when the last ones led nowhere."""
        if self._refused:
            raise self.refused("inloggningen avvisades tidigare")
        self._attempts = [moment for moment in self._attempts if self._clock() - moment < _PERIOD_S]
        if len(self._attempts) >= _ATTEMPTS:
            raise Held(
                f"Portalen {self._portal}: två inloggningar den senaste minuten ledde ingen vart; roboten väntar.",
                until=utc_now() + timedelta(seconds=_PERIOD_S),
            )

    def sending(self) -> None:
        """A password is about to be sent: that is what counts as an attempt, not that the portal was looked for."""
        self.before_password()
        self._attempts.append(self._clock())

    def succeeded(self) -> None:
        """The portal let the robot in."""
        self._attempts.clear()

    def refused(self, why: str = "inloggningen avvisades") -> LoginRefused:
        """The portal said no: no further attempt is made. Gives the error to raise."""
        self._refused = True
        return LoginRefused(
            f"Portalen {self._portal}: {why}. Roboten försöker inte igen, så att kontot inte låses.",
            portal=self._portal,
        )

    def forget(self) -> None:
        """A person has resumed the portal since it refused."""
        self._refused = False


def log_in(navigation: Navigation, login: Login, settings: PortalSettings, guard: LoginGuard) -> None:
    """Log in as the selector file says, and arrive at its `done` page.

    `navigation` must not take the log-in page for a lost session. Raises PortalError when refused, ConfigurationError
    when a secret is missing, and what navigation raises.
    """
    values = _credentials(login.form, settings)
    totp_secret = _secret(settings, "totp", settings.totp) if login.totp else ""
    if totp_secret:
        one_time_code(totp_secret)  # a secret that is no secret must not cost a log-in
    guard.begin()
    came = navigation.visit_one_of([login.form.page, login.done])
    if came != login.done:  # single sign-on may still know the robot
        _only_at(navigation, settings)
        following = [login.done, *([login.totp.page] if login.totp else []), *login.alarms, login.form.page]
        if values:
            guard.sending()
        came = _submit(navigation, login.form.page, values, login.form.submit, following, guard)
    if login.totp is not None and came == login.totp.page:
        came = _answer_code(navigation, login, login.totp, settings, one_time_code(totp_secret), guard)
    if came in login.alarms:
        raise guard.refused(f"visar sidan «{came}», som en människa måste ta hand om")
    if came != login.done:
        raise guard.refused()
    guard.succeeded()


def _credentials(form: LoginForm, settings: PortalSettings) -> dict[str, str]:
    """What is typed into the form; nothing where a certificate is enough."""
    if form.user is None or form.password is None:
        return {}
    user, password = _secret(settings, "user", settings.user), _secret(settings, "password", settings.password)
    return {form.user: user, form.password: password}


def one_time_code(secret: str) -> str:
    """The six digits for this moment (RFC 6238). Raises ConfigurationError when `secret` is no Base32 secret."""
    try:
        return pyotp.TOTP(secret).now()
    except ValueError:
        raise ConfigurationError(
            "Hemligheten för engångskoder är ogiltig: den ska vara Base32 och minst 112 bitar (23 tecken)."
        ) from None


def _answer_code(
    navigation: Navigation, login: Login, totp: Totp, settings: PortalSettings, code: str, guard: LoginGuard
) -> str:
    _only_at(navigation, settings)
    following = [login.done, totp.page, *login.alarms, login.form.page]
    return _submit(navigation, totp.page, {totp.code: code}, totp.submit, following, guard)


def _submit(
    navigation: Navigation, page: str, values: Mapping[str, str], click: str, following: list[str], guard: LoginGuard
) -> str:
    navigation.check(page, navigation.submit(page, {}, values, click, Place(MAIN)))
    try:
        return navigation.arrive_at_one_of(following, {})
    except SelectorError:
        # Such as «kontot är spärrat». Whoever tries again without knowing what it says locks the account.
        raise guard.refused("visar efter inloggningen en sida som roboten inte känner") from None


def _only_at(navigation: Navigation, settings: PortalSettings) -> None:
    """Password and code are typed at one place only: scheme, host and port. Raises PortalError anywhere else."""
    if navigation.session.origin(Place(MAIN)) != settings.login_origin:
        raise navigation.session.failed("visar inloggningen på en annan adress än den konfigurerade")


def _secret(settings: PortalSettings, key: str, reference: SecretReference | None) -> str:
    if reference is None:
        raise ConfigurationError(f"Portalen {settings.name} kräver inloggning, men {key} saknas i konfigurationen.")
    return reference.resolve().get_secret_value()
