"""Durable runs: steps, writes with receipts, leases.

Workflows are written against these names and `medarbetare.engine.run.Run`. `Run` is not imported here, because Django
loads this package before its models may be imported.
"""

from medarbetare.engine.effect import Effect, NaturalKey, Seen, Submit
from medarbetare.engine.mode import Mode
from medarbetare.engine.original import Original
from medarbetare.engine.outcome import (
    Approval,
    Aside,
    Outcome,
    Past,
    Unless,
    WaitEnded,
    decided,
    handed_over,
    shadowed,
    stopped,
    waiting,
)
from medarbetare.engine.portal import File, Page, Portal, Reply, Service

__all__ = [
    "Approval",
    "Aside",
    "Effect",
    "File",
    "Mode",
    "NaturalKey",
    "Original",
    "Outcome",
    "Page",
    "Past",
    "Portal",
    "Reply",
    "Seen",
    "Service",
    "Submit",
    "Unless",
    "WaitEnded",
    "decided",
    "handed_over",
    "shadowed",
    "stopped",
    "waiting",
]
