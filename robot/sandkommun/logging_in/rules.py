"""When an account lets its user in: refused log-ins lock it, and sometimes the password must be changed first.

What is known of an account lies in the system's database (document `konto`), so that a reset clears it.
"""

from starlette.requests import Request

from sandkommun.entrances.accounts import Account
from sandkommun.storage import Json
from sandkommun.stubbornness.hitting import hits_of
from sandkommun.system import System

LOCKED = "Kontot är spärrat efter upprepade misslyckade inloggningar. Kontakta systemförvaltaren."
SHORTEST = 12
"""So many characters a new password must have."""
_UNTOUCHED: Json = {"misslyckade": 0, "sparrat": False, "byt": False}


class Refused(Exception):
    """The log-in goes no further; the text is shown to the person."""


def check_password(system: System, request: Request, user: str, password: str, wrong: str) -> Account:
    """The account of a user who knows its password. Raises Refused with the text `wrong`, or that it is locked."""
    account = system.accounts.get(user)
    if account is None:
        raise Refused(wrong)
    check_open(system, request, user)
    if not account.knows(password):
        refuse(system, user, wrong)
    if "byt_losenord" in hits_of(request):
        hits_of(request).happened("byt_losenord")
        _note(system, user, byt=True)
    return account


def check_code(system: System, user: str, code: str, wrong: str) -> None:
    """That a user's one-time code is right. Raises Refused."""
    if _state(system, user)["sparrat"]:
        raise Refused(LOCKED)
    if not system.accounts[user].proves(code):
        refuse(system, user, wrong)


def check_open(system: System, request: Request, user: str) -> None:
    """That an account is not locked. Raises Refused."""
    if "konto_sparrat" in hits_of(request):
        hits_of(request).happened("konto_sparrat")
        _note(system, user, sparrat=True)
    if _state(system, user)["sparrat"]:
        raise Refused(LOCKED)


def refuse(system: System, user: str, wrong: str) -> None:
    """Count a refused log-in, which may lock the account. Raises Refused."""
    failed = int(_state(system, user)["misslyckade"]) + 1
    most = system.val.vanor.sparrar_konto_efter
    locked = most is not None and failed >= most
    _note(system, user, misslyckade=failed, sparrat=locked)
    raise Refused(LOCKED if locked else wrong)


def let_in(system: System, user: str) -> None:
    """A log-in is complete: earlier refused ones no longer count."""
    if _state(system, user)["misslyckade"]:
        _note(system, user, misslyckade=0)


def must_change(system: System, user: str) -> bool:
    """Whether a user gets no further without a new password."""
    return bool(_state(system, user)["byt"])


def change_password(system: System, user: str, old: str, new: str, again: str) -> None:
    """Give a user a new password, in the credentials file too. Raises Refused."""
    if not system.accounts[user].knows(old):
        raise Refused("Det gamla lösenordet stämmer inte.")
    if new != again:
        raise Refused("De båda nya lösenorden är inte lika.")
    if len(new) < SHORTEST:
        raise Refused(f"Det nya lösenordet ska ha minst {SHORTEST} tecken.")
    if new == old:
        raise Refused("Det nya lösenordet får inte vara det gamla.")
    system.accounts.renew(user, new)
    _note(system, user, byt=False)


def _state(system: System, user: str) -> Json:
    return {**_UNTOUCHED, **(system.database.document("konto", user) or {})}


def _note(system: System, user: str, **what: bool | int) -> None:
    system.database.put("konto", user, {**_state(system, user), **what}, user=user)
