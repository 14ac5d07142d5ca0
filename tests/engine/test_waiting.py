"""A worker that has no core to run on is not taken for one that stands still."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from gristmill.engine.engine import Engine
from gristmill.engine.local import LocalTeam
from gristmill.engine.waiting import waited

pytestmark = pytest.mark.skipif(not os.path.exists("/proc/self/schedstat"), reason="no system says who waits")

OTHERS = 5
LIMIT = 3.0
"""Seconds; the work takes less, but five times as long where five others are on the same core."""


@pytest.fixture
def crowded() -> Iterator[None]:
    """One core for us and what we start, and others who want it all the time."""
    mine = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(mine)})
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(OTHERS)]
    yield
    for other in others:
        other.kill()
        other.wait()
    os.sched_setaffinity(0, mine)


def burn(seconds: float) -> None:
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def work(seconds, context):
    context.tick(0, 1)
    burn(seconds)
    return seconds


def stand_still(seconds, context):
    context.tick(0, 1)
    time.sleep(seconds)
    return seconds


def test_a_process_that_shares_a_core_has_waited(crowded: None) -> None:
    before = waited(os.getpid())
    burn(0.5)
    assert waited(os.getpid()) - before > 0.5


@pytest.mark.parametrize(("task", "seconds", "expected"), [(work, 0.8, 0.8), (stand_still, 60, 0)])
def test_only_who_has_had_the_time_is_given_up(crowded: None, task, seconds: float, expected: float) -> None:
    engine = Engine(LocalTeam(1))
    try:
        given = engine.run(task, [seconds], on_report=lambda _: None, on_death=lambda _: 0, tick_limit=LIMIT)
        assert list(given) == [expected]
    finally:
        engine.close()
