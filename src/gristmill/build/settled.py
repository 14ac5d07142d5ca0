"""What the exchanges before a pass decided: which rows went, in favour of which."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.engine.files import unfinished
from gristmill.text.distinct import distinct_values

SETTLED = pa.schema(
    [
        ("part", pa.int32()),  # ordinal of the part
        ("row", pa.int32()),  # row in it
        ("line", pa.int16()),  # the corpus line
        ("lost", pa.bool_()),  # false for the twin that stayed, and for further copies that were let stay
        ("twin", pa.string()),  # rid of the record it went in favour of, or would have; null where it was not selected
        ("twin_index", pa.string()),  # the index that the twin is a record of; null where it is one of the build
        ("similarity", pa.float64()),
        ("cluster", pa.string()),  # rid that names the cluster; null where it was not selected
        ("size", pa.int64()),  # records in the cluster
        ("stay", pa.int64()),  # those of them that the line let stay
    ]
)
"""One row for every record in a cluster and for each that was not selected, sorted by part, row and line."""


@dataclass(frozen=True, slots=True)
class Settled:
    """The tables of a meeting: a file for each group of parts that has any row, named for the group's first part."""

    folder: Path
    firsts: tuple[int, ...]

    @classmethod
    def load(cls, folder: str | Path) -> Settled:
        """What a meeting decided; tables are read when rows of their parts are wanted."""
        return cls(Path(folder), tuple(sorted(int(path.stem) for path in Path(folder).glob("*.arrow"))))

    def of(self, part: int) -> pa.Table:
        """The rows of one part."""
        return rows_of(self.folder, self.firsts, SETTLED, part)

    def lost(self, part: int) -> npt.NDArray[np.int64]:
        """Which rows of a part went, ascending."""
        rows = self.of(part)
        rows = rows.filter(rows.column("lost"))
        return distinct_values(pc.cast(rows.column("row"), pa.int64()).to_numpy())


def rows_of(folder: Path, firsts: Sequence[int], schema: pa.Schema, part: int) -> pa.Table:
    """The rows of one part, of tables that are named for the first part in each."""
    at = bisect_right(firsts, part) - 1
    if at < 0:
        return schema.empty_table()
    with pa.memory_map(os.fspath(folder / f"{firsts[at]:08d}.arrow")) as source:
        table = pa.ipc.open_file(source).read_all()
    parts = table.column("part").to_numpy()
    first, last = np.searchsorted(parts, part, "left"), np.searchsorted(parts, part, "right")
    return table.slice(int(first), int(last - first))


def between(table: pa.Table, first: int, last: int) -> pa.Table:
    """Of a table that `of` gave: what it says of the rows from `first` to before `last`."""
    begin, end = np.searchsorted(table.column("row").to_numpy(), [first, last])
    return table.slice(begin, end - begin)


def write_settled(table: pa.Table, path: Path) -> None:
    """The table of a group of parts."""
    rows = table.sort_by([("part", "ascending"), ("row", "ascending"), ("line", "ascending")])
    temporary = unfinished(path)
    with pa.ipc.new_file(os.fspath(temporary), SETTLED) as writer:
        writer.write_table(rows, max_chunksize=1 << 16)
    temporary.replace(path)
