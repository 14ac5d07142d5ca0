"""How much memory a build holds at most: this process and all below it, what they share counted once. Linux only."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

_FIRST, _EVERY = 0.2, 0.5  # seconds before the first look, and at most between two that cost little
_SHARE = 0.01  # of a core's time at most that looks take: to see which pages are shared, the system goes through all
_PROC = Path("/proc")

WORTH_A_LOOK = 1.02
"""Proportional sizes are asked for where resident ones have grown by this."""


class PeakMemory:
    """Looks from `start` to `stop`, on a thread of its own: soon at first, then every half a second or less often.

    A process must not fork once it has threads, so `start` comes after the last fork.
    """

    def __init__(self) -> None:
        self._peak_kb = self._most_resident = 0
        self._looking = threading.Lock()  # whoever asks waits for a look that is under way: it may be the only one
        self._done = threading.Event()
        self._thread: threading.Thread | None = None

    def mb(self) -> float | None:
        """The highest sum seen so far, in MB; None where the system does not tell."""
        if self._thread is not None:
            self._look()
        return self._peak_kb * 1024 / 1e6 if self._peak_kb else None

    def start(self) -> None:
        if self._thread is None and (_PROC / "self" / "smaps_rollup").exists():
            self._thread = threading.Thread(target=self._watch, name="peak memory", daemon=True)
            self._thread.start()

    def _look(self) -> None:
        with self._looking:
            processes = list(family(os.getpid()))
            resident = sum(map(_resident_pages, processes))
            if resident > self._most_resident * WORTH_A_LOOK:
                self._most_resident = resident
                self._peak_kb = max(self._peak_kb, sum(map(_proportional_kb, processes)))

    def stop(self) -> None:
        """Look once more, and no longer."""
        self._done.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
            self._look()

    def _watch(self) -> None:
        pause = _FIRST
        while not self._done.wait(pause):
            began = time.thread_time()
            self._look()
            pause = max(min(1.5 * pause, _EVERY), (time.thread_time() - began) / _SHARE)


def family(pid: int) -> Iterator[int]:
    """A process and everything that it started, so far as it lives."""
    yield pid
    children: list[str] = []
    with contextlib.suppress(OSError):  # it ended while we looked
        for task in (_PROC / str(pid) / "task").iterdir():
            children += (task / "children").read_text().split()
    for child in children:
        yield from family(int(child))


def _resident_pages(pid: int) -> int:
    """Resident set size in pages, which the system has at hand."""
    try:
        return int((_PROC / str(pid) / "statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0


def _proportional_kb(pid: int) -> int:
    """Proportional set size: of memory that n processes share, each has an n-th."""
    try:
        lines = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
