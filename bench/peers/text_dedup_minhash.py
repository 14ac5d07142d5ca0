"""text-dedup's MinHash over one JSON Lines file, at its defaults or as told: text_dedup_minhash.py INPUT FOLDER ...."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

from datasets import load_from_disk
from measured import measured
from text_dedup.minhash import main


def near(source: Path, folder: Path, chosen: list[str]) -> Callable[[], int]:
    def work() -> int:
        folder.mkdir(parents=True, exist_ok=True)
        options = {"path": "json", "data_files": source, "split": "train", "cache_dir": folder / "cache"}
        options |= {"output": folder / "out", "column": "text", "num_proc": 1}
        arguments = [part for name, value in options.items() for part in (f"--{name}", str(value))]
        main(arguments + chosen, standalone_mode=False)
        kept = load_from_disk(str(folder / "out"))["id"]
        (folder / "kept.json").write_text(json.dumps(list(kept)))
        return len(kept)

    return work


if __name__ == "__main__":
    measured(near(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve(), sys.argv[3:]))
