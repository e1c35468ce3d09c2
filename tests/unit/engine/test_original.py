import pytest

from medarbetare.engine import Original
from medarbetare.engine.original import FIRST_BYTES, JSON, UNKNOWN, XML, kind_of


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"<a/>", XML),
        (b'\xef\xbb\xbf \n<?xml version="1.0"?>', XML),
        ("<a/>".encode("utf-16"), XML),
        (b"\r\n\t{}", JSON),
        (b"[", JSON),
        (b"", UNKNOWN),
        (b"\x00\x00", UNKNOWN),
        (b"%PDF-1.7", UNKNOWN),
        (b" " * 64 + b"<a/>", UNKNOWN),
    ],
)
def test_the_media_type_is_told_by_the_content(content: bytes, media_type: str) -> None:
    assert Original.of(content).media_type == media_type


@pytest.mark.parametrize(
    ("first", "kind"),
    [
        (b"%PDF-1.4\n", "pdf"),
        (b"\x89PNG\r\n\x1a\n\x00", "png"),
        (b"\xff\xd8\xff\xe0", "jpeg"),
        (b"PK\x03\x04", "zip"),
        (b"MZ", ""),
        (b"", ""),
        (b" %PDF-1.4", ""),
    ],
)
def test_a_file_is_what_its_first_bytes_say(first: bytes, kind: str) -> None:
    assert kind_of(first[:FIRST_BYTES]) == kind
