"""How one logs in to a system, of the kind that the world says: by password, with a one-time code after it, through the
municipality's common log-in (`sso`), or by certificate.

The pages `login.html`, `code.html`, `change.html`, `certificate.html`, `trouble.html` are taken from `templates/` here
where a system has none of its own; they extend the system's `base.html` and so wear its looks.
"""

from sandkommun.logging_in.by_certificate import certificate_login
from sandkommun.logging_in.by_password import password_login
from sandkommun.logging_in.by_ticket import ticket_login
from sandkommun.logging_in.kinds import LogIn, Words
from sandkommun.system import System

__all__ = ["LogIn", "Words", "login_of"]


def login_of(system: System, *, home: str, in_place: bool = True, words: Words | None = None) -> LogIn:
    """The log-in of a system, by the kind that its world says.

    `home`: where one comes after it. `in_place`: whoever is logged out meets the log-in page at whatever address
    (HTTP 200); otherwise is sent to it (303). `words`: the forms' addresses, fields and refusals.
    """
    match system.kommun.login(system.name):
        case "sso":
            return ticket_login(system, home, words or Words())
        case "certifikat":
            return certificate_login(system, home, words or Words())
        case _:
            return password_login(system, home, in_place, words or Words())
