import os
import select
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

USER = """
import sys
from pathlib import Path
from medarbetare.database.embedded import EmbeddedServer
with EmbeddedServer(Path(sys.argv[1])).use() as server:
    with server.dsn.connect() as connection:
        print(connection.execute("SELECT pg_postmaster_start_time()").fetchone()[0], flush=True)
    sys.stdin.readline()
"""


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A server's folder, for all tests of a module, because making the first one takes most of a second."""
    made = Path(tempfile.mkdtemp(prefix="medarbetare-test-"))
    yield made
    shutil.rmtree(made)


@pytest.fixture
def start_user(folder: Path) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Start another process that uses the server until a line is written to it; returns when it is connected."""
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        user = subprocess.Popen(
            [sys.executable, "-c", USER, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "CANARY": "kanariefagel"},
        )
        started.append(user)
        assert user.stdout is not None
        assert select.select([user.stdout], [], [], 30)[0], "the other process did not connect"
        assert user.stdout.readline()
        return user

    yield start
    for user in started:
        if user.returncode is None:
            user.communicate("\n", timeout=30)
