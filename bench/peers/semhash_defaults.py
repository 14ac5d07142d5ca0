"""semhash at its defaults over a JSON Lines file: semhash_defaults.py INPUT FOLDER. Its model is downloaded."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

from measured import measured
from semhash import SemHash


def near(source: Path, folder: Path) -> Callable[[], int]:
    def work() -> int:
        records = [json.loads(line) for line in source.read_bytes().splitlines()]
        records = [{"id": record["id"], "text": record["text"]} for record in records]
        chosen = SemHash.from_records(records, columns=["text"]).self_deduplicate().selected
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "kept.json").write_text(json.dumps([record["id"] for record in chosen]))
        return len(chosen)

    return work


if __name__ == "__main__":
    measured(near(Path(sys.argv[1]), Path(sys.argv[2])))
