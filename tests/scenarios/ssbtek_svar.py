"""A real answer of SSBTEK v10, about somebody who does not exist, to take apart and change."""

import re
from pathlib import Path

REAL = (Path(__file__).parent / "exempel" / "ssbtek_v10_svar.xml").read_text("utf-8")


def part(agency: str) -> str:
    """One agency's element."""
    found = re.search(rf"<ssbt:{agency}>.*?</ssbt:{agency}>", REAL, re.DOTALL)
    assert found is not None
    return found[0]


def answer(**parts: str) -> bytes:
    """The real answer with other parts in the place of some agencies'."""
    text = REAL
    for agency, other in parts.items():
        text = text.replace(part(agency), other)
    return text.encode()
