"""How far the robot may go with a decision type."""

from enum import StrEnum


class Mode(StrEnum):
    """The municipality's choice per decision type, from reading only to deciding (architecture, section 3)."""

    #: read and compute; nothing is written in anybody's system
    SKUGGA = "skugga"
    #: register the application and save the calculation as a draft; a person decides
    FORBERED = "förbered"
    #: decide and pay where every rule is green
    AUTOMATISK = "automatisk"

    def allows(self, needed: "Mode") -> bool:
        """Whether work that needs mode `needed` may be done in this mode."""
        order = list(Mode)
        return order.index(self) >= order.index(needed)
