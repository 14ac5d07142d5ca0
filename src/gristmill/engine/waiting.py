"""How long processes have waited for a processor: on a busy machine a record is not slow because its worker was."""

from __future__ import annotations

from pathlib import Path

from gristmill.engine.memory import family

_PROC = Path("/proc")
_NANO = 1e-9


def waited(pid: int) -> float:
    """Seconds that a process, and those it started, were ready to run and had no core; 0 where no system says so."""
    return _NANO * sum(map(_on_queue, family(pid)))


def _on_queue(pid: int) -> int:
    try:
        return int((_PROC / str(pid) / "schedstat").read_text().split()[1])
    except (OSError, IndexError, ValueError):
        return 0
