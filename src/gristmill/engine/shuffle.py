"""Rows on their way between tasks: each task writes one file, which has a batch for every partition.

A task that takes a partition reads its batches from the files of all tasks before it, in their order. What a task
holds in memory is bounded, whatever passes through it; no row passes through the process that hands out the tasks.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gristmill.engine.files import unfinished
from gristmill.text.scattering import partition_bounds, scattered, scattered_lists

MOST_PARTITIONS = 4096
"""Files times partitions are the pieces of a shuffle: more of either would be many small reads."""

_HELD_BYTES = 32 << 20
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2^64 by the golden ratio: near values come to lie far apart
_HALF = np.uint64(32)
_BITS = 64


def partitions(rows: int, each: int) -> int:
    """Into how many partitions so many rows go, of about `each`, more where there would be too many partitions."""
    return min(MOST_PARTITIONS, max(1, -(-rows // each)))


def spread(values: npt.NDArray[np.generic], count: int) -> npt.NDArray[np.int64]:
    """A partition of `count` for each 64-bit value, equal ones in the same."""
    mixed = (values.view(np.uint64) * _MULTIPLIER) >> _HALF
    return ((mixed * np.uint64(count)) >> _HALF).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Shuffle:
    """Files that begin with `stem`, one for each of the tasks that write, each with a batch for every partition."""

    stem: str
    writers: int
    partitions: int

    def path(self, writer: int) -> str:
        """The file of a task that writes."""
        return f"{self.stem}-{writer:05d}.arrow"

    def scatter(self, writer: int, schema: pa.Schema) -> Scatter:
        """The file of a task, to be written."""
        return Scatter(self.path(writer), schema, self.partitions)

    def gathered(self, partition: int) -> Iterator[pa.RecordBatch]:
        """The batches of a partition, mapped into memory, in the order of the tasks that wrote."""
        for writer in range(self.writers):
            with pa.memory_map(self.path(writer)) as source:
                file = pa.ipc.open_file(source)
                for index in range(partition, file.num_record_batches, self.partitions):
                    batch = file.get_batch(index)
                    if len(batch):
                        yield batch

    def remove(self) -> None:
        """Take the files away: all who wanted them have read them."""
        for writer in range(self.writers):
            Path(self.path(writer)).unlink(missing_ok=True)


class Scatter:
    """Writes rows to the partitions of one file; the file appears when it is whole."""

    def __init__(self, path: str, schema: pa.Schema, count: int) -> None:
        self._path, self._schema, self._count = Path(path), schema, count
        self._held: list[tuple[pa.RecordBatch, npt.NDArray[np.int64]]] = []
        self._bytes = 0
        self._temporary = unfinished(self._path)
        self._temporary.parent.mkdir(parents=True, exist_ok=True)
        self._writer = pa.ipc.new_file(os.fspath(self._temporary), schema)

    def add(self, columns: Iterable[pa.Array | npt.NDArray[np.generic]], to: npt.NDArray[np.int64]) -> None:
        """Rows as columns in the order of the schema, and the partition of each."""
        if len(to):
            arrays = [pa.array(column, field.type) for column, field in zip(columns, self._schema, strict=True)]
            batch = pa.RecordBatch.from_arrays(arrays, schema=self._schema)
            self._held.append((batch, to))
            self._bytes += batch.get_total_buffer_size()
            if self._bytes > _HELD_BYTES:
                self._flush()

    def _flush(self) -> None:
        to = [partitions for _, partitions in self._held]
        bounds = partition_bounds(to, self._count)
        columns = [
            _brought(field.type, [batch.column(at) for batch, _ in self._held], to, bounds)
            for at, field in enumerate(self._schema)
        ]
        rows = pa.RecordBatch.from_arrays(columns, schema=self._schema)
        for first, last in pairwise(bounds.tolist()):
            self._writer.write_batch(rows.slice(first, last - first))
        self._held, self._bytes = [], 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        if kind is None and self._held:
            self._flush()
        self._writer.close()
        if kind is None:
            self._temporary.replace(self._path)
        else:
            self._temporary.unlink(missing_ok=True)


def _brought(
    kind: pa.DataType, pieces: Sequence[pa.Array], to: Sequence[npt.NDArray[np.int64]], bounds: npt.NDArray[np.int64]
) -> pa.Array:
    """A column in the order of the partitions of its rows."""
    if not any(piece.null_count for piece in pieces):
        if _is_plain(kind):
            return pa.array(scattered([piece.to_numpy() for piece in pieces], to, bounds))
        if pa.types.is_large_list(kind) and kind.value_type == pa.uint64():
            lists = [(piece.offsets.to_numpy(), piece.values.to_numpy()) for piece in pieces]
            offsets, values = scattered_lists(lists, to, bounds)
            return pa.LargeListArray.from_arrays(pa.array(offsets), pa.array(values))
    places = np.split(np.arange(bounds[-1]), np.cumsum([len(piece) for piece in pieces])[:-1])
    return pa.concat_arrays(pieces).take(pa.array(scattered(places, to, bounds)))


def _is_plain(kind: pa.DataType) -> bool:
    """Whether values are numbers of 64 bits."""
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind)) and int(kind.bit_width) == _BITS
