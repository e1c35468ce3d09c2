"""The script that works inside pages: what it is sent. One operation of the robot is one round trip."""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from medarbetare.browser.selector_file import Candidate, Element, SelectorFile, Table, TableCandidate
from medarbetare.browser.template import css, fill, pattern

Request = dict[str, Any]
Answer = dict[str, Any]
Parameters = Mapping[str, str]

CALL = "request => globalThis.__medarbetare ? globalThis.__medarbetare.run(request) : { outcome: 'gone' }"
"""Runs an operation in a document where the script is installed, which arrival has done."""

CHOSEN = "() => globalThis.__medarbetare?.chosen() ?? null"
"""The file field that `attach` found, for the driver: no script of a page may put files into one."""


@cache
def install_and_call() -> str:
    """Runs an operation in any document, installing the script there first if need be."""
    folder = files("medarbetare.browser")
    parts = ("find.js", "widgets.js", "lists.js", "operations.js")
    source = "".join(folder.joinpath(name).read_text("utf-8") for name in parts)
    return (
        "request => { globalThis.__medarbetare ??= (() => {\n"
        + source
        + "\nreturn { run, chosen: () => state.chosen };\n})();"
        " return globalThis.__medarbetare.run(request); }"
    )


def element_spec(name: str, element: Element, parameters: Parameters) -> Request:
    """One element as the script understands it. Raises MissingParameter."""
    return {
        "name": name,
        "does": element.does,
        "candidates": [candidate_spec(candidate, parameters) for candidate in element.candidates],
        "label": pattern(element.label, parameters) if element.label else None,
        "format": element.format,
        "in_place": element.in_place,
        "stays": element.answer == "request",
        "options": css(element.options, parameters) if element.options else None,
        "key": element.key,
    }


def table_spec(name: str, table: Table, parameters: Parameters) -> Request:
    """One table as the script understands it. Raises MissingParameter."""
    return {
        "name": name,
        "candidates": [candidate_spec(candidate, parameters) for candidate in table.candidates],
        "columns": [{"name": key, **_column_spec(table, column, parameters)} for key, column in table.columns.items()],
        "rows": css(table.rows, parameters) if table.rows else None,
        "empty": pattern(table.empty, parameters) if table.empty else None,
        "skip": pattern(table.skip, parameters) if table.skip else None,
        "scrolls": css(table.scrolls, parameters) if table.scrolls else None,
    }


def _column_spec(table: Table, column: int | str, parameters: Parameters) -> Request:
    if isinstance(column, int):
        return {"position": column}
    return {"css": css(column, parameters)} if table.rows else {"pattern": pattern(column, parameters)}


def candidate_spec(candidate: Candidate | TableCandidate, parameters: Parameters) -> Request:
    """One candidate with its parameters filled in. Raises MissingParameter."""
    spec: Request = {"way": way_of(candidate)}
    for key, template in candidate.model_dump(exclude_none=True).items():
        if key in ("css", "within"):
            spec[key] = css(template, parameters)
        elif key == "role":
            spec[key] = template
        elif key == "row":
            spec[key] = fill(str(template), parameters)
        elif key != "headers":
            spec[key] = pattern(template, parameters)
    return spec


def way_of(candidate: Candidate | TableCandidate) -> str:
    """Which of the ways of finding this candidate is."""
    ways = ("role", "label", "text", "beside", "column", "css", "caption", "headers")
    return next(way for way in ways if getattr(candidate, way, None) is not None)


def failure_signs(selectors: SelectorFile, parameters: Parameters) -> Request:
    """What tells that the session is lost, that the portal has failed, that it is still at work, and what may lie over
    a page. Raises MissingParameter."""

    def specs(candidates: Iterable[Candidate]) -> list[Request]:
        return [candidate_spec(candidate, parameters) for candidate in candidates]

    return {
        "lost": specs(selectors.session_lost),
        "signs": {name: specs(sign.candidates) for name, sign in selectors.signs.items()},
        "busy": specs(selectors.busy),
        "interruptions": [
            {"box": specs(one.candidates), "close": specs(one.close)} for one in selectors.interruptions.values()
        ],
    }
