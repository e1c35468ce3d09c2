"""The bare script as a process beside the bench, warm and logged in between applications."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from facit import WORKED_IN
from households import Household

from medarbetare.cli.practice import PracticeMunicipality


class Bare:
    """Gives orders to `bare_script.py`. `texts` are what the robot has written for another household."""

    def __init__(self, process: asyncio.subprocess.Process, texts: Mapping[str, str]) -> None:
        self._process = process
        self._texts = texts

    async def decide(self, household: Household) -> float:
        """One application; seconds. Raises EOFError when the script has failed; standard error tells why."""
        texts = {key: text.replace("<ref>", household.reference) for key, text in self._texts.items()}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"reference": household.reference, **texts}).encode() + b"\n")
        line = await self._process.stdout.readline()
        if not line:
            raise EOFError("the bare script has ended")
        return float(json.loads(line)["seconds"])


@asynccontextmanager
async def bare_script(
    executable: Path, municipality: PracticeMunicipality, texts: Mapping[str, str]
) -> AsyncIterator[Bare]:
    """Runs the script while the context is open. Its log-ins go through its pipe, never its arguments."""
    sites = {name: {"address": municipality.addresses[name], **municipality.log_in(name)} for name in WORKED_IN}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        str(Path(__file__).with_name("bare_script.py")),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps({"executable": str(executable), "sites": sites}).encode() + b"\n")
    try:
        yield Bare(process, texts)
    finally:
        process.stdin.close()
        await process.wait()
