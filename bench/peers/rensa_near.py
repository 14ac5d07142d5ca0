"""rensa's fastest documented way (a digest matrix, then one pass of LSH): rensa_near.py INPUT FOLDER."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
from measured import measured
from rensa import RMinHash, RMinHashLSH

BANDS, ROWS, SHINGLE = 14, 8, 5
NOT_WORD = re.compile(r"[\W_]+")


def shingles(text: str) -> list[str]:
    words = NOT_WORD.sub(" ", text.lower()).split()
    return [" ".join(words[at : at + SHINGLE]) for at in range(len(words) - SHINGLE + 1)]


def near(source: Path, folder: Path) -> Callable[[], int]:
    def work() -> int:
        lines = source.read_bytes().splitlines()

        def sets() -> Iterator[list[str]]:
            return (shingles(orjson.loads(line)["text"]) for line in lines)

        matrix = RMinHash.digest_matrix_from_token_sets(list(sets()), BANDS * ROWS, 1)
        index = RMinHashLSH(threshold=0.75, num_perm=BANDS * ROWS, num_bands=BANDS)
        flags = index.insert_matrix_and_query_duplicate_flags(matrix)
        kept = [line for line, duplicate in zip(lines, flags, strict=True) if not duplicate]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "kept.jsonl").write_bytes(b"\n".join(kept))
        return len(kept)

    return work


if __name__ == "__main__":
    measured(near(Path(sys.argv[1]), Path(sys.argv[2])))
