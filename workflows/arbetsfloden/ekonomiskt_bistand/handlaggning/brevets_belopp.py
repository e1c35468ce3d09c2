"""The text of a decision letter in one notation, and every amount in it with the words that it stands beside.

Case systems set their letters differently: spaces, breaks of lines and pages, and whether an amount has öre make no
difference here. What looks like an amount but cannot be read is told, never passed over.
"""

import re
import unicodedata
from collections.abc import Collection
from decimal import Decimal
from typing import NamedTuple

from arbetsfloden.ekonomiskt_bistand.begrepp.manad import MANADSNAMN

_PLAIN = str.maketrans(
    {
        "\N{MINUS SIGN}": "-",
        "\N{EN DASH}": "-",
        "\N{HYPHEN}": "-",
        "\N{SOFT HYPHEN}": None,
        "\N{ZERO WIDTH SPACE}": None,
        "\N{ZERO WIDTH NO-BREAK SPACE}": None,
    }
)
_OF_PAGES = r"\d+ ?(?:av|/|\() ?\d+ ?\)?"
_PAGE_NUMBER = re.compile(rf"(?:sidan? ?)?{_OF_PAGES}|sidan? \d+", re.IGNORECASE)
_PAGE_NUMBER_AMID = re.compile(rf"\bsidan? {_OF_PAGES}", re.IGNORECASE)
_UNIT = r"\s?(?:kronor|kr(?![a-zåäö])|SEK|:-|,-)"
_NUMBER = re.compile(
    r"(?<!\d)(?<!\d[-,.:])-?(?P<whole>\d{1,3}(?:[\s.]\d{3}){1,3}|\d+)(?P<ore>,\d\d)?(?!\d|[-,.:]\d)"
    rf"(?P<unit>{_UNIT})?"
)
_LIKE_AN_AMOUNT = re.compile(rf"\d{_UNIT}|:\s?-?\d[\d ]*[.,]\d[\d.,]*$", re.MULTILINE)
"""What is left of an amount that is written in no known way, once those that can be read are taken out."""
_LABEL_BEFORE = re.compile(r"[^\d\n:]{2,}:\s?$")
_NO_MONEY = re.compile(
    r"(?:nummer|nr|\btel\w*|ärende|beräkning|\bbox|\bsida|\bantal\w*(?: \w+)?|adress|\bpost\w*|konto|giro|datum)\W*$",
    re.IGNORECASE,
)
"""Labels of numbers that are no amounts."""
_DAY_OR_MONTH = re.compile(rf"\W*\b(?:\d{{4}}-\d\d(?:-\d\d)?|(?:{'|'.join(MANADSNAMN)}) \d{{4}})\W*$", re.IGNORECASE)
_NEW_SENTENCE = re.compile(r"\.\s?(?=[A-ZÅÄÖ])")
_NEAR = 400
"""So many characters beside an amount are looked at."""


class Brevbelopp(NamedTuple):
    """An amount of the letter, with its sign and the words before it; `slag` is the kind of row that those end in."""

    varde: Decimal
    etikett: str
    slag: str | None


def i_en_form(text: str) -> str:
    """The letter line by line: one kind of space and minus, no page numbers, what heads each page once and first.

    Pages are parted by form feeds.
    """
    plain = _PAGE_NUMBER_AMID.sub("", unicodedata.normalize("NFKC", text).translate(_PLAIN))
    pages = [_lines(page) for page in plain.split("\f")]
    pages = [page for page in pages if page]
    if len(pages) < 2:
        return "\n".join(line for page in pages for line in page)
    everywhere = set(pages[0]).intersection(*pages[1:])
    heads = [line for line in dict.fromkeys(pages[0]) if line in everywhere and not re.search(r"\d", line)]
    return "\n".join([*heads, *(line for page in pages for line in page if line not in heads)])


def _lines(page: str) -> list[str]:
    lines = [" ".join(line.split()) for line in page.splitlines()]
    return [line for line in lines if line and not _PAGE_NUMBER.fullmatch(line)]


def belopp_i(text: str, slag: Collection[str]) -> tuple[list[Brevbelopp], bool]:
    """Every amount, and whether something is left that looks like one but cannot be read. `slag`: kinds of rows."""
    found, rest, end = [], [], 0
    for match in _NUMBER.finditer(text):
        label = _label(text[max(end, match.start() - _NEAR) : match.start()])
        kind = _kind(label, slag)
        if not _is_amount(match, text, kind):
            continue
        number = Decimal(re.sub(r"[\s.]", "", match["whole"]) + (match["ore"] or "").replace(",", "."))
        found.append(Brevbelopp(-number if match[0].startswith("-") else number, label, kind))
        rest.append(text[end : match.start()])
        end = match.end()
    rest.append(text[end:])
    return found, any(_LIKE_AN_AMOUNT.search(part) for part in rest)


def _label(before: str) -> str:
    """The words that an amount stands beside, on its line or else the nearest above; without a date at the end."""
    lines = [line for line in before.split("\n") if re.search(r"[^\W\d_]", line)]
    label = _NEW_SENTENCE.split(lines[-1])[-1] if lines else ""
    return re.sub(r"[\W_]+$", "", _DAY_OR_MONTH.sub("", label))


def _kind(label: str, kinds: Collection[str]) -> str | None:
    """The row's kind that a label ends in; one that only ends another word is not it."""
    fits = [kind for kind in kinds if re.search(rf"(?<![\w-]){_words(kind)}$", label, re.IGNORECASE)]
    return max(fits, key=len, default=None)


def _words(kind: str) -> str:
    return re.escape(re.sub(r"\W+$", "", unicodedata.normalize("NFKC", kind)))


def _is_amount(match: re.Match[str], text: str, kind: str | None) -> bool:
    """Whether a number is money: by its öre or kronor, else by what it stands beside."""
    if match["ore"] or match["unit"]:
        return True
    before, after = text[max(match.start() - _NEAR, 0) : match.start()], text[match.end() : match.end() + _NEAR]
    if kind is not None:
        return re.match(r" ?[a-zåäö]", after) is None
    label = _LABEL_BEFORE.search(before)
    is_last = re.match(r"[^\w\n]*(?:\n|$)", after) is not None
    return label is not None and is_last and _NO_MONEY.search(label[0]) is None
