"""Which split each record of a build is in, and why: a table beside that of what went."""

from __future__ import annotations

import os
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from gristmill.build.store import read_json
from gristmill.engine.files import unfinished

SPLITS = pa.schema(
    [
        ("part", pa.int32()),  # ordinal of the part
        ("row", pa.int32()),  # row in it
        ("split", pa.int16()),  # number among the names of the step; negative where the record is in none
        ("content", pa.uint64()),  # a hash of its text, by which a later build knows it again
        ("before", pa.int16()),  # the split that an earlier build had its text in; negative where in none
        ("size", pa.int64()),  # records of its group
        ("group", pa.string()),  # rid that names the group; null for a record by itself
        ("ties", pa.uint64()),  # what ties it, a bit for each of the step's groups
        ("twin", pa.string()),  # rid of the neighbour it is tied to most closely
        ("similarity", pa.float64()),  # how alike the two are, where texts were compared
    ]
)
"""One row for every record that came to the split, sorted by part and row."""

FOLDER, SUMMARY = "splits", "summary.json"


@dataclass(frozen=True, slots=True)
class SplitTable:
    """The tables of a split: a file for each group of parts, named for the group's first part."""

    folder: Path
    firsts: tuple[int, ...]

    @classmethod
    def load(cls, settled: str | Path) -> SplitTable | None:
        """The splits that a meeting made, None where no line of it splits."""
        folder = Path(settled) / FOLDER
        if not folder.is_dir():
            return None
        return cls(folder, tuple(sorted(int(path.stem) for path in folder.glob("*.arrow"))))

    def summary(self) -> dict[str, Any]:
        """What the split came to as a whole."""
        return dict(read_json(self.folder / SUMMARY) or {})

    def of(self, part: int) -> pa.Table:
        """The rows of one part."""
        at = bisect_right(self.firsts, part) - 1
        if at < 0:
            return SPLITS.empty_table()
        with pa.memory_map(os.fspath(self.folder / f"{self.firsts[at]:08d}.arrow")) as source:
            table = pa.ipc.open_file(source).read_all()
        parts = table.column("part").to_numpy()
        first, last = np.searchsorted(parts, part, "left"), np.searchsorted(parts, part, "right")
        return table.slice(int(first), int(last - first))


def write_splits(table: pa.Table, path: Path) -> None:
    """The table of a group of parts."""
    rows = table.sort_by([("part", "ascending"), ("row", "ascending")])
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = unfinished(path)
    with pa.ipc.new_file(os.fspath(temporary), SPLITS) as writer:
        writer.write_table(rows, max_chunksize=1 << 16)
    temporary.replace(path)
