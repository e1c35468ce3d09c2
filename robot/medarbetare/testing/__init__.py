"""What those who write workflows test them with: portals in memory, and a bench on a real database.

A page is described by a function that is called at each fresh navigation, so it can show what was saved before:

    beslut: list[dict[str, str]] = []
    portal = MemoryPortal("verksamhet", {
        "beslut": lambda arende: Sheet(tables={"beslut": beslut}),
        "nytt_beslut": lambda arende: Sheet(fields={"belopp"}, commits={"spara": beslut.append}),
    })
    bench = Bench({"mitt_flode": flow}, [portal])
    case = bench.receive("REF-1", household="tova")
    assert bench.work_on(case) is CaseStatus.DECIDED

What goes wrong in a real portal is raised from such functions: PortalError, SessionLost, SelectorError. Nothing here
waits: a portal's trouble is tried again at once.

The bench uses the database that Django is configured for: the fixture `database` of `medarbetare.testing.plugin`, or
`migrated_server`. Importing this package loads the models.
"""

from medarbetare.database.connection import load_models

load_models()

from medarbetare.cases.status import CaseStatus  # noqa: E402
from medarbetare.testing.bench import IMPATIENT, INBOX, LEASE, PERSON, Bench  # noqa: E402
from medarbetare.testing.database import fresh_copy, migrated_server  # noqa: E402
from medarbetare.testing.portal import Act, MemoryPage, MemoryPortal, Sheet  # noqa: E402

__all__ = [
    "IMPATIENT",
    "INBOX",
    "LEASE",
    "PERSON",
    "Act",
    "Bench",
    "CaseStatus",
    "MemoryPage",
    "MemoryPortal",
    "Sheet",
    "fresh_copy",
    "migrated_server",
]
