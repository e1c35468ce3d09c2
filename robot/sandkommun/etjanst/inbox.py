"""What a handler asks to see of the inbox, and the page of it that is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from sandkommun.etjanst.errands import Errand

PER_PAGE = 5


@dataclass(frozen=True)
class Question:
    """The filters of the inbox; an empty one shows everything. `page` counts from 1."""

    status: str = ""
    e_tjanst: str = ""
    text: str = ""
    mine: bool = False
    page: int = 1

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Question":
        """What stands in an address."""
        page = query.get("sida", "1")
        return cls(
            query.get("status", ""),
            query.get("etjanst", ""),
            query.get("sok", "").strip(),
            bool(query.get("mina")),
            int(page) if page.isdecimal() else 1,
        )

    def chosen(self, errands: Sequence[Errand], user: str) -> Sequence[Errand]:
        """The errands that pass the filters of a user."""
        if self.status:
            errands = [one for one in errands if one.status == self.status]
        if self.e_tjanst:
            errands = [one for one in errands if one.e_tjanst == self.e_tjanst]
        if self.mine:
            errands = [one for one in errands if one.handlaggare == user]
        for word in self.text.lower().split():
            plain = word.replace("-", "")
            errands = [one for one in errands if word in _words(one) or plain in _words(one)]
        return errands

    def address(self, page: int) -> str:
        """The address of another page of the same list."""
        filters = {"status": self.status, "etjanst": self.e_tjanst, "sok": self.text, "mina": "1" if self.mine else ""}
        chosen = {name: value for name, value in filters.items() if value}
        return f"/inkorg?{urlencode({**chosen, 'sida': page})}"


@dataclass(frozen=True)
class Page:
    """One page of the inbox: its lines, its number, how many pages and errands there are."""

    lines: Sequence[Errand]
    number: int
    pages: int
    errands: int


def page_of(errands: Sequence[Errand], question: Question, user: str) -> Page:
    """The page that is asked for; the last one when there are not so many."""
    chosen = question.chosen(errands, user)
    pages = max(1, -(-len(chosen) // PER_PAGE))
    number = min(max(1, question.page), pages)
    return Page(chosen[(number - 1) * PER_PAGE : number * PER_PAGE], number, pages, len(chosen))


def _words(errand: Errand) -> str:
    return f"{errand.ref} {errand.e_tjanst} {errand.sokande}".lower()
