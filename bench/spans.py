"""Repeated stretches cut out of 1 GB of text by two workers, beside a build of no steps and a suffix array.

The input is the multilingual corpus again and again, 8 words of 100 changed each time (bench/varied.py): much more is
repeated than on the web. 200 bytes is the default, and about the 50 tokens of Lee et al. 2022; with 100, two thirds of
this text are cut. A suffix array (libdivsufsort, one core) is what the peers stand on; it gets the texts alone, in
memory, and finds nothing yet. The published cost is that of Lee et al., section 4.1: 4 GB of Wiki-40B in 2.1 hours of
CPU time, on a machine of 768 GB.
"""

from __future__ import annotations

import json
from pathlib import Path

from measuring import BENCH, PEERS, Row, run, seconds
from ours import build, text_mb
from varied import write

STEPS = {
    "duplicate_spans of 200 bytes": """
  - duplicate_spans""",
    "duplicate_spans of 100 bytes": """
  - duplicate_spans: {size: 100}""",
    "no step, read and written": " []",
}
PUBLISHED_MB, PUBLISHED_CPU_SECONDS = 4000.0, 2.1 * 3600
SAMPLE_BYTES = 128 << 20


def suffix_array(source: Path) -> Row:
    done = run([str(PEERS), str(BENCH / "peers" / "suffix_array.py"), str(source), str(SAMPLE_BYTES)])
    said = json.loads(done.output.splitlines()[-1])
    return {
        "text_mb": said["text_mb"],
        "seconds": said["seconds"],
        "cpu_seconds": said["seconds"],
        "peak_mb": done.peak_mb,
    }


def measure(corpus: Path, work: Path, *, quick: bool) -> list[Row]:
    """One row a system; `cpu_ratio` is text a second of CPU time, of duplicate_spans over that system."""
    folder = work / "input"
    write(corpus / "all.jsonl", folder, 50_000_000 if quick else 1_000_000_000, 256 << 20)
    size = sum(text_mb(source) for source in sorted(folder.iterdir()))
    rows: list[Row] = []
    for system, steps in STEPS.items():
        result = build(folder, work / "ours", steps, sink="jsonl: {compression: none}", workers=2)
        rows.append({"system": f"gristmill, {system}", "text_mb": size, **result})
    rows.append({"system": "pydivsufsort 0.0.20, suffix array", **suffix_array(next(iter(sorted(folder.iterdir()))))})
    rows.append({"system": "published", "text_mb": PUBLISHED_MB, "cpu_seconds": PUBLISHED_CPU_SECONDS})
    ours = size / float(rows[0]["cpu_seconds"])
    for row in rows:
        row["rate"] = float(row["text_mb"]) / seconds(row) if "seconds" in row else ""
        row["cpu_ratio"] = ours / (float(row["text_mb"]) / float(row["cpu_seconds"]))
    return rows
