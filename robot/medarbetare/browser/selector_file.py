"""Models of `selectors/<system>.yaml`. The format is told with examples in `selectors/README.md`."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from medarbetare.browser.template import as_regex, placeholders
from medarbetare.config import Strict, load

Does = Literal["read", "input", "navigate", "commit"]


def _is_regular_expression(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"ett reguljärt uttryck ({error})") from None
    return text


def _is_text_pattern(text: str) -> str:
    expression = as_regex(text)
    if expression is not None:
        _is_regular_expression(placeholders.sub("x", expression))
    return text


Pattern = Annotated[str, Field(min_length=1), AfterValidator(_is_text_pattern)]
Expression = Annotated[str, Field(min_length=1), AfterValidator(_is_regular_expression)]
Filled = Annotated[str, Field(min_length=1)]


class Scope(Strict):
    """Where on the page a candidate is looked for."""

    in_row: Pattern | None = None
    under: Pattern | None = None
    within: Filled | None = None


class Candidate(Scope):
    """One way to find an element."""

    role: Filled | None = None
    name: Pattern | None = None
    label: Pattern | None = None
    text: Pattern | None = None
    beside: Pattern | None = None
    column: Pattern | None = None
    row: int | str | None = None
    css: Filled | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = [way for way in ("role", "label", "text", "beside", "column", "css") if getattr(self, way) is not None]
        if len(ways) != 1:
            raise ValueError("exakt en av role, label, text, beside, column och css")
        if (self.name is not None) != (self.role is not None) or (self.row is not None) != (self.column is not None):
            raise ValueError("role tillsammans med name, och column tillsammans med row")
        return self


class TableCandidate(Scope):
    """One way to find a table."""

    css: Filled | None = None
    caption: Pattern | None = None
    headers: Literal[True] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(way is not None for way in (self.css, self.caption, self.headers)) != 1:
            raise ValueError("exakt en av css, caption och headers")
        return self


class Element(Strict):
    """Something on a page: what it does, how it is found, and what must hold for it."""

    does: Does
    candidates: tuple[Candidate, ...] = Field(min_length=1)
    label: Pattern | None = None
    format: Expression | None = None
    options: Filled | None = None
    key: Literal["Escape", "Tab", "Enter"] | None = None
    in_place: bool = False
    answer: Literal["document", "request"] = "document"
    questions: tuple[Pattern, ...] = ()
    verified: date | None = None

    @model_validator(mode="after")
    def _keys_belong_to_what_it_does(self) -> Self:
        if self.in_place and self.does != "navigate":
            raise ValueError("in_place bara tillsammans med does: navigate")
        if (self.options or self.key) and self.does != "input":
            raise ValueError("options och key bara tillsammans med does: input")
        if (self.answer != "document" or self.questions) and self.does != "commit":
            raise ValueError("answer och questions bara tillsammans med does: commit")
        return self


class Table(Strict):
    """A table that is read whole. `rows`: the entries of a list that is no table, where columns are CSS selectors."""

    candidates: tuple[TableCandidate, ...] = Field(default=(TableCandidate(headers=True),), min_length=1)
    columns: dict[str, Annotated[int, Field(ge=1)] | Pattern] = Field(min_length=1)
    rows: Filled | None = None
    empty: Pattern | None = None
    skip: Pattern | None = None
    scrolls: Filled | None = None
    verified: date | None = None

    @model_validator(mode="after")
    def _headers_need_a_text(self) -> Self:
        by_headers = any(candidate.headers for candidate in self.candidates)
        if by_headers and not any(isinstance(column, str) for column in self.columns.values()):
            raise ValueError("minst en kolumn med rubriktext när tabellen söks med headers")
        return self

    @model_validator(mode="after")
    def _entries_are_no_cells(self) -> Self:
        if self.rows is None:
            return self
        if any(candidate.headers for candidate in self.candidates) or self.scrolls or self.skip:
            raise ValueError("rows inte tillsammans med headers, scrolls eller skip")
        if any(isinstance(column, int) for column in self.columns.values()):
            raise ValueError("rows bara med kolumner som är css-uttryck")
        return self


class Reached(Strict):
    """Clicks from another page: fill its fields, then click. `in_place`: the click changes the page in its document."""

    page: str
    fill: dict[str, str | bool] = Field(default_factory=dict)
    click: str
    in_place: bool = False


class Page(Strict):
    """A page: how it is reached, where it lives, how arrival is known, and what is on it."""

    url: Annotated[str, Field(pattern=r"^/")] | None = None
    reached: Reached | None = Field(default=None, alias="from")
    within: str | None = None
    frame: tuple[Filled, ...] = ()
    window: Literal["main", "popup"] = "main"
    verified: date
    arrived: str
    elements: dict[str, Element] = Field(default_factory=dict)
    tables: dict[str, Table] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _one_frame_may_be_a_text(cls, data: object) -> object:
        if isinstance(data, dict) and isinstance(data.get("frame"), str):
            return {**data, "frame": [data["frame"]]}
        return data

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.url is None) == (self.reached is None):
            raise ValueError("exakt en av url och from")
        if self.within is not None and not self.frame:
            raise ValueError("within bara tillsammans med frame")
        if self.window == "popup" and (self.reached is None or self.within is not None):
            raise ValueError("window: popup nås med from och står inte i ett fönster som redan finns (within)")
        if self.arrived not in self.elements and self.arrived not in self.tables:
            raise ValueError(f"arrived: ett element eller en tabell på sidan, inte «{self.arrived}»")
        return self

    def element(self, name: str) -> tuple[Element, dict[str, str]] | None:
        """The element called `name`, and what its family's braces stand for; None when there is none."""
        if name in self.elements:
            return self.elements[name], {}
        for key, element in self.elements.items():
            if "{" in key and (match := _family(key).fullmatch(name)):
                return element, match.groupdict()
        return None


