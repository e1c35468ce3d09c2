"""Configuration of one portal: its address, who logs in, and how long the robot waits for it."""

from datetime import timedelta
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from medarbetare.config import SecretReference, Strict
from medarbetare.config.loading import in_order
from medarbetare.engine.patience import Retry
from medarbetare.engine.portal import Visibility
from medarbetare.errors import ConfigurationError


def origin(address: str) -> str:
    """Scheme, host and port of a web address, the usual port written out."""
    parts = urlsplit(address)
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    return f"{parts.scheme}://{parts.hostname}:{port}"


class VisibilitySettings(Strict):
    """How soon a saved record can be read back; see `medarbetare.engine.portal.Visibility`."""

    limit_s: int = Field(ge=0)
    guaranteed: bool = False


class Timeouts(Strict):
    """Seconds. `operation` bounds one navigation, save or download; `element` is the patience with a page that has come
    but does not show an element yet."""

    operation: float = Field(default=20, gt=0, le=20)
    element: float = Field(default=2, gt=0, le=20)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        in_order("element", self.element, "operation", self.operation)
        return self


class RetrySettings(Strict):
    """How often something is tried while the portal fails, and the pauses in between (seconds): each twice the last."""

    attempts: int = Field(default=3, gt=0, le=20)
    wait_initial: float = Field(default=0.5, gt=0)
    wait_max: float = Field(default=5, gt=0, le=10)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        in_order("wait_initial", self.wait_initial, "wait_max", self.wait_max)
        return self

    def as_retry(self) -> Retry:
        """The same terms in the engine's words."""
        return Retry(self.attempts, timedelta(seconds=self.wait_initial), timedelta(seconds=self.wait_max))


class Certificate(Strict):
    """The robot's client certificate (PEM files), with which it is logged in without a form.

    `authority` vouches for the portal's own certificate, when the machine does not know who does.
    """

    file: Path
    key: Path
    authority: Path | None = None


class PortalSettings(Strict):
    """One portal. `selectors` is the name of the file in `selectors/`, by default the portal's own name."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    address: str
    selectors: str | None = Field(default=None, pattern=r"^[a-z][a-z0-9_]*$")
    user: SecretReference | None = None
    password: SecretReference | None = None
    totp: SecretReference | None = None
    login_address: str | None = None
    """Where the portal sends the robot to log in (kind: sso), when that is another host."""
    shown_as: str | None = None
    """How the portal's lists name the robot as the one who registered something, when that is not its user name."""
    certificate: Certificate | None = None
    visibility: VisibilitySettings
    timeouts: Timeouts = Timeouts()
    retry: RetrySettings = RetrySettings()

    @field_validator("address", "login_address")
    @classmethod
    def _address_is_a_web_address(cls, address: str | None) -> str | None:
        if address is None:
            return None
        parts = urlsplit(address)
        if (
            parts.scheme not in ("http", "https")
            or not parts.hostname
            or parts.query
            or parts.fragment
            or parts.username
        ):
            raise ValueError("en webbadress, t.ex. https://verksamhet.example.se, utan användare, ? och #")
        return address.rstrip("/")

    @property
    def host(self) -> str:
        """The host name in lower case, without port."""
        return urlsplit(self.address).hostname or ""

    @property
    def hosts(self) -> tuple[str, ...]:
        """The host names that the portal may use: its own, and the one where it logs in."""
        login = urlsplit(self.login_address or "").hostname
        return (self.host, login) if login and login != self.host else (self.host,)

    @property
    def login_origin(self) -> str:
        """The only place (scheme, host and port) that may be given password and code."""
        return origin(self.login_address or self.address)

    @property
    def robot(self) -> str:
        """How the portal's lists name the robot. Raises ConfigurationError when that is not told."""
        if self.shown_as is not None:
            return self.shown_as
        if self.user is None:
            raise ConfigurationError(
                f"portals.yaml: portalen {self.name}: ange shown_as, så som systemets listor skriver vem som har "
                "registrerat det som roboten registrerar."
            )
        return self.user.resolve().get_secret_value()

    @property
    def encrypted(self) -> bool:
        """Whether the portal is to be reached by https only."""
        return self.address.startswith("https:")

    @property
    def selectors_name(self) -> str:
        """Name of the selector file without its ending."""
        return self.selectors or self.name

    def as_visibility(self) -> Visibility:
        """The same promise in the engine's words."""
        return Visibility(limit=timedelta(seconds=self.visibility.limit_s), guaranteed=self.visibility.guaranteed)
