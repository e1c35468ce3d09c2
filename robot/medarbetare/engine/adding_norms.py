"""A new table of amounts put among a workflow's rules: wholly or not at all, and never over another file."""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from django.db import transaction

from medarbetare.engine.ruleset import NewFile
from medarbetare.errors import BusinessError, reason_of
from medarbetare.journal.writing import Journal

NORMS_ADDED = "norms.added"
"""Kind of journal entry: that a table was put among the rules, and by whom."""


def add_norms(
    file: NewFile,
    folder: Path,
    check: Callable[[], object],
    journal: Journal,
    workflow: str,
    *,
    asked_by: str,
    department: str,
) -> Path:
    """Put the file in `folder`, the workflow's, and tell it in the journal. `check` reads the rules as they are then.

    Raises BusinessError when it cannot be put there, and what `check` or the journal raises: nothing is changed then.
    """
    place = folder / file.name
    with _placed(place, file.content), transaction.atomic():
        check()
        told = {"workflow": workflow, "file": file.name, "table": sha256(file.content).hexdigest()}
        journal.append(case=None, kind=NORMS_ADDED, actor=asked_by, department=department, payload=told)
    return place


@contextmanager
def _placed(place: Path, content: bytes) -> Iterator[None]:
    """The file lies there whole from now on; no longer when what follows fails."""
    # A name that is not read as a table: what an ended process leaves behind is in nobody's way.
    draft = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
    try:
        _write(draft, content)
        try:
            _link(draft, place)
            yield
        except BaseException:
            if place.exists() and place.samefile(draft):
                place.unlink()
            raise
    finally:
        draft.unlink(missing_ok=True)


def _write(draft: Path, content: bytes) -> None:
    try:
        with draft.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise BusinessError(
            f"{draft.parent}: filen kan inte skrivas där ({reason_of(error)}). Inget är ändrat."
        ) from None


def _link(draft: Path, place: Path) -> None:
    # Unlike a renaming, a link is never made over a file that is there.
    try:
        os.link(draft, place)
    except FileExistsError:
        raise BusinessError(f"{place} finns redan och ändras inte. Ge filen ett annat namn.") from None
    except OSError as error:
        raise BusinessError(f"{place}: filen kan inte läggas där ({reason_of(error)}). Inget är ändrat.") from None
