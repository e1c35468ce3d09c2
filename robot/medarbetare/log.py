"""The service's own log: JSON lines through structlog, with personal identity numbers masked by pattern.

The log tells what the machine did. What was read, decided and written about people stands in the journal.
"""

import logging
import re
import sys
import traceback
from typing import Any, TextIO

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


def configure_log(stream: TextIO | None = None) -> None:
    """Send structlog and the standard library's warnings to `stream` (standard error) as JSON lines."""
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
        logger_factory=structlog.PrintLoggerFactory(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _drop_traceback, *rendering],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)


def _drop_traceback(logger: Any, method: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    event.pop("exc_info", None)
    event.pop("stack_info", None)
    return event
