"""An errand's attachments: files as applicants send them, made from a kind and a few words, or kept as they are."""

from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from io import BytesIO
from mimetypes import guess_type
from pathlib import Path
from textwrap import wrap

from fpdf import FPDF
from PIL import Image, ImageDraw, ImageFont

from sandkommun.downloads import printable
from sandkommun.storage import Json
from sandkommun.worlds.applications import Bilaga

_FOOTNOTE = "Påhittad handling i övningskommunen Sandkommun"
_TITLES = {
    "handling": "Handling",
    "kvitto": "KVITTO",
    "hyresavi": "Hyresavi",
    "kontoutdrag": "Kontoutdrag",
    "lönespecifikation": "Lönespecifikation",
    "intyg": "Intyg",
    "foto": "Foto",
}
_PAPER = (252, 251, 247)
_TABLE = (112, 98, 84)
_INK = (45, 45, 50)
_A_LITTLE_ASKEW = 1.6


@dataclass(frozen=True)
class Attachment:
    """One file of an errand. `content` when it is kept as it is; else it is made when it is asked for."""

    filnamn: str
    fil_id: str
    slag: str
    text: str
    namn: str
    datum: str
    """ISO, with or without a time of day."""
    content: bytes | None = None

    @property
    def media_type(self) -> str:
        return guess_type(self.filnamn)[0] or "application/octet-stream"

    def file(self) -> bytes:
        """The file; the same bytes every time."""
        if self.content is not None:
            return self.content
        return _pdf(self) if self.media_type == "application/pdf" else _picture(self)

    def as_json(self) -> Json:
        """The attachment as `of_json` reads it back."""
        return {**asdict(self), "content": None if self.content is None else b64encode(self.content).decode("ascii")}


def of_json(content: Json) -> Attachment:
    """An attachment from what `as_json` made of it."""
    kept = content["content"]
    return Attachment(**{**content, "content": None if kept is None else b64decode(kept)})


def of_world(one: Bilaga, name: str, day: str) -> Attachment:
    """An attachment that a world states, of the person with this name, dated a day. Raises OSError when a file that it
    names cannot be read."""
    kept = None if one.fil is None else Path(one.fil).read_bytes()
    return Attachment(one.filnamn, one.fil_id, one.slag, one.text, name, day, kept)


def _lines(one: Attachment, width: int) -> list[str]:
    words = [line for part in one.text.replace("–", "-").splitlines() for line in wrap(part, width)]
    return [f"Datum: {one.datum[:10]}", f"Namn: {one.namn}", "", *words]


def _pdf(one: Attachment) -> bytes:
    receipt = one.slag == "kvitto"
    document = FPDF(format=(80, 140) if receipt else "A4")
    document.set_creation_date(datetime.fromisoformat(one.datum).replace(tzinfo=UTC))
    document.set_title(one.filnamn)
    document.set_auto_page_break(True, margin=14)
    document.add_page()
    if not receipt:
        document.set_fill_color(60, 84, 105)
        document.rect(0, 0, 210, 6, style="F")
    document.set_font("Courier" if receipt else "Helvetica", "B", 15 if receipt else 20)
    document.cell(0, 14, printable(_TITLES[one.slag]), align="C" if receipt else "L", new_x="LMARGIN", new_y="NEXT")
    document.set_font("Courier" if receipt else "Helvetica", "", 8 if receipt else 11)
    for line in _lines(one, 34 if receipt else 90):
        document.cell(0, 5 if receipt else 7, printable(line), new_x="LMARGIN", new_y="NEXT")
    document.set_text_color(120, 120, 120)
    document.set_font("Helvetica", "I", 6 if receipt else 8)
    document.cell(0, 12, printable(_FOOTNOTE), new_x="LMARGIN", new_y="NEXT")
    return bytes(document.output())


def _picture(one: Attachment) -> bytes:
    """A paper that lies a little askew on a table, photographed from above."""
    width = 420 if one.slag == "kvitto" else 620
    lines = _lines(one, width // 15)
    paper = Image.new("RGB", (width, 170 + 30 * len(lines)), _PAPER)
    _write(paper, (36, 26), _TITLES[one.slag], 4)
    for n, line in enumerate(lines):
        _write(paper, (36, 100 + 30 * n), line, 2)
    _write(paper, (36, paper.height - 30), _FOOTNOTE, 1)
    lying = paper.convert("RGBA").rotate(_A_LITTLE_ASKEW, Image.Resampling.BILINEAR, expand=True)
    picture = Image.new("RGB", (lying.width + 80, lying.height + 80), _TABLE)
    picture.paste(lying, (40, 40), lying)
    file = BytesIO()
    picture.save(file, "PNG" if one.media_type == "image/png" else "JPEG")
    return file.getvalue()


def _write(paper: Image.Image, place: tuple[int, int], text: str, size: int) -> None:
    """Text in the one built-in font that has å, ä and ö: of dots, drawn small and then enlarged."""
    font = ImageFont.load_default_imagefont()
    left, top, right, bottom = (round(edge) for edge in font.getbbox(printable(text)))
    if right <= left:
        return
    small = Image.new("L", (right, bottom))
    ImageDraw.Draw(small).text((-left, -top), printable(text), 255, font)
    written = small.resize((small.width * size, small.height * size), Image.Resampling.BICUBIC)
    paper.paste(_INK, place, written)
