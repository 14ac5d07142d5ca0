"""What an exchange found to be cut out of texts: stored once, read part by part."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from gristmill.build.store import read_json, write_json
from gristmill.contracts.pieces import STARTS, STOPS

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


@dataclass(frozen=True, slots=True)
class Cuts:
    """The stretches that one corpus line cuts. `prints` tells for each unit what is cut out of its texts."""

    path: Path
    batches: Mapping[str, int]  # ordinal of a part -> its batch
    prints: Mapping[str, str]

    @classmethod
    def load(cls, path: str | Path) -> Cuts | None:
        """What was stored, or None where it never was to its end."""
        known = read_json(Path(path).with_suffix(".json"))
        return None if known is None else cls(Path(path), known["batches"], known["prints"])

    @classmethod
    def save(cls, path: Path, parts: Iterable[tuple[int, pa.RecordBatch]], prints: Mapping[str, str]) -> Cuts:
        """Store the stretches of the parts, in the order of their ordinals; `prints` may be filled while they come."""
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        batches: dict[str, int] = {}
        try:
            with pa.ipc.new_file(os.fspath(temporary), CUTS, options=pa.ipc.IpcWriteOptions(compression="lz4")) as file:
                for ordinal, batch in parts:
                    batches[str(ordinal)] = len(batches)
                    file.write_batch(batch)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        write_json(path.with_suffix(".json"), {"batches": batches, "prints": dict(prints)})
        return cls(path, batches, prints)

    def of(self, ordinal: int) -> pa.RecordBatch | None:
        """The stretches of one part, or None where it has none."""
        index = self.batches.get(str(ordinal))
        if index is None:
            return None
        with pa.memory_map(os.fspath(self.path)) as source:
            return pa.ipc.open_file(source).get_batch(index)


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
