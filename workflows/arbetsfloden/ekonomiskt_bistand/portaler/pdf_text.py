"""The text of a PDF, read in a process of its own: `python -m …pdf_text` reads the file on its standard input.

A PDF comes from somebody else's system. The process that opens it has bounded time and memory, holds no secret and no
browser, and takes the reader's libraries with it when it ends.
"""

import json
import logging
import resource
import subprocess
import sys
import tempfile

from medarbetare.errors import BusinessError

_SECONDS = 20
_MEMORY_BYTES = 1 << 30
_MEMORY = "/dev/shm"  # noqa: S108 - a file system in memory; the file has a random name and mode 0600


def text_of(pdf: bytes) -> str:
    """The text of the pages, line by line, parted by form feeds.

    Raises BusinessError when it cannot be read.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", __name__],
            input=pdf,
            capture_output=True,
            timeout=_SECONDS,
            check=True,
            env={"PATH": "/usr/bin:/bin"},
        )
        pages: dict[str, str] = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        raise BusinessError(f"Brevet är ingen läsbar PDF ({type(error).__name__}).") from None
    return "\f".join(pages.values())


def _read() -> None:
    """In the process of its own: standard input to JSON on standard output. The file loses its name at once."""
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    logging.disable()
    from RPA.PDF import PDF

    reader = PDF()
    with tempfile.NamedTemporaryFile(dir=_MEMORY, suffix=".pdf") as file:
        file.write(sys.stdin.buffer.read())
        file.flush()
        reader.open_pdf(file.name)
    pages = reader.get_text_from_pdf(details=True, trim=False)
    json.dump({number: "\n".join(box.text for box in boxes) for number, boxes in pages.items()}, sys.stdout)


if __name__ == "__main__":
    _read()
