"""What an exchange found to be cut out of texts: stored once, read part by part."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from gristmill.build.store import read_json
from gristmill.contracts.pieces import STARTS, STOPS
from gristmill.engine.files import unfinished

CUTS = pa.schema(
    [
        ("row", pa.int32()),  # row in the part
        ("start", pa.int32()),  # bytes of its text, from its beginning, that go ...
        ("stop", pa.int32()),
        ("twin", pa.string()),  # ... because they stand in the text of this record (its rid); null where in none
        ("twin_start", pa.int32()),  # from there on
    ]
)
"""One row for each stretch, sorted by row and start, none over another; one batch for each part that has any."""

PRINTS = "prints.json"
_PARTS = b"parts"


@dataclass(frozen=True, slots=True)
class Cuts:
    """The stretches that one line cuts: a file for each group of parts that has any, named for the group's first part.

    `prints` tells for each unit what is cut out of its texts.
    """

    folder: Path
    firsts: tuple[int, ...]
    prints: Mapping[str, str]

    @classmethod
    def load(cls, folder: str | Path) -> Cuts:
        """What was found; stretches are read when those of a part are wanted."""
        firsts = sorted(int(path.stem) for path in Path(folder).glob("*.arrow"))
        return cls(Path(folder), tuple(firsts), read_json(Path(folder) / PRINTS) or {})

    def of(self, ordinal: int) -> pa.RecordBatch | None:
        """The stretches of one part, or None where it has none."""
        at = bisect_right(self.firsts, ordinal) - 1
        if at < 0:
            return None
        with pa.memory_map(os.fspath(self.folder / f"{self.firsts[at]:08d}.arrow")) as source:
            file = pa.ipc.open_file(source)
            parts = [int(part) for part in file.schema.metadata[_PARTS].split()]
            return file.get_batch(parts.index(ordinal)) if ordinal in parts else None


def write_cuts(parts: Mapping[int, pa.RecordBatch], path: Path) -> None:
    """The stretches of a group of parts, by ordinal."""
    temporary = unfinished(path)
    schema = CUTS.with_metadata({_PARTS: " ".join(map(str, parts))})
    with pa.ipc.new_file(os.fspath(temporary), schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as file:
        for batch in parts.values():
            file.write_batch(batch)
    temporary.replace(path)


def within(cuts: pa.RecordBatch, start: int, length: int) -> pa.RecordBatch:
    """The stretches of the rows from `start` on."""
    first, last = np.searchsorted(cuts.column("row").to_numpy(), [start, start + length])
    return cuts.slice(first, last - first)


def columns(cuts: pa.RecordBatch, start: int, length: int) -> dict[str, pa.Array]:
    """The stretches as columns of a batch of `length` rows that begins at row `start`, as steps are given them."""
    mine = within(cuts, start, length)
    offsets = np.searchsorted(mine.column("row").to_numpy(), np.arange(start, start + length + 1))
    bounds = pa.array(offsets, pa.int64())
    return {
        name: pa.LargeListArray.from_arrays(bounds, mine.column(column))
        for name, column in ((STARTS, "start"), (STOPS, "stop"))
    }
