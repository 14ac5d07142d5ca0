"""What became of each row of a chunk, gathered pass by pass from verdicts and settled tables."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.build.chunk import ALIVE, GONE
from gristmill.build.ledger import FAILED_RULE, STEP_EDIT
from gristmill.build.settled import between


class Fates:
    """What became of each row of a chunk, gathered pass by pass."""

    def __init__(self, length: int) -> None:
        self.ended = np.full(length, ALIVE, np.int64)
        self.merged = np.zeros(length, np.bool_)
        self.bytes = np.zeros(length, np.int64)
        self.words = np.zeros(length, np.int64)
        self.failed: pa.Array = pa.nulls(length, pa.list_(FAILED_RULE))
        self.edits: pa.Array = pa.nulls(length, pa.list_(STEP_EDIT))
        self.error: pa.Array = pa.nulls(length, pa.string())
        self.twin: pa.Array = pa.nulls(length, pa.string())
        self.twin_index: pa.Array = pa.nulls(length, pa.string())
        self.similarity: pa.Array = pa.nulls(length, pa.float64())
        self.cluster: pa.Array = pa.nulls(length, pa.string())
        self.cluster_size: pa.Array = pa.nulls(length, pa.int64())
        self.clustered_by = np.full(length, ALIVE, np.int64)  # a line, or ALIVE for a record in no cluster

    @property
    def failed_to_run(self) -> np.ndarray:
        """Rows with an error: a step raised on them, or they could not be read."""
        failed: np.ndarray = pc.is_valid(self.error).to_numpy(zero_copy_only=False)
        return failed

    def came_to(self, line: int) -> np.ndarray:
        """Rows whose way did not end before a line."""
        came: np.ndarray = (self.ended == ALIVE) | (self.ended >= line)
        return came

    def take_verdicts(self, verdict: pa.RecordBatch) -> None:
        ended = verdict.column("ended").to_numpy()
        there = ended != GONE
        for mine, name in ((self.bytes, "bytes"), (self.words, "words")):
            mine[there] = verdict.column(name).to_numpy()[there]
        self.ended[there] = ended[there]
        self.failed = _choose(there, verdict.column("failed"), self.failed)
        self.error = _choose(there, verdict.column("error"), self.error)
        self.edits = _joined(self.edits, verdict.column("edits"))

    def take_settled(self, table: pa.Table, start: int) -> None:
        """What an exchange says of these rows, `table` of their part. The last line to speak of a row is heard."""
        mine = between(table, start, start + len(self.ended))
        if len(mine):
            lost = mine.filter(mine.column("lost"))
            at = lost.column("row").to_numpy() - start
            self.ended[at] = lost.column("line").to_numpy()
            # A record that was not selected is in no cluster, and merged into none.
            self.merged[at] = pc.is_valid(lost.column("cluster")).to_numpy()
            mine = mine.filter(pc.is_valid(mine.column("cluster")))
            self.twin = _put(self.twin, mine, "twin", start)
            self.twin_index = _put(self.twin_index, mine, "twin_index", start)
            self.similarity = _put(self.similarity, mine, "similarity", start)
            self.cluster = _put(self.cluster, mine, "cluster", start)
            self.cluster_size = _put(self.cluster_size, mine, "size", start)
            self.clustered_by[mine.column("row").to_numpy() - start] = mine.column("line").to_numpy()

    def reason_names(self) -> pa.Array:
        """The names of the rules each row broke."""
        names = self.failed.flatten().field("reason")
        filled = pc.fill_null(pc.list_value_length(self.failed), 0).to_numpy()
        offsets = np.zeros(len(self.failed) + 1, np.int32)
        np.cumsum(filled, out=offsets[1:])
        return pa.ListArray.from_arrays(pa.array(offsets), names)


def _choose(mask: np.ndarray, new: pa.Array, old: pa.Array) -> pa.Array:
    """`new` where the mask holds, for any type."""
    if mask.all():
        return new
    index = np.arange(len(new), dtype=np.int64)
    index[~mask] += len(new)
    return pa.concat_arrays([new, old.cast(new.type)]).take(pa.array(index))


def _joined(old: pa.Array, new: pa.Array) -> pa.Array:
    """Lists of two arrays, end to end, row by row; null counts as empty."""
    counts = [pc.fill_null(pc.list_value_length(one), 0).to_numpy() for one in (old, new)]
    if not counts[0].any():
        return new
    rows = np.concatenate([np.repeat(np.arange(len(old)), one) for one in counts])
    values = pa.concat_arrays([old.flatten(), new.flatten()])
    offsets = np.zeros(len(old) + 1, np.int32)
    np.cumsum(counts[0] + counts[1], out=offsets[1:])
    return pa.ListArray.from_arrays(pa.array(offsets), values.take(pa.array(np.argsort(rows, kind="stable"))))


def _put(old: pa.Array, table: pa.Table, name: str, start: int) -> pa.Array:
    """Values of a settled table laid over the rows they speak of."""
    column = table.column(name).combine_chunks()
    index = np.arange(len(old), dtype=np.int64)
    index[table.column("row").to_numpy() - start] = len(old) + np.arange(len(column))
    return pa.concat_arrays([old, column.cast(old.type)]).take(pa.array(index))
