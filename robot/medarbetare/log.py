"""The service's own log: JSON lines through structlog, with personal identity numbers masked by pattern.

The log tells what the machine did. What was read, decided and written about people stands in the journal.
"""

import json
import logging
import os
import re
import sys
import traceback
from typing import Any, TextIO, cast

import structlog

_IDENTITY_NUMBER = re.compile(r"(?<!\d)(?:18|19|20)?\d{6}[-+ ]?\d{4}(?!\d)")
_MASK = "******-****"


def mask(text: str) -> str:
    """The text with everything that looks like a personal identity or co-ordination number made unreadable."""
    return _IDENTITY_NUMBER.sub(_MASK, text)


def place_of(error: BaseException) -> str:
    """The innermost place of an error, as file and line; its text may hold personal data and is left out."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno}" if frames else "?"


def _mask_event(logger: Any, method: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    return {mask(key): _masked(value) for key, value in event.items()}


def _masked(value: Any) -> Any:
    if value is None or (isinstance(value, bool | int | float) and len(str(value)) < 10):
        return value
    if isinstance(value, dict):
        return {mask(str(key)): _masked(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(one) for one in value]
    return mask(str(value))


class Unfailing:
    """A stream that loses lines rather than stop the robot, when the log's disk is full or whoever reads it has gone.

    What must not be lost stands in the journal. Lines that were lost are counted in the next one that is not.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._pending = ""
        self._lost = 0

    def write(self, text: str) -> int:
        """Keep until `flush`, so that processes that share a log write whole lines."""
        self._pending += text
        return len(text)

    def flush(self) -> None:
        """Write, or count what could not be written."""
        text, self._pending = self._pending, ""
        if not text:
            return
        told = json.dumps({"event": "log lines lost", "count": self._lost, "level": "error"}) if self._lost else ""
        try:
            self._write(f"\n{told}\n{text}" if told else text)
            self._lost = 0
        except (OSError, ValueError):
            self._lost += text.count("\n")

    def _write(self, text: str) -> None:
        try:
            descriptor = self._stream.fileno()
        except (OSError, AttributeError):
            self._stream.write(text)
            self._stream.flush()
            return
        # Past the stream's own buffer, which would keep what could not be written and fail once more at the end.
        left = text.encode("utf-8", "replace")
        while left:
            left = left[os.write(descriptor, left) :]


def configure_log(stream: TextIO | None = None) -> None:
    """Send structlog and the standard library's warnings to `stream` (standard error) as JSON lines."""
    unfailing = cast(TextIO, Unfailing(stream or sys.stderr))
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    # Tracebacks hold the texts of errors and the lines of other people's pages: the type and the message are enough.
    rendering: list[structlog.types.Processor] = [
        _mask_event,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
    structlog.configure(
        processors=[*shared, *rendering],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(unfailing),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(unfailing)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _drop_traceback, *rendering],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    # While the database is away the queue's pool tells of each try; that it is away is told once, and by us.
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)


def configure_log_beside_report() -> None:
    """The log of a command whose report people read: JSON lines to standard error, unless a person sits there.

    At a terminal only what went wrong for good is told, in its own words; redirect standard error to have it all.
    """
    configure_log(sys.stderr)
    if sys.stderr.isatty():
        structlog.configure(processors=[structlog.stdlib.add_log_level, _mask_event, _in_words])
        logging.getLogger().handlers[:] = [logging.NullHandler()]


def _in_words(logger: Any, method: str, event: structlog.types.EventDict) -> str:
    if method in ("error", "critical") and event.get("message"):
        return f"Obs: {event['message']}"
    raise structlog.DropEvent


def _drop_traceback(logger: Any, method: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    event.pop("exc_info", None)
    event.pop("stack_info", None)
    return event
