"""What was measured on which commit, so that a table can say when that is not what lies here now."""

import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Tree:
    """A commit (empty where there is no git), and whether nothing in its files had been changed."""

    commit: str = ""
    clean: bool = False

    @classmethod
    def now(cls, root: Path = ROOT) -> "Tree":
        """The tree as it lies here."""
        commit, changes = _git(root, "rev-parse", "HEAD"), _git(root, "status", "--porcelain")
        return cls(commit.strip(), clean=not changes) if commit and changes is not None else cls()

    @classmethod
    def told(cls, told: dict[str, Any]) -> "Tree":
        """As `telling` wrote it; unknown where nothing is told."""
        return cls(**told.get("tree", {}))

    @property
    def telling(self) -> dict[str, Any]:
        """For a JSON file."""
        return {"tree": asdict(self)}

    def __str__(self) -> str:
        if not self.commit:
            return "an unknown commit"
        return self.commit[:7] + ("" if self.clean else " with changes")


def _git(root: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return done.stdout if done.returncode == 0 else None
