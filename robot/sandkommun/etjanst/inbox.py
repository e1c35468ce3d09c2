"""What a handler asks to see of the inbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from sandkommun.etjanst.errands import Errand

PER_PAGE = 5


@dataclass(frozen=True)
class Question:
    """The filters of the inbox; an empty one shows everything. `text` is what was searched for: it is posted and never
    stands in an address, because people search by personal number."""

    status: str = ""
    e_tjanst: str = ""
    text: str = ""
    mine: bool = False

    @classmethod
    def of(cls, asked: Mapping[str, str], text: str = "") -> "Question":
        """What stands in an address or in a posted form."""
        return cls(asked.get("status", ""), asked.get("etjanst", ""), text.strip(), bool(asked.get("mina")))

    @property
    def filters(self) -> dict[str, str]:
        """The filters that are set, as fields."""
        filters = {"status": self.status, "etjanst": self.e_tjanst, "mina": "1" if self.mine else ""}
        return {name: value for name, value in filters.items() if value}

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
            errands = [one for one in errands if word in one.words or plain in one.words]
        return errands

    def address(self, page: int) -> str:
        """The address of another page of the same list."""
        return f"/inkorg?{urlencode({**self.filters, 'sida': page})}"
