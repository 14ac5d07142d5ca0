"""Peak memory of all processes of a build at two workers, at 1 GB and at 10 GB of text, duplicates removed.

The input is the multilingual corpus again and again, each time with other words in some places, so that a pass has
near-duplicates in it and the next is no exact copy of it. It is written piece by piece, in files of 256 MB.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

from measuring import Row, seconds
from ours import build

STEPS = """
  - language
  - gopher_repetition
  - gopher_quality
  - fineweb_quality
  - exact_duplicates
  - near_duplicates"""
FILE_BYTES = 256 << 20
CHANGED = 0.08  # share of the words that a pass replaces


def varied(corpus: Path) -> Iterator[bytes]:
    """Records without end: the corpus, then the corpus with words changed, and so on."""
    passes = 0
    while True:
        chance = random.Random(passes)
        with corpus.open("rb") as lines:
            for number, line in enumerate(lines):
                row = json.loads(line)
                if passes:
                    words = row["text"].split(" ")
                    for at in chance.sample(range(len(words)), int(len(words) * CHANGED)):
                        words[at] = f"w{chance.getrandbits(40):x}"
                    row["text"] = " ".join(words)
                row["id"] = f"{passes}/{number}"
                yield json.dumps(row, ensure_ascii=False).encode() + b"\n"
        passes += 1


def write(corpus: Path, folder: Path, limit: int) -> None:
    """Files of the same records every time, `limit` bytes in all."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    records = varied(corpus)
    written = 0
    while written < limit:
        with (folder / f"{written:012}.jsonl").open("wb") as out:
            begin = written
            while written - begin < FILE_BYTES and written < limit:
                written += out.write(next(records))


def measure(corpus: Path, work: Path, *, quick: bool) -> list[Row]:
    """One row a size of input."""
    rows: list[Row] = []
    for size in (100_000_000,) if quick else (1_000_000_000, 10_000_000_000):
        folder = work / "input"
        write(corpus / "all.jsonl", folder, size)
        result = build(folder, work / "ours", STEPS, workers=2)
        row: Row = {"system": "gristmill, 2 workers", "input_mb": size / 1e6}
        rows.append({**row, **result, "rate": size / 1e6 / seconds(result)})
        shutil.rmtree(work)
    return rows
