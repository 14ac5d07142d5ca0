"""What the exchanges before a pass decided: which rows went, in favour of which."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

SETTLED = pa.schema(
    [
        ("part", pa.int32()),  # ordinal of the part
        ("row", pa.int32()),  # row in it
        ("line", pa.int16()),  # the corpus line
        ("lost", pa.bool_()),  # false for the twin that stayed
        ("twin", pa.string()),  # rid of the record it went in favour of
        ("similarity", pa.float64()),
        ("cluster", pa.string()),  # rid that names the cluster
    ]
)
"""One row for every record in a cluster, sorted by part, row and line."""


@dataclass(frozen=True, slots=True)
class Settled:
    table: pa.Table

    @classmethod
    def load(cls, path: str | Path) -> Settled:
        """Map a stored table; pages of it are read when they are wanted."""
        with pa.memory_map(os.fspath(path)) as source:
            return cls(pa.ipc.open_file(source).read_all())

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        with pa.ipc.new_file(os.fspath(temporary), SETTLED) as writer:
            writer.write_table(self.table, max_chunksize=1 << 16)
        temporary.replace(path)

    def of(self, part: int) -> pa.Table:
        """The rows of one part."""
        parts = self.table.column("part")
        first, last = _bounds(parts, part)
        return self.table.slice(first, last - first)

    def lost(self, part: int) -> npt.NDArray[np.int64]:
        """Which rows of a part went, ascending."""
        rows = self.of(part)
        rows = rows.filter(rows.column("lost"))
        found: npt.NDArray[np.int64] = np.unique(pc.cast(rows.column("row"), pa.int64()).to_numpy())
        return found


def _bounds(parts: pa.ChunkedArray, part: int) -> tuple[int, int]:
    values = parts.to_numpy()
    return int(np.searchsorted(values, part, "left")), int(np.searchsorted(values, part, "right"))
