"""The text of a world file as plain data, and on which line of it something stands."""

import json
import re
from collections.abc import Callable, Hashable, Sequence
from typing import Any

import yaml

Path = Sequence[int | str]
Line = Callable[[Path], int | None]
"""On which line the element stands that a path leads to, or the nearest one around it."""

_SECTION = re.compile(r"([a-z_åäö]+):")
_ELEMENT = re.compile(r'  ("[^"\\]+"): (.+)')


class TextError(Exception):
    """The text is no YAML or JSON. The message is Swedish, says on which line if that is known, and quotes nothing."""

    def __init__(self, what: str, line: int | None = None) -> None:
        super().__init__(f", rad {line}: {what}" if line else f": {what}")


def data_of(text: str, *, is_json: bool) -> tuple[Any, Line]:
    """What a world file says, and where. Raises TextError."""
    if is_json:
        return _json(text), _composed(text)
    return _line_by_line(text) or (_yaml(text), _composed(text))


def _json(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise TextError(f"inte riktig JSON ({error.msg})", error.lineno) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise TextError("samma nyckel står två gånger i ett element")
    return found


def _line_by_line(text: str) -> tuple[dict[str, Any], Line] | None:
    """A YAML file with one element of JSON a line, as `sandkommun generate` writes it, many times faster than YAML.

    None for any other file, and for one with a fault in it: then YAML tells what is wrong.
    """
    content: dict[str, Any] = {}
    lines: dict[tuple[str, ...], int] = {}
    section = ""
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        element = _ELEMENT.fullmatch(line)
        try:
            if element and section:
                key = json.loads(element[1])
                inside = content[section]
                if not isinstance(inside, dict) or key in inside:
                    return None
                inside[key] = json.loads(element[2], object_pairs_hook=_once)
                lines[section, key] = number
                continue
            head, _, rest = line.partition(": ")
            section = head.removesuffix(":")
            if not _SECTION.fullmatch(f"{section}:") or section in content or line[-1] == " ":
                return None
            content[section] = json.loads(rest) if rest else {}
            lines[section,] = number
            section = "" if rest else section
        except (json.JSONDecodeError, TextError):
            return None
    return content, lambda path: _nearest(lines, path)


def _nearest(lines: dict[tuple[str, ...], int], path: Path) -> int | None:
    names = tuple(str(part) for part in path)
    return lines.get(names[:2]) or lines.get(names[:1])


class _Once(yaml.CSafeLoader):
    """YAML in which a key stands once: the second of two persons with one key would silently take the first's place."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.tag != "tag:yaml.org,2002:merge" and key.value in seen:
                raise TextError("samma nyckel står två gånger i ett element", key.start_mark.line + 1)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def _yaml(text: str) -> Any:
    try:
        return yaml.load(text, Loader=_Once)  # noqa: S506 - a safe loader
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise TextError(f"inte riktig YAML ({error.problem})", line) from None


def _composed(text: str) -> Line:
    """Reads the text once more, but only when somebody asks where something stands."""
    roots: list[yaml.Node] = []

    def line(path: Path) -> int | None:
        if not roots:
            try:
                root = yaml.compose(text, Loader=yaml.CSafeLoader)
            except yaml.YAMLError:
                return None
            if root is None:
                return None
            roots.append(root)
        node = roots[0]
        at = node.start_mark.line + 1
        for part in path:
            inside = _inside(node, part)
            if inside is None:
                continue
            at, node = inside
        return at

    return line


def _inside(node: yaml.Node, part: int | str) -> tuple[int, yaml.Node] | None:
    """The line and the node of a part. None for what stands in no file: the name of a kind of element."""
    if isinstance(node, yaml.MappingNode):
        return next(((key.start_mark.line + 1, value) for key, value in node.value if key.value == str(part)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part].start_mark.line + 1, node.value[part]
    return None
