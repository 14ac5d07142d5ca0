"""Peak memory of all processes of a build at two workers, at 1 GB and at 10 GB of text, duplicates removed.

The input is the multilingual corpus again and again (bench/varied.py), in files of 256 MB.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from measuring import Row, seconds
from ours import build
from varied import write

STEPS = """
  - language
  - gopher_repetition
  - gopher_quality
  - fineweb_quality
  - exact_duplicates
  - near_duplicates"""
FILE_BYTES = 256 << 20


def measure(corpus: Path, work: Path, *, quick: bool) -> list[Row]:
    """One row a size of input."""
    rows: list[Row] = []
    for size in (100_000_000,) if quick else (1_000_000_000, 10_000_000_000):
        folder = work / "input"
        write(corpus / "all.jsonl", folder, size, FILE_BYTES)
        result = build(folder, work / "ours", STEPS, workers=2)
        row: Row = {"system": "gristmill, 2 workers", "input_mb": size / 1e6}
        rows.append({**row, **result, "rate": size / 1e6 / seconds(result)})
        shutil.rmtree(work)
    return rows
