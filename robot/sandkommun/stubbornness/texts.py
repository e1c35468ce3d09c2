"""What happens to texts on their way into a system that does not keep all of them."""

from sandkommun.stubbornness.hitting import Hits

_DAMAGED = str.maketrans({letter: letter.encode().decode("cp1252") for letter in "åäöÅÄÖ"})
"""UTF-8 read as Windows-1252: å becomes Ã¥."""


def kept(text: str, hits: Hits) -> str:
    """A posted free text as it is kept when these faults hit. One that leaves it as it is has not happened."""
    if "kapad_text" in hits and len(text) > hits.number("kapad_text"):
        hits.happened("kapad_text")
        text = text[: hits.number("kapad_text")]
    damaged = text.translate(_DAMAGED)
    if "teckenskada" in hits and damaged != text:
        hits.happened("teckenskada")
        return damaged
    return text
