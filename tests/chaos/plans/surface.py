"""A portal at the contract: what every stubborn web site does at a page, a read or a save, whatever system it is."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from plans.clock import Clock
from plans.faults import Act, Hits, Value
from plans.records import Press, Worker

from medarbetare.engine.portal import File, Visibility
from medarbetare.engine.portal import Value as Typed
from medarbetare.errors import LoginRefused, PortalError, SelectorError, SessionLost

T = TypeVar("T")

PAGE_LIMIT = 20.0
"""Seconds that a page is waited for, as in the browser."""


class Crash(BaseException):
    """The worker dies here. Not an Exception: nothing may catch it."""


@dataclass(frozen=True)
class View:
    """What one page shows: texts and tables, the names of its fields and of its buttons that save, and files."""

    texts: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, Sequence[Mapping[str, str]]] = field(default_factory=dict)
    fields: Collection[str] = ()
    buttons: Collection[str] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)


class World:
    """What the portals of one plan share: the clock, the faults, what was told, and what happens to the robot."""

    def __init__(self, clock: Clock, hits: Hits) -> None:
        self.clock = clock
        self.hits = hits
        self.story: list[str] = []
        self.worker = Worker(0, clock.now)
        self.hang: Callable[[], None] = lambda: None
        self.stop: Callable[[], None] = lambda: None
        self.log_in: Callable[[str], AbstractContextManager[None]] = lambda portal: nullcontext()

    def tell(self, text: str) -> None:
        """One line of the story."""
        self.story.append(f"{self.clock.now:%d %H:%M:%S} {text}")

    def hit(self, act: Act, portal: str, page: str) -> dict[str, Value]:
        """The faults that hit an act; those that befall the robot happen here."""
        hit = self.hits.at(act, portal, page)
        for name, value in hit.items():
            self.tell(f"  FEL {name} {value} vid {act} {portal}/{page}")
        if "stopp" in hit:
            self.stop()
        if "hang" in hit or "hang_vid_grans" in hit:
            self.hang()
        if "krasch" in hit or "krasch_vid_sida" in hit:
            raise Crash
        return hit


class StubbornPortal:
    """Implements `medarbetare.engine.portal.Portal`. A subclass gives `view`, and `saved` where anything is saved."""

    def __init__(self, name: str, world: World, visibility: Visibility) -> None:
        self.name = name
        self.visibility = visibility
        self.world = world
        self.opened: list[str] = []
        self._closed_until = world.clock.now
        self.refuses = ""

    def view(self, page: str, parameters: Mapping[str, str], hits: Mapping[str, Value]) -> View:
        """What a page shows at this moment. Raises SelectorError for a page that it has not."""
        raise NotImplementedError

    def pressed(self, page: str, parameters: Mapping[str, str], typed: dict[str, str]) -> Press:
        """The button that saves was pressed: the judge takes it down."""
        raise NotImplementedError

    def saved(self, press: Press, hits: Mapping[str, Value]) -> None:
        """Save what was typed. Raises PortalError when the system refuses it in words."""
        raise NotImplementedError

    def page(self, name: str, **parameters: str) -> "StubbornPage":
        """Go to a page by fresh navigation. Raises PortalError, SessionLost, SelectorError."""
        hits = self.world.hit("open", self.name, name)
        self._may_close(hits)
        self.fails(hits)
        self.takes_its_time(hits.get("langsam_sida"))
        self.opened.append(name)
        return StubbornPage(self, name, parameters, self.view(name, parameters, hits))

    def failed(self, why: str) -> PortalError:
        """The portal's trouble."""
        return PortalError(f"{self.name}: {why}.", portal=self.name)

    def fails(self, hits: Mapping[str, Value]) -> None:
        """Raise what a request comes to when nothing was done. Passes when nothing is wrong."""
        if self.refuses:
            with self.world.log_in(self.name):
                raise LoginRefused(f"{self.name}: {self.refuses}.", portal=self.name)
        if self.world.clock.now < self._closed_until:
            raise self.failed("systemunderhåll")
        if "session_borta" in hits:
            raise SessionLost(f"{self.name}: utloggad.", portal=self.name)
        for name in ("fel_500", "fel_som_200"):
            if name in hits:
                raise self.failed(name)

    def takes_its_time(self, milliseconds: Value | None) -> None:
        """Let time pass; raises PortalError when it is more than a page is waited for."""
        if milliseconds is not None:
            self.world.clock.pass_by(min(int(milliseconds) / 1000, PAGE_LIMIT))
            if int(milliseconds) / 1000 > PAGE_LIMIT:
                raise self.failed("svarade inte i tid")

    def _may_close(self, hits: Mapping[str, Value]) -> None:
        if "underhall" in hits:
            self._closed_until = self.world.clock.now + timedelta(minutes=int(hits["underhall"]))
        if "konto_sparrat" in hits:
            self.refuses = "kontot är spärrat"
        if "byt_losenord" in hits:
            self.refuses = "lösenordet måste bytas"


