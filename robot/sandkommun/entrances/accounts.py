"""Who may log in to a system, with what. Drawn anew at each start; only files with mode 0600 hold the secrets."""

import hmac
import json
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pyotp

USERS = ("robot", "handlaggare")


@dataclass(frozen=True)
class Account:
    """One user of one system; `totp` is a base32 secret, or None where a password is enough. Where one logs in by
    certificate the password is empty, and `certificate` and `key` are the paths of PEM files."""

    user: str
    password: str
    totp: str | None
    certificate: str | None = None
    key: str | None = None

    def __repr__(self) -> str:
        return f"Account({self.user!r})"

    def knows(self, password: str) -> bool:
        return bool(self.password) and hmac.compare_digest(self.password.encode(), password.encode())

    def proves(self, code: str) -> bool:
        """Whether the six digits are right by RFC 6238, one step of 30 s either side; a code may be used again."""
        return self.totp is not None and pyotp.TOTP(self.totp).verify(code.strip(), valid_window=1)

    def code(self) -> str:
        """The one-time code of this moment. Raises ValueError where the account has none."""
        if self.totp is None:
            raise ValueError(f"{self.user} has no one-time code")
        return str(pyotp.TOTP(self.totp).now())


class Accounts(Mapping[str, Account]):
    """The accounts by user, of one system or of several that share them. Their files are kept true."""

    def __init__(self, folder: Path, systems: Sequence[str], drawn: Mapping[str, Account]) -> None:
        self._folder = folder
        self._systems = systems
        self._drawn = dict(drawn)
        self._current: dict[str, Account] = {}
        self.restore()

    def __getitem__(self, user: str) -> Account:
        return self._current[user]

    def __iter__(self) -> Iterator[str]:
        return iter(self._current)

    def __len__(self) -> int:
        return len(self._current)

    def renew(self, user: str, password: str) -> None:
        """Give a user another password, in the files too."""
        self._set(replace(self._current[user], password=password))

    def restore(self) -> None:
        """Everybody has the password they began with."""
        for account in self._drawn.values():
            if self._current.get(account.user) != account:
                self._set(account)

    def _set(self, account: Account) -> None:
        self._current[account.user] = account
        told = {key: value for key, value in asdict(account).items() if key == "totp" or value is not None}
        for system in self._systems:
            write_private(place(self._folder, system, account.user), json.dumps(told).encode())


def draw(
    folder: Path,
    systems: Sequence[str],
    *,
    with_totp: bool = False,
    certificates: Mapping[str, tuple[Path, Path]] | None = None,
) -> Accounts:
    """Draw the accounts of a system, or of several that share them, and write their files.

    `certificates`: for each user the files of a certificate and its key, where one logs in by those alone.
    """
    drawn = {}
    for user in USERS:
        if certificates is None:
            drawn[user] = Account(user, secrets.token_urlsafe(18), pyotp.random_base32() if with_totp else None)
        else:
            certificate, key = certificates[user]
            drawn[user] = Account(user, "", None, str(certificate), str(key))
    return Accounts(folder, systems, drawn)


def place(folder: Path, system: str, user: str) -> Path:
    """The file of one account: the robot's has the system's name alone."""
    return folder / (f"{system}.json" if user == "robot" else f"{system}.{user}.json")


def read(file: Path) -> Account:
    """An account from its file. Raises OSError when there is none."""
    return Account(**json.loads(file.read_text("utf-8")))


def write_private(file: Path, content: bytes) -> None:
    """Write a file that only its owner may read; whoever reads meanwhile sees the old content or the new."""
    unfinished = file.with_name(f"{file.name}.part")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(content)
    unfinished.replace(file)
