"""How a run went: its time by step, workers, memory and disk, and what had been foretold."""

from __future__ import annotations

import os
import platform
import time
from pathlib import Path
from typing import Any

from gristmill.build.folder import bytes_in
from gristmill.build.layout import Layout
from gristmill.build.store import write_json
from gristmill.engine.engine import Engine


def record_run(
    layout: Layout,
    root: Path,
    manifest: dict[str, Any],
    began: float,
    engine: Engine,
    seconds: dict[str, float],
    forecast: dict[str, Any] | None,
) -> dict[str, Any]:
    """Write how the run went."""
    peak_mb = engine.team.peak_mb()
    entered = {entry["step"]: entry["records_in"] for entry in manifest["funnel"]}
    run = {
        "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(began)),
        "seconds": round(time.time() - began, 3),
        "root": str(root.resolve()),  # where relative inputs begin, to read a record again
        "workers": engine.team.workers,
        "begun_again": engine.begun_again,  # jobs whose machine went away
        "peak_mb": None if peak_mb is None else round(peak_mb, 1),  # of all processes together
        "disk_mb": round(bytes_in(layout.root) / 1e6, 1),  # with .work, without the report
        "steps": [
            {"name": name, "seconds": round(value, 4), "records": entered.get(name, 0)}
            for name, value in seconds.items()
        ],
        "forecast": forecast,
        "machine": {"system": platform.platform(), "python": platform.python_version(), "cpus": os.cpu_count()},
    }
    write_json(layout.run, run)
    return run
