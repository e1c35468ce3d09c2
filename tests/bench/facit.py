"""What the practice municipality itself says: the judge of both."""

import json
from collections import Counter
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

from households import Household

from medarbetare.cli.practice import PracticeMunicipality

WORKED_IN = ("etjanst", "folkbokforing", "ssbtek", "verksamhet")


def facit(municipality: PracticeMunicipality, system: str) -> dict[str, Any]:
    """Everything that a system has registered, and every request it got."""
    port = urlsplit(municipality.addresses[system]).port
    with urlopen(f"http://127.0.0.1:{port}/_facit", timeout=10) as answer:
        return dict(json.load(answer))


def requests(municipality: PracticeMunicipality) -> Counter[str]:
    """How many requests each system that the robot works in has had."""
    return Counter({name: len(facit(municipality, name)["requests"]) for name in WORKED_IN})


def written(municipality: PracticeMunicipality, household: Household) -> dict[str, list[str]]:
    """All that was registered for one household, without what is its own, by kind."""
    found = {
        kind: [household.neutral(record) for record in records if record["arende"] == household.case]
        for kind, records in facit(municipality, "verksamhet")["registered"].items()
    }
    status = facit(municipality, "etjanst")["statuses"][household.reference]
    return {**found, "status": [status], "meddelanden": _messages(municipality, household)}


def _messages(municipality: PracticeMunicipality, household: Household) -> list[str]:
    """What was written to the applicant, white space aside."""
    sent = facit(municipality, "etjanst")["registered"]["meddelanden"]
    texts = (" ".join(one["text"].split()) for one in sent if one["ref"] == household.reference)
    return [household.neutral({"text": text}) for text in texts]


def texts(municipality: PracticeMunicipality, household: Household) -> dict[str, str]:
    """The texts of a decision as they were typed, with the reference left open."""
    registered = facit(municipality, "verksamhet")["registered"]
    (decision,) = (one for one in registered["beslut"] if one["arende"] == household.case)
    note, filed = (one for one in registered["anteckningar"] if one["arende"] == household.case)
    _, letter = (one for one in registered["dokument"] if one["arende"] == household.case)
    typed = {"motivering": decision["motivering"], "rubrik": note["rubrik"], "anteckning": note["text"]}
    sent = facit(municipality, "etjanst")["registered"]["meddelanden"]
    (notice,) = (one["text"] for one in sent if one["ref"] == household.reference)
    typed |= {"underrattelse": notice}
    typed |= {"brevfil": letter["namn"], "brevrubrik": filed["rubrik"], "brevtext": filed["text"]}
    return {key: str(text).replace(household.reference, "<ref>") for key, text in typed.items()}
