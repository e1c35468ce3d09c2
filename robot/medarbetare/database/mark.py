"""What is kept outside the database, so that a restore from an older backup is noticed and erasures are made again.

A restored database cannot know what it has forgotten. The mark says how far the journal had come when this machine last
looked; the list of erasures says what retention has removed. Neither holds personal data.
"""

import getpass
import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from medarbetare.errors import ConfigurationError

MARK = "mark.json"
ERASURES = "erasures.jsonl"


@dataclass(frozen=True)
class Mark:
    """The newest checkpoint of the journal that was known at `at`, by the database's clock.

    `size` is the number of entries and `note` the signed checkpoint; 0 and empty: none yet. `database` tells one
    database from another, as far as the server says.
    """

    origin: str
    size: int
    note: str
    at: datetime
    database: str


class OutsideDatabase:
    """The folder with the mark and the list of erasures; made when something is first written there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def mark(self) -> Mark | None:
        """The mark; None when there is none yet. Raises ConfigurationError when it cannot be read."""
        text = self._read(MARK)
        if text is None:
            return None
        try:
            content = json.loads(text)
            return Mark(**{**content, "at": datetime.fromisoformat(content["at"])})
        except (ValueError, TypeError, KeyError):
            raise self._unreadable(MARK) from None

    def set_mark(self, mark: Mark) -> None:
        """Replace the mark, durably and as a whole. Raises OSError."""
        content = {**asdict(mark), "at": mark.at.isoformat()}
        self._make_folder()
        draft = self.folder / f".{MARK}.{os.getpid()}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:
            json.dump(content, file)
            file.flush()
            os.fsync(descriptor)
        draft.replace(self.folder / MARK)
        _sync(self.folder)

    def fault(self) -> str | None:
        """Why nothing can be written there by whoever runs this, as the end of a sentence; None when it can.

        A folder that is not there yet is made when something is first written, so it is told only when it cannot be.
        """
        # Not Path.exists, which fails where a folder above may not be entered.
        nearest = next(one for one in (self.folder, *self.folder.absolute().parents) if os.path.exists(one))
        if not nearest.is_dir():
            return f"{nearest} är ingen mapp"
        kept = [one for one in (nearest, nearest / MARK, nearest / ERASURES) if os.path.exists(one)]
        closed = next((one for one in kept if not os.access(one, os.R_OK | os.W_OK)), None)
        if closed is None:
            return None
        if nearest == self.folder:
            return f"användaren {getpass.getuser()} får inte läsa och skriva {closed}"
        return f"användaren {getpass.getuser()} når inte {self.folder} och får inte göra den i {nearest}"

    def erasures(self) -> list[dict[str, Any]]:
        """Every erasure that was listed here, oldest first. Raises ConfigurationError."""
        text = self._read(ERASURES) or ""
        try:
            # A line without its end was being written when the machine stopped; its erasure had not been made.
            return [json.loads(line) for line in text.split("\n")[:-1]]
        except ValueError:
            raise self._unreadable(ERASURES) from None

    def list_erasures(self, erasures: list[dict[str, Any]]) -> None:
        """Add erasures, durably, before they are made in the database. Raises OSError."""
        self._make_folder()
        descriptor = os.open(
            self.folder / ERASURES, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600
        )
        with open(descriptor, "ab") as file:
            size = os.fstat(descriptor).st_size
            if size and os.pread(descriptor, 1, size - 1) != b"\n":
                os.truncate(descriptor, os.pread(descriptor, size, 0).rfind(b"\n") + 1)
            file.write("".join(f"{json.dumps(one)}\n" for one in erasures).encode())
            file.flush()
            os.fsync(descriptor)
        _sync(self.folder)

    def _read(self, name: str) -> str | None:
        try:
            return (self.folder / name).read_text("utf-8")
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            raise self._unreadable(name) from None

    def _make_folder(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _unreadable(self, name: str) -> ConfigurationError:
        return ConfigurationError(
            f"{self.folder / name} går inte att läsa. Filen visar om databasen är återställd från en äldre "
            "säkerhetskopia. Ge roboten rätt att läsa den; är den skadad: ta bort den och kör medarbetare recovery "
            "begin."
        )


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