def _family(key: str) -> re.Pattern[str]:
    """`inkomst.{rad}.belopp` as an expression: a brace stands for one part between dots."""
    parts = re.split(r"(\{[a-z_][a-z0-9_]*\})", key)
    return re.compile("".join(f"(?P<{part[1:-1]}>[^.]+)" if part[:1] == "{" else re.escape(part) for part in parts))


class Totp(Strict):
    """The page that asks for a one-time code (RFC 6238)."""

    page: str
    code: str
    submit: str


class LoginForm(Strict):
    """The page that asks for user and password, or for nothing but a press where a certificate is enough.

    Reached by its `url`, or because the portal sends the robot there.
    """

    page: str
    user: str | None = None
    password: str | None = None
    submit: str


class Login(Strict):
    """How the robot logs in. All its pages are top documents of the main window.

    `alarms` are pages that may come after the password and that only a person can deal with.
    """

    kind: Literal["form", "form+totp", "sso", "certificate"]
    form: LoginForm
    totp: Totp | None = None
    done: str
    alarms: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _the_form_may_stand_beside_the_rest(cls, data: object) -> object:
        if not isinstance(data, dict) or "form" in data:
            return data
        own = {key: value for key, value in data.items() if key in LoginForm.model_fields}
        rest = {key: value for key, value in data.items() if key not in own}
        return {**rest, "form": own} if own else rest

    @model_validator(mode="after")
    def _parts_as_kind_says(self) -> Self:
        if (self.kind == "form+totp") != (self.totp is not None):
            raise ValueError("totp om och endast om kind är form+totp")
        if {self.form.user is None, self.form.password is None} != {self.kind == "certificate"}:
            raise ValueError("user och password om och endast om kind inte är certificate")
        return self


class Sign(Strict):
    """Something that tells that a page means failure though the answer was HTTP 200."""

    candidates: tuple[Candidate, ...] = Field(min_length=1)


class Interruption(Strict):
    """A box that lies over pages now and then and may be closed without asking anybody: cookies, news."""

    candidates: tuple[Candidate, ...] = Field(min_length=1)
    close: tuple[Candidate, ...] = Field(min_length=1)


class SelectorFile(Strict):
    """A whole file: the pages and elements of one system."""

    login: Login | None = None
    session_lost: tuple[Candidate, ...] = ()
    signs: dict[str, Sign] = Field(default_factory=dict)
    busy: tuple[Candidate, ...] = ()
    interruptions: dict[str, Interruption] = Field(default_factory=dict)
    pages: dict[str, Page] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        faults = [*self._page_faults(), *self._login_faults()]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _page_faults(self) -> Iterator[str]:
        for name, page in self.pages.items():
            if page.within is not None and page.within not in self.pages:
                yield f"pages.{name}.within: en sida i filen, inte «{page.within}»"
            if page.reached is not None:
                yield from self._step_faults(f"pages.{name}.from", page.reached)
            if self._goes_in_circles(name):
                yield f"pages.{name}: vägen till sidan går i ring"

    def _step_faults(self, where: str, step: Reached) -> Iterator[str]:
        for field in step.fill:
            yield from self._element_fault(f"{where}.fill", step.page, field, "input")
        yield from self._element_fault(f"{where}.click", step.page, step.click, "navigate")

    def _login_faults(self) -> Iterator[str]:
        login = self.login
        if login is None:
            return
        form = login.form
        for where, field in (("login.user", form.user), ("login.password", form.password)):
            if field is not None:
                yield from self._element_fault(where, form.page, field, "input")
        yield from self._element_fault("login.submit", form.page, form.submit, "navigate")
        if form.page in self.pages and self.pages[form.page].url is None:
            yield "login.page: en sida med url"
        if login.totp is not None:
            yield from self._element_fault("login.totp.code", login.totp.page, login.totp.code, "input")
            yield from self._element_fault("login.totp.submit", login.totp.page, login.totp.submit, "navigate")
        for name in (login.done, *login.alarms, form.page, *([login.totp.page] if login.totp else [])):
            if name not in self.pages:
                yield f"login: en sida i filen, inte «{name}»"
            elif self.pages[name].frame or self.pages[name].window == "popup":
                yield f"login: sidan «{name}» ska vara ett helt fönster, inte en ram eller ett popup-fönster"

    def _element_fault(self, where: str, page: str, element: str, does: Does) -> Iterator[str]:
        if page not in self.pages:
            yield f"{where}: en sida i filen, inte «{page}»"
            return
        found = self.pages[page].element(element)
        if found is None or found[0].does != does:
            yield f"{where}: ett element på sidan «{page}» med does: {does}, inte «{element}»"

    def _goes_in_circles(self, start: str) -> bool:
        waiting, seen = [start], set[str]()
        while waiting:
            page = self.pages.get(waiting.pop())
            if page is None:
                continue
            following = [page.within, page.reached.page if page.reached else None]
            if start in following:
                return True
            fresh = [name for name in following if name is not None and name not in seen]
            seen.update(fresh)
            waiting += fresh
        return False


def load_selectors(path: Path) -> SelectorFile:
    """Read one selector file. Raises ConfigurationError with file and line of each fault."""
    return load(path, SelectorFile)
