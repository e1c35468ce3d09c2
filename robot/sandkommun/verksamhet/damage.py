"""What the system loses or spoils, without a word, of what is typed into it."""

from collections.abc import Sequence
from typing import TypeVar

from sandkommun.storage import Json
from sandkommun.stubbornness.hitting import Hits
from sandkommun.stubbornness.texts import kept
from sandkommun.verksamhet.forms import Field, Form

T = TypeVar("T")


def spoiled(form: Form, content: Json, hits: Hits) -> Json:
    """The content of a record as it is saved when these faults hit the save: half of it, texts cut, letters spoiled."""
    saved = _half(form, content) if "halv_sparning" in hits else content
    if saved != content:
        hits.happened("halv_sparning")
    changed = {**saved, **_texts(form.fields, saved, hits)}
    for rows in form.rows:
        changed[rows.name] = [{**row, **_texts(rows.fields, row, hits)} for row in saved[rows.name]]
    return changed


def kept_files(files: Sequence[T], hits: Hits) -> Sequence[T]:
    """The files that are kept of a save that these faults hit."""
    if "halv_sparning" not in hits or not files:
        return files
    hits.happened("halv_sparning")
    return _half_of(files)


def _half_of(things: Sequence[T]) -> Sequence[T]:
    """The first half, and of a single one nothing."""
    return things[: len(things) // 2]


def _half(form: Form, content: Json) -> Json:
    """The first half of the rows; without rows, of the optional fields; without those, of each long text."""
    if form.rows:
        return {**content, **{rows.name: _half_of(content[rows.name]) for rows in form.rows}}
    optional = [one.name for one in form.fields if one.optional]
    if optional:
        return {**content, **dict.fromkeys(optional[len(optional) // 2 :], "")}
    long = [one.name for one in form.fields if one.kind == "long"]
    return {**content, **{name: content[name][: len(content[name]) // 2] for name in long}}


def _texts(fields: Sequence[Field], content: Json, hits: Hits) -> Json:
    return {one.name: kept(content[one.name], hits) for one in fields if one.kind in ("text", "long")}
