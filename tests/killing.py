"""Builds that are killed, whole, the moment they come to a stage: no clock says when, so none of them is missed."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

STAGES = ("base", "settled", "published")
"""Folders in the order in which a build makes them: texts as read, what exchanges found, what is delivered."""


def kill_at_each_stage(command: Sequence[str], work: Path, stages: Iterable[str] = STAGES) -> None:
    """Start the build anew for each stage, and kill it with all its workers once the folder of that name appears.

    A small build may be beyond a stage before it is dead; it is not begun again for that one.
    """
    assert not work.exists()
    for stage in stages:
        if (work / stage).exists():
            continue
        process = subprocess.Popen(
            command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while not (work / stage).exists():
            assert process.poll() is None, f"the build ended before there was {stage}"
            time.sleep(0.001)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
