"""Daft's MinHash expression, banded and grouped in Daft, clusters by union-find: daft_near.py INPUT FOLDER."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import daft
import pyarrow as pa
import pyarrow.parquet as pq
from daft import col
from measured import measured

BANDS, ROWS, SHINGLE = 14, 8, 5


def losers(groups: list[list[int]]) -> set[int]:
    """All but the lowest row of every connected component."""
    parent = {row: row for group in groups for row in group}

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    for group in groups:
        for other in group[1:]:
            a, b = sorted((root(group[0]), root(other)))
            parent[b] = a
    return {row for row in parent if root(row) != row}


def near(source: Path, folder: Path) -> Callable[[], int]:
    def work() -> int:
        frame = daft.read_json(str(source)).with_column("row", daft.functions.monotonically_increasing_id()).collect()
        text = daft.functions.normalize(
            col("text"), remove_punct=True, lowercase=True, nfd_unicode=True, white_space=True
        )
        hashes = daft.functions.minhash(text, num_hashes=BANDS * ROWS, ngram_size=SHINGLE, seed=1)
        bands = daft.functions.chunk(hashes, ROWS)
        keyed = (
            frame.select("row", bands.alias("band"))
            .with_column("number", daft.lit(list(range(BANDS))))
            .explode("band", "number")
        )
        groups = keyed.groupby("number", "band").agg(col("row").list_agg()).where(col("row").list_count() > 1)
        gone = losers(groups.to_pydict()["row"])
        table = frame.to_arrow()
        kept = table.filter(pa.array([row not in gone for row in table.column("row").to_pylist()]))
        folder.mkdir(parents=True, exist_ok=True)
        pq.write_table(kept, folder / "kept.parquet")
        return len(kept)

    return work


if __name__ == "__main__":
    measured(near(Path(sys.argv[1]), Path(sys.argv[2])))
