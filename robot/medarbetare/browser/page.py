"""A page as workflow authors see it: elements by name, in their own words."""

import base64
import re
from collections.abc import Callable, Mapping, Sequence

from medarbetare.browser.fault import Faults
from medarbetare.browser.navigation import Navigation
from medarbetare.browser.script import Answer, Request
from medarbetare.browser.selector_file import Does, Element
from medarbetare.browser.session import DocumentReplaced
from medarbetare.browser.template import pattern
from medarbetare.engine.portal import File, Value


class WebPage:
    """Implements `medarbetare.engine.portal.Page` on one document. Each method is one round trip."""

    def __init__(
        self, navigation: Navigation, faults: Faults, name: str, parameters: Mapping[str, str], mark: int
    ) -> None:
        self._navigation = navigation
        self._faults = faults
        self._name = name
        self._parameters = parameters
        self._place = navigation.place(name)
        self._mark = mark

    def read(self, element: str) -> str:
        """The text of one element, white space folded."""
        return self.read_all(element)[element]

    def read_all(self, *elements: str) -> dict[str, str]:
        """The texts of several elements in one round trip."""
        specs = [self._spec(name) for name in dict.fromkeys(elements)]
        answer = self._call({"operation": "read", "elements": specs})
        values: dict[str, str] = answer["values"]
        return values

    def has(self, element: str) -> bool:
        """Whether the element is on the page now. SelectorError when it is there more than once."""
        return bool(self._call({"operation": "has", "elements": [self._spec(element)]})["has"])

    def table(self, element: str) -> list[dict[str, str]]:
        """All rows of a table in one round trip, by column name."""
        if element not in self._navigation.definition(self._name).tables:
            raise self._faults.about(self._name, f"tabellen «{element}» finns inte i filen.")
        answer = self._call({"operation": "table", "table": self._spec(element)})
        rows: list[dict[str, str]] = answer["rows"]
        return rows

    def fill(self, element: str, value: Value) -> None:
        """Put a value into one field and check that the field holds it."""
        self.fill_all({element: value})

    def fill_all(self, values: Mapping[str, Value]) -> None:
        """Put values into several fields that do not react to each other, in one round trip.

        Nothing is filled in unless all the fields are found.
        """
        for name, value in values.items():
            self._accepts(name, self._element(name, "input"), value)
        self._navigation.writing = self._place
        specs = [self._spec(name) for name in values]
        self._call({"operation": "act", "elements": specs, "values": dict(values), "click": None})

    def attach(self, element: str, files: Sequence[File]) -> None:
        """Choose files in a file field; they go there from memory and never touch the disk."""
        self._element(element, "input")
        self._navigation.writing = self._place
        held = [[file.name, len(file.content)] for file in files]
        request = {"mark": self._mark, "elements": [self._spec(element)], "files": held}
        self._answered(lambda: self._navigation.session.attach(self._place, request, files))

    def click(self, element: str) -> None:
        """Press what leads to this same page in a new document, or (`in_place`) changes it without one."""
        in_place = self._element(element, "navigate").in_place
        self._call({"operation": "act", "elements": [], "values": {}, "click": self._spec(element)})
        if not in_place:
            self._navigation.left(self._place)
            self._mark = self._navigation.arrive(self._name, self._parameters)

    def commit(self, element: str) -> None:
        """Press the one button that saves, once, and wait until the portal's answer has begun.

        SelectorError always comes before the click. PortalError and SessionLost may come after it: only a read-back by
        fresh navigation tells what the portal has saved.
        """
        definition = self._element(element, "commit")
        questions = [pattern(question, self._parameters) for question in definition.questions]
        request = {"operation": "act", "mark": self._mark, "elements": [], "values": {}, "click": self._spec(element)}
        try:
            answer, status = self._navigation.session.commit(
                self._place, request, by_request=definition.answer == "request", questions=questions
            )
        except DocumentReplaced:
            raise self._navigation.session.failed("sidan försvann vid klicket") from None
        self._check(answer)
        self._navigation.writing = None
        self._navigation.left(self._place)
        if status >= 400:
            raise self._navigation.session.failed(f"svarade med fel (HTTP {status}) när något sparades")
        self._navigation.look_for_failure(self._name, self._parameters)

    def download(self, element: str) -> bytes:
        """Follow a link to a file and return its bytes; the file never touches the disk."""
        self._element(element, "navigate")
        signs = self._navigation.signs(self._parameters)
        answer = self._call({"operation": "download", "elements": [self._spec(element)], **signs})
        return base64.b64decode(answer["base64"])

    def _call(self, request: Request) -> Answer:
        return self._answered(lambda: self._navigation.session.call(self._place, {"mark": self._mark, **request}))

    def _answered(self, ask: Callable[[], Answer]) -> Answer:
        try:
            answer = ask()
        except DocumentReplaced:
            answer = {"outcome": "gone"}
        self._check(answer)
        self._navigation.report_healing(self._name, answer)
        return answer

    def _check(self, answer: Answer) -> None:
        if answer["outcome"] == "gone":
            self._navigation.look_for_failure(self._name, self._parameters)
        self._navigation.check(self._name, answer)

    def _spec(self, name: str) -> Request:
        return self._navigation.spec(self._name, name, self._parameters)

    def _element(self, name: str, does: Does) -> Element:
        element, _ = self._navigation.element(self._name, name)
        if element.does != does:
            raise self._faults.about(self._name, f"elementet «{name}» har does: {element.does}, inte {does}.")
        return element

    def _accepts(self, name: str, element: Element, value: Value) -> None:
        if element.format is not None and not re.fullmatch(element.format, str(value)):
            raise self._faults.field(self._name, name, "format")
