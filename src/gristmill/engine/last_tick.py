"""Where a worker is: a page that it writes and that whoever leads it reads, which a death of either leaves whole.

A message for each tick would wake the leading process for every few records, on a core that the worker may need.
"""

from __future__ import annotations

import mmap
import os
import struct
import tempfile
import time

_TICK = struct.Struct("=dqq")  # when by the monotonic clock, which all processes share; first and last record
_BEGIN = 8  # of the two ticks; before them the number of the later one


class LastTick:
    """Two ticks in turn, so that one is always whole: a worker may be killed while it writes the other."""

    def __init__(self, file: int) -> None:
        self._page = mmap.mmap(file, mmap.PAGESIZE)

    def put(self, first: int, last: int) -> None:
        """Now at the records `first` to `last`."""
        other = 1 - self._page[0]
        _TICK.pack_into(self._page, _BEGIN + other * _TICK.size, time.monotonic(), first, last)
        self._page[0] = other

    def get(self) -> tuple[float, int, int]:
        """When that was by the monotonic clock, and the records; all 0 before the first."""
        when, first, last = _TICK.unpack_from(self._page, _BEGIN + self._page[0] * _TICK.size)
        return when, first, last


def shared_page() -> int:
    """A new file for a tick, in memory where the system has such; its descriptor is the caller's to close."""
    if hasattr(os, "memfd_create"):
        file = os.memfd_create("gristmill-tick")
    else:
        with tempfile.TemporaryFile() as temporary:
            file = os.dup(temporary.fileno())
    os.truncate(file, mmap.PAGESIZE)
    return file
