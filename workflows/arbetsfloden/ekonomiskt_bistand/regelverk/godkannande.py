"""What every file of rules must carry: who approved it, by which decision, on what source and for how long."""

from datetime import date

from medarbetare.config import Strict


class Godkannande(Strict):
    """Base of dated and approved configuration. Without approval it may be used for proposals but never decides."""

    source: str
    valid_from: date
    valid_to: date | None = None
    approved_by: str | None = None
    decision_reference: str | None = None

    def in_force(self, day: date) -> bool:
        """Whether `day` lies within the dates, both included."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    @property
    def is_approved(self) -> bool:
        return bool(self.approved_by and self.decision_reference)
