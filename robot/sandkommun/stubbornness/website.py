"""What the layers around a system's pages need to know of it."""

from collections.abc import Callable
from typing import Protocol

from starlette.responses import Response

from sandkommun.storage import Database
from sandkommun.stubbornness.hitting import Faults
from sandkommun.worlds.systems import Systemval


class Site(Protocol):
    """One system as a web site. `trouble(request, title, text, status)` is a page, or JSON for scripts."""

    database: Database
    faults: Faults

    @property
    def name(self) -> str: ...

    @property
    def val(self) -> Systemval: ...

    @property
    def trouble(self) -> Callable[..., Response]: ...
