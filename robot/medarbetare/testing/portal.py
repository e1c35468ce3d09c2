"""Portals in memory: pages described by functions, and everything that was done in them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from medarbetare.engine.portal import File, Value, Visibility
from medarbetare.errors import SelectorError


@dataclass(frozen=True)
class Act:
    """One thing that was done in a portal: open, fill, attach, click, commit or download."""

    what: str
    page: str
    element: str = ""
    value: Value | None = None
    files: tuple[File, ...] = ()


@dataclass
class Sheet:
    """What one page shows and does, by the names of its elements.

    `clicks` gives the sheet that a click leads to, or None to stay. `commits` is called with what was typed since the
    page was opened, as text. `uploads` are the file fields; what is typed there are the files' names, one a line.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, Sequence[Mapping[str, str]]] = field(default_factory=dict)
    fields: Collection[str] = ()
    uploads: Collection[str] = ()
    clicks: Mapping[str, Callable[[], "Sheet | None"]] = field(default_factory=dict)
    commits: Mapping[str, Callable[[dict[str, str]], object]] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)


class MemoryPage:
    """Implements `medarbetare.engine.portal.Page` over a sheet."""

    def __init__(self, portal: "MemoryPortal", name: str, sheet: Sheet) -> None:
        self._portal = portal
        self._name = name
        self._sheet = sheet
        self._typed: dict[str, str] = {}

    def read(self, element: str) -> str:
        """The text of one element, white space folded. Raises SelectorError."""
        self._require(element, self._sheet.texts)
        return " ".join(self._sheet.texts[element].split())

    def read_all(self, *elements: str) -> dict[str, str]:
        """The texts of several elements. Raises SelectorError."""
        return {element: self.read(element) for element in elements}

    def has(self, element: str) -> bool:
        """Whether the sheet has the element, of whatever kind."""
        sheet = self._sheet
        kinds = (sheet.texts, sheet.tables, sheet.fields, sheet.uploads, sheet.clicks, sheet.commits, sheet.files)
        return any(element in kind for kind in kinds)

    def table(self, element: str) -> list[dict[str, str]]:
        """All rows of a table. Raises SelectorError."""
        self._require(element, self._sheet.tables)
        return [dict(row) for row in self._sheet.tables[element]]

    def fill(self, element: str, value: Value) -> None:
        """Note what was typed into a field. Raises SelectorError."""
        self._require(element, self._sheet.fields)
        self._portal.acts.append(Act("fill", self._name, element, value))
        self._typed[element] = str(value)

    def fill_all(self, values: Mapping[str, Value]) -> None:
        """Note what was typed into several fields. Raises SelectorError before any is filled."""
        for element in values:
            self._require(element, self._sheet.fields)
        for element, value in values.items():
            self.fill(element, value)

    def attach(self, element: str, files: Sequence[File]) -> None:
        """Note which files were chosen. Raises SelectorError."""
        self._require(element, self._sheet.uploads)
        names = "\n".join(file.name for file in files)
        self._portal.acts.append(Act("attach", self._name, element, names, tuple(files)))
        self._typed[element] = names

    def click(self, element: str) -> None:
        """Follow a link: the page shows another sheet, or stays. Raises SelectorError."""
        self._require(element, self._sheet.clicks)
        self._portal.acts.append(Act("click", self._name, element))
        self._sheet = self._sheet.clicks[element]() or self._sheet

    def commit(self, element: str) -> None:
        """Save what was typed. Raises SelectorError."""
        self._require(element, self._sheet.commits)
        self._portal.acts.append(Act("commit", self._name, element))
        self._sheet.commits[element](dict(self._typed))

    def download(self, element: str) -> bytes:
        """The bytes of a file. Raises SelectorError."""
        self._require(element, self._sheet.files)
        self._portal.acts.append(Act("download", self._name, element))
        return self._sheet.files[element]

    def _require(self, element: str, among: Collection[str]) -> None:
        if element not in among:
            known = ", ".join(sorted(among)) or "inga"
            raise SelectorError(f"{self._portal.name}, {self._name}: «{element}» finns inte. De som finns: {known}.")


class MemoryPortal:
    """Implements `medarbetare.engine.portal.Portal`. `acts` is everything that was done in it, in order."""

    def __init__(
        self,
        name: str,
        pages: Mapping[str, Callable[..., Sheet]],
        *,
        visible_within: timedelta = timedelta(0),
        guaranteed: bool = False,
    ) -> None:
        self.name = name
        self.visibility = Visibility(visible_within, guaranteed)
        self.acts: list[Act] = []
        self._pages = pages

    def page(self, name: str, **parameters: str) -> MemoryPage:
        """Go to a page by fresh navigation. Raises SelectorError for a page that is not described."""
        if name not in self._pages:
            raise SelectorError(f"{self.name}: sidan «{name}» finns inte. De som finns: {', '.join(self._pages)}.")
        self.acts.append(Act("open", name))
        return MemoryPage(self, name, self._pages[name](**parameters))

    def commits(self) -> list[str]:
        """The pages on which something was saved, in order."""
        return [act.page for act in self.acts if act.what == "commit"]
