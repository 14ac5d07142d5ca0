"""The peak of memory over a process and what it started."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time

import pytest

from gristmill.engine.memory import PeakMemory

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")

# A process of its own is watched: this one holds what other tests left in it, and lets go of it when it likes.
WATCHED = """
import json, subprocess, sys, threading
from gristmill.engine.memory import PeakMemory

HOLD = "held = bytearray(300_000_000); held[::4096] = b'x' * len(held[::4096]); print('held', flush=True); input()"
children = []

def hold():
    child = subprocess.Popen([sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout.readline() == "held\\n"
    children.append(child)

peak = PeakMemory()
peak.start()
alone = peak.mb()
if sys.argv[1] == "thread":
    thread = threading.Thread(target=hold)
    thread.start()
    thread.join()
else:
    hold()
together = peak.mb()
children[0].communicate("\\n")
peak.stop()
print(json.dumps([alone, together, peak.mb()]))
"""


@pytest.mark.parametrize("started_by", ["process", "thread"])
def test_what_a_child_holds_is_counted_and_remembered(started_by: str) -> None:
    said = subprocess.run([sys.executable, "-c", WATCHED, started_by], check=True, capture_output=True, text=True)
    alone, together, after = json.loads(said.stdout)
    assert 0 < alone < 100
    assert 290 < together - alone < 400
    assert after == together


def test_whoever_asks_while_the_first_look_is_under_way_is_told_what_it_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = threading.Event()

    def slowly(_: int) -> int:
        begun.set()
        time.sleep(0.1)
        return 1000

    monkeypatch.setattr("gristmill.engine.memory._proportional_kb", slowly)
    monkeypatch.setattr("gristmill.engine.memory.family", lambda _: iter([os.getpid()]))
    peak = PeakMemory()
    peak.start()
    assert begun.wait(10)
    assert peak.mb() == 1.024
    peak.stop()


def test_nothing_is_said_of_what_was_never_looked_at() -> None:
    assert PeakMemory().mb() is None
