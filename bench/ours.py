"""A build of Gristmill as the benchmarks run it: the whole command, its kernels compiled beforehand."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
from measuring import GRISTMILL, Row, run

RECIPE = """name: bench
inputs:
  - {reader}: {{{options}paths: [{source}]}}
steps:{steps}
outputs:
  - {sink}
"""


def warm() -> None:
    """Compile every kernel, so that no measurement does."""
    run([str(GRISTMILL), "warm"], cores=2)


def build(
    source: Path,
    folder: Path,
    steps: str,
    *,
    reader: str = "jsonl",
    options: str = "id: id",
    sink: str = "jsonl",
    workers: int = 1,
) -> Row:
    """Build from nothing; seconds are those of the whole command."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    recipe = folder / "recipe.yaml"
    told = f"{options}, " if options else ""
    recipe.write_text(RECIPE.format(reader=reader, source=source.resolve(), options=told, steps=steps, sink=sink))
    done = run([str(GRISTMILL), "build", str(recipe), "--workers", str(workers)], cores=workers)
    ledger = pq.read_table(folder / "builds" / "bench" / "ledger" / "records", columns=["fate"])
    kept = ledger.column("fate").to_pylist().count("kept")
    return {"seconds": done.seconds, "cpu_seconds": done.cpu_seconds, "kept": kept, "peak_mb": done.peak_mb}


def text_mb(source: Path) -> float:
    """MB of text (UTF-8) in a JSON Lines corpus."""
    with source.open("rb") as lines:
        return sum(len(json.loads(line)["text"].encode()) for line in lines) / 1e6


def records(source: Path) -> int:
    with source.open("rb") as lines:
        return sum(1 for _ in lines)
