"""What a workflow can tell of its own rules: to case workers, auditors and the public."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Rule:
    """One rule, in Swedish. `limits` are the municipality's own figures that it uses, by what they are called.

    `in_plain_words` is for the public, `required` what it asks for of a case. `always_person`: the municipality leaves
    it to a person, whatever it finds.
    """

    number: int
    name: str
    trigger: str
    sources: str
    action: str
    law: str
    in_plain_words: str
    required: str
    limits: tuple[tuple[str, str], ...] = ()
    always_person: bool = False


@dataclass(frozen=True)
class Rulebook:
    """A workflow's rules in the order in which they are judged, and what they rest on.

    `introduction` is for the public, a paragraph each. `key` tells what the letters of `action` mean, `abbreviations`
    those of the laws; `version` is the workflow's; `approved` is by whom and by which
    decision, None when nobody has.
    """

    title: str
    municipality: str
    version: str
    source: str
    valid_from: date
    valid_to: date | None
    approved: str | None
    introduction: tuple[str, ...]
    key: str
    abbreviations: str
    rules: tuple[Rule, ...]
