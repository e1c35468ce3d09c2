"""No amount of the decision passes through a float: kronor and ören are Decimal from the file to the payment."""

import ast
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).parents[3] / "workflows" / "arbetsfloden" / "ekonomiskt_bistand"


def _floats(path: Path) -> Iterator[str]:
    """Where a module writes a float or names the type."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        written = isinstance(node, ast.Constant) and isinstance(node.value, float)
        named = isinstance(node, ast.Name) and node.id == "float"
        if written or named:
            yield f"{path.name}:{node.lineno}"


def test_nothing_in_the_workflow_is_a_float() -> None:
    modules = sorted(FOLDER.rglob("*.py"))
    assert len(modules) > 50
    assert [found for path in modules for found in _floats(path)] == []


def test_a_float_would_be_found(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text("def half(amount: float) -> float:\n    return 0.5 * amount\n", "utf-8")
    assert len(list(_floats(module))) == 3
