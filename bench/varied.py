"""A corpus of any size: a smaller one again and again, each time with some words of a record put in place of others.

So a pass has near-duplicates in it, the next is no exact copy of it, and the words are those of the language.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

CHANGED = 0.08  # share of the words that a pass replaces: 5-word shingles are then about half alike


def varied(corpus: Path) -> Iterator[bytes]:
    """Records without end, as lines of JSON: the corpus, then the corpus with words changed, and so on."""
    passes = 0
    while True:
        chance = random.Random(passes)
        with corpus.open("rb") as lines:
            for number, line in enumerate(lines):
                row = json.loads(line)
                if passes:
                    words = row["text"].split(" ")
                    for at in chance.sample(range(len(words)), int(len(words) * CHANGED)):
                        words[at] = chance.choice(words)
                    row["text"] = " ".join(words)
                row["id"] = f"{passes}/{number}"
                yield json.dumps(row, ensure_ascii=False).encode() + b"\n"
        passes += 1


def write(corpus: Path, folder: Path, limit: int, file_bytes: int) -> None:
    """The same records every time, `limit` bytes in all, in files of `file_bytes`."""
    folder.mkdir(parents=True)
    records = varied(corpus)
    written = 0
    while written < limit:
        with (folder / f"{written:012}.jsonl").open("wb") as out:
            begin = written
            while written - begin < file_bytes and written < limit:
                written += out.write(next(records))
