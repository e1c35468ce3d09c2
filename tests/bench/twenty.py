"""Twenty applications through the demonstration with two workers, start and verification of the journal included."""

import re
import subprocess
import sys
import time
from pathlib import Path

from at_work import BenchFailed
from households import APPLICATION

from sandkommun import worlds

COUNT = 20


def seconds_for_twenty(folder: Path) -> float:
    """Wall time of the whole command, the practice municipality's sessions as in the demonstration.

    Raises BenchFailed unless every application is decided.
    """
    file = folder / "twenty.yaml"
    file.write_text(worlds.dump(worlds.copies(worlds.load("demo"), APPLICATION, COUNT)), "utf-8")
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "medarbetare", "demo", "--once", "--world", str(file), "--workers", "2"],
        capture_output=True,
        text=True,
        check=False,
    )
    taken = time.monotonic() - begun
    if done.returncode or not re.search(rf"^{COUNT} beslutad\.$", done.stdout, re.MULTILINE):
        raise BenchFailed(f"demonstrationen med {COUNT} ansökningar gav {done.returncode}: {done.stdout[-500:]}")
    return taken
