"""What a click on a page came to, and which of the portal's answers is the answer to it."""

import re
from collections.abc import Callable

from playwright.sync_api import Frame, Response

from medarbetare.browser.script import Answer
from medarbetare.browser.template import fold

_READING = ("GET", "HEAD", "OPTIONS")


class NothingClicked(Exception):
    """The operation ended before the click; `answer` tells why."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


def sent_from(frame: Frame) -> Callable[[Response], bool]:
    """Whether a response answers something that a frame has sent, neither fetched nor told in passing (a beacon)."""

    def answers(response: Response) -> bool:
        sent = response.request
        return sent.method not in _READING and sent.resource_type != "ping" and response.frame == frame

    return answers


def last_status(response: Response) -> int:
    """The HTTP status at the end of the redirections."""
    request = response.request
    while request.redirected_to is not None:
        request = request.redirected_to
    last = request.response()
    return last.status if last is not None else 0


def fits(text: str, pattern: dict[str, str]) -> bool:
    """Whether a dialog's text is the one that a pattern of the selector file stands for."""
    folded = fold(text)
    return re.search(pattern["regex"], folded) is not None if "regex" in pattern else folded == pattern["text"]


def clicked(answer: Answer) -> Answer:
    """The answer of an operation that has clicked. Raises NothingClicked."""
    if answer["outcome"] != "ok":
        raise NothingClicked(answer)
    return answer
