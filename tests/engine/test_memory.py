"""The peak of memory over a process and what it started."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from gristmill.engine.memory import PeakMemory

HOLD = "held = bytearray(300 << 20); held[::4096] = b'x' * (300 << 8); print('held', flush=True); input()"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")


def _holding() -> subprocess.Popen[str]:
    child = subprocess.Popen([sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    return child


def test_what_a_child_holds_is_counted_and_remembered() -> None:
    peak = PeakMemory()
    peak.start()
    alone = peak.mb()
    child = _holding()
    together = peak.mb()
    child.communicate("\n")
    peak.stop()
    assert alone is not None
    assert together is not None
    assert together > alone + 300
    assert peak.mb() == together


def test_a_child_of_another_thread_is_counted() -> None:
    peak = PeakMemory()
    peak.start()
    alone = peak.mb() or 0
    children: list[subprocess.Popen[str]] = []
    thread = threading.Thread(target=lambda: children.append(_holding()))
    thread.start()
    thread.join()
    together = peak.mb() or 0
    children[0].communicate("\n")
    peak.stop()
    assert together > alone + 300


def test_nothing_is_said_of_what_was_never_looked_at() -> None:
    assert PeakMemory().mb() is None
