"""Why a case came out as it did, for the case worker, the applicant and an auditor: what a workflow tells."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from medarbetare.engine.layout import used_columns
from medarbetare.engine.presentation import Section


@dataclass(frozen=True)
class Condition:
    """What would have to differ: `about` names the rule, `required` is what it asks for.

    `here` are the case's own figures; what they claim has been tried by deciding again.
    """

    about: str
    required: str
    here: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """Tables that belong together under one heading. `note` is a sentence that stands first."""

    title: str
    sections: tuple[Section, ...]
    note: str = ""


@dataclass(frozen=True)
class Explanation:
    """A workflow's explanation of one case, in Swedish; holds personal data.

    `outcome` is one plain sentence, `decided_by` who decides or has decided. `otherwise` is what would have to differ
    for another outcome, under the heading and sentence of `differs`. `parts` tell the rest; `data` is all of it as JSON
    values.
    """

    outcome: str
    decided_by: str
    differs: Part
    otherwise: tuple[Condition, ...]
    parts: tuple[Part, ...]
    data: Mapping[str, Any]

    @property
    def sections(self) -> tuple[Section, ...]:
        """Every table in the order of the page."""
        noted = ((part.title, part.note) for part in (self.differs, *self.parts) if part.note)
        told = (("Utfall", self.outcome), ("Vem beslutar", self.decided_by), *noted)
        rows = tuple((one.about, one.required, " ".join(one.here)) for one in self.otherwise)
        found = (
            Section("Utfall", ("Vad", "Svar"), told),
            Section(self.differs.title, ("Gäller", "Vad som krävs", "I det här ärendet"), rows),
            *(one for part in self.parts for one in part.sections),
        )
        return tuple(used_columns(one) for one in found if one.rows)
