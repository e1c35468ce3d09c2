"""Stamps of progress that a worker process makes and its supervisor reads, through shared memory.

A stopped or hung process makes none, whatever its threads and sockets look like from outside.
"""

import mmap
import os
import struct
import time
from datetime import timedelta

PROGRESS_VARIABLE = "MEDARBETARE_PROGRESS_FD"
"""Where a worker process is told which descriptor the shared memory has."""

_STAMP = struct.Struct("=q")


class Stamps:
    """One moment in shared memory: when the worker last got anywhere (monotonic clock, the same in both processes)."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self._memory = mmap.mmap(descriptor, _STAMP.size)

    @classmethod
    def create(cls) -> "Stamps":
        """Make the shared memory; give `descriptor` to the worker process."""
        descriptor = os.memfd_create("medarbetare-progress")
        os.truncate(descriptor, _STAMP.size)
        return cls(descriptor)

    def stamp(self) -> None:
        """Called by the worker whenever it gets anywhere."""
        _STAMP.pack_into(self._memory, 0, time.monotonic_ns())

    @property
    def begun(self) -> bool:
        """Whether the worker has made any stamp at all."""
        return bool(_STAMP.unpack_from(self._memory, 0)[0])

    def age(self) -> timedelta:
        """How long ago the worker got anywhere."""
        return timedelta(microseconds=(time.monotonic_ns() - _STAMP.unpack_from(self._memory, 0)[0]) / 1000)

    def close(self) -> None:
        """Let go of the memory in this process. May be called again."""
        if not self._memory.closed:
            self._memory.close()
            os.close(self.descriptor)
