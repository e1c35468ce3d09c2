"""A folder into which an e-service or an integration drops applications.

What whoever drops must do, and what the robot does:

- An application is `<reference>.xml` or `<reference>.json`; its attachments lie in the sub-folder `<reference>/`.
- Write under another name (beginning with a dot, or ending with `.part`, `.tmp` or `~`: such are not looked at), then
  rename into place in the same file system: a file with its final name is whole. Attachments first, the application
  last. A file that changes while it is being read is read again later.
- The robot never changes, moves or deletes anything. A reference that it has seen once it never takes in again; staff
  may move what is finished into any sub-folder.
- Links, and anything else that is no ordinary file, are never opened. An application whose file is one, or whose name
  is no plain reference, becomes a hand-off. Other files at the top are passed over and counted in the log.
"""

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, tzinfo
from functools import partial
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import structlog

from medarbetare.engine.original import FIRST_BYTES, Attachment, Original, kind_of
from medarbetare.errors import BusinessError, TechnicalError, reason_of
from medarbetare.inbox.contract import LARGEST_ORIGINAL, InboxEntry, Seen, stands_in, usable

log = structlog.get_logger()

_ENDINGS = (".xml", ".json")
_UNFINISHED = (".part", ".tmp", "~")
_BATCH = 500
_MOST_ATTACHMENTS = 1000
_MOST_TO_HASH = 100_000_000
_BLOCK = 1 << 20
_SWEDEN = ZoneInfo("Europe/Stockholm")
_OPENING = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class FolderInboxSettings(InboxEntry):
    """One inbox in config/inbox.yaml: a folder, absolute or beside the configuration."""

    kind: Literal["folder"]
    folder: Path


