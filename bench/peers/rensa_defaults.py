"""rensa's deduplicator as its README has it, over one JSON Lines file: rensa_defaults.py INPUT FOLDER."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

from measured import measured
from rensa import RMinHashDeduplicator


def near(source: Path, folder: Path) -> Callable[[], int]:
    def work() -> int:
        records = [json.loads(line) for line in source.read_bytes().splitlines()]
        deduplicator = RMinHashDeduplicator(threshold=0.8, num_perm=128, use_lsh=True)
        flags = deduplicator.add_pairs((record["id"], record["text"].split()) for record in records)
        kept = [record["id"] for record, keep in zip(records, flags, strict=True) if keep]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "kept.json").write_text(json.dumps(kept))
        return len(kept)

    return work


if __name__ == "__main__":
    measured(near(Path(sys.argv[1]), Path(sys.argv[2])))
