"""datatrove's four stages of MinHash deduplication over one JSON Lines file: datatrove_near.py INPUT FOLDER."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Callable
from pathlib import Path

from datatrove.executor.local import LocalPipelineExecutor
from datatrove.pipeline.dedup import (
    MinhashDedupBuckets,
    MinhashDedupCluster,
    MinhashDedupFilter,
    MinhashDedupSignature,
)
from datatrove.pipeline.dedup.minhash import MinhashConfig
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers.jsonl import JsonlWriter
from measured import measured


def stages(source: Path, folder: Path) -> Callable[[], int]:
    config = MinhashConfig()  # 14 buckets of 8 hashes over 5-word shingles, as FineWeb
    read = JsonlReader(str(source.parent), glob_pattern=source.name)
    pipelines = [
        ([read, MinhashDedupSignature(f"{folder}/signatures", config)], 1),
        ([MinhashDedupBuckets(f"{folder}/signatures", f"{folder}/buckets", config=config)], config.num_buckets),
        ([MinhashDedupCluster(f"{folder}/buckets", f"{folder}/remove", config=config)], 1),
        ([read, MinhashDedupFilter(f"{folder}/remove"), JsonlWriter(f"{folder}/kept")], 1),
    ]

    def work() -> int:
        for number, (steps, tasks) in enumerate(pipelines, 1):
            # One process: the bench gives every system one core.
            LocalPipelineExecutor(steps, tasks=tasks, workers=1, logging_dir=f"{folder}/logs/{number}").run()
        return sum(sum(1 for _ in gzip.open(path)) for path in (folder / "kept").glob("*.gz"))

    return work


if __name__ == "__main__":
    measured(stages(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()))
