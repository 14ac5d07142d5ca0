"""What a worker keeps of freed memory it gives back before it is given another kind of work."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import numpy as np
import pytest

from gristmill.engine.engine import Engine
from gristmill.engine.local import LocalTeam
from gristmill.engine.protocol import Context, Death

_ARRAYS, _BYTES = 40, 4 << 20


def fill(job: int, context: Context) -> int:
    """Hold much for a while; gives what is resident when it is freed."""
    held = [np.ones(_BYTES, np.uint8) for _ in range(_ARRAYS)]
    last = np.ones(1 << 10, np.uint8)
    held.clear()
    return resident() + 0 * len(last)


def look(job: int, context: Context) -> int:
    """What is resident."""
    return resident()


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def again(death: Death) -> int:
    raise AssertionError(death)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only GNU's C library is told to keep anything")
def test_memory_is_kept_for_the_same_work_and_given_back_before_another() -> None:
    engine = Engine(LocalTeam(1))
    try:
        first, second = engine.run(fill, [0, 1], on_report=print, on_death=again)
        (after,) = engine.run(look, [0], on_report=print, on_death=again)
    finally:
        engine.close()
    assert after < min(first, second) - _ARRAYS * _BYTES // 2
