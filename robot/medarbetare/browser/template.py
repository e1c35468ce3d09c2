"""Texts with `{parameters}`: filled in for the page's script, and never shown filled in to a person."""

import re
from collections.abc import Callable, Mapping

placeholders = re.compile(r"\{([a-z_][a-z0-9_]*)\}")


class MissingParameter(Exception):
    """A template needs a parameter that was not given. `name` is the parameter's."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def as_regex(text: str) -> str | None:
    """The expression between slashes, or None for a plain text."""
    return text[1:-1] if len(text) > 2 and text[0] == "/" == text[-1] else None


def fill(template: str, parameters: Mapping[str, str], quote: Callable[[str], str] = str) -> str:
    """`template` with every `{name}` replaced by `quote(value)`. Raises MissingParameter."""

    def value(match: re.Match[str]) -> str:
        try:
            return quote(parameters[match[1]])
        except KeyError:
            raise MissingParameter(match[1]) from None

    return placeholders.sub(value, template)


def fold(text: str) -> str:
    """White space folded the way pages show it."""
    return " ".join(text.split())


def pattern(template: str, parameters: Mapping[str, str]) -> dict[str, str]:
    """What the page's script compares texts with: `{"regex": …}` or `{"text": …}`. Raises MissingParameter."""
    expression = as_regex(template)
    if expression is not None:
        return {"regex": fill(expression, parameters, re.escape)}
    return {"text": fold(fill(template, parameters))}


def css(template: str, parameters: Mapping[str, str]) -> str:
    """A CSS selector; values are escaped so that they stay inside the selector's quotes. Raises MissingParameter."""
    return fill(template, parameters, lambda value: re.sub(r"[^\w-]", lambda m: f"\\{ord(m[0]):x} ", value))
