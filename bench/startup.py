"""How long before anything happens: --help, compiling all kernels once, and a small build with them compiled."""

from __future__ import annotations

import json
import statistics
import tempfile
from pathlib import Path

from measuring import GRISTMILL, Row, run
from ours import build, warm

STEPS = """
  - language
  - gopher_repetition
  - gopher_quality
  - near_duplicates"""


def measure(corpus: Path, work: Path, *, quick: bool) -> list[Row]:
    """One row a thing that is waited for."""
    help_seconds = [run([str(GRISTMILL), "--help"], cores=2).seconds for _ in range(3 if quick else 9)]
    with tempfile.TemporaryDirectory() as cache:
        cold = run([str(GRISTMILL), "warm"], cores=2, environment={"XDG_CACHE_HOME": cache})
        again = run([str(GRISTMILL), "warm"], cores=2, environment={"XDG_CACHE_HOME": cache})
    warm()
    work.mkdir(parents=True, exist_ok=True)
    tiny = work / "tiny.jsonl"
    tiny.write_text(
        json.dumps({"id": "one", "text": "The mill grinds slowly, and it grinds the corn to flour."}) + "\n"
    )
    small = build(tiny, work / "ours", STEPS, workers=2)
    return [
        {"system": "gristmill --help, median", "seconds": statistics.median(help_seconds)},
        {"system": "gristmill warm, nothing compiled", "seconds": cold.seconds, "cpu_seconds": cold.cpu_seconds},
        {"system": "gristmill warm, all compiled", "seconds": again.seconds, "cpu_seconds": again.cpu_seconds},
        {"system": "gristmill build of one record, 2 workers", "seconds": small["seconds"]},
    ]
