"""Who may log in to a system, with what. Drawn anew at each start; only files with mode 0600 hold the secrets."""

import hmac
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

import pyotp

USERS = ("robot", "handlaggare")


@dataclass(frozen=True)
class Account:
    """One user of one system; `totp` is a base32 secret, or None where a password is enough."""

    user: str
    password: str
    totp: str | None

    def __repr__(self) -> str:
        return f"Account({self.user!r})"

    def knows(self, password: str) -> bool:
        return hmac.compare_digest(self.password.encode(), password.encode())

    def proves(self, code: str) -> bool:
        """Whether the six digits are right by RFC 6238, one step of 30 s either side; a code may be used again."""
        return self.totp is not None and pyotp.TOTP(self.totp).verify(code.strip(), valid_window=1)

    def code(self) -> str:
        """The one-time code of this moment. Raises ValueError where the account has none."""
        if self.totp is None:
            raise ValueError(f"{self.user} has no one-time code")
        return str(pyotp.TOTP(self.totp).now())


def draw(folder: Path, system: str, *, with_totp: bool) -> dict[str, Account]:
    """Draw the accounts of a system and write their files."""
    accounts = {}
    for user in USERS:
        account = Account(user, secrets.token_urlsafe(18), pyotp.random_base32() if with_totp else None)
        _write_private(place(folder, system, user), json.dumps(asdict(account)))
        accounts[user] = account
    return accounts


def place(folder: Path, system: str, user: str) -> Path:
    """The file of one account: the robot's has the system's name alone."""
    return folder / (f"{system}.json" if user == "robot" else f"{system}.{user}.json")


def read(file: Path) -> Account:
    """An account from its file. Raises OSError when there is none."""
    return Account(**json.loads(file.read_text("utf-8")))


def _write_private(file: Path, text: str) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(text)
