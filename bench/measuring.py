"""Runs a command on chosen cores and says how long it took and how much memory all its processes held."""

from __future__ import annotations

import os
import platform
import resource
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

BENCH = Path(__file__).parent
PEERS = BENCH / ".peers" / "bin" / "python"
TEXT_DEDUP = BENCH / ".text-dedup" / "bin" / "python"
GRISTMILL = Path(sys.executable).parent / "gristmill"

Row = dict[str, float | int | str]
"""A row of a table of results."""


def seconds(row: Row) -> float:
    return float(row["seconds"])


@dataclass(frozen=True, slots=True)
class Run:
    """What a command did. `peak_mb` is proportional set size: memory shared by workers counts once."""

    seconds: float
    cpu_seconds: float  # of all its processes; says more than `seconds` where the machine had other work
    peak_mb: float
    output: str


def run(command: list[str], cores: int = 1, environment: dict[str, str] | None = None, every: float = 0.2) -> Run:
    """Run to the end; RuntimeError with the last lines where it fails. Memory is looked at `every` seconds.

    PYTHONDONTWRITEBYTECODE is left out, or every start would compile all of Python's modules anew.
    """
    allowed = ",".join(str(core) for core in sorted(os.sched_getaffinity(0))[:cores])
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.perf_counter()
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(
        ["taskset", "-c", allowed, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**inherited, **(environment or {})},
    )
    peak = 0
    done = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(every):
            peak = max(peak, sum(map(proportional_kb, family(process.pid))))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    output, _ = process.communicate()
    seconds = time.perf_counter() - begin
    done.set()
    watcher.join()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{output[-3000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(seconds, cpu, peak / 1000, output)


def family(pid: int) -> list[int]:
    """A process and everything that it started, so far as it lives."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue  # it ended while we looked
            # The name before the last `)` may hold anything; state and parent follow it.
            children.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(entry.name))
    found, queue = [], [pid]
    while queue:
        found.append(queue.pop())
        queue += children.get(found[-1], [])
    return found


def proportional_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def machine() -> dict[str, str | int]:
    """Where the figures were measured; they are comparable only there."""
    about = Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.split(":", 1)[1].strip() for line in about if line.startswith("model name")]
    cpu = models[0] if models else platform.machine()
    return {
        "cpu": cpu,
        "cores": len(os.sched_getaffinity(0)),
        "python": platform.python_version(),
        "gristmill": version("gristmill"),
    }
