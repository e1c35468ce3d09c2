"""What is told when an element is not as `selectors/` says: names and labels, never values of fields or parameters."""

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from medarbetare.browser.selector_file import Candidate, Element, Table, TableCandidate
from medarbetare.browser.template import placeholders
from medarbetare.errors import SelectorError

_REASONS = {
    "none": "ingen träff",
    "unused": "1 träff, men bara första kandidaten gäller för det som fylls i eller klickas",
    "label": "fel ledtext bredvid",
    "format": "värdet har fel format",
    "headers": "kolumnrubrikerna finns inte",
    "cells": "en rads celler passar inte kolumnerna",
    "unread": "listan kunde inte läsas i sin helhet",
}

_FIELD_REASONS = {
    "locked": "är låst",
    "long": "rymmer inte hela värdet",
    "charset": "kan inte ta emot ett tecken som sidans teckenuppsättning saknar",
    "option": "har inte det alternativ som ska väljas",
    "options": "har flera likadana alternativ",
    "kind": "är av ett annat slag än värdet (text, val eller kryss)",
    "files": "tar bara emot en fil",
    "kept": "behöll inte värdet",
    "format": "ska fyllas med ett värde av annat format",
    "link": "är ingen länk till en fil",
    "covered": "täcks av något annat på sidan",
    "html": "ledde till en webbsida i stället för en fil",
}


class Faults:
    """Makes SelectorErrors about one selector file, `file` as it is to be shown: `selectors/verksamhet.yaml`."""

    def __init__(self, file: str) -> None:
        self._file = file

    def about(self, page: str, text: str) -> SelectorError:
        """Something about a page as a whole."""
        return SelectorError(f"{self._file}: sida «{page}»: {text}")

    def not_found(self, page: str, name: str, thing: Element | Table, answer: Mapping[str, Any]) -> SelectorError:
        """An element or table that is missing, ambiguous or fails an assertion; `answer` is the script's."""
        candidates: Sequence[Candidate | TableCandidate] = thing.candidates
        tried = "; ".join(
            f"{number}. {describe(candidate)}: {_reason(result)}"
            for number, (candidate, result) in enumerate(zip(candidates, answer["tried"], strict=True), start=1)
        )
        near = nearest(candidates, answer.get("alternatives", []))
        hint = f" Närmast på sidan: {', '.join(f'«{text}»' for text in near)}." if near else ""
        kind = "tabell" if isinstance(thing, Table) else "element"
        return self.about(page, f"{kind} «{name}» hittades inte entydigt. Prövat: {tried}.{hint}")

    def field(self, page: str, name: str, reason: str) -> SelectorError:
        """A field that was found but could not be used."""
        return self.about(page, f"element «{name}» {_FIELD_REASONS[reason]}.")


def describe(candidate: Candidate | TableCandidate) -> str:
    """A candidate as it stands in the file, parameters not filled in."""
    return ", ".join(f"{key} «{value}»" for key, value in candidate.model_dump(exclude_none=True).items())


def nearest(candidates: Sequence[Candidate | TableCandidate], texts: Sequence[str]) -> list[str]:
    """The at most five of `texts` most like what was sought, digits masked.

    Labels are written in sentence case. A text with a capital letter in a later word may be a person's name and is
    left out.
    """
    wanted = [
        placeholders.sub("", str(value)).strip("/^$ ").lower()
        for candidate in candidates
        for key, value in candidate.model_dump(exclude_none=True).items()
        if key in ("name", "label", "text", "beside", "column", "caption", "css")
    ]
    harmless = {re.sub(r"\d", "•", text) for text in texts if not any(word[:1].isupper() for word in text.split()[1:])}
    likeness = {
        text: max((SequenceMatcher(None, text.lower(), sought).ratio() for sought in wanted), default=0)
        for text in harmless
    }
    return [text for text in sorted(likeness, key=lambda text: (-likeness[text], text)) if likeness[text] >= 0.4][:5]


def _reason(result: Mapping[str, Any]) -> str:
    return f"{result['count']} träffar" if result["reason"] == "many" else _REASONS[result["reason"]]
