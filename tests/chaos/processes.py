"""Processes that tests end. The end of one is often the end of others: in its sandbox all of a browser ends at once."""

import contextlib
import signal
from collections.abc import Callable, Iterable

import psutil


def below(process: psutil.Process, chosen: Callable[[psutil.Process], bool]) -> list[psutil.Process]:
    """The processes below one, as far as they live, that are chosen."""
    found = []
    for one in process.children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if chosen(one):
                found.append(one)
    return found


def is_browser(process: psutil.Process) -> bool:
    """Whether a process is one of Chromium's."""
    return "chrom" in process.name().lower()


def send(processes: Iterable[psutil.Process], number: int = signal.SIGKILL) -> None:
    """Send a signal to those that still live."""
    for one in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            one.send_signal(number)