class FolderInbox:
    """Implements `medarbetare.inbox.contract.Inbox` over a folder.

    `household` asks the workflow whose application a file is. `on_progress` is called again and again while large files
    are read. `zone` is where a file's time becomes a day.
    """

    def __init__(
        self,
        name: str,
        folder: Path,
        household: Callable[[Original], str | None],
        on_progress: Callable[[], None] = lambda: None,
        zone: tzinfo = _SWEDEN,
    ) -> None:
        self._name = name
        self._folder = folder
        self._household_of = household
        self._on_progress = on_progress
        self._zone = zone

    @property
    def portal(self) -> None:
        """None: a folder shows no status."""
        return None

    def arrivals(self) -> Iterator[Sequence[Seen]]:
        """Every application's file, by name. Raises TechnicalError when the folder cannot be read."""
        files = self._files()
        for first in range(0, len(files), _BATCH):
            yield [
                Seen(_stem(file), partial(self._household, file), partial(self._received, file))
                for file in files[first : first + _BATCH]
            ]

    def everything(self) -> Iterator[Sequence[Seen]]:
        """The same: a folder has no statuses. Raises TechnicalError."""
        return self.arrivals()

    def original(self, reference: str) -> Original:
        """Read an application and look at its attachments. Raises BusinessError, TechnicalError."""
        files = [file for file in self._files() if usable(_stem(file)) == reference]
        if not files:
            raise TechnicalError(f"Inkorgen {self._name}: ansökan {reference} ligger inte kvar i mappen. Lägg dit den.")
        if stands_in(reference):
            raise BusinessError(
                f"Inkorgen {self._name} har en ansökan vars filnamn inte kan användas som ärendenummer "
                f"({self._known_by(files[0])}). Leta upp den i mappen och handlägg den därifrån."
            )
        if len(files) > 1:
            raise BusinessError(
                f"Inkorgen {self._name}: ansökan {reference} ligger i mappen som två filer, "
                f"{' och '.join(files)}. Avgör vilken som gäller."
            )
        return Original.of(self._read(files[0]), self._attachments(reference))

    def _files(self) -> list[str]:
        """The names of all applications' files."""
        with self._reading(), os.scandir(self._folder) as entries:
            shown = [
                entry.name
                for entry in entries
                if not entry.name.startswith(".")
                and not entry.name.endswith(_UNFINISHED)
                and not entry.is_dir(follow_symlinks=False)
            ]
        files = sorted(name for name in shown if name.lower().endswith(_ENDINGS))
        if others := len(shown) - len(files):
            log.warning("files that are no applications", inbox=self._name, count=others)
        return files

    def _household(self, file: str) -> str | None:
        return self._household_of(Original.of(self._read(file)))

    def _received(self, file: str) -> date:
        """The day on which the file was last written: a folder tells no other."""
        with self._reading():
            return datetime.fromtimestamp(os.lstat(self._folder / file).st_mtime, self._zone).date()

    def _known_by(self, file: str) -> str:
        found = os.lstat(self._folder / file)
        return f"ändrad {datetime.fromtimestamp(found.st_mtime, self._zone):%Y-%m-%d %H:%M}, {found.st_size} byte"

    def _read(self, file: str) -> bytes:
        with self._reading():
            if stat.S_ISLNK(os.lstat(self._folder / file).st_mode):
                raise BusinessError("Ansökans fil är en länk till en annan fil och läses inte av säkerhetsskäl.")
            descriptor = os.open(self._folder / file, _OPENING)
            with open(descriptor, "rb") as opened:
                before = os.fstat(descriptor)
                if not stat.S_ISREG(before.st_mode):
                    raise BusinessError("Ansökans fil är ingen vanlig fil och läses inte.")
                if before.st_size > LARGEST_ORIGINAL:
                    raise BusinessError(
                        f"Ansökans fil är {before.st_size // 1_000_000} MB; roboten läser högst "
                        f"{LARGEST_ORIGINAL // 1_000_000} MB. Filen ligger kvar i mappen."
                    )
                content = b"".join(self._blocks(opened.read, before.st_size + 1))
                after = os.fstat(descriptor)
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(content) != after.st_size:
            raise TechnicalError(f"Inkorgen {self._name}: en fil ändrades medan den lästes. Den läses igen.")
        return content

    def _blocks(self, read: Callable[[int], bytes], most: int) -> Iterator[bytes]:
        left = most
        while left > 0 and (block := read(min(left, _BLOCK))):
            self._on_progress()
            left -= len(block)
            yield block

    def _attachments(self, reference: str) -> tuple[Attachment, ...]:
        with self._reading():
            try:
                folder = os.open(self._folder / reference, _OPENING | os.O_DIRECTORY)
            except FileNotFoundError:
                return ()
            except NotADirectoryError:
                return (Attachment(name=reference, size=0, kind="", is_file=False),)
            try:
                with os.scandir(folder) as entries:
                    names = sorted(entry.name for entry in islice(entries, _MOST_ATTACHMENTS))
                left = _MOST_TO_HASH
                found = []
                for name in names:
                    found.append(self._attachment(name, folder, left))
                    left -= found[-1].size
                return tuple(found)
            finally:
                os.close(folder)

    def _attachment(self, name: str, folder: int, most: int) -> Attachment:
        shown = os.fsencode(name).decode("utf-8", "replace")
        before = os.stat(name, dir_fd=folder, follow_symlinks=False)
        if not stat.S_ISREG(before.st_mode):
            return Attachment(name=shown, size=0, kind="", is_file=False)
        with open(os.open(name, _OPENING, dir_fd=folder), "rb") as opened:
            kind = kind_of(opened.read(FIRST_BYTES))
            if before.st_size > most:
                return Attachment(name=shown, size=before.st_size, kind=kind)
            opened.seek(0)
            digest = sha256()
            for block in self._blocks(opened.read, before.st_size):
                digest.update(block)
        return Attachment(name=shown, size=before.st_size, kind=kind, sha256=digest.hexdigest())

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """What the file system refuses is the machine's trouble, told without the file's name."""
        try:
            yield
        except OSError as error:
            raise TechnicalError(
                f"Inkorgen {self._name}: mappen eller en fil i den kan inte läsas ({reason_of(error)}). "
                "Kontrollera att den finns och att roboten får läsa den."
            ) from None


def _stem(file: str) -> str:
    return file.rpartition(".")[0]