class StubbornPage:
    """Implements `medarbetare.engine.portal.Page` over a view."""

    def __init__(self, portal: StubbornPortal, name: str, parameters: Mapping[str, str], view: View) -> None:
        self._portal = portal
        self._name = name
        self._parameters = parameters
        self._view = view
        self._typed: dict[str, str] = {}

    def read(self, element: str) -> str:
        """The text of one element."""
        return self.read_all(element)[element]

    def read_all(self, *elements: str) -> dict[str, str]:
        """The texts of several elements in one round trip."""
        self._read()
        return {element: " ".join(self._known(self._view.texts, element).split()) for element in elements}

    def has(self, element: str) -> bool:
        """Whether the element is on the page."""
        return element in self._view.texts

    def table(self, element: str) -> list[dict[str, str]]:
        """All rows of a table."""
        self._read()
        rows = self._known(self._view.tables, element)
        return [{name: " ".join(text.split()) for name, text in row.items()} for row in rows]

    def fill(self, element: str, value: Typed) -> None:
        """Type into one field."""
        self.fill_all({element: value})

    def fill_all(self, values: Mapping[str, Typed]) -> None:
        """Type into several fields."""
        self._read()
        for element in values:
            self._known(dict.fromkeys(self._view.fields, ""), element)
        self._typed |= {element: str(value) for element, value in values.items()}

    def attach(self, element: str, files: Sequence[File]) -> None:
        """Choose files in a file field, which is one of the page's fields: their names are what was typed."""
        self.fill_all({element: "\n".join(file.name for file in files)})

    def click(self, element: str) -> None:
        """Nothing here is clicked that saves nothing."""
        raise self._missing(element)

    def commit(self, element: str) -> None:
        """Save. What goes wrong before is not saved; what goes wrong afterwards is."""
        portal = self._portal
        if element not in self._view.buttons:
            raise self._missing(element)
        hits = portal.world.hit("save", portal.name, self._name)
        if "krasch_fore_klick" in hits:
            raise Crash
        press = portal.pressed(self._name, self._parameters, dict(self._typed))
        portal.fails(hits)
        if hits.get("avbruten_post") == "fore":
            raise portal.failed("anslutningen bröts")
        if hits.get("csrf_byte") == "syns":
            raise portal.failed("formuläret är för gammalt")
        if not {"sso_get", "csrf_byte", "tappad_sparning"} & hits.keys():
            portal.saved(press, hits)
        if "krasch_efter_klick" in hits:
            raise Crash
        portal.takes_its_time(hits.get("langsam_sida"))
        if "fel_502_efter" in hits:
            raise portal.failed("HTTP 502")
        if hits.get("avbruten_post") == "efter":
            raise portal.failed("anslutningen bröts")

    def download(self, element: str) -> bytes:
        """The bytes of a file, broken if a fault says so."""
        content = self._known(self._view.files, element)
        hits = self._portal.world.hit("download", self._portal.name, self._name)
        broken = {"kort": content[: len(content) // 2], "tom": b"", "html": b"<html>Fel</html>"}
        return broken[str(hits["trasig_fil"])] if "trasig_fil" in hits else content

    def _read(self) -> None:
        hits = self._portal.world.hit("read", self._portal.name, self._name)
        self._portal.takes_its_time(hits.get("langsam_tabell"))
        if "session_borta" in hits:
            raise SessionLost(f"{self._portal.name}: utloggad.", portal=self._portal.name)

    def _known(self, among: Mapping[str, T], element: str) -> T:
        if element not in among:
            raise self._missing(element)
        return among[element]

    def _missing(self, element: str) -> SelectorError:
        return SelectorError(f"{self._portal.name}, {self._name}: «{element}» finns inte.")
