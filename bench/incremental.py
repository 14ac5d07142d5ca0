"""A new crawl against an index of ten times as much, beside building both together. Two workers, near_duplicates.

The input is the multilingual corpus again and again (bench/varied.py) in eleven files; the last is the new crawl.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from measuring import GRISTMILL, Row, run
from ours import build
from varied import write

STEPS = """
  - near_duplicates"""
FILE_BYTES = 100_000_000
OLD_FILES = 10


def measure(corpus: Path, work: Path, *, quick: bool) -> list[Row]:
    """One row a way; `ratio` is to the new crawl alone against the index."""
    size = FILE_BYTES // 20 if quick else FILE_BYTES
    write(corpus / "all.jsonl", work / "both", size * (OLD_FILES + 1), size)
    files = sorted((work / "both").iterdir())
    for name, some in (("old", files[:OLD_FILES]), ("new", files[OLD_FILES:])):
        (work / name).mkdir()
        for file in some:
            (work / name / file.name).symlink_to(file)
    index = work / "old.index"
    made = run([str(GRISTMILL), "index", str(work / "old"), "--to", str(index), "--workers", "2"], cores=2)
    alone = build(work / "new", work / "ours", STEPS + f": {{against: [{index}]}}", workers=2)
    apart = build(work / "new", work / "ours", STEPS, workers=2)
    together = build(work / "both", work / "ours", STEPS, workers=2)
    index_mb = sum(file.stat().st_size for file in index.iterdir()) / 1e6
    rows: list[Row] = [
        {"way": "the new crawl against the index", "input_mb": size / 1e6, **alone},
        {"way": "the new crawl by itself", "input_mb": size / 1e6, **apart},
        {"way": "old and new together", "input_mb": size * (OLD_FILES + 1) / 1e6, **together},
        {
            "way": f"making the index, {index_mb:,.0f} MB",
            "input_mb": size * OLD_FILES / 1e6,
            "seconds": made.seconds,
            "cpu_seconds": made.cpu_seconds,
            "peak_mb": made.peak_mb,
        },
    ]
    for row in rows:
        row["ratio"] = float(row["seconds"]) / float(alone["seconds"])
    shutil.rmtree(work)
    return rows
