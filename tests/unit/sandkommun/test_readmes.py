"""The pages that tell of sandkommun: what they point at is there, and every picture is shown and small."""

import re
from pathlib import Path

import pytest

HOME = Path(__file__).parents[3] / "robot" / "sandkommun"
PAGES = sorted(HOME.rglob("*.md"))
LARGEST = 120_000
_POINTS = re.compile(r"\]\(([^)\s]+)\)|<img src=\"([^\"]+)\"")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(HOME)))
def test_links_and_pictures_lead_somewhere(page: Path) -> None:
    dead = []
    for link, picture in _POINTS.findall(page.read_text("utf-8")):
        file, _, heading = (link or picture).partition("#")
        target = (page.parent / file).resolve() if file else page
        if not target.is_file():
            dead.append(link or picture)
        elif heading and heading not in headings(target):
            dead.append(link)
    assert dead == []


def headings(page: Path) -> list[str]:
    """The anchors that a page's headings make."""
    titles = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return [re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles]


def test_every_picture_of_the_tour_is_shown_and_small() -> None:
    shown = (HOME / "README.md").read_text("utf-8")
    pictures = sorted((HOME / "tour").glob("*.png"))
    assert len(pictures) > 10
    assert [file.name for file in pictures if f"tour/{file.name}" not in shown] == []
    assert [file.name for file in pictures if file.stat().st_size > LARGEST] == []
