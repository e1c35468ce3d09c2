"""Both parsers under random files: an application or a hand-off and nothing else, and no number in the reason."""

import json
import re

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from arbetsfloden.ekonomiskt_bistand.formular.ansokan import Ansokan
from arbetsfloden.ekonomiskt_bistand.formular.inlasning import las_ansokan, sokande
from medarbetare.engine import Original
from medarbetare.errors import BusinessError

APPLICANT = "198802189897"
UNTOUCHED = settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
CONTROLS = st.sampled_from(
    ["\x00", "\x1b", "\u202e", "\u2066", "\ufeff", "\ud800", "\u2028", "]]>", "&", "<", '"', "\\"]
)
TEXTS = st.text() | CONTROLS | st.lists(st.text(max_size=3) | CONTROLS, max_size=5).map("".join)
NEARLY = st.sampled_from(
    ["1 234,50", "-5", "1e9", "12;3", "2026-02-30", "NaN", "Ja", "Nej", "Umgänge", "0", "99", "2026-12", APPLICANT, ""]
)
SOMETHING = TEXTS | NEARLY | NEARLY.flatmap(lambda text: TEXTS.map(lambda more: text + more))
ANYTHING_IN_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | SOMETHING,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def read_or_handed_over(content: bytes) -> str:
    """The reason, empty for an application; anything else fails the test."""
    original = Original.of(content)
    sokande(original)
    try:
        assert isinstance(las_ansokan(original), Ansokan)
        return ""
    except BusinessError as handed_over:
        reason = handed_over.message
    assert APPLICANT[2:] not in re.sub(r"[^0-9]", "", reason)
    assert reason.isprintable()
    return reason


def written(one_format, leaves) -> bytes:
    try:
        return one_format.write(leaves)
    except UnicodeEncodeError:
        # A lone surrogate is no character in any file, but JSON can escape one.
        return json.dumps({"applicationType": "recurrent", "answers": [leaf.value for leaf in leaves]}).encode()


@UNTOUCHED
@given(st.binary() | st.text().map(lambda text: text.encode("utf-8", "surrogatepass")))
@example(b"<")
@example(b"{")
@example(b"\xff\xfe<\x00")
def test_random_bytes_are_handed_over(content):
    assert read_or_handed_over(content)


@UNTOUCHED
@given(cut=st.data())
def test_a_form_with_bytes_changed_anywhere_is_read_or_handed_over(one_format, ansokan, cut):
    content = bytearray(one_format.write(one_format.leaves(ansokan)))
    for _ in range(cut.draw(st.integers(1, 3))):
        start = cut.draw(st.integers(0, len(content)))
        end = min(len(content), start + cut.draw(st.integers(0, 30)))
        content[start:end] = cut.draw(st.binary(max_size=20))
    read_or_handed_over(bytes(content))


@UNTOUCHED
@given(change=st.data())
def test_a_form_with_one_field_spoilt_is_read_or_handed_over(one_format, ansokan, change):
    leaves = one_format.leaves(ansokan)
    at = change.draw(st.integers(0, len(leaves) - 1))
    other = change.draw(st.integers(0, len(leaves) - 1))
    how = change.draw(st.sampled_from(["value", "any", "remove", "duplicate", "swap", "move", "name"]))
    if how == "value":
        leaves[at].value = change.draw(SOMETHING)
    elif how == "any" and one_format.name == "json":
        leaves[at].value = change.draw(ANYTHING_IN_JSON)
    elif how == "remove":
        del leaves[at]
    elif how == "duplicate":
        leaves.insert(other, leaves[at])
    elif how == "swap":
        leaves[at].value, leaves[other].value = leaves[other].value, leaves[at].value
    elif how == "move":
        leaves.insert(other, leaves.pop(at))
    else:
        leaves[at].where = [change.draw(SOMETHING) for _ in leaves[at].where]
    read_or_handed_over(written(one_format, leaves))


@UNTOUCHED
@given(posting=st.dictionaries(st.sampled_from(["applicationType", "answers", "hashid", "rawData"]), ANYTHING_IN_JSON))
def test_any_json_at_all_is_read_or_handed_over(posting):
    read_or_handed_over(json.dumps({"applicationType": "recurrent"} | posting).encode())
    read_or_handed_over(json.dumps({"applicationType": "recurrent", "answers": [posting, posting]}).encode())
