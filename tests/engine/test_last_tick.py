"""Where a worker is can be read by another process, also when the worker was killed."""

from __future__ import annotations

import os
import signal
import time

from gristmill.engine.last_tick import LastTick, shared_page


def test_another_process_reads_the_last_tick_of_one_that_was_killed() -> None:
    page = shared_page()
    ours = LastTick(page)
    assert ours.get() == (0.0, 0, 0)
    began = time.monotonic()
    ours.put(0, 0)
    pid = os.fork()
    if not pid:
        theirs = LastTick(page)
        for at in range(7):
            theirs.put(at, 2**40 + at)
        os.kill(os.getpid(), signal.SIGKILL)
    os.close(page)
    os.waitpid(pid, 0)
    when, first, last = ours.get()
    assert (first, last) == (6, 2**40 + 6)
    assert began <= when <= time.monotonic()
