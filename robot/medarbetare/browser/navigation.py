"""Reaching the pages of one session, and telling what an answer from the page's script means."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import quote

from medarbetare.browser.fault import Faults, describe
from medarbetare.browser.script import Answer, Parameters, Request, element_spec, failure_signs, table_spec
from medarbetare.browser.selector_file import Element, Page, SelectorFile, Table
from medarbetare.browser.session import MAIN, DocumentReplaced, Place, Session
from medarbetare.browser.template import MissingParameter, fill, placeholders
from medarbetare.engine.portal import Value
from medarbetare.errors import MedarbetareError, SelectorError, SessionLost

OnHeal = Callable[[str, str, str], None]
"""Called with page, element and the candidate that was used in place of the first."""


class Shown(NamedTuple):
    """The document that was last seen to arrive at a place."""

    page: str
    parameters: Mapping[str, str]
    mark: int


class Navigation:
    """Where the pages of one session are. A document that has arrived carries a mark, so that no operation can ever
    work in another document than the one that was meant."""

    def __init__(self, session: Session, selectors: SelectorFile, faults: Faults, on_heal: OnHeal) -> None:
        self.session = session
        self._selectors = selectors
        self._faults = faults
        self._on_heal = on_heal
        self._shown: dict[Place, Shown] = {}
        self.writing: Place | None = None
        """Where a form has been filled in and not yet saved."""

    def definition(self, name: str) -> Page:
        """A page of the selector file. Raises SelectorError when there is none with that name."""
        try:
            return self._selectors.pages[name]
        except KeyError:
            raise self._faults.about(name, "finns inte i filen.") from None

    def element(self, page: str, name: str) -> tuple[Element, dict[str, str]]:
        """An element of a page, with what the braces in its family's name stand for. Raises SelectorError."""
        found = self.definition(page).element(name)
        if found is None:
            raise self._faults.about(page, f"elementet «{name}» finns inte i filen.")
        return found

    def spec(self, page: str, name: str, parameters: Parameters) -> Request:
        """An element or table for the page's script. Raises SelectorError."""
        try:
            table = self.definition(page).tables.get(name)
            if table is not None:
                return table_spec(name, table, parameters)
            element, family = self.element(page, name)
            return element_spec(name, element, {**parameters, **family})
        except MissingParameter as missing:
            raise self._faults.about(page, f"elementet «{name}» kräver parametern «{missing.name}».") from None

    def place(self, name: str) -> Place:
        """Where a page lives."""
        page = self.definition(name)
        return Place(name if page.window == "popup" else MAIN, page.frame)

    def visit(self, name: str, parameters: Parameters) -> int:
        """Go to a page by fresh navigation; gives the mark of its document.

        Raises SelectorError, SessionLost and PortalError.
        """
        page, place = self.definition(name), self.place(name)
        within = page.within
        if within is not None and not (self._is_open(within, parameters) and self.session.find_frame(place)):
            self.visit(within, parameters)
        if page.url is not None:
            target = place if within is not None else Place(place.window)
            url = self._filled(name, page.url, parameters, lambda value: quote(value, safe=""))
            self.left(target)
            self._goto(target, url)
            return self.arrive(name, parameters)
        origin = self._click_to(name, parameters)
        return self.arrive(name, parameters, origin)

    def visit_one_of(self, names: Sequence[str]) -> str:
        """Load the first page's URL and wait until one of the pages, all of whole windows, has come; gives its name."""
        url = self.definition(names[0]).url
        assert url is not None  # the model demands it of a log-in page
        place = Place(MAIN)
        self.left(place)
        self._goto(place, self._filled(names[0], url, {}, str))
        return self.arrive_at_one_of(names, {})

    def arrive(self, name: str, parameters: Parameters, origin: Place | None = None) -> int:
        """Wait until a page has come in a new document; gives its mark."""
        self.arrive_at_one_of([name], parameters, origin)
        return self._shown[self.place(name)].mark

    def arrive_at_one_of(self, names: Sequence[str], parameters: Parameters, origin: Place | None = None) -> str:
        """Wait until one of several pages in the same place has come in a new document; gives its name."""
        mark, place = self.session.new_mark(), self.place(names[0])
        pages = {name: self.definition(name) for name in names}
        awaited = [{"key": name, "element": self.spec(name, page.arrived, parameters)} for name, page in pages.items()]
        answer = self.session.arrive(place, {"alternatives": awaited, "mark": mark, **self.signs(parameters)}, origin)
        self.check(names[0], answer)
        came = str(answer["key"])
        self.report_healing(came, answer)
        self._shown[place] = Shown(came, self._route_parameters(came, parameters), mark)
        if self.writing == place:
            self.writing = None
        return came

    def adopt(self, other: "Navigation") -> None:
        """Take over the documents that another navigation of the same session has seen arrive."""
        self._shown = dict(other._shown)

    def signs(self, parameters: Parameters) -> Request:
        """What tells that the session is lost or the portal has failed. Raises SelectorError."""
        try:
            return failure_signs(self._selectors, parameters)
        except MissingParameter as missing:
            raise self._faults.about("signs", f"parametern «{missing.name}» kan inte användas här.") from None

    def left(self, place: Place) -> None:
        """The document at a place, and those in the frames inside it, are no longer there."""
        depth = len(place.path)
        for other in list(self._shown):
            if other.window == place.window and other.path[:depth] == place.path:
                del self._shown[other]

    def look_for_failure(self, name: str, parameters: Parameters) -> None:
        """Raise SessionLost or PortalError if the document now at a page's place shows a sign of it."""
        place = self.place(name)
        request = {"operation": "arrive", "alternatives": [], "mark": 0, "wait": 0, **self.signs(parameters)}
        try:
            answer = self.session.call(place, request, anywhere=True)
        except DocumentReplaced:
            return
        if answer["outcome"] != "gone":
            self.check(name, answer)

    def check(self, page: str, answer: Answer) -> None:
        """Raise what an answer means; an answer that means success or waiting passes."""
        outcome = answer["outcome"]
        if outcome in ("ok", "arrived", "waiting"):
            return
        raise self._meaning(page, outcome, answer)

    def report_healing(self, page: str, answer: Answer) -> None:
        """Tell of every element that was found by another candidate than its first."""
        for name, used in answer.get("used", {}).items():
            if used:
                thing = self.definition(page).tables.get(name) or self.element(page, name)[0]
                self._on_heal(page, name, f"{used + 1}. {describe(thing.candidates[used])}")

    def _meaning(self, page: str, outcome: str, answer: Answer) -> MedarbetareError:
        portal = self.session.portal
        if outcome == "lost":
            self.writing = None
            self.session.give_up()
            return SessionLost(f"Portalen {portal}: roboten har loggats ut.", portal=portal)
        if outcome == "sign":
            return self.session.failed(f"visar «{answer['sign']}»")
        if outcome == "status":
            return self.session.failed(f"svarade med fel (HTTP {answer['status']})")
        if outcome == "unreachable":
            return self.session.failed("går inte att nå")
        if outcome == "gone":
            return self.session.failed(f"sidan «{page}» är inte längre öppen")
        if outcome == "busy":
            return self.session.failed(f"sidan «{page}» laddar fortfarande")
        if outcome == "asked":
            return self.session.failed(f"ställde en fråga på sidan «{page}» som roboten inte känner; den svarade nej")
        if outcome == "element":
            name = answer["element"]
            return self._faults.not_found(page, name, self._thing(page, name), answer)
        if outcome == "missing":
            return self._not_arrived(page, answer)
        if outcome == "field":
            return self._faults.field(page, answer["element"], answer["reason"])
        if outcome == "frame":
            return self._faults.about(page, f"ramen «{'/'.join(self.definition(page).frame)}» finns inte.")
        return self._faults.about(page, "ett css-uttryck är ogiltigt.")

    def _not_arrived(self, page: str, answer: Answer) -> SelectorError:
        name, status = answer["element"], answer["status"]
        error = self._faults.not_found(page, name, self._thing(page, name), answer)
        return SelectorError(f"{error.message} Sidan svarade HTTP {status}." if status >= 400 else error.message)

    def _thing(self, page: str, name: str) -> Element | Table:
        return self.definition(page).tables.get(name) or self.element(page, name)[0]

    def _goto(self, place: Place, url: str) -> None:
        try:
            self.session.goto(place, url)
        except DocumentReplaced:
            raise self.session.failed("ramen försvann medan sidan hämtades") from None

    def _click_to(self, name: str, parameters: Parameters) -> Place:
        """Fill and click on the page that leads to this one; gives the place of the click."""
        page, place = self.definition(name), self.place(name)
        assert page.reached is not None  # the model demands exactly one of url and from
        step, origin = page.reached, self.place(page.reached.page)
        values: dict[str, Value] = {
            field: self._filled(name, value, parameters, str) if isinstance(value, str) else value
            for field, value in step.fill.items()
        }
        reused = origin != place and self._is_open(step.page, parameters)
        if not reused:
            self.visit(step.page, parameters)
        self._leave(place, origin)
        answer = self.submit(step.page, parameters, values, step.click, place, in_place=step.in_place)
        if reused and answer["outcome"] == "gone":
            self.visit(step.page, parameters)
            answer = self.submit(step.page, parameters, values, step.click, place, in_place=step.in_place)
        self.check(step.page, answer)
        return origin

    def submit(
        self,
        name: str,
        parameters: Parameters,
        values: Mapping[str, Value],
        click: str,
        target: Place,
        *,
        in_place: bool = False,
    ) -> Answer:
        """Fill fields of an open page and click, in one round trip, to get a new document at `target`, or (`in_place`)
        another page in the same one."""
        origin = self.place(name)
        request = {
            "operation": "act",
            "mark": self._shown[origin].mark,
            "elements": [self.spec(name, field, parameters) for field in values],
            "values": values,
            "click": {**self.spec(name, click, parameters), "stays": in_place},
        }
        try:
            if target.window != origin.window:
                answer = self.session.call_opening_window(origin, request, target.window)
            else:
                answer = self.session.call(origin, request)
        except DocumentReplaced:
            answer = {"outcome": "ok"}
        if answer["outcome"] == "ok":
            self.left(origin)
            self.left(target)
        return answer

    def _leave(self, place: Place, origin: Place) -> None:
        """Mark the old document at `place`, so that it cannot be taken for the new one."""
        if place != origin and place.window == origin.window and self.session.find_frame(place) is not None:
            try:
                self.session.call(place, {"operation": "leave"}, anywhere=True)
            except DocumentReplaced:
                return

    def _is_open(self, name: str, parameters: Parameters) -> bool:
        shown = self._shown.get(self.place(name))
        return shown is not None and shown.page == name and shown.parameters == self._route_parameters(name, parameters)

    def _route_parameters(self, name: str, parameters: Parameters) -> dict[str, str]:
        page = self.definition(name)
        texts = [page.url or "", *(str(value) for value in (page.reached.fill.values() if page.reached else ()))]
        used = {parameter for text in texts for parameter in placeholders.findall(text)}
        own = {parameter: parameters[parameter] for parameter in used if parameter in parameters}
        return own | (self._route_parameters(page.reached.page, parameters) if page.reached else {})

    def _filled(self, page: str, template: str, parameters: Parameters, quoted: Callable[[str], str]) -> str:
        try:
            return fill(template, parameters, quoted)
        except MissingParameter as missing:
            raise self._faults.about(page, f"sidan kräver parametern «{missing.name}».") from None
